from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.tasks import ClassificationSpec

WriteRows = Callable[..., Path]


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of this test's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("AUTOCLUE_CACHE", str(folder))
    return folder


@pytest.fixture
def write_rows(tmp_path: Path) -> WriteRows:
    """Write rows as JSON lines; a row that is text already is written as it is."""

    def write(*rows: object, name: str = "rows.json") -> Path:
        lines = [r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in rows]
        path = tmp_path / name
        path.write_bytes("".join(f"{line}\n" for line in lines).encode())
        return path

    return write


@pytest.fixture
def make_spec() -> Callable[..., ClassificationSpec]:
    """A small valid task, with some keys replaced."""

    def make(**changes: object) -> ClassificationSpec:
        data: dict[str, object] = {
            "name": "small",
            "format": "jsonl",
            "files": {"train": "train.json", "dev": "dev.json", "test": "test.json"},
            "input": {"kind": "pair", "text": "a", "text_pair": "b"},
            "labels": ["no", "yes"],
        }
        return ClassificationSpec.model_validate(data | changes)

    return make
