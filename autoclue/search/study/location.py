"""Where a study is kept, and how it is found again."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from autoclue.errors import UsageError, one_door
from autoclue.outside import quoted
from autoclue.records import StudyRecord
from autoclue.search.store import Ledger, not_as_written, public, read_study
from autoclue.search.study.confirmation import read_confirmation

POINTER = "study.json"
LEDGER_FILE = "ledger.db"
CONFIRM = "confirm"
LONGEST_NAME = 200
SECRET_MODE = 0o600
"""Of a pointer that may hold the password of a database: its owner alone reads it."""
POINTS = 'it tells where a study is. Write it anew, as {"name": NAME, "storage": "ledger.db"}'


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
    def holds_its_ledger(self) -> bool:
        """Whether the ledger's file lies in the study's own folder, links followed."""
        if not self.keeps_its_ledger:
            return False
        with one_door(
            lambda why: UsageError(f"The ledger in {self.folder} can't be read: {why}.")
        ):
            return (self.folder / LEDGER_FILE).resolve().parent == self.folder.resolve()

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
        raise UsageError(
            f"{quoted(name)} can't name a study; use letters, digits, '-', '_' and '.'."
        )
    if len(os.fsencode(name)) > LONGEST_NAME:
        raise UsageError(f"{quoted(name)} is too long for a study's name; give a shorter one.")
    if "?" in f"{root}{name}":
        raise UsageError(
            f"{quoted(str(root / name))} has a '?', which no study's folder may have."
        )
    with one_door(lambda why: UsageError(f"{root / name} can't hold a study: {why}.")):
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
            f"{len(meant)} studies in {root} begin with {quoted(text)}: {', '.join(meant)}. Give "
            "more of the name."
        )
    known = f"There are: {', '.join(names)}." if names else "There is no study yet."
    raise UsageError(f"No study is called {quoted(text)} in {root}. {known}")


def study_names(root: Path) -> list[str]:
    """List the studies below a folder."""
    if not root.is_dir():
        return []
    return sorted(p.parent.name for p in root.glob(f"*/{POINTER}"))


def _read_pointer(pointer: Path) -> Place:
    with one_door(lambda why: UsageError(f"{pointer} can't be read ({why}); {POINTS}.")):
        data = json.loads(pointer.read_text(encoding="utf-8"))
        told = (data.get("storage"), data.get("name")) if isinstance(data, dict) else (None, None)
        folder = pointer.parent.resolve()
    storage, name = told
    if not isinstance(storage, str) or not isinstance(name, str):
        raise UsageError(f"{pointer} holds no 'name' and 'storage' that are texts; {POINTS}.")
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
    return Ledger.open(place.storage, place.name, read_only=True)


def check_followed(place: Place, *, follow_storage: bool) -> None:
    """Refuse a ledger that lies outside of its study's folder and isn't to be followed there.

    Raises:
        UsageError: It does; the message says where it lies.
    """
    if not follow_storage and not place.holds_its_ledger:
        raise UsageError(
            f"The study {quoted(place.name)} in {place.folder} keeps its ledger elsewhere, in "
            f"{public(place.storage)}; if you trust the folder, add --follow-storage to go there."
        )


def load_study(place: Place, *, follow_storage: bool = True) -> StudyRecord:
    """Read a study as plain records, with its confirmation if there is any; nothing is changed.

    Args:
        place: Where it is kept.
        follow_storage: Whether its ledger is read where it lies outside of the study's folder:
            whoever wrote the folder's ``study.json`` chose that place.

    Raises:
        UsageError: It can't be read, or lies elsewhere and isn't to be followed there.
    """
    check_followed(place, follow_storage=follow_storage)
    with one_door(lambda why: not_as_written(place.storage, why)):
        return with_confirmation(read_study(open_ledger(place)), place)


def with_confirmation(study: StudyRecord, place: Place) -> StudyRecord:
    """Add what training again with other seeds has given so far."""
    own = place.confirmation
    if not Ledger.readable(own.storage, own.name):
        return study
    ledger = Ledger.open(own.storage, own.name, read_only=True)
    if ledger.attributes.confirms != place.name:
        return study  # somebody's own search happens to have this name
    return replace(study, confirmation=read_confirmation(study, ledger))


def write_pointer(place: Place) -> None:
    """Write where the study's ledger is into its folder."""
    storage = LEDGER_FILE if place.keeps_its_ledger else place.storage
    pointer = json.dumps({"name": place.name, "storage": storage}, indent=1)
    found = place.folder / POINTER
    if found.is_file() and _read_pointer(found) == place:
        if not place.keeps_its_ledger:
            found.chmod(SECRET_MODE)
        return
    temporary = place.folder / f".{POINTER}.new"
    temporary.unlink(missing_ok=True)
    mode = 0o666 if place.keeps_its_ledger else SECRET_MODE
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
        file.write(pointer + "\n")
    os.replace(temporary, place.folder / POINTER)
