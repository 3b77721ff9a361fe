"""Measure how good a search is on recorded curves, on a simulated clock.

    python benchmarks/search_quality.py --tables ../shared/hpo
    python benchmarks/search_quality.py --scratch nmtlc.pkl
    python benchmarks/search_quality.py --synthetic

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
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from autoclue.search.simulation import Source, simulate
from autoclue.search.stopping import Rule, make_rule
from benchmarks.curve_tables import Table, load_tables, synthetic_tables
from benchmarks.peers import OptunaSource, PlainHalving, RayAsha, random_order
from benchmarks.scratch_tables import load_scratch_tables

BUDGETS = (1 / 16, 1 / 8, 1 / 4)
WORKERS = 4
FILE = Path("nmtlc") / "finetune.json"
DEFAULT_TABLES = Path(__file__).resolve().parents[2] / "shared" / "hpo"
VERDICTS = ("reached", "within an error", "missed")
REFERENCE = ("random", "halving 1/27", "halving 1/9", "halving 1/3")
Figures = dict[str, dict[str, list[list[float]]]]
"""By table and way to search: of each seed, the regret at each of ``BUDGETS``."""


@dataclass(frozen=True)
class Arm:
    """One way to search.

    Attributes:
        name: Its name in the table.
        source: Makes what proposes configurations, of a table and a seed.
        rule: Makes the rule that stops trials, of a seed.
    """

    name: str
    source: Callable[[Table, int], Source]
    rule: Callable[[int], Rule | None]


def ours(table: Table, seed: int) -> Source:
    """Propose as autoclue does: TPE, nothing twice."""
    return OptunaSource(table, seed, ours=True)


def plain_tpe(table: Table, seed: int) -> Source:
    """Propose with Optuna's TPE as it comes; what it proposes again is trained again."""
    return OptunaSource(table, seed, ours=False)


def ray_tpe(table: Table, seed: int) -> Source:
    """Propose as Ray's OptunaSearch does."""
    return OptunaSource(table, seed, ours=False, as_ray=True)


def no_rule(seed: int) -> Rule | None:
    """Stop nothing."""
    return None


ARMS = (
    Arm("default: tpe, adaptive", ours, lambda seed: make_rule("adaptive", seed=seed)),
    Arm("random, adaptive", random_order, lambda seed: make_rule("adaptive", seed=seed)),
    Arm("tpe, none", ours, no_rule),
    Arm("tpe, asha", ours, lambda seed: make_rule("asha", seed=seed)),
    Arm("random", random_order, no_rule),
    Arm("halving 1/27", random_order, lambda seed: PlainHalving(1 / 27)),
    Arm("halving 1/9", random_order, lambda seed: PlainHalving(1 / 9)),
    Arm("halving 1/3", random_order, lambda seed: PlainHalving(1 / 3)),
    Arm("hyperband", random_order, lambda seed: make_rule("hyperband", seed=seed)),
    Arm("median", random_order, lambda seed: make_rule("median", seed=seed)),
    Arm("plain Optuna TPE", plain_tpe, no_rule),
    Arm("Ray ASHA + OptunaSearch", ray_tpe, lambda seed: RayAsha()),
)


def main() -> int:
    """Run what the command line asks for; gives the exit code."""
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
    print_ratios(figures)
    return 0


def read_tables(given: argparse.Namespace) -> list[Table]:
    """Give the tables that the command line names.

    Raises:
        FileNotFoundError: Their file is not there.
        ValueError: It holds something else.
    """
    if given.synthetic:
        return synthetic_tables(given.draw)
    if given.scratch is not None:
        if not given.scratch.is_file():
            raise FileNotFoundError(
                f"There is no {given.scratch}; pass --scratch with lc_datasets/nmtlc.pkl of the "
                "repository Este1le/hpo_nmt."
            )
        return load_scratch_tables(given.scratch)
    file = given.tables / FILE
    if not file.is_file():
        raise FileNotFoundError(
            f"There is no {file}; pass --tables with the folder that holds {FILE}."
        )
    return load_tables(file)


def read_figures(path: Path | None) -> Figures:
    """Give what a file holds already, so that a measurement can be taken in parts."""
    if path is None or not path.is_file():
        return {}
    found: Figures = json.loads(path.read_text(encoding="utf-8"))
    return found


def regrets(arm_name: str, table: Table, seed: int) -> list[float]:
    """Search a table once; gives the regret at each of ``BUDGETS``."""
    arm = next(arm for arm in ARMS if arm.name == arm_name)
    budgets = [share * table.cost for share in BUDGETS]
    found = simulate(arm.source(table, seed), arm.rule(seed), workers=WORKERS, budget=max(budgets))
    scores = [found.best_after(budget) for budget in budgets]
    return [math.inf if score is None else table.best - score for score in scores]


def mean_and_error(values: Sequence[float]) -> tuple[float, float]:
    """Give the mean and its standard error."""
    if len(values) < 2:
        return values[0], math.nan
    return statistics.fmean(values), statistics.stdev(values) / math.sqrt(len(values))


def cells(runs: Sequence[Sequence[float]]) -> str:
    """Write mean and standard error at each budget."""
    found = [mean_and_error(values) for values in zip(*runs, strict=True)]
    return "  ".join(f"{mean:7.4f}±{error:.4f}" for mean, error in found)


def print_ratios(figures: Figures) -> None:
    """Set the default against the best fixed grace, the grace of 1/9 and random search."""
    name = ARMS[0].name
    print(f"\n{name}: regret, and that of")
    print(f"  {'':24s} {'it':>17s} {'best of four':>15s} {'halving 1/9':>15s} {'random':>15s}")
    counts = {share: Counter[str]() for share in BUDGETS}
    for table, arms in figures.items():
        if not {name, *REFERENCE} <= set(arms):
            continue
        for place, share in enumerate(BUDGETS):
            at = {a: mean_and_error([run[place] for run in runs]) for a, runs in arms.items()}
            best = min((at[a] for a in REFERENCE), key=lambda pair: pair[0])
            columns = [at[name], best, at["halving 1/9"], at["random"]]
            said = verdict(at[name], best)
            print(
                f"  {table:19s} 1/{1 / share:<2.0f} "
                + " ".join(f"{mean:8.4f}±{error:.4f}" for mean, error in columns)
                + f"  {said}"
            )
            counts[share][said] += 1
            for other in ("halving 1/9", "random"):
                counts[share][f"{standing(at[name], at[other])} {other}"] += 1
    print_counts(counts)


def print_counts(counts: Mapping[float, Mapping[str, int]]) -> None:
    """Say on how many tables what holds; ahead and behind are by more than an error."""
    for share, found in counts.items():
        told = [f"{what} {found.get(what, 0)}" for what in VERDICTS]
        for other in ("halving 1/9", "random"):
            ahead, behind = (found.get(f"{how} {other}", 0) for how in ("ahead of", "behind"))
            told.append(f"ahead of {other} {ahead}, behind it {behind}")
        print(f"  tables at 1/{1 / share:<2.0f}: {'; '.join(told)}")


def standing(own: tuple[float, float], other: tuple[float, float]) -> str:
    """Say whether a regret differs from another by more than the error of the difference."""
    difference = own[0] - other[0]
    if abs(difference) <= math.hypot(own[1], other[1]):
        return "beside"
    return "behind" if difference > 0 else "ahead of"


def verdict(own: tuple[float, float], best: tuple[float, float]) -> str:
    """Say whether a regret reaches the target."""
    if own[0] <= 1.15 * best[0]:
        return VERDICTS[0]
    error = math.hypot(own[1], best[1])
    return VERDICTS[1] if own[0] - best[0] <= error else VERDICTS[2]


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
    parser.add_argument("--tables", type=Path, default=DEFAULT_TABLES, help=f"folder with {FILE}")
    parser.add_argument("--scratch", type=Path, help="nmtlc.pkl of Este1le/hpo_nmt instead")
    parser.add_argument("--synthetic", action="store_true", help="families of our own instead")
    parser.add_argument("--draw", type=draw_number, default=2026, help="which synthetic tables")
    parser.add_argument("--seeds", type=int, default=60)
    parser.add_argument("--arms", nargs="*", choices=[arm.name for arm in ARMS], default=None)
    parser.add_argument("--names", nargs="*", help="only tables of these names")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--json", type=Path, default=None, help="adds every regret to this file")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
