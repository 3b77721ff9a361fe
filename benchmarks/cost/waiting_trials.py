"""What one driver spends on each report of many trials that run at once, Ray's own loop included.

    python -m benchmarks.cost.waiting_trials LIVE EVERY_S REPORTS FOLDER

Trials that sleep and report, each in a process of its own; the driver's processor time is taken
from the moment that all of them have begun. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from autoclue.records import Evaluation
from autoclue.search.execution.resources import Resources
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner import Silent
from autoclue.search.tuner.tuner import Tuner
from benchmarks.cost.idle_trials import PREPARED, conduct, evaluation, new_ledger

EVERY = "BENCHMARK_REPORT_EVERY_S"
LONG = Prepared(100_000.0, tuple(range(100, 100_001, 100)), PREPARED.layer_rates)


class WaitingWorker:
    """A trial that sleeps before each of a thousand reports."""

    def begin(self, asked: Mapping[str, Any]) -> None:
        """Take on a trial."""
        self._score = 0.5 + int(asked["number"]) / 10_000
        self._reports = -1

    def next_event(self) -> dict[str, Any]:
        """Return the next report, after a while."""
        self._reports += 1
        if self._reports == 0:
            return {"event": "prepared", "payload": asdict(LONG)}
        if self._reports > len(LONG.evaluation_steps):
            return {"event": "ended", "payload": {}}
        time.sleep(float(os.environ[EVERY]))
        entry = evaluation(LONG.evaluation_steps[self._reports - 1], self._score)
        return {"event": "evaluated", "payload": asdict(entry)}

    def close(self) -> None:
        """Have nothing to let go of."""


@dataclass(slots=True)
class Window(Silent):
    """Counts reports from the moment that all trials run, and then ends the search.

    Attributes:
        live: Trials that shall run.
        reports: How many to count.
        began: Seconds of the processor, and of the clock, when counting began.
        spent: The same when it ended.
    """

    live: int
    reports: int
    tuner: Tuner | None = None
    began: tuple[float, float] | None = None
    spent: tuple[float, float] | None = None
    _running: set[int] = field(default_factory=set)
    _counted: int = 0

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Count a report."""
        self._running.add(number)
        if len(self._running) < self.live or self.spent is not None:
            return
        now = time.process_time(), time.monotonic()
        if self.began is None:
            self.began = now
        elif self._counted == self.reports:
            self.spent = now[0] - self.began[0], now[1] - self.began[1]
            if self.tuner is not None:
                self.tuner.deadline_s = now[1]
        self._counted += 1


def main() -> None:
    """Measure what the command line asks for."""
    live, every, reports, folder = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
    from autoclue.search.execution.ray.runner import run_with_ray

    os.environ[EVERY] = every
    window = Window(live, reports)
    tuner = conduct(new_ledger(Path(folder)), trials=live, parallel=live)
    tuner.listeners, tuner.scheduler, window.tuner = (window,), None, tuner
    tuner.restore()
    resources = Resources(gpus=0, gpus_per_trial=0.0, parallel=live, address=None)
    run_with_ray(
        tuner, Path(folder), resources, worker="benchmarks.cost.waiting_trials:WaitingWorker"
    )
    if window.spent is None:
        raise RuntimeError("the search ended before all reports were counted")
    processor_s, clock_s = window.spent
    print(json.dumps({"live": live, "reports": reports, "cpu_s": processor_s, "s": clock_s}))


if __name__ == "__main__":
    main()
