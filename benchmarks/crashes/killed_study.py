"""Run one study to its end while its processes are killed, and watch what becomes of it."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.search.store.reader import read_study
from autoclue.search.tuner.deaths import MOST_DEATHS
from benchmarks.crashes.kills import Kill, Moment, Victim, find_victims, kill_all, living
from benchmarks.crashes.scene import Scene, Way

BETWEEN_SIGNALS_S = 0.1
PATIENCE_S = 900
"""Longer than anything takes on a busy machine; who waits longer has found a hang."""

EVALUATED = re.compile(r"^\S+ trial (\d+) step (\d+)/\S+: score (\S+),", re.MULTILINE)
PROGRESS = re.compile(r"^\S+ trial ", re.MULTILINE)
ENDED = re.compile(r"^\S+ trial (\d+) (?:COMPLETE|PRUNED|FAIL)\b", re.MULTILINE)
EXPECTED = re.compile(r"^(\d\d:\d\d:\d\d |autoclue: |\s*[a-z][a-z ]*  )|^$")
"""What a command may print to its terminal: progress, its heading, one closing sentence."""

Seen = dict[tuple[int, int], str]
"""Evaluations by trial and step, each with its score as it is printed."""


class HangError(Exception):
    """Something took longer than anything takes."""


@dataclass(slots=True)
class Outcome:
    """What became of a study that was killed again and again.

    Attributes:
        kills: Kills by victim.
        lost: Evaluations that had been printed or recorded, and are missing or changed.
        odd_lines: Lines on the terminal that a user shouldn't see.
        odd_codes: Exit codes other than that of a kill, 0, or 1 after Ray's own death.
        ends_s: Seconds until the driver had ended after one of Ray's own processes was killed.
        clean_ends_s: Seconds until the driver had ended after a signal that it hears.
        starts: How often the command was begun.
        study: What the ledger holds in the end.
    """

    kills: Counter[str] = field(default_factory=Counter)
    lost: set[tuple[int, int]] = field(default_factory=set)
    odd_lines: list[str] = field(default_factory=list)
    odd_codes: list[int] = field(default_factory=list)
    ends_s: list[float] = field(default_factory=list)
    clean_ends_s: list[float] = field(default_factory=list)
    starts: int = 0
    study: StudyRecord | None = None


@dataclass(slots=True)
class Start:
    """One start of the command, in a session of its own."""

    process: subprocess.Popen[bytes]
    errors: Path

    def printed(self) -> str:
        """Return what it has printed to its terminal, whole lines only."""
        text = self.errors.read_text(encoding="utf-8", errors="replace")
        return text[: text.rfind("\n") + 1]

    def progress(self) -> int:
        """Count its lines of progress."""
        return len(PROGRESS.findall(self.printed()))

    @property
    def over(self) -> bool:
        """Whether the driver has ended."""
        return self.process.poll() is not None


def begin(scene: Scene, study: str, *, first: bool = False) -> Start:
    """Begin the command that runs a study or goes on with it.

    Args:
        scene: Where and how.
        study: The study's name.
        first: Whether it shall leave out the trials that are added in the end.
    """
    folder = scene.folder / "printed"
    folder.mkdir(exist_ok=True)
    errors = folder / f"{study}-{len([*folder.glob(f'{study}-*')]):03d}"
    with errors.open("wb") as stderr:
        process = subprocess.Popen(
            scene.words(study, first=first),
            cwd=scene.folder,
            env=scene.environment(),
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
    return Start(process, errors)


def wait_for(happened: Callable[[], bool], what: str) -> None:
    """Wait until something has happened.

    Raises:
        HangError: It took longer than anything takes.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not happened():
        if time.monotonic() > deadline:
            raise HangError(f"waited {PATIENCE_S} s for {what}")
        time.sleep(0.05)


@dataclass(slots=True)
class KilledStudy:
    """Runs one study to its end, with kills on the way.

    Attributes:
        scene: Where and how.
        name: The study's name.
        kills: What to do to it; it may end before they are spent.
        say: Is told what happens.
    """

    scene: Scene
    name: str
    kills: Iterator[Kill]
    say: Callable[[str], None]
    outcome: Outcome = field(default_factory=Outcome)
    _seen: Seen = field(default_factory=dict)
    _sessions: list[int] = field(default_factory=list)

    def run(self) -> Outcome:
        """Start and restart the command until the study has finished.

        Raises:
            HangError: A command neither ended nor went on.
        """
        try:
            if self.scene.way is Way.EXTEND:
                self._begin_alone()
            finished = False
            while not finished:
                start = begin(self.scene, self.name)
                self._sessions.append(start.process.pid)
                self.outcome.starts += 1
                finished = self._until_it_ends(start)
                self._note_lines(start)
                self._compare(start)
        finally:
            for session in self._sessions:
                kill_all([*living(session)])
        return self.outcome

    def _begin_alone(self) -> None:
        """Run the study without a kill up to the trials that are added in the end."""
        start = begin(self.scene, self.name, first=True)
        self._sessions.append(start.process.pid)
        self.outcome.starts += 1
        code = start.process.wait(PATIENCE_S)
        if code != 0:
            self.outcome.odd_codes.append(code)

    def _until_it_ends(self, start: Start) -> bool:
        """Kill what is drawn until the driver has ended; return whether the study has."""
        expected = {0}
        while not start.over:
            kill = next(self.kills, None)
            if kill is None or not self._wait_for_moment(start, kill):
                wait_for(lambda: start.over, "the study's end")
                break
            victim = self._strike(start, kill)
            if victim in {Victim.RAYLET, Victim.GCS}:
                self._time_the_end(start)
                expected.add(1)
            elif victim in {Victim.DRIVER, Victim.EVERYTHING}:
                began = time.monotonic()
                start.process.wait(PATIENCE_S)
                first = kill.signals[0]
                expected.add(-9 if first == signal.SIGKILL else 128 + first)
                if first != signal.SIGKILL:
                    self.outcome.clean_ends_s.append(time.monotonic() - began)
        code = start.process.wait()
        if code not in expected:
            self.outcome.odd_codes.append(code)
            last = start.printed().rstrip().rpartition("\n")[2]
            self.say(f"{self.name}: a start ended with {code}: {last}")
        return code == 0

    def _wait_for_moment(self, start: Start, kill: Kill) -> bool:
        """Wait until it is time for a kill; return whether the driver still lives then."""
        before = start.progress()
        last = self.scene.trials - 1

        def it_is_time() -> bool:
            if kill.moment is Moment.LINES:
                return start.progress() >= before + kill.lines
            if kill.moment is Moment.CONFIRMATION:
                return " with seed " in start.printed()
            ended = {int(number) for number in ENDED.findall(start.printed())}
            return kill.moment is Moment.START or last in ended

        wait_for(lambda: start.over or it_is_time(), "progress")
        time.sleep(kill.delay_s)
        return not start.over

    def _strike(self, start: Start, kill: Kill) -> Victim | None:
        """Kill the victim once it lives; return who was killed, if anyone was."""
        driver, victim = start.process.pid, kill.victim
        wait_for(lambda: start.over or bool(find_victims(victim, driver)), f"a {victim.value}")
        if victim is Victim.WORKER and self._has_died_twice():
            victim = Victim.DRIVER
        if not self._send(kill, find_victims(victim, driver)):
            return None
        self.outcome.kills[victim.value] += 1
        self._compare(start)
        self.say(f"{self.name}: {sum(self.outcome.kills.values())} kills, last {victim.value}")
        return victim

    def _send(self, kill: Kill, numbers: list[int]) -> int:
        """Send a kill's signals, close behind one another; return how many were hit."""
        hit = 0
        for number in kill.signals:
            hit = max(hit, kill_all(numbers, with_signal=number))
            time.sleep(BETWEEN_SIGNALS_S if len(kill.signals) > 1 else 0.0)
        return hit

    def _has_died_twice(self) -> bool:
        """Return whether another death of its worker would rightly fail a trial."""
        running = [t for t in self._read() if t.state is TrialState.RUNNING]
        return any(len(trial.deaths) >= MOST_DEATHS - 1 for trial in running)

    def _time_the_end(self, start: Start) -> None:
        began = time.monotonic()
        wait_for(lambda: start.over, "the driver's end after Ray's")
        self.outcome.ends_s.append(time.monotonic() - began)

    def _read(self) -> tuple[TrialRecord, ...]:
        ledger = self.scene.ledger(self.name)
        found = self.outcome.study = None if ledger is None else read_study(ledger)
        return () if found is None else found.trials

    def _compare(self, start: Start) -> None:
        """Check that the ledger holds what was printed, and what it held before."""
        for number, step, score in EVALUATED.findall(start.printed()):
            self._seen.setdefault((int(number), int(step)), score)
        held = {(t.number, e.step): f"{e.score:.4f}" for t in self._read() for e in t.evaluations}
        self.outcome.lost |= {key for key, score in self._seen.items() if held.get(key) != score}
        self._seen.update(held)

    def _note_lines(self, start: Start) -> None:
        lines = start.printed().splitlines()
        self.outcome.odd_lines += [line for line in lines if EXPECTED.match(line) is None]
