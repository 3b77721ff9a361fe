"""Measure how good a search is on recorded curves, on a simulated clock.

    python benchmarks/search_quality/search_quality.py --tables ../shared/hpo
    python benchmarks/search_quality/search_quality.py --scratch nmtlc.pkl
    python benchmarks/search_quality/search_quality.py --synthetic

For each table and each way to search: the mean regret (the best score of the table minus the best
score found) and its standard error over the seeds, once 1/16, 1/8 and 1/4 of the cost of the whole
table has been spent. Four workers, one unit of cost an evaluation. A curve that ends before the
longest one has ended by itself. Every way to search has the same settings on all tables.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from autoclue.search.replay.simulator import CurveSource, simulate
from autoclue.search.stopping import Scheduler, make_scheduler
from benchmarks.search_quality.curve_tables import Table, load_tables, synthetic_tables
from benchmarks.search_quality.figures import BUDGETS, cells, ratio_table, summary_table
from benchmarks.search_quality.peers import OptunaSource, PlainHalving, RayAsha, random_order
from benchmarks.search_quality.scratch_tables import load_scratch_tables

WORKERS = 4
FILE = Path("nmtlc") / "finetune.json"
DEFAULT_TABLES = Path(__file__).resolve().parents[3] / "shared" / "hpo"


@dataclass(frozen=True)
class Arm:
    """One way to search.

    Attributes:
        name: Its name in the table.
        source: Makes what proposes configurations, of a table and a seed.
        scheduler: Makes the rule that stops trials, of a seed.
    """

    name: str
    source: Callable[[Table, int], CurveSource]
    scheduler: Callable[[int], Scheduler | None]


def ours(table: Table, seed: int) -> CurveSource:
    """Propose as autoclue does: TPE, nothing twice."""
    return OptunaSource(table, seed, ours=True)


def plain_tpe(table: Table, seed: int) -> CurveSource:
    """Propose with Optuna's TPE as it comes; what it proposes again is trained again."""
    return OptunaSource(table, seed, ours=False)


def ray_tpe(table: Table, seed: int) -> CurveSource:
    """Propose as Ray's OptunaSearch does."""
    return OptunaSource(table, seed, ours=False, as_ray=True)


def no_rule(seed: int) -> Scheduler | None:
    """Stop nothing."""
    return None


ARMS = (
    Arm("default: tpe, adaptive", ours, lambda seed: make_scheduler("adaptive", seed=seed)),
    Arm("random, adaptive", random_order, lambda seed: make_scheduler("adaptive", seed=seed)),
    Arm("tpe, none", ours, no_rule),
    Arm("tpe, asha", ours, lambda seed: make_scheduler("asha", seed=seed)),
    Arm("random", random_order, no_rule),
    Arm("halving 1/27", random_order, lambda seed: PlainHalving(1 / 27)),
    Arm("halving 1/9", random_order, lambda seed: PlainHalving(1 / 9)),
    Arm("halving 1/3", random_order, lambda seed: PlainHalving(1 / 3)),
    Arm("hyperband", random_order, lambda seed: make_scheduler("hyperband", seed=seed)),
    Arm("median", random_order, lambda seed: make_scheduler("median", seed=seed)),
    Arm("plain Optuna TPE", plain_tpe, no_rule),
    Arm("Ray ASHA + OptunaSearch", ray_tpe, lambda seed: RayAsha()),
)


def main() -> int:
    """Run what the command line asks for; return the exit code."""
    given = arguments()
    chosen = [arm for arm in ARMS if given.arms is None or arm.name in given.arms]
    try:
        tables = read_tables(given)
    except (FileNotFoundError, ValueError) as error:
        print(error)
        return 2
    if given.names is not None:
        tables = [table for table in tables if table.name in given.names]
    seeds = range(given.seeds)
    figures = read_figures(given.json)
    with ProcessPoolExecutor(given.processes) as pool:
        for table in tables:
            figures.setdefault(table.name, {})
            print(f"\n{table.name}: {len(table.curves)} configurations, {table.cost} evaluations")
            for arm in chosen:
                jobs = pool.map(regrets, repeat(arm.name), repeat(table), seeds)
                figures[table.name][arm.name] = list(jobs)
                print(f"  {arm.name:24s} {cells(figures[table.name][arm.name])}", flush=True)
                if given.json is not None:
                    given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    name = ARMS[0].name
    print("", *ratio_table(figures, name), "", *summary_table(figures, name), sep="\n")
    return 0


def read_tables(given: argparse.Namespace) -> list[Table]:
    """Return the tables that the command line names.

    Raises:
        FileNotFoundError: Their file is not there.
        ValueError: It holds something else.
    """
    if given.synthetic:
        return synthetic_tables(given.draw)
    if given.scratch is not None:
        wanted = "--scratch with lc_datasets/nmtlc.pkl of the repository Este1le/hpo_nmt"
        return load_scratch_tables(existing(given.scratch, wanted))
    wanted = f"--tables with the folder that holds {FILE}"
    return load_tables(existing(given.tables / FILE, wanted))


def existing(file: Path, wanted: str) -> Path:
    """Return a file that is there.

    Raises:
        FileNotFoundError: It isn't; with what to pass.
    """
    if not file.is_file():
        raise FileNotFoundError(f"There is no {file}; pass {wanted}.")
    return file


def read_figures(path: Path | None) -> dict[str, dict[str, list[list[float]]]]:
    """Return what a file holds already, so that a measurement can be taken in parts."""
    if path is None or not path.is_file():
        return {}
    found: dict[str, dict[str, list[list[float]]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def regrets(arm_name: str, table: Table, seed: int) -> list[float]:
    """Search a table once; return the regret at each of ``BUDGETS``."""
    arm = next(arm for arm in ARMS if arm.name == arm_name)
    budgets = [share * table.cost for share in BUDGETS]
    found = simulate(
        arm.source(table, seed), arm.scheduler(seed), workers=WORKERS, budget=max(budgets)
    )
    scores = [found.best_after(budget) for budget in budgets]
    return [math.inf if score is None else table.best - score for score in scores]


def draw_number(text: str) -> int:
    """Read the number of a draw.

    Raises:
        argparse.ArgumentTypeError: It isn't a whole number from 0 on.
    """
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 on")
    return int(text)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).split("\n")[0])
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--tables", type=Path, default=DEFAULT_TABLES, help=f"folder with {FILE}")
    which.add_argument("--scratch", type=Path, help="nmtlc.pkl of Este1le/hpo_nmt instead")
    which.add_argument("--synthetic", action="store_true", help="families of our own instead")
    parser.add_argument("--draw", type=draw_number, default=2026, help="which synthetic tables")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--arms", nargs="*", choices=[arm.name for arm in ARMS], default=None)
    parser.add_argument("--names", nargs="*", help="only tables of these names")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--json", type=Path, default=None, help="adds every regret to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
