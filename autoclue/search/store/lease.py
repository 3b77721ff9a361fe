"""Let one driver at a time write a study: a row in the ledger's database says who drives it.

The row is taken and handed over by single statements that the database serialises. Who died on
this machine is seen by its process; who drives from another machine raises a counter every some
seconds, and counts as dead once that has stood still, so that no two clocks need to agree.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy
import sqlalchemy.exc
from sqlalchemy import Column, Integer, String, Table, delete, insert, select, update

from autoclue.errors import AutoclueError
from autoclue.search.store.schema import now
from autoclue.search.store.storage import make_engine, make_tables, persist, understood
from autoclue.system import started_at, this_machine

BEAT_S = 10.0
"""Seconds between two beats of a driver."""
SILENT_BEATS = 3
"""A driver on another machine counts as dead after so many beats that did not come."""

DRIVERS = Table(
    "autoclue_drivers",
    sqlalchemy.MetaData(),
    Column("study", String(512), primary_key=True),
    Column("token", String(64), nullable=False),
    Column("host", String(255), nullable=False),
    Column("machine", String(255), nullable=False),
    Column("process", Integer, nullable=False),
    Column("process_started", String(64), nullable=False),
    Column("since", String(64), nullable=False),
    Column("beats", Integer, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Driver:
    """Who drives a study.

    Attributes:
        host: Name of its machine, for people.
        machine: Tells machines, their restarts and containers from each other.
        process: Its process number there.
        process_started: Tells processes of the same number from each other.
        since: When it began, ISO 8601 in UTC.
    """

    host: str
    machine: str
    process: int
    process_started: str
    since: str

    @classmethod
    def this_process(cls) -> Driver:
        """Describe the process that asks."""
        return cls(
            socket.gethostname(), this_machine(), os.getpid(), started_at(os.getpid()), now()
        )

    def is_dead_here(self) -> bool:
        """Return whether it ran on this machine and has ended; ``False`` if that can't be told."""
        if self.machine != this_machine():
            return False
        return started_at(self.process) != self.process_started


@dataclass(slots=True)
class Lease:
    """A study that this process drives; ``check`` before every write that counts."""

    engine: sqlalchemy.Engine
    study: str
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    _beat_s: float = BEAT_S
    _lost: bool = False
    _ended: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def check(self) -> None:
        """Make sure that this process still drives the study.

        The row itself is looked at each time, and no clock: those of a machine that was asleep,
        or was set back, don't tell for how long this process stood still.

        Raises:
            AutoclueError: Another driver has taken over, after this one was silent for long.
        """
        self._lost = self._lost or not persist(self._is_ours)
        if self._lost:
            raise AutoclueError(
                f"Another process has taken over the study {self.study!r} while this one stood "
                "still; this one ends, and nothing is lost."
            )

    def beat(self) -> None:
        """Show that this process lives."""
        with self._lock:
            changed = persist(self._raise_counter)
            self._lost = self._lost or not changed

    def _is_ours(self) -> bool:
        statement = select(DRIVERS.c.beats).where(self._mine)
        with self.engine.connect() as connection:
            return connection.execute(statement).first() is not None

    @property
    def _mine(self) -> sqlalchemy.ColumnElement[bool]:
        return (DRIVERS.c.study == self.study) & (DRIVERS.c.token == self.token)

    def _raise_counter(self) -> bool:
        statement = update(DRIVERS).where(self._mine).values(beats=DRIVERS.c.beats + 1)
        with self.engine.begin() as connection:
            return connection.execute(statement).rowcount == 1

    def _beat_on(self) -> None:
        while not self._ended.wait(self._beat_s) and not self._lost:
            # A database that is away is the ledger's matter: its own writes say so.
            with contextlib.suppress(AutoclueError):
                self.beat()


@contextlib.contextmanager
def driving(
    storage: str, study: str, *, beat_s: float = BEAT_S, wait: Callable[[float], None] = time.sleep
) -> Iterator[Lease]:
    """Drive a study while the context lasts.

    Args:
        storage: URL of the ledger's database.
        study: The study's name.
        beat_s: Seconds between two signs of life.
        wait: Waits so many seconds.

    Raises:
        AutoclueError: Another process drives it; the message says which, and since when.
        UsageError: The database can't be used.
    """
    engine = make_engine(storage)
    with understood(storage):
        make_tables(storage, lambda: DRIVERS.create(engine, checkfirst=True))
    lease = Lease(engine, study, _beat_s=beat_s)
    _take(lease, storage, wait)
    thread = threading.Thread(target=lease._beat_on, name="autoclue-lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        lease._ended.set()
        thread.join()
        with contextlib.suppress(sqlalchemy.exc.SQLAlchemyError), engine.begin() as connection:
            # One left behind does no harm: this process will be seen to be dead.
            connection.execute(delete(DRIVERS).where(DRIVERS.c.token == lease.token))
        engine.dispose()


def refuse_if_driven(storage: str, study: str) -> None:
    """Refuse where another process of this machine drives a study; one elsewhere can't be told.

    Raises:
        AutoclueError: It does.
    """
    engine = make_engine(storage)
    try:
        found = _holder(Lease(engine, study))
    except sqlalchemy.exc.SQLAlchemyError:  # it can't be read, so nobody can be told
        return
    finally:
        engine.dispose()
    if found is None or found[0].machine != this_machine() or found[0].process == os.getpid():
        return
    if not found[0].is_dead_here():
        raise _refused(study, found[0])


def forget_drivers(storage: str) -> None:
    """Forget the drivers of this machine: in a copy of a ledger they are those of its time."""
    engine = make_engine(storage)
    try:
        with understood(storage), engine.begin() as connection:
            connection.execute(delete(DRIVERS).where(DRIVERS.c.machine == this_machine()))
    finally:
        engine.dispose()


def _take(lease: Lease, storage: str, wait: Callable[[float], None]) -> None:
    me = Driver.this_process()
    with understood(storage):
        if _insert(lease, me):
            return
        found = _holder(lease)
        if found is not None:
            driver, token, beats = found
            if not driver.is_dead_here() and not _silent(lease, driver, beats, wait):
                raise _refused(lease.study, driver)
            if _replace(lease, me, token):
                return
        elif _insert(lease, me):
            return
        found = _holder(lease)
    raise _refused(lease.study, me if found is None else found[0])


def _silent(lease: Lease, driver: Driver, beats: int, wait: Callable[[float], None]) -> bool:
    """Watch a driver on another machine: does its counter stand still?"""
    if driver.machine == this_machine():
        return False
    for _ in range(SILENT_BEATS):
        wait(lease._beat_s)
        found = _holder(lease)
        if found is None or found[0] != driver or found[2] != beats:
            return False
    return True


def _insert(lease: Lease, me: Driver) -> bool:
    values = {"study": lease.study, "token": lease.token, "beats": 0, **_columns(me)}
    try:
        with lease.engine.begin() as connection:
            connection.execute(insert(DRIVERS).values(**values))
    except sqlalchemy.exc.IntegrityError:
        return False
    return True


def _replace(lease: Lease, me: Driver, token: str) -> bool:
    theirs = (DRIVERS.c.study == lease.study) & (DRIVERS.c.token == token)
    values = {"token": lease.token, "beats": 0, **_columns(me)}
    with lease.engine.begin() as connection:
        return connection.execute(update(DRIVERS).where(theirs).values(**values)).rowcount == 1


def _holder(lease: Lease) -> tuple[Driver, str, int] | None:
    with lease.engine.connect() as connection:
        row = connection.execute(select(DRIVERS).where(DRIVERS.c.study == lease.study)).first()
    if row is None:
        return None
    driver = Driver(row.host, row.machine, row.process, row.process_started, row.since)
    return driver, row.token, row.beats


def _columns(driver: Driver) -> dict[str, str | int]:
    return {
        "host": driver.host,
        "machine": driver.machine,
        "process": driver.process,
        "process_started": driver.process_started,
        "since": driver.since,
    }


def _refused(study: str, driver: Driver) -> AutoclueError:
    return AutoclueError(
        f"The study {study!r} is being run by process {driver.process} on {driver.host} since "
        f"{driver.since}; wait for it to end, or stop it, or begin another study with --study."
    )
