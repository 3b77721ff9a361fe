from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models import SHIPPED, ModelSource, models, resolve_model

COMPLETE = ("config.json", "model_state.pdparams", "vocab.txt")


def model_folder(folder: Path, *files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (folder / file).touch()
    return folder


@pytest.mark.parametrize(
    "files",
    [
        COMPLETE,
        ("model_config.json", "model_state.pdparams", "vocab.txt", "tokenizer_config.json"),
        ("config.json", "model.safetensors", "tokenizer.json"),
        ("config.json", "model-00001-of-00002.safetensors", "spiece.model"),
        ("config.json", "pytorch_model.bin", "vocab.txt"),
        ("bert_config.json", "bert_model.ckpt.index", "vocab.txt"),
    ],
)
def test_complete_folder_is_a_local_model(tmp_path: Path, files: tuple[str, ...]) -> None:
    folder = model_folder(tmp_path / "mine", *files)
    assert resolve_model(str(folder)) == ModelSource("local", "mine", folder.resolve())


@pytest.mark.parametrize(
    ("missing", "match"),
    [
        (
            "config.json",
            r"lacks a configuration \(config.json, model_config.json or bert_config.json\)\.$",
        ),
        ("model_state.pdparams", r"lacks weights \(\*.safetensors, .* or \*.ckpt.index\)\.$"),
        ("vocab.txt", r"lacks a vocabulary \(vocab.txt"),
    ],
)
def test_incomplete_folder_says_what_is_missing(tmp_path: Path, missing: str, match: str) -> None:
    folder = model_folder(tmp_path / "mine", *(file for file in COMPLETE if file != missing))
    with pytest.raises(UsageError, match=match):
        resolve_model(str(folder))


def test_empty_folder_names_all_three_parts(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a configuration .*, weights .*, a vocabulary"):
        resolve_model(str(tmp_path))


def test_relative_and_home_paths_are_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = model_folder(tmp_path / "mine", *COMPLETE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    texts = ["mine", "./mine", "mine/", "~/mine", " mine "]
    assert [resolve_model(text).path for text in texts] == [folder.resolve()] * len(texts)


def test_folder_that_hides_a_hub_name_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_folder(tmp_path / "ernie-3.0-base-zh")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="it hides the PaddleNLP model of that name"):
        resolve_model("ernie-3.0-base-zh")


@pytest.mark.parametrize("text", ["/no/such/model", "./none", "../none/x", "~/none", "none/"])
def test_path_to_nothing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(UsageError, match="There is no folder"):
        resolve_model(text)


def test_file_is_refused(tmp_path: Path) -> None:
    model_folder(tmp_path, "model_state.pdparams")
    with pytest.raises(UsageError, match="is a file; give the folder"):
        resolve_model(str(tmp_path / "model_state.pdparams"))


@pytest.mark.parametrize("text", ["", "  "])
def test_empty_name_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="No model given"):
        resolve_model(text)


@pytest.mark.parametrize("name", [*(c.name for c in models()), "someone/some-model", "macbert"])
def test_other_names_are_hub_names_slashes_included(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert resolve_model(name) == ModelSource("hub", name, None)


def test_builtin_is_builtin_even_next_to_a_folder_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_folder(tmp_path / "builtin")
    monkeypatch.chdir(tmp_path)
    assert resolve_model("builtin") == ModelSource("builtin", "builtin", None)


def test_model_that_ships_is_found_by_its_name_whatever_lies_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model_folder(tmp_path / SHIPPED, *COMPLETE)
    monkeypatch.chdir(tmp_path)
    assert resolve_model(SHIPPED) == ModelSource("builtin", SHIPPED, None)
