"""The copy of a ledger: whole, and never replaced by a damaged one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from autoclue.errors import FolderError
from autoclue.search.store.backup import DamagedLedgerError, back_up, restore
from autoclue.search.store.ledger import Ledger


@pytest.fixture
def path(ledger: Ledger, tmp_path: Path) -> Path:
    """A ledger with a study; it is in use."""
    assert ledger.name == "study"
    return tmp_path / "ledger.db"


def test_a_copy_holds_what_the_ledger_holds(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    assert Ledger.exists(f"sqlite:///{copy}", "study")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "ledger.db"]


def test_a_damaged_ledger_leaves_the_older_copy(path: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    back_up(path, copy)
    whole = copy.read_bytes()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\x55" * (len(content) - 4096))
    with pytest.raises(DamagedLedgerError, match="is damaged"):
        back_up(path, copy)
    assert copy.read_bytes() == whole
    restore(copy, path)
    assert Ledger.exists(f"sqlite:///{path}", "study")
    assert (tmp_path / "ledger.db.damaged").is_file()


def test_a_full_disk_is_one_sentence_and_leaves_nothing_behind(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(FolderError, match=r"The copy of the ledger can't be written to .*: No sp"):
        back_up(path, tmp_path / "copy.db")
    assert [each.name for each in tmp_path.iterdir()] == ["ledger.db"]
