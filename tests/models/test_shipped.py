"""The pretrained model in the package: complete, small, safe to load, and its card honest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.numpy import load_file

from autoclue.models import SHIPPED, resolve_model, shipped_folder
from autoclue.training.data.workspace import Workspace

LARGEST_BYTES = 12_000_000


def files() -> dict[str, Path]:
    return {path.name: path for path in shipped_folder().iterdir()}


def test_folder_has_every_part_and_nothing_pickled() -> None:
    assert set(files()) == {
        *("MODEL_CARD.md", "config.json", "model.safetensors", "special_tokens_map.json"),
        *("tokenizer_config.json", "vocab.txt"),
    }


def test_whole_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in files().values()) <= LARGEST_BYTES


def test_weights_have_the_shape_that_the_configuration_says() -> None:
    config = json.loads(files()["config.json"].read_text())
    weights = load_file(files()["model.safetensors"])
    vocabulary = files()["vocab.txt"].read_text(encoding="utf-8").splitlines()
    words = weights["embeddings.word_embeddings.weight"]
    assert words.shape == (config["vocab_size"], config["hidden_size"])
    assert config["vocab_size"] == len(vocabulary) == len(set(vocabulary))
    assert 5_000 <= len(vocabulary) <= 8_000
    assert config["num_hidden_layers"] == 4


def test_vocabulary_holds_single_characters_and_latin_pieces_only() -> None:
    vocabulary = files()["vocab.txt"].read_text(encoding="utf-8").splitlines()
    plain = [entry.removeprefix("##") for entry in vocabulary if not entry.startswith("[")]
    assert [entry for entry in plain if len(entry) > 1 and not entry.isascii()] == []


def test_card_names_every_licence_it_must() -> None:
    card = files()["MODEL_CARD.md"].read_text(encoding="utf-8")
    for wanted in ("CC BY-SA 4.0", "CC BY 4.0", "CC BY 2.0 FR", "Apache-2.0", "MIT", "Unlicense"):
        assert wanted in card


@pytest.mark.paddle
def test_half_precision_weights_load_into_a_single_precision_network() -> None:
    paddle = pytest.importorskip("paddle")
    transformers = pytest.importorskip("paddlenlp.transformers")
    auto = transformers.AutoModelForSequenceClassification
    network = auto.from_pretrained(str(shipped_folder()), num_classes=3)
    stored = load_file(files()["model.safetensors"])
    found = dict(network.ernie.named_parameters())
    assert set(found) == set(stored)
    assert {parameter.dtype for parameter in found.values()} == {paddle.float32}
    for name, parameter in found.items():
        assert (parameter.numpy() == stored[name].astype("float32")).all()


def test_builtin_is_the_model_that_ships(tmp_path: Path) -> None:
    locate = Workspace(cache=tmp_path).locate
    assert locate(resolve_model("builtin")) == locate(resolve_model(SHIPPED))
    assert locate(resolve_model("builtin")) == str(shipped_folder())
    assert not list(tmp_path.iterdir())
