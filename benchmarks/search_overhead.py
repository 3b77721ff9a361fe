"""What a search costs beyond its trials, beside Ray Tune with its own OptunaSearch.

    python -m benchmarks.search_overhead
    python -m benchmarks.search_overhead --ledger-sizes 10 100 1000 10000 --trials 0

First part: trials that do nothing but report, two at once, run by autoclue and by Ray Tune with
its own bridge to Optuna (TPE, SQLite, ASHA, actors reused), each in a process of its own and in
turns; seconds a trial, start-up left out by the difference of two lengths of search.

Second part: one driver and a ledger that holds 10 to 10,000 trials already. It prints how long the
driver takes to take the study up, to ask for a trial, and for each reported evaluation (decision
and two writes to disk included), and how many trials that report every 30 seconds it can serve.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EVALUATIONS = 5
REPORT_EVERY_S = 30.0
SIDES = ("autoclue", "ray")


@dataclass(frozen=True)
class Driven:
    """What a driver needs with a ledger of some size.

    Attributes:
        trials: Trials in the ledger beforehand, each with ten evaluations.
        restore_s: Seconds to take the study up.
        ask_ms: Milliseconds for each ask, median.
        evaluation_ms: Milliseconds for each evaluation, median.
        slow_ms: The same, of which 99 in 100 take less.
    """

    trials: int
    restore_s: float
    ask_ms: float
    evaluation_ms: float
    slow_ms: float

    @property
    def served(self) -> int:
        """Trials that can report every 30 seconds, by the median and half of the time."""
        return int(0.5 * REPORT_EVERY_S * 1000 / self.evaluation_ms)


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60, help="0 leaves the first part out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ledger-sizes", type=int, nargs="*", default=[10, 100, 1000])
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found: dict[str, object] = {}
    if given.trials:
        found["trial_s"] = compare(given.trials, given.rounds)
    if given.ledger_sizes:
        found["driver"] = [vars_of(each) for each in drive(given.ledger_sizes)]
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def compare(trials: int, rounds: int) -> dict[str, float]:
    """Time both sides in turns; the cost of a trial is the slope between two lengths."""
    lengths = (max(trials // 5, 4), trials)
    seconds: dict[tuple[str, int], list[float]] = {}
    for _ in range(rounds):
        for side in SIDES:
            for length in lengths:
                seconds.setdefault((side, length), []).append(_timed(side, length))
    cost = {}
    for side in SIDES:
        short, long = (statistics.median(seconds[side, length]) for length in lengths)
        cost[side] = (long - short) / (lengths[1] - lengths[0])
        print(
            f"{side:>9}: {short:.1f} s for {lengths[0]} trials, {long:.1f} s for {lengths[1]}: "
            f"{1000 * cost[side]:.0f} ms a trial, {2 * cost[side] * 1000:.0f} ms of a slot"
        )
    print(f"autoclue / Ray with OptunaSearch: {cost['autoclue'] / cost['ray']:.2f}")
    return cost


def _timed(side: str, trials: int) -> float:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="autoclue-bench-") as folder:
        words = [sys.executable, "-m", "benchmarks.idle_trials", side, str(trials), folder]
        root = Path(__file__).resolve().parents[1]
        subprocess.run(words, check=True, cwd=root, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def drive(sizes: Sequence[int]) -> list[Driven]:
    """Measure the driver with ledgers of these sizes."""
    from benchmarks.idle_trials import drive_ledger

    print(f"{'trials':>8}{'restore s':>12}{'ask ms':>9}{'evaluation ms':>15}{'p99 ms':>9}", end="")
    print(f"{'trials served':>16}")
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="autoclue-bench-") as folder:
            each = Driven(size, *drive_ledger(size, Path(folder)))
        found.append(each)
        print(
            f"{each.trials:>8}{each.restore_s:>12.2f}{each.ask_ms:>9.1f}"
            f"{each.evaluation_ms:>15.2f}{each.slow_ms:>9.1f}{each.served:>16,}"
        )
    return found


def vars_of(driven: Driven) -> dict[str, float]:
    """Give a measurement as JSON values."""
    return {
        "trials": driven.trials,
        "restore_s": driven.restore_s,
        "ask_ms": driven.ask_ms,
        "evaluation_ms": driven.evaluation_ms,
        "slow_ms": driven.slow_ms,
        "served": driven.served,
    }


if __name__ == "__main__":
    sys.exit(main())
