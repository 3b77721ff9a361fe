"""What the outputs of a fine-tuned model's head stand for, as far as its folder says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.models.folders.config_file import read_json
from autoclue.outside import read_text

DESCRIPTION = "autoclue.json"
LABELS_FILE = "labels.txt"
_NUMBERED = re.compile(r"LABEL_\d+|\d+")


def head_labels(folder: Path) -> tuple[str, ...] | None:
    """Read what each output of a folder's head stands for, in their order.

    ``autoclue.json`` says it where autoclue kept the model, then ``labels.txt``, one label a line,
    then ``id2label`` of ``config.json`` unless it only counts.

    Args:
        folder: A model's folder.

    Returns:
        The labels; empty where the head has no fixed ones, ``None`` where nothing says.

    Raises:
        UsageError: A file of these can't be read.
    """
    if (folder / DESCRIPTION).is_file():
        listed = read_json(folder / DESCRIPTION).get("labels")
        return tuple(map(str, listed)) if isinstance(listed, list) else None
    if (folder / LABELS_FILE).is_file():
        try:
            lines = read_text(folder / LABELS_FILE, encoding="utf-8-sig").splitlines()
        except ValueError as error:
            raise UsageError(f"{folder / LABELS_FILE} isn't UTF-8; save it as UTF-8.") from error
        except OSError as error:
            raise UsageError(f"{folder / LABELS_FILE} can't be read: {error.strerror}.") from error
        return tuple(line.strip() for line in lines if line.strip())
    config = folder / "config.json"
    named = read_json(config).get("id2label") if config.is_file() else None
    if not isinstance(named, dict) or sorted(named) != sorted(map(str, range(len(named)))):
        return None
    labels = tuple(str(named[str(place)]) for place in range(len(named)))
    return None if all(_NUMBERED.fullmatch(label) for label in labels) else labels


def check_kept_head(folder: Path | None, labels: Sequence[str], *, model: str) -> str:
    """Check that the head of a model's folder stands for a task's labels, in their order.

    Args:
        folder: The model's folder; ``None`` for a model that is none.
        labels: The task's labels by output; empty for a kind of task without fixed ones.
        model: The model as it was given.

    Returns:
        A clause that says which head is kept.

    Raises:
        UsageError: There is no such head, or it stands for something else.
    """
    if folder is None:
        raise UsageError(
            f"--keep-head needs the folder of a model that was fine-tuned before, but {model!r} "
            "is none; leave the option out, and the head is new."
        )
    found = head_labels(folder)
    if found is None:
        raise UsageError(
            f"Nothing in {folder} says which label each output of its head stands for; write them "
            f"into {folder / LABELS_FILE}, one a line in the order of the outputs, or leave "
            "--keep-head out, and the head is new."
        )
    if found != tuple(labels):
        raise UsageError(
            f"The head in {folder} stands for {_listed(found)}, but the task's labels are "
            f"{_listed(labels)}; both must be the same in the same order. Leave --keep-head out, "
            "and the head is new."
        )
    return f"its head is kept ({_listed(found)})" if found else "its head is kept"


def _listed(labels: Sequence[str]) -> str:
    more = ", ..." if len(labels) > 8 else ""
    return (", ".join(labels[:8]) + more) if labels else "no fixed labels"
