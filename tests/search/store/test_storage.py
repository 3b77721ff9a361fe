from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy.exc

from autoclue.errors import AutoclueError, UsageError
from autoclue.search.sampling import exhausted
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.storage import (
    RETRY_DELAYS_S,
    TABLE_DELAYS_S,
    make_engine,
    make_tables,
    persist,
)
from autoclue.space import SearchSpace


def failing(times: int, message: str) -> Callable[[], str]:
    """A write that the database refuses so many times."""
    left = [times]

    def write() -> str:
        left[0] -= 1
        if left[0] >= 0:
            raise sqlalchemy.exc.OperationalError("insert", {}, Exception(message))
        return "written"

    return write


def test_a_database_that_is_away_for_a_moment_is_waited_for() -> None:
    waited: list[float] = []

    assert persist(failing(3, "server closed the connection"), wait=waited.append) == "written"
    assert waited == list(RETRY_DELAYS_S[:3])


@pytest.mark.parametrize("read", ["trials", "exhausted"])
def test_reading_waits_for_a_database_too(
    ledger: Ledger, toy_space: SearchSpace, monkeypatch: pytest.MonkeyPatch, read: str
) -> None:
    refuse = failing(1, "the database system is starting up")
    proposer = Proposer(toy_space, "random", 0)
    reads: dict[str, Callable[[], object]] = {
        "trials": ledger.trials,
        "exhausted": lambda: exhausted(ledger, proposer),
    }
    get_trials = ledger._study.get_trials

    def flaky(*arguments: Any, **options: Any) -> object:
        refuse()
        return get_trials(*arguments, **options)

    monkeypatch.setattr(ledger._study, "get_trials", flaky)

    assert not reads[read]()


def test_a_database_that_stays_away_ends_in_one_sentence() -> None:
    waited: list[float] = []

    with pytest.raises(AutoclueError, match=r"can't be written: server closed the connection\. "):
        persist(failing(99, "server closed the connection"), wait=waited.append)

    assert waited == list(RETRY_DELAYS_S)


@pytest.mark.parametrize(
    "message", ["database or disk is full", "attempt to write a readonly database"]
)
def test_what_waiting_does_not_mend_is_said_at_once(message: str) -> None:
    waited: list[float] = []

    with pytest.raises(AutoclueError, match=f"{message}. What was reported before is safe"):
        persist(failing(1, message), wait=waited.append)

    assert waited == []


@pytest.mark.parametrize("url", ["nonsense", "oracel://host/name"])
def test_what_is_no_url_is_refused_with_how_to_write_one(url: str) -> None:
    with pytest.raises(UsageError, match=r"can't be used: .*; write it like sqlite"):
        make_engine(url)


BEGINS = """
import sys
from autoclue.search.store import Ledger, StudyAttributes, driving
print("ready", flush=True)
for url in sys.stdin:
    with driving(url.strip(), sys.argv[1]):
        Ledger.exists(url.strip(), sys.argv[1])
        Ledger.create(url.strip(), sys.argv[1], StudyAttributes())
    print("begun", flush=True)
"""


def test_commands_that_begin_at_once_in_one_new_database_all_do(tmp_path: Path) -> None:
    begun = [
        subprocess.Popen(
            [sys.executable, "-c", BEGINS, f"study-{i}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for i in range(3)
    ]
    told = [each.stdout.readline() for each in begun if each.stdout is not None]
    for attempt in range(4):
        for each in begun:
            print(f"sqlite:///{tmp_path / str(attempt)}.db", file=each.stdin, flush=True)
        told += [each.stdout.readline() for each in begun if each.stdout is not None]
    for each in begun:
        each.communicate()
    assert told == ["ready\n"] * 3 + ["begun\n"] * 12


def test_tables_that_another_program_has_just_made_are_no_error() -> None:
    attempts: list[float] = []

    def make() -> str:
        if len(attempts) < 2:
            raise sqlalchemy.exc.OperationalError("", {}, Exception("table trials already exists"))
        return "made"

    assert make_tables("sqlite://", make, wait=attempts.append) == "made"
    assert attempts == list(TABLE_DELAYS_S[:2])


def test_any_other_trouble_with_tables_is_told_at_once() -> None:
    def make() -> None:
        raise sqlalchemy.exc.OperationalError("", {}, Exception("disk I/O error"))

    with pytest.raises(sqlalchemy.exc.OperationalError, match="disk I/O"):
        make_tables("sqlite://", make, wait=lambda _: pytest.fail("it waits"))
