"""Kill the processes of a search: which, when, and how to find them."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from benchmarks.crashes.scene import POPULATIONS, Way


class Victim(str, Enum):
    """Who is killed."""

    DRIVER = "driver"
    EVERYTHING = "everything"
    WORKER = "worker"
    RAYLET = "raylet"
    GCS = "gcs_server"


class Moment(str, Enum):
    """From when on the delay before a kill counts."""

    START = "start"
    LINES = "lines"
    END = "end"
    CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        victim: Who is killed.
        moment: What is waited for: nothing, some more lines of progress, or the last trial's end.
        lines: How many lines, where lines are waited for.
        delay_s: Seconds from there on.
        signals: What is sent, one after another; those that can be heard go to the driver.
    """

    victim: Victim
    moment: Moment
    lines: int
    delay_s: float
    signals: tuple[int, ...] = (signal.SIGKILL,)


WEIGHTS = {
    **{Victim.DRIVER: 3, Victim.EVERYTHING: 3, Victim.WORKER: 3},
    **{Victim.RAYLET: 1, Victim.GCS: 1},
}
MOMENTS = {Moment.START: 2, Moment.LINES: 7, Moment.END: 1}
LONGEST_DELAY_S = {
    **{Moment.START: 8.0, Moment.LINES: 0.3, Moment.END: 0.6},
    Moment.CONFIRMATION: 2.0,
}
UNTIL_THE_REPORT_S = 6.0
"""From the last trial's end until Ray is gone and the report is written."""
MOST_LINES = 12
HEARD = ((signal.SIGTERM,), (signal.SIGHUP,), (signal.SIGINT,), (signal.SIGINT,) * 3)
"""What asks for an end; Ctrl-C also again and again."""


def draw_kills(seed: int) -> Iterator[Kill]:
    """Draw victims and moments at random, without end; the same seed gives the same ones."""
    rng = random.Random(seed)
    while True:
        victim = rng.choices([*WEIGHTS], [*WEIGHTS.values()])[0]
        moment = rng.choices([*MOMENTS], [*MOMENTS.values()])[0]
        lines = rng.randint(1, MOST_LINES)
        yield Kill(victim, moment, lines, rng.uniform(0.0, LONGEST_DELAY_S[moment]))


def draw_kills_of(way: Way, seed: int) -> Iterator[Kill]:
    """Draw kills that fit what is being done, without end."""
    if way is Way.SEARCH or way in POPULATIONS:
        yield from draw_kills(seed)
    rng = random.Random(seed)
    while True:
        victim = rng.choice([Victim.DRIVER, Victim.EVERYTHING])
        lines, delay_s = rng.randint(1, MOST_LINES), rng.uniform(0.0, 1.0)
        if way is Way.SIGNALS:
            yield Kill(Victim.DRIVER, Moment.LINES, lines, 0.3 * delay_s, rng.choice(HEARD))
        elif way is Way.REPORT:
            yield Kill(victim, Moment.END, 0, UNTIL_THE_REPORT_S * delay_s)
        elif way is Way.CONFIRM:
            longest = LONGEST_DELAY_S[Moment.CONFIRMATION]
            yield Kill(victim, Moment.CONFIRMATION, 0, longest * delay_s)
        else:
            moment = rng.choice([Moment.LINES, Moment.LINES, Moment.END])
            yield Kill(victim, moment, lines, LONGEST_DELAY_S[moment] * delay_s)


def living(session: int) -> dict[int, str]:
    """Return the processes of a session that have not ended, and how each calls itself.

    Args:
        session: Number of the process that began the session.
    """
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if int(fields[3]) == session and fields[0] not in "ZX":
            found[int(folder.name)] = words[0].decode(errors="replace")
    return found


def find_victims(victim: Victim, driver: int) -> list[int]:
    """Find whom to kill; nobody where such a process doesn't live.

    Args:
        victim: Who is meant.
        driver: The driver's process, which began a session of its own.
    """
    if victim is Victim.DRIVER:
        return [driver] if driver in living(driver) else []
    return [number for number, name in living(driver).items() if _is(victim, name)]


def _is(victim: Victim, name: str) -> bool:
    if victim is Victim.WORKER:
        return name.startswith("ray::") and "Trainable" in name
    return victim is Victim.EVERYTHING or Path(name).name == victim.value


def kill_all(numbers: list[int], *, with_signal: int = signal.SIGKILL) -> int:
    """Kill processes at once; return how many there still were."""
    killed = 0
    for number in numbers:
        try:
            os.kill(number, with_signal)
        except ProcessLookupError:
            continue
        killed += 1
    return killed
