"""A trial that reports by a formula: how long it is, what it scores and when it dies.

What a worker process is told of the benchmark stands in environment variables.
"""

from __future__ import annotations

import math
import os
import random
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from autoclue.search.store import Prepared
from benchmarks.cost.idle_trials import PREPARED, evaluation

EVERY = "BENCHMARK_REPORT_EVERY_S"
FIRST = "BENCHMARK_FIRST_TRIALS"
DYING = "BENCHMARK_DYING_TRIALS"
LENGTH = "BENCHMARK_MEMBER_EVALUATIONS"
"""How many evaluations every member of a population has; not set for a search."""
BOUNDARIES = (0.25, 0.5, 0.75)
"""Shares of a member's schedule at which members are compared that go on from each other."""
SHORTEST, LONGEST = 10, 30
"""Evaluations of a trial."""
STEPS = 100
"""Steps between two evaluations."""


def evaluations_of(number: int, first: int) -> int:
    """Return how many evaluations a trial has.

    Those that begin together are cut short, so that trials end at all times, as later on.

    Args:
        number: The trial.
        first: How many begin together.
    """
    draw = random.Random(number)
    whole = draw.randint(SHORTEST, LONGEST)
    return draw.randint(2, whole) if number < first else whole


def boundary_steps(evaluations: int) -> tuple[int, ...]:
    """Return the steps at which members of so many evaluations are compared."""
    return tuple(STEPS * round(share * evaluations) for share in BOUNDARIES)


def score_of(rate: float, step: int, number: int) -> float:
    """Return the score of a learning rate at a step, with some noise."""
    noise = random.Random(f"{number}, {step}").uniform(-0.01, 0.01)
    return 0.8 - 0.1 * abs(math.log10(rate / 5e-5)) - 30 / (step + 100) + noise


class ScriptedWorker:
    """Runs a trial by the formula; the variables above say how often, and who dies once."""

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial, behind what is recorded of it."""
        self._number = int(job["number"])
        self._rate = float(job["config"]["learning_rate"])
        length = os.environ.get(LENGTH)
        first = int(os.environ[FIRST])
        count = evaluations_of(self._number, first) if length is None else int(length)
        self._total = STEPS * count
        until = job["config"].get("until_step") or self._total
        self._all = [step for step in range(STEPS, self._total + 1, STEPS) if step <= until]
        self._leaves_state = until < self._total
        starts = [0, *boundary_steps(count)] if self._goes_on(job) else [0]
        self._at_hand = max(step for step in starts if step < until)
        self._steps = [step for step in self._all if step > int(job["after_step"])]
        self._prepared = False
        self._draw = random.Random(f"{self._number}, {job['after_step']}")
        dying = float(os.environ[DYING])
        dies = random.Random(f"dies {self._number}").random() < dying
        self._dies = dies and int(job["after_step"]) == 0  # once: half of it is recorded by then

    def _goes_on(self, job: Mapping[str, Any]) -> bool:
        """Return whether it starts from a state, with whose curve it begins."""
        start = job["start_from"]
        return start is not None and start["folder"] != job["folder"]

    def sleeps_s(self) -> float | None:
        """Return the seconds until the next event; ``None`` where the process dies instead."""
        every_s = float(os.environ[EVERY])
        if not self._prepared or not self._steps or self._steps[0] <= self._at_hand:
            return 0.0
        if self._dies and len(self._steps) <= len(self._all) // 2:
            return None
        fresh = len(self._steps) == len(self._all)
        return every_s * (self._draw.random() if fresh else self._draw.uniform(0.9, 1.1))

    def next_event(self) -> dict[str, Any]:
        """Return the next event."""
        if not self._prepared:
            self._prepared = True
            told = Prepared(float(self._total), tuple(self._all), PREPARED.layer_rates)
            return {"event": "prepared", "payload": asdict(told)}
        if not self._steps:
            return {"event": "ended", "payload": {}}
        step = self._steps.pop(0)
        entry = evaluation(step, score_of(self._rate, step, self._number))
        left = self._leaves_state and not self._steps
        state = {"address": f"trials/{self._number}/state", "sha256": "0" * 64}
        return {
            "event": "evaluated",
            "payload": asdict(entry),
            **({"state": state} if left else {}),
        }

    def close(self) -> None:
        """Have nothing to let go of."""


class ScriptedProcess:
    """Runs a trial by the formula in a process of its own: sleeps, and exits where it dies."""

    def __init__(self) -> None:
        """Begin without a trial."""
        self._worker = ScriptedWorker()

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial, behind what is recorded of it."""
        self._worker.begin(job)

    def next_event(self) -> dict[str, Any]:
        """Return the next event once it is due."""
        sleeps_s = self._worker.sleeps_s()
        if sleeps_s is None:
            os._exit(1)
        time.sleep(sleeps_s)
        return self._worker.next_event()

    def close(self) -> None:
        """Have nothing to let go of."""
