"""Copy the first rows of a task's splits, in the publisher's form, for runs that need no more."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from autoclue.tasks import ClassificationSpec, TaskSpec, find_kind, open_data


def first_rows(spec: TaskSpec, source: Path, out: Path, rows: Mapping[str, int | None]) -> Path:
    """Write splits of a task again, each cut to its first rows.

    Args:
        spec: The task.
        source: Folder in the publisher's files.
        out: Gets a folder of the task.
        rows: How many rows of each split, at most; ``None`` takes all. Where a split has two
            files, each gives half of them. Files with answers alone are taken whole.

    Returns:
        ``out``.
    """
    data = open_data(spec, str(source))
    (out / spec.name).mkdir(parents=True, exist_ok=True)
    for split, most in rows.items():
        files = find_kind(spec.kind).files(spec, split, data.path(split))
        cut = _cut_of(spec)
        shared = len(files) if cut is _cut_c3 else 1
        for place, path in enumerate(files):
            target = out / spec.name / path.name
            if most is None or (place > 0 and shared == 1):
                shutil.copyfile(path, target)
            else:
                text = path.read_text(encoding="utf-8")
                kept = cut(text, math.ceil((most - place) / shared))
                target.write_text(kept, encoding="utf-8")
    return out


def _cut_of(spec: TaskSpec) -> Callable[[str, int], str]:
    """Choose how a file of a task is cut."""
    if spec.kind == "classification":
        own = ClassificationSpec.of(spec)
        return partial(_cut_lines, before=own.skip_lines + own.header)
    return _CUTS.get(getattr(spec, "format", ""), _cut_lines)


def _cut_lines(text: str, rows: int, *, before: int = 0) -> str:
    """Keep the first lines of a file with one row a line, whatever other line ends it holds.

    Args:
        text: The file.
        rows: How many rows.
        before: Lines before the first row.
    """
    return "\n".join(text.split("\n")[: before + rows]).rstrip("\n") + "\n"


def _cut_squad(text: str, rows: int) -> str:
    """Keep the first questions of a document in SQuAD's layout."""
    document = json.loads(text)
    left = rows
    articles: list[Any] = []
    for article in document["data"]:
        paragraphs = []
        for paragraph in article["paragraphs"]:
            asked = paragraph["qas"][:left]
            left -= len(asked)
            if asked:
                paragraphs.append({**paragraph, "qas": asked})
        if paragraphs:
            articles.append({**article, "paragraphs": paragraphs})
    return json.dumps({**document, "data": articles}, ensure_ascii=False)


def _cut_c3(text: str, rows: int) -> str:
    """Keep the texts of one file of C3 that hold its first questions."""
    kept: list[Sequence[Any]] = []
    asked = 0
    for turns, questions, name in json.loads(text):
        if asked >= rows:
            break
        kept.append([turns, questions[: rows - asked], name])
        asked += len(questions)
    return json.dumps(kept, ensure_ascii=False)


_CUTS: Final[Mapping[str, Callable[[str, int], str]]] = MappingProxyType(
    {"squad": _cut_squad, "c3": _cut_c3}
)
"""How a file is cut, by the task's format; any other has one row a line."""
