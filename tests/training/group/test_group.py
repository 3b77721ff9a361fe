"""Processes that are called together: what happens when one fails, dies or stands still."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from autoclue.training.group import Patience, RankDiedError, RankGroup
from autoclue.training.group import group as group_module
from tests.training.ranks.trainee import Trainee

pytestmark = pytest.mark.paddle

TARGET = f"{Trainee.__module__}:{Trainee.__name__}"
KILLED = f"""
import time
from autoclue.training.group import RankGroup

if __name__ == "__main__":
    group = RankGroup({TARGET!r}, 2, "cpu", threads=1)
    print(*group.call("process"), flush=True)
    group.call("stand_still", 600)
"""


@pytest.fixture(scope="module")
def group() -> Iterator[RankGroup]:
    found = RankGroup(TARGET, 2, "cpu", threads=1)
    yield found
    found.end()


def test_an_error_of_one_rank_is_the_answer_though_the_others_wait_for_it(
    group: RankGroup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_module, "SETTLE_S", 0.5)
    with pytest.raises(ValueError, match="rank 1 has no more memory"):
        group.call("fail", 1)
    assert not group.alive
    assert len(group.call("process")) == 2


def test_ranks_that_stand_still_are_ended(group: RankGroup) -> None:
    group.call("process")
    began, group.patience = time.monotonic(), Patience(first_s=1.0)
    with pytest.raises(RankDiedError, match=r"2 processes of the trial stood still for 1 s"):
        group.call("stand_still", 600)
    assert time.monotonic() - began < 60
    assert not group.alive
    group.patience = Patience()


def test_ranks_end_with_the_process_that_has_started_them() -> None:
    command = [sys.executable, "-c", KILLED]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        ranks = [int(number) for number in process.stdout.readline().split()]
        process.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while any(map(is_there, ranks)) and time.monotonic() < until:
        time.sleep(0.1)
    assert len(ranks) == 2
    assert not any(map(is_there, ranks))


def is_there(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0] != "Z"
