from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

WriteJson = Callable[..., Path]


@pytest.fixture
def write_json(tmp_path: Path) -> WriteJson:
    """Write a value as one JSON document."""

    def write(value: object, name: str = "file.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def write_rows(tmp_path: Path) -> WriteJson:
    """Write values as JSON lines."""

    def write(*rows: object, name: str = "rows.json") -> Path:
        path = tmp_path / name
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        path.write_text(lines, encoding="utf-8")
        return path

    return write
