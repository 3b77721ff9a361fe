"""A copy of a ledger that is a file of its own, and the way back to it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from pathlib import Path

from autoclue.errors import AutoclueError, FolderError, UsageError
from autoclue.system import scratch_name

ASIDE = ".damaged"
_JOURNALS = ("-journal", "-wal", "-shm")


class DamagedLedgerError(AutoclueError):
    """A ledger isn't what was written."""


def back_up(ledger: Path, copy: Path) -> None:
    """Copy a ledger that may be in use; the older copy stays until the new one is found whole.

    Args:
        ledger: An SQLite database.
        copy: Where the copy is kept.

    Raises:
        DamagedLedgerError: The ledger is damaged; the older copy stays.
        FolderError: The copy can't be written.
    """
    scratch = copy.with_name(scratch_name(f".{copy.name}-"))
    try:
        with (
            contextlib.closing(sqlite3.connect(ledger)) as source,
            contextlib.closing(sqlite3.connect(scratch)) as target,
        ):
            target.execute("PRAGMA synchronous=OFF")  # it is synced once, as a whole
            source.backup(target)
            problem = _problem(target)
        if problem is not None:
            raise DamagedLedgerError(
                f"The ledger {ledger} is damaged ({problem}); its copy {copy.name} is older and "
                "stays."
            )
        with scratch.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(scratch, copy)
    except (OSError, sqlite3.OperationalError) as error:
        raise FolderError.writing("The copy of the ledger", copy.parent, error) from error
    except sqlite3.DatabaseError as error:
        raise DamagedLedgerError(f"The ledger {ledger} is damaged ({error}).") from error
    finally:
        scratch.unlink(missing_ok=True)


def restore(copy: Path, ledger: Path) -> None:
    """Put a copy in a ledger's place; what is there is put aside.

    Raises:
        UsageError: There is no copy, or it is damaged too.
        FolderError: The folder can't be written.
    """
    if not copy.is_file():
        raise UsageError(f"There is no copy of the ledger: {copy} is missing.")
    with contextlib.closing(sqlite3.connect(copy)) as found:
        try:
            problem = _problem(found)
        except sqlite3.DatabaseError as error:
            problem = str(error)
    if problem is not None:
        raise UsageError(f"The copy {copy} of the ledger is damaged too ({problem}).")
    scratch = ledger.with_name(scratch_name(f".{ledger.name}-"))
    try:
        shutil.copyfile(copy, scratch)
        with scratch.open("rb") as file:
            os.fsync(file.fileno())
        for ending in ("", *_JOURNALS):
            old = Path(f"{ledger}{ending}")
            if old.exists():
                os.replace(old, f"{ledger}{ASIDE}{ending}")
        os.replace(scratch, ledger)
    except OSError as error:
        raise FolderError.writing("The ledger", ledger.parent, error) from error
    finally:
        scratch.unlink(missing_ok=True)


def _problem(database: sqlite3.Connection) -> str | None:
    """Return what SQLite's own check finds wrong; ``None`` for nothing."""
    found = str(database.execute("PRAGMA quick_check(1)").fetchone()[0])
    return None if found == "ok" else found
