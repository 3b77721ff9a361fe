"""One driver at a time: refusal, takeover, loss."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy

from autoclue.errors import AutoclueError, UsageError
from autoclue.search.store import lease as lease_module
from autoclue.search.store.lease import DRIVERS, Driver, driving


@pytest.fixture
def rows(storage: str) -> Callable[[], list[sqlalchemy.Row]]:  # type: ignore[type-arg]
    """Reads who drives which study."""

    def read() -> list[sqlalchemy.Row]:  # type: ignore[type-arg]
        engine = sqlalchemy.create_engine(storage)
        with engine.connect() as connection:
            return list(connection.execute(sqlalchemy.select(DRIVERS)))

    return read


@pytest.fixture
def leave_row(storage: str) -> Callable[..., None]:
    """Leaves the row of a driver that didn't take it away."""

    def leave(driver: Driver) -> None:
        engine = sqlalchemy.create_engine(storage)
        DRIVERS.create(engine, checkfirst=True)
        values = {"study": "study", "token": "theirs", "beats": 5, **lease_module._columns(driver)}
        with engine.begin() as connection:
            connection.execute(sqlalchemy.insert(DRIVERS).values(**values))

    return leave


def elsewhere() -> Driver:
    return replace(Driver.this_process(), host="gpu-7", machine="another boot", process=4711)


def never(seconds: float) -> None:
    raise TimeoutError("this waits")


def test_a_second_driver_is_refused_in_one_sentence(storage: str) -> None:
    me = Driver.this_process()
    expected = rf"'study' is being run by process {me.process} on {me.host} since \d{{4}}-"

    with (
        driving(storage, "study", wait=never),
        pytest.raises(AutoclueError, match=expected),
        driving(storage, "study", wait=never),
    ):
        pass


def test_a_study_is_free_again_once_its_driver_has_left(
    storage: str, rows: Callable[[], list[object]]
) -> None:
    with driving(storage, "study", wait=never):
        assert len(rows()) == 1
    assert rows() == []
    with driving(storage, "study", wait=never) as lease:
        lease.check()


def test_two_studies_of_a_storage_have_drivers_of_their_own(storage: str) -> None:
    with driving(storage, "one", wait=never) as one, driving(storage, "two", wait=never) as two:
        one.check()
        two.check()


def test_a_driver_that_was_killed_is_succeeded_at_once(storage: str) -> None:
    script = (
        "import os, sys\nfrom autoclue.search.store.lease import driving\n"
        f"with driving({storage!r}, 'study'):\n os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", script], check=False)

    assert killed.returncode == -9
    with driving(storage, "study", wait=never) as lease:
        lease.check()


def test_a_process_of_the_same_number_is_not_mistaken_for_a_dead_driver(
    storage: str, leave_row: Callable[[Driver], None]
) -> None:
    leave_row(replace(Driver.this_process(), process_started="1"))

    with driving(storage, "study", wait=never) as lease:
        lease.check()


def test_a_silent_driver_elsewhere_is_succeeded_after_some_beats(
    storage: str,
    leave_row: Callable[[Driver], None],
    rows: Callable[[], list[sqlalchemy.Row]],  # type: ignore[type-arg]
) -> None:
    leave_row(elsewhere())
    waited: list[float] = []

    with driving(storage, "study", beat_s=7.0, wait=waited.append):
        assert waited == [7.0] * lease_module.SILENT_BEATS
        assert [row.process for row in rows()] == [os.getpid()]


def test_a_driver_elsewhere_that_beats_is_left_alone(
    storage: str, leave_row: Callable[[Driver], None]
) -> None:
    leave_row(elsewhere())
    engine = sqlalchemy.create_engine(storage)

    def beat(seconds: float) -> None:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.update(DRIVERS).values(beats=DRIVERS.c.beats + 1))

    with (
        pytest.raises(AutoclueError, match="by process 4711 on gpu-7 since"),
        driving(storage, "study", wait=beat),
    ):
        pass


def test_a_driver_that_stood_still_notices_its_successor(storage: str) -> None:
    engine = sqlalchemy.create_engine(storage)
    with driving(storage, "study", wait=never) as lease:
        lease.check()
        with engine.begin() as connection:
            connection.execute(sqlalchemy.update(DRIVERS).values(token="theirs"))
        with pytest.raises(AutoclueError, match="Another process has taken over the study"):
            lease.check()


def test_a_driver_notices_its_successor_whatever_the_clocks_say(
    storage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = sqlalchemy.create_engine(storage)
    with driving(storage, "study", wait=never) as lease:
        for clock in ("time", "monotonic"):
            set_back = getattr(time, clock)() - 3600.0
            monkeypatch.setattr(time, clock, lambda at=set_back: at)
        with engine.begin() as connection:
            connection.execute(sqlalchemy.update(DRIVERS).values(token="theirs"))

        with pytest.raises(AutoclueError, match="Another process has taken over the study"):
            lease.check()
        monkeypatch.undo()


def test_a_beat_raises_the_counter(
    storage: str,
    rows: Callable[[], list[sqlalchemy.Row]],  # type: ignore[type-arg]
) -> None:
    with driving(storage, "study", wait=never) as lease:
        before = rows()[0].beats
        lease.beat()
        assert rows()[0].beats == before + 1


def test_a_storage_that_cannot_be_used_is_named() -> None:
    with (
        pytest.raises(UsageError, match=r"no/such/folder/a\.db can't be used"),
        driving("sqlite:///no/such/folder/a.db", "study"),
    ):
        pass
