"""Labels as people write them: a list, numbers, a mapping to names, a file, or the data's own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from autoclue.errors import UsageError
from autoclue.tasks.formats import RowProblem, decode_file, kind_of

FROM_DATA: Final = "from_data"
"""What a task's file says where the labels are to be taken from the training rows."""

FILE_KEY: Final = "file"
MOST_LABELS: Final = 2000
_NUMBER: Final = re.compile(r"[-+]?\d+(\.0+)?")

Labels = tuple[list[str], dict[str, str]]
"""The labels as the files spell them, and what some of them are called."""


def given_labels(value: object) -> Labels:
    """Read what a task's file says of its labels.

    Args:
        value: A list; text with commas between; a mapping from each label to its name; or
            ``from_data``.

    Raises:
        ValueError: It is something else; the message says what is allowed.
    """
    if value == FROM_DATA:
        return [], {}
    if isinstance(value, str):
        value = [each.strip() for each in re.split(r"[,，]", value)]
    if isinstance(value, Mapping):
        names = {label_text(label): label_text(name) for label, name in value.items()}
        return _enough(list(names)), {k: v for k, v in names.items() if k != v}
    if isinstance(value, list | tuple):
        return _enough([label_text(label) for label in value]), {}
    raise ValueError(
        "write a list, a mapping from each label to its name, file: with the name of a "
        f"file of them, or {FROM_DATA}"
    )


def _enough(labels: list[str]) -> list[str]:
    if len(labels) < 2:
        raise ValueError(
            f"at least 2 are needed, not {len(labels)}; {FROM_DATA} takes them from the "
            "training rows"
        )
    return labels


def label_text(value: object) -> str:
    """Return a label as text: 1 and 1.0 are "1".

    Raises:
        ValueError: It is no text and no number.
    """
    if isinstance(value, bool):
        raise ValueError("put quotes around yes, no, true and false, which YAML reads as bools")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"a label is text or a number, not {kind_of(value)}")


def spelled_label(value: object, field: str) -> str:
    """Return the label in a row the way a task file spells it.

    Raises:
        RowProblem: It is no text and no number.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    try:
        return label_text(value)
    except ValueError:
        raise RowProblem(
            f"field {field!r} must be text or a number, not {kind_of(value)}"
        ) from None


def plain_label(text: str) -> str:
    """Return a label without what doesn't count: space around it, and the zeros of "1.0"."""
    bare = text.strip()
    return bare.partition(".")[0] if _NUMBER.fullmatch(bare) else bare


def sorted_labels(found: Iterable[str]) -> tuple[str, ...]:
    """Order labels that were found in data: numbers by value, anything else by its characters."""
    labels = list(found)
    if all(_NUMBER.fullmatch(label) for label in labels):
        return tuple(sorted(labels, key=lambda label: (float(label), label)))
    return tuple(sorted(labels))


def with_label_file(data: Mapping[str, object], folder: Path) -> dict[str, object]:
    """Put the content of a file of labels in the place of its name.

    Args:
        data: What a task's file says; ``labels: {file: NAME}`` names one beside it. It holds one
            label a line, with a tab and its name behind it where it has one; or JSON: a list, or a
            mapping from each label to its name.
        folder: Where the task's file is.

    Raises:
        UsageError: It can't be read.
    """
    labels = data.get("labels")
    if not isinstance(labels, dict) or set(labels) != {FILE_KEY}:
        return dict(data)
    path = folder / str(labels[FILE_KEY])
    text = decode_file(path)
    try:
        found: Any = json.loads(text)
    except ValueError:
        found = _label_lines(text)
    if not isinstance(found, list | dict):
        found = _label_lines(text)
    if len(found) > MOST_LABELS:
        raise UsageError(f"{path} holds {len(found):,} labels; is it the right file?")
    return {**data, "labels": found}


def _label_lines(text: str) -> list[str] | dict[str, str]:
    lines = [line.strip().split("\t") for line in text.splitlines() if line.strip()]
    if all(len(cells) > 1 for cells in lines):
        return {cells[0]: cells[1] for cells in lines}
    return [cells[0] for cells in lines]
