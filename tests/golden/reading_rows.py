"""The rows that the recorded runs of the reading tasks read, through autoclue's readers."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from autoclue.tasks.reading.c3 import read_c3
from autoclue.tasks.reading.chid import read_chid
from autoclue.tasks.reading.cmrc2018 import read_cmrc2018
from autoclue.tasks.reading.examples import BlankExample, ChoiceExample, SpanExample
from tests.golden.reading import SHARED, SHARED_RECORDED, recorded, recorded_on_data

Examples = tuple[SpanExample, ...] | tuple[ChoiceExample, ...] | tuple[BlankExample, ...]


def own_rows(task: str, split: str) -> Examples:
    """Read our own text: the rows of ``feature_cases.json``."""
    files = recorded("feature_cases")[task]
    if task == "cmrc2018":
        return _spans(files["file"])
    if task == "c3":
        parts = {
            "train": [files["d_train"], files["m_train"]],
            "dev": [files["d_train"][:1], files["m_train"][:1]],
            "test": [files["test"]],
        }[split]
        return _choices(parts, labelled=split != "test")
    rows = {"train": files["train"], "dev": files["train"][:3], "test": files["test"]}[split]
    return _blanks(rows, None if split == "test" else files["train_answer"])


def data_rows(task: str, split: str) -> Examples:
    """Read the recorded parts of the publishers' files, or skip where these are missing."""
    if task == "chid":
        return _chid_rows("test1.1" if split == "test" else split)
    parts = recorded_on_data(task)["data"]["parts"]
    names = {"c3": {"test": ["test1.1"]}.get(split, [f"d-{split}", f"m-{split}"])}.get(
        task, [split]
    )
    cuts = [_cut(parts[name]) for name in names]
    if task == "cmrc2018":
        return _spans(cuts[0], labelled=split != "test")
    return _choices(cuts, labelled=split != "test")


def _cut(part: dict[str, Any]) -> Any:
    path = SHARED / "data" / part["source"]
    if not path.is_file():
        pytest.skip(f"the publishers' file is not at {path}")
    document = json.loads(path.read_text(encoding="utf-8"))
    if isinstance(document, list):
        return document[: part["first"]]
    return {**document, "data": document["data"][: part["first"]]}


def _chid_rows(name: str) -> tuple[BlankExample, ...]:
    folder = SHARED_RECORDED / "chid_from_fewclue"
    if not folder.is_dir():
        pytest.skip(f"the rows of the recorded runs are not at {folder}")
    answers = folder / f"{name}_answer.json"
    return read_chid(folder / f"{name}.json", answers if answers.is_file() else None).examples


def _spans(document: object, *, labelled: bool = True) -> tuple[SpanExample, ...]:
    with tempfile.TemporaryDirectory() as folder:
        return read_cmrc2018(_write(folder, "a", json.dumps(document)), labelled=labelled).examples


def _choices(parts: list[Any], *, labelled: bool) -> tuple[ChoiceExample, ...]:
    with tempfile.TemporaryDirectory() as folder:
        paths = [_write(folder, str(i), json.dumps(part)) for i, part in enumerate(parts)]
        return read_c3(paths, labelled=labelled).examples


def _blanks(rows: list[Any], answers: object) -> tuple[BlankExample, ...]:
    with tempfile.TemporaryDirectory() as folder:
        path = _write(folder, "rows", "\n".join(map(json.dumps, rows)))
        right = None if answers is None else _write(folder, "answers", json.dumps(answers))
        return read_chid(path, right).examples


def _write(folder: str, name: str, text: str) -> Path:
    path = Path(folder) / name
    path.write_text(text, encoding="utf-8")
    return path
