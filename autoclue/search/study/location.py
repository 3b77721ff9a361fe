"""Where a study is kept, and how it is found again."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.records import StudyRecord
from autoclue.search.store import Ledger, read_study
from autoclue.search.study.confirmation import read_confirmation

POINTER = "study.json"
LEDGER_FILE = "ledger.db"
CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a study is kept.

    Attributes:
        folder: Its folder: report, results, trials with their logs and models.
        storage: URL of the database that holds its ledger.
        name: Its name in that database.
    """

    folder: Path
    storage: str
    name: str

    @property
    def keeps_its_ledger(self) -> bool:
        """Whether the ledger is a file in the study's own folder."""
        return self.storage == _own_storage(self.folder)

    @property
    def confirmation(self) -> Place:
        """Where the confirmation is kept: beside the search, in the same database."""
        return Place(self.folder / CONFIRM, self.storage, f"{self.name}.{CONFIRM}")


def place_of(root: Path, name: str, storage: str | None) -> Place:
    """Decide where a study is kept.

    Args:
        root: Folder of all studies.
        name: The study's name.
        storage: URL of a relational database; ``None`` keeps SQLite in the study's folder.

    Raises:
        UsageError: The name can't be a folder's.
    """
    if not name or name != Path(name).name or name in {".", ".."}:
        raise UsageError(f"{name!r} can't name a study; use letters, digits, '-', '_' and '.'.")
    folder = (root / name).resolve()
    return Place(folder, _own_storage(folder) if storage is None else storage, name)


def _own_storage(folder: Path) -> str:
    return f"sqlite:///{folder / LEDGER_FILE}"


def make_study_folder(folder: Path, hint: str) -> None:
    """Make a folder of a study, with those above it.

    Raises:
        UsageError: It can't be made; ``hint`` says what to do.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The folder {folder.parent} can't be made ({error.strerror or error}); {hint}."
        ) from error


def find_study(root: Path, text: str) -> Place:
    """Find a study that exists.

    Args:
        root: Folder of all studies.
        text: The study's name, its folder, or letters with which no other name begins.

    Raises:
        UsageError: There is none, or several names begin so.
    """
    for folder in (Path(text).expanduser(), root / text):
        pointer = folder / POINTER
        if pointer.is_file():
            return _read_pointer(pointer)
    names = study_names(root)
    meant = [name for name in names if text and name.startswith(text)]
    if len(meant) == 1:
        return _read_pointer(root / meant[0] / POINTER)
    if meant:
        raise UsageError(
            f"{len(meant)} studies in {root} begin with {text!r}: {', '.join(meant)}. Give more "
            "of the name."
        )
    known = f"There are: {', '.join(names)}." if names else "There is no study yet."
    raise UsageError(f"No study is called {text!r} in {root}. {known}")


def study_names(root: Path) -> list[str]:
    """List the studies below a folder."""
    if not root.is_dir():
        return []
    return sorted(p.parent.name for p in root.glob(f"*/{POINTER}"))


def _read_pointer(pointer: Path) -> Place:
    try:
        data = json.loads(pointer.read_text(encoding="utf-8"))
        storage, name = str(data["storage"]), str(data["name"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{pointer} can't be read ({error}); it tells where a study is."
        ) from error
    folder = pointer.parent.resolve()
    if storage == LEDGER_FILE:
        storage = _own_storage(folder)
    return Place(folder, storage, name)


def open_ledger(place: Place) -> Ledger:
    """Open the ledger of a study that exists.

    Raises:
        UsageError: It isn't where the study's folder says.
    """
    if place.storage.startswith("sqlite:///"):
        path = Path(place.storage.removeprefix("sqlite:///"))
        if not path.is_file():
            raise UsageError(f"The ledger {path} is missing; the study can't be read without it.")
    return Ledger.open(place.storage, place.name)


def load_study(place: Place) -> StudyRecord:
    """Read a study as plain records, with its confirmation if there is any."""
    return with_confirmation(read_study(open_ledger(place)), place)


def with_confirmation(study: StudyRecord, place: Place) -> StudyRecord:
    """Add what training again with other seeds has given so far."""
    own = place.confirmation
    if not Ledger.readable(own.storage, own.name):
        return study
    ledger = Ledger.open(own.storage, own.name)
    if ledger.attributes.confirms != place.name:
        return study  # somebody's own search happens to have this name
    return replace(study, confirmation=read_confirmation(study, ledger))


def write_pointer(place: Place) -> None:
    """Write where the study's ledger is into its folder."""
    storage = LEDGER_FILE if place.keeps_its_ledger else place.storage
    pointer = json.dumps({"name": place.name, "storage": storage}, ensure_ascii=False, indent=1)
    if (place.folder / POINTER).is_file() and _read_pointer(place.folder / POINTER) == place:
        return
    temporary = place.folder / f".{POINTER}.new"
    temporary.write_text(pointer + "\n", encoding="utf-8")
    os.replace(temporary, place.folder / POINTER)
