"""Which studies a suite has, in a file of its folder, and how it is found again."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from autoclue.errors import FolderError, UsageError, one_door
from autoclue.outside import is_text, quoted, read_text
from autoclue.records import SuiteRecord, SuiteStudy
from autoclue.search.study import is_known, load_study, place_of

SUITE_FILE: Final = "suite.json"
FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class SuiteEntry:
    """One study of a suite.

    Attributes:
        model: What the suite calls its model.
        task: Its task.
        study: Its name, which is that of its folder in the suite's.
    """

    model: str
    task: str
    study: str


@dataclass(frozen=True, slots=True)
class SuiteIndex:
    """Where a suite is kept, and its studies.

    Attributes:
        folder: The suite's folder, which holds those of its studies.
        entries: Its studies.
    """

    folder: Path
    entries: tuple[SuiteEntry, ...]

    @property
    def name(self) -> str:
        """The suite's name."""
        return self.folder.name


def suite_folder(root: Path, name: str) -> Path:
    """Return where a suite is kept.

    Raises:
        UsageError: The name can't be a folder's.
    """
    if not name or name != Path(name).name or name in {".", ".."}:
        raise UsageError(f"{name!r} can't name a suite; use letters, digits, '-', '_' and '.'.")
    return (root / name).resolve()


def add_to_index(folder: Path, entries: Iterable[SuiteEntry]) -> SuiteIndex:
    """Write studies into a suite's index, beside those that it has; the suite is made if need be.

    Raises:
        FolderError: It can't be written.
        UsageError: The index that is there can't be read.
    """
    known = read_index(folder).entries if (folder / SUITE_FILE).is_file() else ()
    joined = tuple(dict.fromkeys((*known, *entries)))
    text = json.dumps(
        {"format": FORMAT, "studies": [asdict(entry) for entry in joined]},
        ensure_ascii=False,
        indent=1,
    )
    temporary = folder / f".{SUITE_FILE}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text + "\n", encoding="utf-8")
        os.replace(temporary, folder / SUITE_FILE)
    except OSError as error:
        raise FolderError.writing("The suite's index", folder, error) from error
    return SuiteIndex(folder, joined)


def read_index(folder: Path) -> SuiteIndex:
    """Read a suite's index.

    Raises:
        UsageError: It isn't there, can't be read, or was written by another autoclue.
    """
    path = folder / SUITE_FILE
    with one_door(
        lambda why: UsageError(f"{path} can't be read ({why}); it lists a suite's studies.")
    ):
        data = json.loads(read_text(path))
        if data["format"] != FORMAT:
            raise UsageError(
                f"{path} has format {quoted(str(data['format']))}, and this autoclue reads "
                f"{FORMAT}; open the suite with the autoclue that made it."
            )
        entries = tuple(_entry(folder, each) for each in data["studies"])
        return SuiteIndex(folder.resolve(), entries)


def _entry(folder: Path, found: object) -> SuiteEntry:
    """Read one study of an index.

    Raises:
        ValueError: It isn't as it was written.
        UsageError: Its name can't be a folder's.
    """
    keys = {each.name for each in fields(SuiteEntry)}
    if not isinstance(found, dict) or set(found) != keys:
        raise ValueError(f"each study has {', '.join(sorted(keys))}, and nothing else")
    for key, value in found.items():
        if not isinstance(value, str) or not is_text(value):
            raise ValueError(f"{key} must be text, not {quoted(value)}")
    place_of(folder, found["study"], None)
    return SuiteEntry(**found)


def find_suite(root: Path, text: str) -> SuiteIndex:
    """Find a suite that exists.

    Args:
        root: Folder of all studies and suites.
        text: The suite's name, or its folder.

    Raises:
        UsageError: There is none.
    """
    for folder in (Path(text).expanduser(), root / text):
        if (folder / SUITE_FILE).is_file():
            return read_index(folder)
    names = suite_names(root)
    known = f"There are: {', '.join(names)}." if names else "There is no suite yet."
    raise UsageError(f"No suite is called {text!r} in {root}. {known}")


def names_a_suite(root: Path, text: str) -> bool:
    """Return whether a suite has this name below a folder, or lies in this folder."""
    places = (Path(text).expanduser(), root / text)
    return any((folder / SUITE_FILE).is_file() for folder in places)


def suite_names(root: Path) -> list[str]:
    """List the suites below a folder."""
    return sorted(path.parent.name for path in root.glob(f"*/{SUITE_FILE}"))


def load_suite(index: SuiteIndex) -> SuiteRecord:
    """Read all studies of a suite that have begun; their ledgers lie in their folders, always.

    Raises:
        UsageError: The ledger of one of them can't be read.
    """
    places = [(entry, place_of(index.folder, entry.study, None)) for entry in index.entries]
    return SuiteRecord(
        index.name,
        tuple(
            SuiteStudy(entry.model, entry.task, load_study(place, follow_storage=False))
            for entry, place in places
            if is_known(place)
        ),
    )
