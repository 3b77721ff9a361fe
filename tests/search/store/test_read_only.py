from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.search.store import Ledger, StudyAttributes, read_study
from autoclue.search.study.location import find_study, load_study, place_of, write_pointer


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def studies(tmp_path: Path, empty_database: bytes, facts: StudyAttributes) -> Path:
    """A folder of studies with one study, which keeps its ledger."""
    folder = tmp_path / "studies" / "mine"
    folder.mkdir(parents=True)
    (folder / "ledger.db").write_bytes(empty_database)
    Ledger.create(f"sqlite:///{folder}/ledger.db", "mine", facts)
    write_pointer(place_of(folder.parent, "mine", None))
    return folder.parent


def test_reading_changes_nothing(studies: Path) -> None:
    before = everything_in(studies / "mine")
    assert load_study(find_study(studies, "mine"), follow_storage=False).name == "mine"
    assert everything_in(studies / "mine") == before


@pytest.mark.parametrize("mode", ["wal", "delete"])
def test_a_file_with_changes_beside_it_is_read_as_it_lies(studies: Path, mode: str) -> None:
    path = studies / "mine" / "ledger.db"
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA journal_mode = {mode}")
    connection.execute("CREATE TABLE more (x)")
    connection.commit()
    before = everything_in(studies / "mine")
    copied = studies / "copy"
    shutil.copytree(studies / "mine", copied)
    assert load_study(find_study(studies, "copy"), follow_storage=False).name == "mine"
    assert everything_in(copied) == before
    connection.close()


def test_reading_makes_no_tables_in_another_file(studies: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE notes (x)").connection.close()
    before = other.read_bytes()
    with pytest.raises(UsageError, match="holds no study"):
        Ledger.open(f"sqlite:///{other}", "mine", read_only=True)
    assert other.read_bytes() == before


def test_a_ledger_elsewhere_is_read_only_when_asked(studies: Path, tmp_path: Path) -> None:
    moved = tmp_path / "elsewhere.db"
    (studies / "mine" / "ledger.db").rename(moved)
    write_pointer(place_of(studies, "mine", f"sqlite:///{moved}"))
    place = find_study(studies, "mine")
    with pytest.raises(UsageError, match=r"keeps its ledger elsewhere.*--follow-storage"):
        load_study(place, follow_storage=False)
    assert load_study(place, follow_storage=True).name == "mine"


def test_a_link_out_of_the_folder_is_elsewhere_too(studies: Path, tmp_path: Path) -> None:
    path = studies / "mine" / "ledger.db"
    path.rename(tmp_path / "elsewhere.db")
    path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(UsageError, match="keeps its ledger elsewhere"):
        load_study(find_study(studies, "mine"), follow_storage=False)


def test_a_file_with_queries_of_its_own_is_refused(studies: Path) -> None:
    with sqlite3.connect(studies / "mine" / "ledger.db") as connection:
        connection.execute("CREATE VIEW endless AS SELECT 1")
    with pytest.raises(UsageError, match="holds a view 'endless'"):
        load_study(find_study(studies, "mine"))


def test_only_its_owner_reads_a_pointer_that_may_hold_a_password(studies: Path) -> None:
    place = place_of(studies, "mine", "postgresql://me:secret@host/db")
    write_pointer(place)
    assert (studies / "mine" / "study.json").stat().st_mode & 0o777 == 0o600


def test_a_command_of_an_older_study_loses_its_password(studies: Path) -> None:
    ledger = Ledger.open(f"sqlite:///{studies}/mine/ledger.db", "mine")
    ledger.note(StudyAttributes(resolved={"command": ["--storage", "mysql://me:secret@host/db"]}))
    assert read_study(ledger).settings["command"] == ["--storage", "mysql://me:***@host/db"]


def test_a_number_that_sqlite_made_infinite_is_no_trials_number(studies: Path) -> None:
    path = studies / "mine" / "ledger.db"
    ledger = Ledger.open(f"sqlite:///{path}", "mine")
    ledger.commit(ledger.ask_without_parameters(), {}, "key")
    connection = sqlite3.connect(path)
    connection.execute("UPDATE trials SET number = ?", ("9" * 400,))
    connection.commit()
    connection.close()
    with pytest.raises(UsageError, match="inf stands where a trial's number or a step belongs"):
        load_study(find_study(studies, "mine"), follow_storage=False)
