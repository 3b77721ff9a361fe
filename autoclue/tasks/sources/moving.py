"""Take the rows of train and dev to another machine: their files and a description of them."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from autoclue.errors import DataError, UsageError
from autoclue.tasks.kinds import find_kind
from autoclue.tasks.sources.task_data import TaskData
from autoclue.tasks.spec import NEEDED_SPLITS, TaskSpec
from autoclue.yaml_files import describe

DESCRIPTION: Final = "task.json"
FILES: Final = "files"
FORMAT: Final = 1
TEST: Final = "test"
WORDING: Final = {"title", "description", "reference", "recipe", "download"}
"""Keys of a task that decide neither rows nor answers; a trial's settings hold the recipe."""


@dataclass(frozen=True, slots=True)
class MovableData:
    """What another machine needs of a task.

    Attributes:
        texts: What describes the files, by the relative path where it belongs.
        files: By relative path below the same folder, where each file is.
    """

    texts: dict[str, str]
    files: dict[str, Path]


class _Moved(BaseModel):
    """The description as it is written.

    Attributes:
        format: Number of the form.
        task: The keys of the task's file, its labels found.
        origin: Where the files come from, for people.
        synthetic: Whether autoclue generated the text.
        files: By split, the relative paths of its files.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int = FORMAT
    task: dict[str, Any]
    origin: str
    synthetic: bool
    files: dict[str, tuple[str, ...]]


def pack_data(data: TaskData, *, test: bool = False) -> MovableData:
    """List what another machine needs to train on a task and to judge by it; no other split.

    Args:
        data: The task's files on this machine.
        test: Whether the test part goes with them; it must be there.
    """
    splits = (*NEEDED_SPLITS, TEST) if test else NEEDED_SPLITS
    labels = data.labels_path(TEST) if test else None
    named = {
        split: tuple(map(_plain, data.paths(split))) for split in splits if split in data.files
    }
    found = {_plain(path) for split in splits for path in data.stored(split)}
    stored = sorted(found if labels is None else {*found, _plain(labels)})
    paths = [*stored, *(path for each in named.values() for path in each)]
    base = Path(os.path.commonpath([str(path.parent) for path in paths]))
    spec = data.spec.model_copy(update={"kind": data.spec.kind})  # which then counts as set
    told = _Moved(
        task=spec.model_dump(mode="json", exclude_unset=True),
        origin=data.origin,
        synthetic=data.synthetic,
        files={
            split: tuple(path.relative_to(base).as_posix() for path in each)
            for split, each in named.items()
        },
    )
    text = json.dumps(told.model_dump(mode="json"), ensure_ascii=False)
    files = {f"{FILES}/{path.relative_to(base).as_posix()}": path for path in stored}
    return MovableData({DESCRIPTION: text}, files)


def _plain(path: Path) -> Path:
    return Path(os.path.normpath(path))


def open_moved(folder: Path) -> TaskData:
    """Find a task's rows in a folder that holds what ``pack_data`` lists.

    Raises:
        UsageError: It doesn't.
    """
    path = folder / DESCRIPTION
    try:
        told = _Moved.model_validate_json(path.read_bytes())
        spec = find_kind(str(told.task.get("kind"))).spec.model_validate(told.task)
    except OSError as error:
        raise DataError(f"{path} can't be read: {error.strerror or error}.") from error
    except ValidationError as error:
        raise UsageError(f"{path} describes no task: {describe(error)}.") from error
    if told.format != FORMAT or not all(map(_is_inside, sum(told.files.values(), ()))):
        raise UsageError(f"{path} describes files in another form.")
    files = {
        split: tuple(folder / FILES / each for each in names)
        for split, names in told.files.items()
    }
    return TaskData(spec, told.origin, told.synthetic, files)


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts


def rows_key(spec: TaskSpec) -> str:
    """Identify how a task reads its files and what it asks, as the sha256 in hex."""
    return hashlib.sha256(spec.model_dump_json(exclude=WORDING).encode()).hexdigest()
