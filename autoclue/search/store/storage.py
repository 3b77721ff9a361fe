"""Reach the database that holds studies, and put what it says into one sentence."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import optuna
import sqlalchemy
import sqlalchemy.exc
from alembic.migration import MigrationContext

from autoclue.errors import AutoclueError, UsageError, reason_of
from autoclue.outside import hide_secrets, one_line, secrets_in
from autoclue.search.store.read_only import reading_arguments

URL_HINT = "; write it like sqlite:///study.db or postgresql://user@host/database"
RETRY_DELAYS_S = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Waits between attempts to write; a server that restarts is back within them."""

NEEDS_A_HAND = (
    "disk",
    "full",
    "readonly",
    "read-only",
    "no such table",
    "malformed",
    "permission",
)
"""Words of errors that waiting doesn't mend."""

HOLDS_NOTHING = (
    "no such table",
    "does not exist",
    "doesn't exist",
    "readonly",
    "read-only",
    "query_only",
)
"""Words of errors of a database that is read and has no tables, or no whole ones."""

TABLE_DELAYS_S = (0.1, 0.4, 1.6)
"""Waits between attempts to make tables, where another command is at the same."""

ANOTHER_AT_IT = ("exists", "locked", "duplicate", "unique")
"""Words of errors that mean so."""

TABLES_KEY: Final = 0x6175746F636C7565
"""PostgreSQL's lock on the making of tables; "autoclue" in ASCII."""

DAMAGE = ("malformed", "not a database", "encrypted")
"""Words of SQLite about a file that isn't what it wrote."""

BACKUP_HINT = (
    "; 'autoclue resume STUDY --from-backup' goes on from the copy that a study keeps of a ledger "
    "in its own folder"
)

Result = TypeVar("Result")


def open_storage(url: str, *, read_only: bool = False) -> optuna.storages.BaseStorage:
    """Open a relational database.

    Args:
        url: Its address.
        read_only: Whether it is only read: nothing is made in it then. Otherwise Optuna's tables
            are made in a new one.

    Raises:
        UsageError: The URL is wrong, a Python package for it is missing, or it is to be read and
            holds nothing of Optuna's.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        if read_only:
            return _open_to_read(url)
        checks_connections = {} if url.startswith("sqlite") else {"pool_pre_ping": True}
        return optuna.storages.get_storage(
            make_tables(
                url,
                lambda: _opened(_spelled(url), engine_kwargs=dict(checks_connections)),
            )
        )
    except ImportError as error:
        raise _lacks_package(url, error) from error
    except ValueError as error:
        raise _unusable(url, error, hint=URL_HINT) from error
    except RuntimeError as error:  # the tables of another Optuna
        raise _unusable(url, error) from error


def _open_to_read(url: str) -> optuna.storages.BaseStorage:
    address = _spelled(url)
    arguments = dict(reading_arguments(sqlalchemy.engine.make_url(_with_driver(url))))
    try:
        return optuna.storages.get_storage(
            _opened(address, engine_kwargs=arguments, skip_table_creation=True)
        )
    except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        reason = str(_root(error)).lower()
        if any(word in reason for word in HOLDS_NOTHING):
            raise UsageError(f"The storage {public(url)} holds no study of autoclue's.") from error
        raise


def _opened(address: str, **arguments: Any) -> optuna.storages.RDBStorage:
    """Open a database whose tables are those of this Optuna.

    Optuna compares them at each opening, and reads all its migrations for it. Here that is done
    once a process, and left to Optuna where they differ: it says what to do.
    """
    storage = optuna.storages.RDBStorage(address, skip_compatibility_check=True, **arguments)
    if _tables_version(storage) == _own_version(storage.get_head_version):
        return storage
    storage.engine.dispose()
    return optuna.storages.RDBStorage(address, **arguments)


def _tables_version(storage: optuna.storages.RDBStorage) -> str | None:
    """Return which version the tables of a database are of; ``None`` where it has none."""
    with storage.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


_own: list[str] = []


def _own_version(find: Callable[[], str]) -> str:
    """Return the version of this Optuna's tables, which is found but once."""
    if not _own:
        _own.append(find())
    return _own[0]


def make_engine(url: str) -> sqlalchemy.Engine:
    """Make a connection pool of our own to a storage, beside Optuna's.

    Raises:
        UsageError: The URL is wrong, or a Python package for it is missing.
    """
    try:
        return sqlalchemy.create_engine(_with_driver(url), pool_pre_ping=True)
    except ImportError as error:
        raise _lacks_package(url, error) from error
    except (ValueError, sqlalchemy.exc.ArgumentError) as error:
        raise _unusable(url, error, hint=URL_HINT) from error


def _spelled(url: str) -> str:
    """Write an address as Optuna takes it: there braces are places to fill in."""
    return _with_driver(url).replace("{", "{{").replace("}", "}}")


def make_tables(
    url: str, make: Callable[[], Result], *, wait: Callable[[float], None] = time.sleep
) -> Result:
    """Make tables in a database, while other commands that begin in it wait.

    Args:
        url: The database.
        make: Makes those that are missing; called again where another program was at the same.
        wait: Waits so many seconds.
    """
    for delay_s in TABLE_DELAYS_S:
        try:
            with _alone(url):
                return make()
        except sqlalchemy.exc.SQLAlchemyError as error:
            if not any(word in str(_root(error)).lower() for word in ANOTHER_AT_IT):
                raise
            wait(delay_s)
    with _alone(url):
        return make()


@contextlib.contextmanager
def _alone(url: str) -> Iterator[None]:
    """Keep other commands of ours from making tables in a database meanwhile."""
    parts = sqlalchemy.engine.make_url(_with_driver(url))
    if parts.get_backend_name() == "postgresql":
        engine = make_engine(url)
        try:
            with engine.connect() as connection:
                connection.execute(sqlalchemy.select(sqlalchemy.func.pg_advisory_lock(TABLES_KEY)))
                yield
        finally:
            engine.dispose()  # which gives the lock back
    elif parts.get_backend_name() == "sqlite" and parts.database:
        with _locked_folder(Path(parts.database).parent):
            yield
    else:
        yield


@contextlib.contextmanager
def _locked_folder(folder: Path) -> Iterator[None]:
    """Hold a folder as a lock; one that can't be locked is used without."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            stack.callback(os.close, handle)
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _with_driver(url: str) -> str:
    """Name the Python package of the extra ``postgresql``; SQLAlchemy's own choice varies."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme == "postgresql" else url


def _lacks_package(url: str, error: ImportError) -> UsageError:
    missing = error.__cause__ if isinstance(error.__cause__, ImportError) else error
    return UsageError(
        f"The storage {public(url)} needs a Python package that is not installed: "
        f"{missing.name or missing}."
    )


@contextlib.contextmanager
def understood(url: str) -> Iterator[None]:
    """Turn what a database says while a study is opened into a usage error."""
    try:
        yield
    except sqlalchemy.exc.ArgumentError as error:
        raise _unusable(url, error, hint=URL_HINT) from error
    except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        damaged = any(word in str(_root(error)) for word in DAMAGE)
        raise _unusable(url, _root(error), hint=BACKUP_HINT if damaged else "") from error
    except optuna.exceptions.DuplicatedStudyError as error:
        raise AutoclueError(str(error)) from error
    except AutoclueError:
        raise
    except Exception as error:  # a ledger can hold anything, and Optuna then raises anything
        raise not_as_written(url, reason_of(error)) from error


def not_as_written(url: str, reason: str) -> UsageError:
    """Build the error for a ledger that can be opened but doesn't hold what autoclue writes."""
    return UsageError(
        f"The ledger in {public(url)} isn't as autoclue writes it ({reason}); it was "
        f"damaged or changed{BACKUP_HINT}."
    )


def persist(write: Callable[[], Result], *, wait: Callable[[float], None] = time.sleep) -> Result:
    """Write a fact; a database that is away for some seconds is waited for.

    Args:
        write: Does it; called again after a failure, so it must bear repetition.
        wait: Waits so many seconds.

    Raises:
        AutoclueError: It can't be written (a full disk, a read-only file, a server that stays
            away). What was written before is safe.
    """
    for delay_s in (*RETRY_DELAYS_S, None):
        try:
            return write()
        except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
            reason = " ".join(str(_root(error)).split()).rstrip(".")
            if any(word in reason for word in DAMAGE):
                raise AutoclueError(f"The ledger is damaged: {reason}{BACKUP_HINT}.") from error
            if delay_s is None or any(word in reason.lower() for word in NEEDS_A_HAND):
                raise _unwritable(reason) from error
            wait(delay_s)
    raise AssertionError("the last attempt returns or raises")


def _unwritable(reason: str) -> AutoclueError:
    return AutoclueError(
        f"The ledger can't be written: {reason}. What was reported before is safe; mend that, "
        "then run the same command again to go on."
    )


def public(url: str) -> str:
    """Write a storage's URL without its password."""
    return hide_secrets(url, is_address=True)


def _root(error: BaseException) -> BaseException:
    """Find the driver's own words below those of SQLAlchemy and Optuna."""
    if isinstance(error, optuna.exceptions.StorageInternalError) and error.__cause__ is not None:
        error = error.__cause__
    return getattr(error, "orig", None) or error


def _unusable(url: str, error: BaseException, *, hint: str = "") -> UsageError:
    reason = one_line(str(error)).rstrip(".")
    for secret in secrets_in(url):
        reason = reason.replace(secret, "***")
    return UsageError(f"The storage {public(url)} can't be used: {reason}{hint}.")
