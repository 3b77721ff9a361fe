"""One model in every form that people have gives one curve, and nothing of a stranger's runs."""

from __future__ import annotations

import json
import logging
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from autoclue.errors import UsageError
from autoclue.models.folders import ARCHITECTURES, Architecture, UnfitWeightsError
from autoclue.tasks import load_task
from autoclue.training import build_config
from autoclue.training.data import Workspace
from autoclue.training.loop import Trial
from autoclue.training.model import (
    PaddleHead,
    convert_model,
    load_kept_network,
    load_network,
    load_tokenizer,
)
from tests.models.layouts import LAYOUTS, core, write_json, write_layout

pytestmark = pytest.mark.paddle

THREE, FOUR = (PaddleHead("ForSequenceClassification", {"num_classes": n}) for n in (3, 4))


def curve(model: Path, task: Path, workspace: Path) -> list[tuple[int, float, float]]:
    """Step, score and loss of every evaluation of a few updates."""
    config = build_config(
        load_task(str(task)).recipe,
        task=str(task),
        model=str(model),
        data="download",
        strategy="discriminative",
        settings={"max_steps": 6, "eval_every_steps": 2, "batch_size": 8},
    )
    trial = Trial(config, Workspace(cache=workspace), log=logging.Logger("quiet"))
    while trial.advance() is not None:
        pass
    return [(each.step, each.score, each.train_loss) for each in trial.history]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, tiny_task: Path) -> object:
    folder = write_layout(tmp_path_factory.mktemp("original") / "m", "PaddleNLP")
    return curve(folder, tiny_task, tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize("layout", sorted(set(LAYOUTS) - {"PaddleNLP"}))
def test_every_layout_gives_the_curve_of_the_original(
    tmp_path: Path, tiny_task: Path, original: object, layout: str
) -> None:
    assert curve(write_layout(tmp_path / "m", layout), tiny_task, tmp_path / "c") == original


@pytest.mark.parametrize("layout", ["old PaddleNLP", "Hugging Face, pickled", "TensorFlow"])
def test_converted_model_gives_the_curve_of_the_original(
    tmp_path: Path, tiny_task: Path, original: object, layout: str
) -> None:
    done = convert_model(write_layout(tmp_path / "m", layout), tmp_path / "new")
    assert (done.family, done.parameters) == ("bert", 39)
    assert {path.name for path in (tmp_path / "new").iterdir()} >= {
        *("config.json", "model.safetensors", "vocab.txt", "tokenizer_config.json")
    }
    assert curve(tmp_path / "new", tiny_task, tmp_path / "c") == original


def test_converted_weights_are_the_models_own(tmp_path: Path) -> None:
    convert_model(write_layout(tmp_path / "m", "TensorFlow"), tmp_path / "new")
    found = load_file(tmp_path / "new" / "model.safetensors")
    assert {name: each.tobytes() for name, each in found.items()} == {
        name: each.tobytes() for name, each in core().items()
    }


def test_conversion_refuses_what_is_no_model_and_a_folder_in_use(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no folder"):
        convert_model(tmp_path / "none", tmp_path / "new")
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    with pytest.raises(UsageError, match="exists already and is not empty"):
        convert_model(folder, folder)


def test_paddlenlp_loads_the_same_network_from_its_own_layout(tmp_path: Path) -> None:
    transformers = pytest.importorskip("paddlenlp.transformers")
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    ours = load_network(str(folder), THREE, seed=4)
    seed_like_ours = load_network(str(folder), THREE, seed=4)
    auto = transformers.AutoModelForSequenceClassification
    theirs = auto.from_pretrained(str(folder), num_classes=3)
    for (name, mine), (other, found) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert name == other
        assert name.startswith("classifier") or (mine.numpy() == found.numpy()).all()
    assert (ours.classifier.weight.numpy() == seed_like_ours.classifier.weight.numpy()).all()


def test_old_head_is_left_out(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    fresh = load_network(str(folder), THREE, seed=4).classifier.weight.numpy()
    arrays = {f"bert.{name}": array for name, array in core().items()}
    arrays["classifier.weight"] = np.ones((8, 3), "f4")
    arrays["classifier.bias"] = np.ones(3, "f4")
    save_file(arrays, folder / "model.safetensors")
    again = load_network(str(folder), THREE, seed=4)
    assert (again.classifier.weight.numpy() == fresh).all()
    kept = load_kept_network(folder, THREE, seed=4)
    assert (kept.classifier.weight.numpy() == 1).all()
    with pytest.raises(UsageError, match=r"another number of labels: classifier\.weight"):
        load_kept_network(folder, FOUR, seed=4)


@pytest.mark.parametrize("layout", ["PaddleNLP", "Hugging Face"])
def test_a_head_of_any_form_can_be_kept(tmp_path: Path, layout: str) -> None:
    folder = write_layout(tmp_path / "m", layout)
    weight = np.arange(24, dtype="f4").reshape(8, 3)
    arrays = load_file(folder / "model.safetensors")
    arrays["classifier.weight"] = (
        np.ascontiguousarray(weight.T) if layout == "Hugging Face" else weight
    )
    arrays["classifier.bias"] = np.ones(3, "f4")
    save_file(arrays, folder / "model.safetensors", metadata={"format": "pt"})

    kept = load_network(str(folder), THREE, seed=4, keep_head=True)

    assert (kept.classifier.weight.numpy() == weight).all()
    with pytest.raises(UsageError, match=r"another number of labels: classifier\.weight"):
        load_network(str(folder), FOUR, seed=4, keep_head=True)


@pytest.mark.parametrize("settings", [{"num_hidden_layers": 3}, {"intermediate_size": 32}])
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, settings: dict[str, int]) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    told = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**told, **settings})
    with pytest.raises(UnfitWeightsError, match="don't fit the configuration beside them"):
        load_network(str(folder), THREE, seed=4)


def test_ids_without_an_embedding_are_refused_before_paddle_crashes(
    tmp_path: Path, tiny_task: Path
) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8")
    unused = "".join(f"[unused{n}]\n" for n in range(9))
    (folder / "vocab.txt").write_text(pieces[:33] + unused + pieces[33:], encoding="utf-8")
    with pytest.raises(UsageError, match=r"pieces up to number \d+, but the model has embeddings"):
        curve(folder, tiny_task, tmp_path / "cache")


@pytest.mark.parametrize(
    "each",
    [a for a in ARCHITECTURES if a.family not in ("roberta", "xlnet")],
    ids=lambda a: a.family,
)
def test_a_vocabulary_alone_gives_every_family_its_tokenizer(
    tmp_path: Path, each: Architecture
) -> None:
    folder = write_layout(tmp_path / "m", "Hugging Face")
    told = json.loads((folder / "config.json").read_text())
    named = {"model_type": each.family, "architectures": [f"{each.class_name}Model"]}
    write_json(folder / "config.json", {**told, **named})
    tokenizer = load_tokenizer(str(folder))
    assert type(tokenizer).__name__ == each.tokenizer
    assert tokenizer("天地人")["input_ids"] == [2, 5, 6, 7, 3]


def test_an_activation_that_paddlenlp_lacks_is_named(tmp_path: Path) -> None:
    folder = write_layout(tmp_path / "m", "Hugging Face")
    told = json.loads((folder / "config.json").read_text())
    write_json(folder / "config.json", {**told, "hidden_act": "gelu_new"})
    with pytest.raises(UsageError, match=r"PaddleNLP has no activation called gelu_new"):
        load_network(str(folder), THREE, seed=4)


class Touch:
    """Pickles as a call that makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.parametrize("name", ["model_state.pdparams", "pytorch_model.bin"])
def test_hostile_weights_run_nothing(tmp_path: Path, name: str) -> None:
    folder = write_layout(tmp_path / "m", "PaddleNLP")
    (folder / "model.safetensors").unlink()
    (folder / name).write_bytes(pickle.dumps({"a": Touch(tmp_path / "ran")}))
    with pytest.raises(UsageError, match=r"names 'posix\.system'"):
        load_network(str(folder), THREE, seed=4)
    with pytest.raises(UsageError, match=r"names 'posix\.system'"):
        load_tokenizer(str(folder))
    with pytest.raises(UsageError, match=r"autoclue writes no other form"):
        load_kept_network(folder, THREE, seed=4)
    assert not (tmp_path / "ran").exists()
