"""Where a study is kept, and how it is found again."""

from __future__ import annotations

import json
import os
import shlex
from dataclasses import dataclass, replace
from pathlib import Path

from autoclue.errors import FolderError, UsageError, one_door
from autoclue.options import DEFAULT_FOLDER
from autoclue.outside import quoted, read_text
from autoclue.records import StudyRecord
from autoclue.search.store import (
    Ledger,
    back_up,
    forget_drivers,
    not_as_written,
    public,
    read_study,
    refuse_if_driven,
    restore,
)
from autoclue.search.study.confirmation import read_confirmation

POINTER = "study.json"
LEDGER_FILE = "ledger.db"
BACKUP_FILE = "ledger.backup.db"
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
    def backup(self) -> Path:
        """Where the copy of a ledger is that is a file in the study's own folder."""
        return self.folder / BACKUP_FILE

    @property
    def words(self) -> str:
        """What a command calls the study: its name in the usual folder, its folder elsewhere."""
        usual = self.folder.parent == DEFAULT_FOLDER.resolve()
        return shlex.quote(self.name if usual else os.path.relpath(self.folder))

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


def is_known(place: Place) -> bool:
    """Return whether a study has been made there."""
    return (place.folder / POINTER).is_file()


def study_names(root: Path) -> list[str]:
    """List the studies below a folder."""
    if not root.is_dir():
        return []
    return sorted(p.parent.name for p in root.glob(f"*/{POINTER}"))


def _read_pointer(pointer: Path) -> Place:
    with one_door(lambda why: UsageError(f"{pointer} can't be read ({why}); {POINTS}.")):
        data = json.loads(read_text(pointer))
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
            raise UsageError(f"The ledger {path} is missing{_way_back(place)}.")
    return Ledger.open(place.storage, place.name, read_only=True)


def _way_back(place: Place) -> str:
    """Write as a clause what to do where a ledger is missing."""
    if place.backup.is_file():
        return (
            f"; put it back, or go on from its copy with 'autoclue resume {place.words} "
            "--from-backup'"
        )
    return "; put it back, for the study can't be read without it"


def refuse_lost_ledger(place: Place, *, exists: bool) -> None:
    """Refuse to begin a study anew beside the trials of one whose ledger is gone.

    Args:
        place: Where it would begin.
        exists: Whether its ledger is there.

    Raises:
        UsageError: There are trials, and no ledger.
    """
    trials = place.folder / "trials"
    held = len(list(trials.iterdir())) if trials.is_dir() else 0
    if held and not exists:
        raise UsageError(
            f"{place.folder} holds {held} trial folders of a study that its ledger "
            f"{public(place.storage)} doesn't know{_way_back(place)}, or begin another study with "
            "--study."
        )


def back_up_ledger(place: Place) -> None:
    """Copy a study's ledger where it is a file in the study's own folder.

    Raises:
        AutoclueError: The ledger is damaged, or the copy can't be written.
    """
    if place.keeps_its_ledger:
        back_up(place.folder / LEDGER_FILE, place.backup)


def restore_ledger(place: Place) -> None:
    """Put the copy of a study's ledger in its place, where that is damaged or gone.

    Raises:
        UsageError: The ledger can be read, is no file in the study's folder, or has no whole copy.
        AutoclueError: A process runs the study.
    """
    if not place.keeps_its_ledger:
        raise UsageError(
            f"The ledger of {place.name!r} is in {public(place.storage)}, of which autoclue keeps "
            "no copy; take it from a backup of that database."
        )
    try:
        study = load_study(place)
    except Exception:  # whatever a damaged ledger brings forth
        for path in (place.folder / LEDGER_FILE, place.backup):
            if path.is_file():
                refuse_if_driven(f"sqlite:///{path}", place.name)
        restore(place.backup, place.folder / LEDGER_FILE)
        forget_drivers(place.storage)
        return
    raise UsageError(
        f"The ledger of {place.name!r} can be read, with {len(study.trials)} trials; leave "
        "--from-backup out to go on from it."
    )


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
    """Write where the study's ledger is into its folder.

    Raises:
        FolderError: It can't be written.
    """
    storage = LEDGER_FILE if place.keeps_its_ledger else place.storage
    pointer = json.dumps({"name": place.name, "storage": storage}, indent=1)
    if is_known(place) and _read_pointer(place.folder / POINTER) == place:
        if not place.keeps_its_ledger:
            (place.folder / POINTER).chmod(SECRET_MODE)
        return
    temporary = place.folder / f".{POINTER}.new"
    mode = 0o666 if place.keeps_its_ledger else SECRET_MODE
    try:
        temporary.unlink(missing_ok=True)
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w") as file:
            file.write(pointer + "\n")
        os.replace(temporary, place.folder / POINTER)
    except OSError as error:
        raise FolderError.writing("Where the ledger is", place.folder, error) from error
