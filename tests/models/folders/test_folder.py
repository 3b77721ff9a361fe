"""Folders of every form are understood, and what they lack is derived and said."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from autoclue.errors import UsageError
from autoclue.models.folders import (
    ARCHITECTURES,
    Architecture,
    UnfitWeightsError,
    check_folder,
    open_model,
)
from autoclue.models.folders.fit import encoder_shapes
from tests.models.layouts import (
    CONFIG,
    LAYOUTS,
    PIECES,
    core,
    in_torch,
    new_folder,
    write_json,
    write_layout,
)
from tests.models.writers import write_paddle

TEXTS = ["天地人", "山水火", "日月"]


def changed(folder: Path, **settings: object) -> Path:
    """Change the configuration of a folder; ``None`` removes a setting."""
    path = folder / "config.json"
    told = {**json.loads(path.read_text()), **settings}
    write_json(path, {name: value for name, value in told.items() if value is not None})
    return folder


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_weights_of_every_layout_are_those_of_the_model(tmp_path: Path, layout: str) -> None:
    folder = open_model(write_layout(tmp_path / "m", layout))
    assert folder.architecture.family == "bert"
    shapes = encoder_shapes(folder)
    assert shapes is not None
    match = folder.match(shapes)
    for name, array in core().items():
        found = folder.weights[match.taken[name].name].read()
        assert np.array_equal(found.T if match.taken[name].transposed else found, array)
    assert (set(match.taken), match.new) == (set(core()), ())


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        ("PaddleNLP", "new: the head"),
        ("old PaddleNLP", "1 weight of another head is left out (cls)"),
        ("Hugging Face", "its tokenizer is taken for BertTokenizer, in small letters"),
        ("Hugging Face", "39 weights are taken over by PyTorch's names"),
        ("TensorFlow", "39 weights are taken over by TensorFlow's names"),
        ("TensorFlow", "its architecture is taken for bert"),
    ],
)
def test_what_was_derived_is_said(tmp_path: Path, layout: str, said: str) -> None:
    assert said in check_folder(open_model(write_layout(tmp_path / "m", layout)), TEXTS)


@pytest.mark.parametrize("prefix", ["ptm.", "module.bert.", "model.encoder_of_mine.", ""])
def test_prefix_of_a_wrapper_is_left_off(tmp_path: Path, prefix: str) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    save_file({prefix + n: a for n, a in core().items()}, folder / "model.safetensors")
    notes = check_folder(open_model(folder), TEXTS)
    assert any(repr(prefix) in note for note in notes) == bool(prefix)


def test_bert_under_the_name_of_roberta_is_trained_as_bert(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "Hugging Face")
    changed(folder, model_type="roberta", architectures=["RobertaForMaskedLM"])
    opened = open_model(folder)
    assert (opened.architecture.family, opened.config["model_type"]) == ("bert", "bert")
    assert "config.json says roberta, but the weights are those of a bert" in opened.notes[0]


def test_names_of_old_layer_norms_are_known(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "Hugging Face")
    old = {
        n.replace("LayerNorm.weight", "LayerNorm.gamma").replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): a
        for n, a in in_torch(core()).items()
    }
    save_file(old, folder / "model.safetensors")
    assert "39 weights are taken over by PyTorch's names" in check_folder(
        open_model(folder), TEXTS
    )


def test_generator_of_electra_is_left_out(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    both = {f"generator.bert.{n}": a for n, a in core().items()}
    both |= {f"discriminator.bert.{n}": a + 1 for n, a in core().items()}
    save_file(both, folder / "model.safetensors")
    opened = open_model(folder)
    match = opened.match(encoder_shapes(opened) or {})
    assert {source.name.partition(".")[0] for source in match.taken.values()} == {"discriminator"}


def test_checkpoint_without_a_pooler_begins_it_anew(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    save_file({n: a for n, a in core().items() if "pooler" not in n}, folder / "model.safetensors")
    assert check_folder(open_model(folder), TEXTS) == ("new: the pooler and the head",)


def test_head_of_an_earlier_fine_tuning_is_left_out(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    head = {"classifier.weight": np.ones((8, 3), "f4"), "classifier.bias": np.ones(3, "f4")}
    save_file(
        {**{f"bert.{n}": a for n, a in core().items()}, **head}, folder / "model.safetensors"
    )
    notes = check_folder(open_model(folder), TEXTS)
    assert notes[0] == "2 weights of other heads are left out (classifier)"


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        (
            {"num_hidden_layers": 4},
            r"39 of the encoder's 71 parameters .* 32 missing \(encoder\.layers\.2.*lack .* 2, 3 ",
        ),
        ({"num_hidden_layers": 1}, r"16 left over \(encoder\.layers\.1.*have in excess .* 1 "),
        ({"hidden_size": 16}, r"of another shape \(embeddings\.layer_norm\.bias 8 instead of 16"),
        ({"vocab_size": 40}, r"embeddings\.word_embeddings\.weight 30x8 instead of 40x8"),
        ({"intermediate_size": 32}, r"linear1\.bias 16 instead of 32"),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_the_list(
    tmp_path: Path, settings: dict[str, int], match: str
) -> None:
    folder = changed(write_layout(tmp_path / "m", "PaddleNLP"), **settings)
    with pytest.raises(UnfitWeightsError, match=match):
        check_folder(open_model(folder), TEXTS)


def test_half_an_encoder_is_refused(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    half = {n: a for n, a in core().items() if "self_attn" not in n}
    save_file(half, folder / "model.safetensors")
    with pytest.raises(UnfitWeightsError, match=r"23 of the encoder's 39 parameters are found"):
        check_folder(open_model(folder), TEXTS)


def test_weights_of_something_else_are_refused(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    save_file({"lstm.weight": np.ones((3, 3), "f4")}, folder / "model.safetensors")
    with pytest.raises(UnfitWeightsError, match=r"0 of the encoder's 37 parameters"):
        check_folder(open_model(folder), TEXTS)


@pytest.mark.parametrize(
    ("settings", "family"),
    [
        ({"architectures": None, "model_type": "ernie"}, "ernie"),
        ({"architectures": ["ErnieForSequenceClassification"]}, "ernie"),
        ({"architectures": ["ErnieGramModel"]}, "ernie_gram"),
        ({"architectures": ["NezhaForPreTraining"]}, "nezha"),
        ({"architectures": ["SomethingOfMine"], "model_type": "bert"}, "bert"),
    ],
)
def test_configuration_tells_the_architecture(
    tmp_path: Path, settings: dict[str, object], family: str
) -> None:
    folder = changed(write_layout(tmp_path / "xlnet-bert", "PaddleNLP"), **settings)
    assert open_model(folder).architecture.family == family


def test_names_of_weights_tell_the_architecture_where_the_configuration_does_not(
    tmp_path: Path,
) -> None:
    folder = changed(write_layout(tmp_path / "roberta", "Hugging Face"), architectures=None)
    changed(folder, model_type=None)
    assert open_model(folder).architecture.family == "bert"
    save_file(in_torch(core(), prefix=""), folder / "model.safetensors")
    with pytest.raises(UsageError, match='add "model_type", one of albert, bert, electra'):
        open_model(folder)


@pytest.mark.parametrize(
    "name", ["MegatronBertModel", "DistilBertForMaskedLM", "LlamaForCausalLM"]
)
def test_other_architectures_are_refused(tmp_path: Path, name: str) -> None:
    folder = changed(write_layout(tmp_path / "m", "PaddleNLP"), architectures=[name])
    with pytest.raises(UsageError, match=f"describes '{name}', which can't be trained; allowed"):
        open_model(folder)


def test_three_files_are_enough(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    (folder / "tokenizer_config.json").unlink()
    assert sorted(path.name for path in folder.iterdir()) == [
        *("config.json", "model.safetensors", "vocab.txt")
    ]
    assert open_model(folder).notes == (
        "its tokenizer is taken for BertTokenizer, in small letters",
    )


def test_tokenizer_configuration_without_a_class_is_completed(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    write_json(folder / "tokenizer_config.json", {"init_inputs": []})
    assert "its tokenizer is taken for BertTokenizer" in open_model(folder).notes[0]


def test_capitals_in_a_vocabulary_are_kept(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "Hugging Face")
    pieces = [*PIECES, *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    (folder / "vocab.txt").write_text("\n".join(pieces), encoding="utf-8")
    assert not open_model(folder).tokenizer.lower


def test_code_that_a_configuration_names_is_not_run(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    (folder / "modeling.py").write_text("raise RuntimeError", encoding="utf-8")
    changed(folder, auto_map={"AutoModel": "modeling.Mine"})
    opened = open_model(folder)
    assert opened.notes == ("config.json names code of its own, which isn't run",)
    assert "auto_map" not in opened.config


@pytest.mark.parametrize(
    ("settings", "match"),
    [
        ({"num_hidden_layers": 100_000}, r"num_hidden_layers is 100,000, but must be from 1 to"),
        ({"hidden_size": 10**12}, r"hidden_size is 1,000,000,000,000, but must"),
        ({"vocab_size": 10**4000}, r"vocab_size is a number of more than 15 digits"),
        ({"num_hidden_layers": 0}, r"num_hidden_layers is 0"),
        ({"num_classes": 91_059_383}, r"num_classes is 91,059,383, but must be at most 100,000"),
        ({"num_attention_heads": 3}, r"hidden_size 8 is no multiple of num_attention_heads 3"),
        ({"quantization_config": {"bits": 4}}, r"says that the weights are quantized"),
    ],
)
def test_impossible_configuration_is_refused(
    tmp_path: Path, settings: dict[str, object], match: str
) -> None:
    folder = changed(write_layout(tmp_path / "m", "PaddleNLP"), **settings)
    with pytest.raises(UsageError, match=match):
        open_model(folder)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", "[" * 100_000, '{"a": ' + "9" * 5000 + "}", r'{"a": "\ud800"}']
)
def test_configuration_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    (folder / "config.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"config\.json (is no JSON|must hold one JSON object)"):
        open_model(folder)


@pytest.mark.parametrize("name", ["../m.safetensors", "missing.safetensors", "/etc/passwd"])
def test_part_outside_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = write_layout(tmp_path / "m", "Hugging Face, in parts")
    write_json(folder / "model.safetensors.index.json", {"weight_map": {"a": name}})
    with pytest.raises(UsageError, match="which isn't in the folder"):
        open_model(folder)


def test_weights_that_are_missing_or_ambiguous_are_refused(tmp_path: Path) -> None:
    folder = new_folder(tmp_path / "m")
    write_json(folder / "config.json", {**CONFIG, "model_type": "bert"})
    with pytest.raises(UsageError, match=r"lacks weights; allowed: model\.safetensors"):
        open_model(folder)
    for name in ("model_state_a.pdparams", "model_state_b.pdparams"):
        write_paddle(folder / name, core())
    with pytest.raises(UsageError, match="holds several files of weights"):
        open_model(folder)


def test_every_family_that_can_be_trained_can_be_opened() -> None:
    from autoclue.layers.families import FAMILIES

    assert {each.family for each in ARCHITECTURES} == set(FAMILIES)


@pytest.mark.paddle
@pytest.mark.parametrize("each", ARCHITECTURES, ids=lambda each: each.family)
@pytest.mark.parametrize(
    "head", ["ForSequenceClassification", "ForQuestionAnswering", "ForMultipleChoice"]
)
def test_a_head_that_paddlenlp_lacks_is_said_to_be_missing(each: Architecture, head: str) -> None:
    from autoclue.training.platform import load_paddlenlp

    there = hasattr(load_paddlenlp(), each.class_name + head)
    assert each.has_head(head) == there or (each.family == "xlnet" and there)
