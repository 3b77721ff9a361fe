"""How long the fuzz targets run, and what none of their inputs may bring about.

Whatever comes from outside may be refused in a sentence of ours or be read. It may not lead to
another error, run code, show a secret, or take longer than a person waits.

``AUTOCLUE_FUZZ_SECONDS`` is the time of all targets together, 30 by default; the inputs are then
always the same. ``make fuzz`` gives an hour and another ``AUTOCLUE_FUZZ_SEED`` each time.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from autoclue.errors import LONGEST_SENTENCE, AutoclueError
from autoclue.outside import shown

SECONDS = float(os.environ.get("AUTOCLUE_FUZZ_SECONDS", "30"))
SEED = int(os.environ.get("AUTOCLUE_FUZZ_SEED", "0"))
FIGURES = os.environ.get("AUTOCLUE_FUZZ_FIGURES")
"""A file that gets a line for each target: how many inputs it was given."""
WHOLE = 30.0
"""What the shares of all targets add up to."""
HANG_S = 30
"""Seconds of the processor that an input may take."""
STILL_S = 240
"""Seconds that it may take on a busy machine, or while it waits."""
MOST_GROWTH = 2**30
"""Bytes by which an input may make this process grow; 4 times as much it doesn't get."""
EXAMPLES = 20
"""Inputs of a round, after which the time is looked at."""
LEAST = 5
"""Inputs that a target gets however slow the machine is."""
ROUNDS = 15
"""Rounds of a target in the default run, if its time lasts; each has a seed of its own."""

SECRET = "hunter2secret"
_CODE = frozenset({"os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork"})

Input = TypeVar("Input")


class HangError(BaseException):
    """An input takes longer than anybody waits; no reader's door may catch it."""


class _Watch:
    """Notes what is started while it is on; an audit hook stays for the life of a process."""

    def __init__(self) -> None:
        self.on = False
        self.started: list[str] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.on and event in _CODE:
            self.started.append(f"{event} {arguments}"[:200])


_watch = _Watch()


@contextlib.contextmanager
def bounded() -> Iterator[None]:
    """Let an input neither hang nor start anything."""

    def give_up(number: int, frame: FrameType | None) -> None:
        raise HangError(f"more than {HANG_S} s of the processor, or {STILL_S} s in all")

    if _watch.on:  # within another one
        yield
        return
    before = {each: signal.signal(each, give_up) for each in (signal.SIGALRM, signal.SIGPROF)}
    signal.setitimer(signal.ITIMER_REAL, STILL_S)
    signal.setitimer(signal.ITIMER_PROF, HANG_S)
    _watch.started.clear()
    held = _most_held()
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_mapped() + 4 * MOST_GROWTH, limits[1]))
    _watch.on = True
    try:
        yield
    finally:
        _watch.on = False
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
    assert _watch.started == [], f"code was run: {_watch.started}"
    assert _most_held() - held < MOST_GROWTH, "it takes more memory than anybody has to spare"


def _most_held() -> int:
    """Return the most bytes of memory that this process has held at once."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _mapped() -> int:
    """Return the bytes of addresses that this process has taken."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def refused_or_read(act: Callable[[], object]) -> None:
    """Do something with an input: it works, or ends in a sentence that may be shown."""
    with bounded():
        try:
            act()
        except AutoclueError as error:
            check_sentence(str(error))


def check_sentence(text: str) -> None:
    """Check that a message can be shown to anybody."""
    assert 0 < len(text) <= LONGEST_SENTENCE
    assert SECRET not in text, "a secret is told"
    assert "Traceback" not in text
    assert "\x1b" not in shown(text)


def fuzz(
    inputs: SearchStrategy[Input], target: Callable[[Input], None], *, share: float = 3.0
) -> None:
    """Give a target inputs until its share of the time is over.

    The first input, which loads what all need, doesn't count.

    Args:
        inputs: What it is given.
        target: Raises where something happens that may not.
        share: Its part of the time, of ``WHOLE``.
    """
    began, ran, failed = time.monotonic(), 0, False
    limit_s = SECONDS * share / WHOLE

    def once(given_input: Input) -> None:
        nonlocal began, ran, failed
        if time.monotonic() - began > limit_s and ran >= LEAST and not failed:
            return
        ran += 1
        try:
            target(given_input)
        except BaseException:
            failed = True
            raise
        if ran == 1:
            began = time.monotonic()

    rounds = 0
    while rounds == 0 or time.monotonic() - began < limit_s:
        if rounds == ROUNDS and SECONDS <= 60:
            break
        quiet = settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # an input is short; to shorten it takes minutes
            suppress_health_check=list(HealthCheck),
        )
        seed(SEED * 100_000 + rounds)(quiet(given(inputs)(once)))()
        rounds += 1
    if FIGURES:
        name = os.environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0]
        line = json.dumps({"target": name, "inputs": ran, "seconds": time.monotonic() - began})
        Path(FIGURES).parent.mkdir(parents=True, exist_ok=True)
        with Path(FIGURES).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
