"""The processes of a trial as one: started together, called together, ended together.

They are processes of one machine. A collective that has lost a process ends the others by a C++
exception or waits for half an hour, so the one that calls them is none of them: it sees which one
has died or stands still, ends all, and lives on.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any, Final

from autoclue.errors import AutoclueError
from autoclue.training.group.patience import Patience
from autoclue.training.group.process import FORM, START
from autoclue.training.platform import available_cores, only_card

LOOPBACK: Final = "127.0.0.1"
INTERFACE: Final = "lo"
"""What the processes send each other stays on this machine."""
HEAD_START_S: Final = 0.3
"""The first process opens the port at which the others meet it; one that finds it closed waits."""
SETTLE_S: Final = 5.0
"""How long the others may take to end a call that has failed in one of them."""
FORM_S: Final = 300.0
"""How long the processes may take to import Paddle and to meet."""


class RankDiedError(AutoclueError):
    """A process of the group has died, or all of them stood still; the group has ended."""


@dataclass(slots=True)
class _Rank:
    rank: int
    process: subprocess.Popen[bytes]
    connection: Connection

    def fate(self) -> str:
        """Say how it ended."""
        code = self.process.wait()
        if code >= 0:
            return f"ended with exit code {code}"
        try:
            return f"was ended by signal {signal.Signals(-code).name}"
        except ValueError:
            return f"was ended by signal {-code}"


@dataclass(slots=True)
class RankGroup:
    """Some processes that train together, one a card.

    Attributes:
        target: What lives in each of them, as ``module:Class``; it is made with its ``Ranks`` and
            a function that tells ``heard`` something.
        cards: How many there are.
        device: ``cpu``, or ``gpu`` for a card of this process for each.
        threads: Threads of each on a CPU; ``None`` shares the cores out.
        patience: Ends a group of which nothing is heard.
        heard: Gets what they tell during a call.
        output: A file for what libraries below Python print; ``None`` lets it go where this
            process's own goes.
    """

    target: str
    cards: int
    device: str
    threads: int | None = None
    patience: Patience = field(default_factory=Patience)
    heard: Callable[[Any], None] = lambda value: None
    output: Path | None = None
    _ranks: list[_Rank] = field(default_factory=list)

    @property
    def alive(self) -> bool:
        """Whether the processes have been started and not ended since."""
        return bool(self._ranks)

    def start(self) -> None:
        """Start the processes and let them meet, unless they have.

        Raises:
            RankDiedError: One has died meanwhile.
            AutoclueError: They can't meet.
        """
        if self._ranks:
            return
        endpoints = _endpoints(self.cards)
        for rank in range(self.cards):
            self._ranks.append(_spawn(rank, endpoints, self._environment(rank), self.output))
        try:
            for each in self._ranks:
                each.connection.send((FORM, (self.target, self.device)))
                time.sleep(HEAD_START_S if each.rank == 0 else 0)
            replies = self._replies(FORM_S, lambda reply: False)
        except BaseException:
            self.end()
            raise
        for reply in replies:
            if isinstance(reply, Exception):
                self.end()
                raise reply

    def call(
        self,
        method: str,
        *arguments: object,
        ends: Callable[[Any], bool] = lambda value: False,
    ) -> Any:
        """Have every process call a method, and return what the first one gives.

        A process that fails leaves the others in a collective that never ends. So once one has
        raised an error or given a value after which nothing follows, the others get a moment; if
        they don't end then, the group does, and that error or value is the answer.

        Args:
            method: Of the target.
            *arguments: They must be ones that pickle takes.
            ends: Whether a value is such a one.

        Raises:
            RankDiedError: A process has died, or nothing was heard of any in time.
            Exception: What a process has raised.
        """
        self.start()
        try:
            for each in self._ranks:
                try:
                    each.connection.send((method, arguments))
                except OSError as error:
                    raise self._death(each) from error
            replies = self._replies(self.patience.limit_s, ends)
        except BaseException:
            self.end()
            raise
        answer = _answer(replies, ends)
        if any(reply is None for reply in replies):
            self.end()
        if isinstance(answer, Exception):
            raise answer
        return answer[0]

    def _replies(self, limit_s: float, ends: Callable[[Any], bool]) -> list[Any]:
        """Return what each process answers: a tuple of one, an error, or ``None`` for nothing."""
        found: list[Any] = [None] * len(self._ranks)
        waiting = {each.connection: each for each in self._ranks}
        until = time.monotonic() + limit_s
        failing = False
        while waiting:
            ready = wait(list(waiting), timeout=max(0.0, until - time.monotonic()))
            if not ready and failing:
                return found
            if not ready:
                raise RankDiedError(
                    f"The {len(self._ranks)} processes of the trial stood still for "
                    f"{limit_s:.0f} s; they have been ended."
                )
            for connection in [each for each in waiting if each in ready]:
                each = waiting[connection]
                try:
                    kind, value = connection.recv()
                except (EOFError, OSError) as error:
                    if failing:
                        return found
                    raise self._death(each) from error
                if kind == "told":
                    self.heard(value)
                    until = until if failing else time.monotonic() + limit_s
                    continue
                del waiting[connection]
                found[each.rank] = value if kind == "error" else (value,)
                if not failing and (kind == "error" or ends(value)):
                    failing, until = True, time.monotonic() + SETTLE_S
        return found

    def _death(self, each: _Rank) -> RankDiedError:
        """Say which process has died; the others end with it, most of them by a signal."""
        first = each
        for other in self._ranks:
            if other.process.poll() not in (None, -signal.SIGABRT):
                first = other
        return RankDiedError(
            f"Process {first.rank} of the {len(self._ranks)} that train the trial together "
            f"{first.fate()}."
        )

    def end(self) -> None:
        """End all processes; the next call starts new ones."""
        ranks, self._ranks = self._ranks, []
        for each in ranks:
            each.process.kill()
        for each in ranks:
            each.process.wait()
            each.connection.close()
        self.patience.forget()

    def _environment(self, rank: int) -> Mapping[str, str]:
        if self.device != "cpu":
            return {
                **only_card(rank),
                "NCCL_SOCKET_IFNAME": os.environ.get("NCCL_SOCKET_IFNAME", INTERFACE),
            }
        threads = self.threads or max(1, available_cores() // self.cards)
        return {
            "PADDLE_DISTRI_BACKEND": "gloo",
            "GLOO_SOCKET_IFNAME": os.environ.get("GLOO_SOCKET_IFNAME", INTERFACE),
            "OMP_NUM_THREADS": str(threads),
        }


def _answer(replies: Sequence[Any], ends: Callable[[Any], bool]) -> Any:
    """Choose what counts of the replies: an end or an error before all, then the first one's."""
    for reply in replies:
        if reply is not None and (isinstance(reply, Exception) or ends(reply[0])):
            return reply
    return replies[0]


def _spawn(
    rank: int, endpoints: Sequence[str], more: Mapping[str, str], output: Path | None
) -> _Rank:
    ours, theirs = Pipe()
    environment = {
        **os.environ,
        "PADDLE_TRAINER_ID": str(rank),
        "PADDLE_TRAINERS_NUM": str(len(endpoints)),
        "PADDLE_TRAINER_ENDPOINTS": ",".join(endpoints),
        "PADDLE_CURRENT_ENDPOINT": endpoints[rank],
        **more,
    }
    descriptor = theirs.fileno()
    with contextlib.ExitStack() as stack:
        said = None if output is None else stack.enter_context(output.open("ab"))
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", START, str(descriptor), json.dumps(sys.path)],
            env=environment,
            pass_fds=[descriptor],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    theirs.close()
    return _Rank(rank, process, ours)


def _endpoints(count: int) -> list[str]:
    """Find free ports of this machine; nobody else may take one until they are used."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [f"{LOOPBACK}:{each.getsockname()[1]}" for each in sockets]
    finally:
        for each in sockets:
            each.close()
