"""What `search_quality.py` makes of its regrets: means, errors, and how the default compares."""

from __future__ import annotations

import math
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

BUDGETS = (1 / 16, 1 / 8, 1 / 4)
"""Shares of the cost of a whole table after which the regret is taken."""

REFERENCE = ("random", "halving 1/27", "halving 1/9", "halving 1/3")
"""The fixed rules, the best of which a target is set by."""

Figures = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]
"""By table and way to search: of each seed, the regret at each of ``BUDGETS``."""

Mean = tuple[float, float]
"""A mean and its standard error."""

Means = Mapping[str, Mapping[str, Sequence[Mean]]]
"""By table and way to search: the mean regret at each of ``BUDGETS``."""


def mean_and_error(values: Sequence[float]) -> Mean:
    """Return the mean and its standard error."""
    if len(values) < 2:
        return values[0], math.nan
    return statistics.fmean(values), statistics.stdev(values) / math.sqrt(len(values))


def means(runs: Sequence[Sequence[float]]) -> list[Mean]:
    """Return mean and standard error at each budget."""
    return [mean_and_error(values) for values in zip(*runs, strict=True)]


def cells(runs: Sequence[Sequence[float]]) -> str:
    """Write mean and standard error at each budget."""
    return "  ".join(f"{mean:7.4f}±{error:.4f}" for mean, error in means(runs))


def behind(own: Mean, other: Mean) -> bool:
    """Return whether a regret is larger by more than the standard error of the difference."""
    return own[0] - other[0] > math.hypot(own[1], other[1])


def verdict(own: Mean, best: Mean) -> str:
    """Return whether a regret reaches the target."""
    if own[0] <= 1.15 * best[0]:
        return "reached"
    return "missed" if behind(own, best) else "within an error"


def ratio_table(figures: Figures, name: str) -> Iterator[str]:
    """Set one way to search against the best fixed rule, halving from 1/9 and random search.

    Args:
        figures: Of which those tables count that have it and every fixed rule.
        name: The way to search.
    """
    yield f"{name}: regret, and that of"
    yield f"  {'':24s} {'it':>17s} {'best of four':>15s} {'halving 1/9':>15s} {'random':>15s}"
    verdicts = {share: Counter[str]() for share in BUDGETS}
    for table, arms in _whole(figures, name).items():
        for place, share in enumerate(BUDGETS):
            at = {arm: means(runs)[place] for arm, runs in arms.items()}
            best = min((at[arm] for arm in REFERENCE), key=lambda pair: pair[0])
            columns = [at[name], best, at["halving 1/9"], at["random"]]
            said = verdict(at[name], best)
            verdicts[share][said] += 1
            yield (
                f"  {table:19s} {_budget(share)} "
                + " ".join(f"{mean:8.4f}±{error:.4f}" for mean, error in columns)
                + f"  {said}"
            )
    for share, counts in verdicts.items():
        told = ", ".join(f"{said} {count}" for said, count in sorted(counts.items()))
        yield f"  target at {_budget(share)}: {told}"


def summary_table(figures: Figures, name: str) -> Iterator[str]:
    """Compare every way to search with one of them, over all tables.

    The regret is the mean of each table's, as a share of random search's there at the first
    budget. Behind and ahead are by more than the standard error of the difference.

    Args:
        figures: As for ``ratio_table``.
        name: The way to search that the others are compared with.
    """
    whole = {
        table: {arm: means(runs) for arm, runs in arms.items()}
        for table, arms in _whole(figures, name).items()
    }
    if not whole:
        return
    yield f"mean over {len(whole)} tables; on how many each is behind the default, and ahead of it"
    yield f"  {'':24s} {'  '.join(f'{_budget(share)} ' for share in BUDGETS)}  behind      ahead"
    common = set.intersection(*(set(arms) for arms in whole.values()))
    for arm in (arm for arm in next(iter(whole.values())) if arm in common):
        shares = [
            statistics.fmean(at[arm][place][0] / at["random"][0][0] for at in whole.values())
            for place in range(len(BUDGETS))
        ]
        yield (
            f"  {arm:24s} {'  '.join(f'{share:.3f}' for share in shares)}"
            f"  {_tables_behind(whole, arm, name)}  {_tables_behind(whole, name, arm)}"
        )


def _whole(figures: Figures, name: str) -> Figures:
    """Leave out tables that lack a way to search that others are compared with."""
    return {t: arms for t, arms in figures.items() if {name, *REFERENCE} <= set(arms)}


def _budget(share: float) -> str:
    return f"1/{1 / share:<2.0f}"


def _tables_behind(tables: Means, one: str, other: str) -> str:
    """Write on how many tables one way to search is behind another, at each budget."""
    counts = (
        sum(behind(at[one][place], at[other][place]) for at in tables.values())
        for place in range(len(BUDGETS))
    )
    return " ".join(f"{count:3d}" for count in counts)
