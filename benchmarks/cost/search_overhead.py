"""What a search costs beyond its trials, beside Ray Tune with its own OptunaSearch.

    python -m benchmarks.cost.search_overhead
    python -m benchmarks.cost.search_overhead --ledger-sizes 10 100 1000 10000 --trials 0 --waiting

First part: trials that do nothing but report, two at once, run by autoclue and by Ray Tune with
its own bridge to Optuna (TPE, SQLite, ASHA, actors reused), each in a process of its own and in
turns; seconds a trial, start-up left out by the difference of two lengths of search.

Second part: one driver and a ledger that holds 10 to 10,000 trials already. It prints how long the
driver takes to take the study up, to ask for a trial, and for each reported evaluation (decision,
one write to disk and the trial's end included), and how many trials that report every 30 seconds
half of a core would serve. By the processor's time, which other work on the machine leaves alone,
and an evaluation by the clock too.

Third part: trials that sleep and report, each in a process of its own, 4 to 96 at once and with
the same number of reports a second. It prints what the driver spends on each report, Ray's own
loop and its threads included, and so whether that grows with the trials that run.
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
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.search.stopping import DEFAULT_SCHEDULER

if TYPE_CHECKING:
    from benchmarks.cost.driven_ledger import Driven

EVALUATIONS = 5
SIDES = ("autoclue", "ray")
REPORTS_PER_S = 10
"""Of the third part."""


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60, help="0 leaves the first part out")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ledger-sizes", type=int, nargs="*", default=[10, 100, 1000, 10_000])
    parser.add_argument("--live", type=int, default=32, help="trials that run and report")
    parser.add_argument("--scheduler", default=DEFAULT_SCHEDULER, help="of the second part")
    parser.add_argument("--waiting", type=int, nargs="*", default=[4, 48], help="third part")
    parser.add_argument("--reports", type=int, default=200, help="of the third part, each")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    found: dict[str, object] = {}
    if given.trials:
        found["trial_s"] = compare(given.trials, given.rounds)
    if given.ledger_sizes:
        driven = drive(given.ledger_sizes, live=given.live, scheduler=given.scheduler)
        found["driver"] = [{**asdict(each), "served": each.served} for each in driven]
    if given.waiting:
        found["waiting"] = [wait(live, reports=given.reports) for live in given.waiting]
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
    _run("benchmarks.cost.idle_trials", side, str(trials))
    return time.perf_counter() - began


def _run(module: str, *words: str) -> str:
    """Run a module with these arguments and an empty folder; return what it prints."""
    root = Path(__file__).resolve().parents[2]
    with tempfile.TemporaryDirectory(prefix="autoclue-bench-") as folder:
        command = [sys.executable, "-m", module, *words, folder]
        done = subprocess.run(command, check=True, cwd=root, stdout=subprocess.PIPE, text=True)
    return done.stdout


COLUMNS = (
    "trials",
    "live",
    "restore cpu s",
    "ask cpu ms",
    "evaluation ms",
    "mean ms",
    "p99 ms",
    "evaluation cpu",
    "served",
)


def drive(sizes: Sequence[int], *, live: int, scheduler: str) -> list[Driven]:
    """Measure the driver with ledgers of these sizes."""
    from benchmarks.cost.driven_ledger import drive_ledger

    print("".join(f"{name:>15}" for name in COLUMNS))
    found = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="autoclue-bench-") as folder:
            each = drive_ledger(size, Path(folder), live=live, scheduler=scheduler)
        found.append(each)
        counts = f"{each.trials:>15,}{each.live:>15,}{each.restore_s:>15.2f}{each.ask_ms:>15.1f}"
        times = (each.evaluation_ms, each.mean_ms, each.slow_ms, each.processor_ms)
        print(counts + "".join(f"{ms:>15.2f}" for ms in times) + f"{each.served:>15,}", flush=True)
    return found


def wait(live: int, *, reports: int) -> dict[str, float]:
    """Measure the driver beside so many trials, at ten reports a second of all together."""
    every_s = live / REPORTS_PER_S
    printed = _run("benchmarks.cost.waiting_trials", str(live), f"{every_s:g}", str(reports))
    found: dict[str, float] = json.loads(printed.splitlines()[-1])
    print(
        f"{live:>9} trials at once: {1000 * found['cpu_s'] / reports:.1f} ms of the processor a "
        f"report, {reports / found['s']:.0f} reports a second"
    )
    return found


if __name__ == "__main__":
    sys.exit(main())
