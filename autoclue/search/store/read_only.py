"""Open a database for reading alone: nothing is made in it, and nothing in it is run.

A file is SQLite's own affair of many lines: a killed writer leaves a journal that whoever opens
the file next has to roll back, and some files grow others beside them when they are read. Those
are copied first and read as the copy. Tables are all that is read; a file with views or triggers
holds queries of somebody else, which could run without end, and is refused.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy
from sqlalchemy.pool import StaticPool

from autoclue.errors import UsageError, reason_of

CONNECT_TIMEOUT_S: Final = 15
"""Seconds after which a server that doesn't answer is given up."""
_BESIDE: Final = ("-journal", "-wal")
_JOURNALS: Final = 18
"""Place of the byte in a file's head that says how changes are journalled; 2 is by ``-wal``."""


def reading_arguments(url: sqlalchemy.URL) -> Mapping[str, Any]:
    """Return what SQLAlchemy is given to open a database for reading alone.

    Args:
        url: Address of the database.

    Raises:
        UsageError: It is a file that isn't there or can't be read.
    """
    if url.get_backend_name() == "sqlite":
        connection = open_file(Path(url.database or ":memory:"))
        return {"creator": lambda: connection, "poolclass": StaticPool}
    if url.get_backend_name() == "postgresql":
        given = str(url.query.get("options", ""))
        options = f"{given} -c default_transaction_read_only=on".strip()
        connect = {"options": options, "connect_timeout": CONNECT_TIMEOUT_S}
        return {"connect_args": connect, "pool_pre_ping": True}
    if url.get_backend_name() in {"mysql", "mariadb"}:
        init = {"init_command": "SET SESSION TRANSACTION READ ONLY"}
        return {"connect_args": init, "pool_pre_ping": True}
    return {"pool_pre_ping": True}


def open_file(path: Path) -> sqlite3.Connection:
    """Open an SQLite file for reading alone.

    Raises:
        UsageError: It isn't there, can't be read, or holds more than tables.
    """
    if not path.is_file():
        raise UsageError(f"The ledger {path} is missing; the study can't be read without it.")
    try:
        connection = _copied(path) if _needs_a_copy(path) else _opened(path)
        foreign = connection.execute(
            "SELECT type, name FROM sqlite_master WHERE type NOT IN ('table', 'index') "
            "OR sql LIKE 'CREATE VIRTUAL%'"
        ).fetchone()
    except (sqlite3.Error, OSError) as error:
        raise UsageError(
            f"The ledger {path} can't be read: {_words(error)}. Put back a copy of it, go on "
            "from the one that a study keeps with 'autoclue resume STUDY --from-backup', or begin "
            "a new study with --study."
        ) from error
    if foreign is not None:
        raise UsageError(
            f"The ledger {path} holds a {foreign[0]} {str(foreign[1])!r}, which autoclue never "
            "makes; it isn't read."
        )
    return connection


def _words(error: Exception) -> str:
    return reason_of(error) if isinstance(error, OSError) else str(error)


def _needs_a_copy(path: Path) -> bool:
    """Return whether to look into a file would change it, or make another beside it."""
    with path.open("rb") as file:
        head = file.read(_JOURNALS + 1)
    if head[_JOURNALS:] == b"\x02":
        return True
    try:
        with _opened(path) as connection:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        connection.close()
    except sqlite3.OperationalError:  # a journal is to be rolled back
        return any(path.with_name(f"{path.name}{ending}").exists() for ending in _BESIDE)
    return False


def _opened(path: Path) -> sqlite3.Connection:
    address = f"file:{quote(str(path.absolute()))}?mode=ro"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, timeout=30)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _copied(path: Path) -> sqlite3.Connection:
    """Read a copy of a file, with what its writer left beside it, into memory."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    with tempfile.TemporaryDirectory(prefix="autoclue-reading-") as folder:
        copy = Path(folder) / path.name
        shutil.copyfile(path, copy)
        for ending in _BESIDE:
            beside = path.with_name(f"{path.name}{ending}")
            if beside.is_file():
                shutil.copyfile(beside, copy.with_name(beside.name))
        source = sqlite3.connect(copy)
        source.backup(memory)
        source.close()
    memory.execute("PRAGMA trusted_schema = OFF")
    memory.execute("PRAGMA query_only = ON")
    return memory
