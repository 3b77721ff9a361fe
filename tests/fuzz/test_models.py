"""Folders of models, whole or damaged: read, converted, and taken for fine-tuned ones."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st

from autoclue.models import resolve_model
from autoclue.models.folders import check_folder, open_model
from autoclue.training.evaluate import find_fine_tuned
from autoclue.training.model import convert_model
from tests.fuzz.budget import fuzz, refused_or_read
from tests.fuzz.inputs import as_json, changed, seeds, values
from tests.models.layouts import LAYOUTS, write_layout

KEYS = (
    *("num_hidden_layers", "hidden_size", "num_attention_heads", "vocab_size"),
    *("model_type", "architectures", "init_class", "init_args", "auto_map", "n_layer"),
    *("do_lower_case", "tokenizer_class", "pad_token", "intermediate_size", "use_task_id"),
    *("task_type_vocab_size", "max_position_embeddings", "type_vocab_size", "id2label"),
    *("label2id", "num_labels", "num_classes", "layer_norm_eps", "hidden_act"),
)
WAYS = st.sampled_from(["damaged", "damaged", "config", "config", "folder", "circle"])


@pytest.fixture(scope="module")
def model_folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A model in each form that people have."""
    root = tmp_path_factory.mktemp("models")
    return [write_layout(root / str(n), name) for n, name in enumerate(LAYOUTS)]


def tamper(folder: Path, file: int, number: int, more: dict[str, object], how: str) -> None:
    """Make a folder one that a stranger or a bad disk has left.

    Args:
        folder: What is changed.
        file: Which of its files.
        number: Decides what of it.
        more: What its configurations say beside.
        how: What happens to the file.
    """
    files = sorted(each for each in folder.iterdir() if each.is_file())
    path = files[file % len(files)]
    if how == "damaged":
        path.write_bytes(changed(path.read_bytes(), number))
    elif how == "config":
        for config in folder.glob("*config.json"):
            held = json.loads(config.read_text())
            config.write_text(as_json({**held, **more}), errors="surrogatepass")
    else:
        path.unlink()
        path.mkdir() if how == "folder" else path.symlink_to(path)


def test_model_folders(model_folders: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "model"

    def target(told: tuple[int, int, int, dict[str, object], str]) -> None:
        which, file, number, more, how = told
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(model_folders[which % len(model_folders)], folder)
        tamper(folder, file, number, more, how)

        def read() -> None:
            source = resolve_model(str(folder))
            assert source.path is not None
            opened = open_model(source.path)
            check_folder(opened, ["天地人"])
            for each in opened.weights.values():
                each.read()

        refused_or_read(read)
        refused_or_read(lambda: find_fine_tuned(folder, task="ocnli"))

    more = st.dictionaries(st.sampled_from(KEYS), values, max_size=3)
    fuzz(st.tuples(seeds, seeds, seeds, more, WAYS), target, share=1.5)


@pytest.mark.usefixtures("loaded")
def test_converted_models(model_folders: list[Path], tmp_path: Path) -> None:
    folder, made = tmp_path / "model", tmp_path / "made"

    def target(told: tuple[int, int, int, dict[str, object], str]) -> None:
        which, file, number, more, how = told
        for each in (folder, made):
            shutil.rmtree(each, ignore_errors=True)
        shutil.copytree(model_folders[which % len(model_folders)], folder)
        tamper(folder, file, number, more, how)
        refused_or_read(lambda: convert_model(folder, made))
        assert {each.name for each in tmp_path.iterdir()} <= {"model", "made"}

    more = st.dictionaries(st.sampled_from(KEYS), values, max_size=3)
    fuzz(st.tuples(seeds, seeds, seeds, more, WAYS), target, share=1)
