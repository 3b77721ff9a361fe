"""Parameter importance with its uncertainty: over the method's own seeds and over the trials."""

from __future__ import annotations

import random
import statistics
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from autoclue.records import Scalar

if TYPE_CHECKING:
    import optuna

SEEDS: Final = 4
"""Estimates on all trials; their mean is the importance."""
RESAMPLES: Final = 12
"""Estimates on trials drawn with replacement, beside those on all of them."""
MOST_RESAMPLED: Final = 100
"""Trials in a resample at most, for time; with more trials the spread is then overstated."""
MOST_TOGETHER: Final = 200
"""Trials in an estimate at most, for time: a forest of twice as many takes four times as long.
With more trials each of the estimates has others."""
TREES: Final = 16
"""Trees of each random forest; four forests make Optuna's usual 64."""
CERTAIN: Final = 0.9
"""Of the estimates, at least so many must agree that one parameter matters more."""


@dataclass(frozen=True, slots=True)
class Column:
    """One searched parameter over the trials.

    Attributes:
        name: Its name.
        choices: Its values for a choice; empty for a number.
        low: Smallest value of a number.
        high: Largest value of a number.
        log: Whether the number is searched on a logarithmic scale.
        integer: Whether the number is whole.
        values: Its value in each trial.
        given: Whether each trial has a value.
    """

    name: str
    choices: tuple[Scalar, ...]
    low: float
    high: float
    log: bool
    integer: bool
    values: tuple[Scalar, ...]
    given: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Importance:
    """One parameter's share of the differences between scores.

    Attributes:
        name: The parameter.
        share: Mean over the method's seeds, in [0, 1].
        low: Lowest of the estimates but the most extreme tenth.
        high: Highest likewise.
        rank_low: The best rank that it may have, from 1.
        rank_high: The worst; equal to ``rank_low`` where its place is certain.
    """

    name: str
    share: float
    low: float
    high: float
    rank_low: int
    rank_high: int


def estimate_importance(
    columns: tuple[Column, ...], scores: tuple[float, ...]
) -> tuple[tuple[Importance, ...], str]:
    """Estimate what share of the differences between scores each parameter explains.

    fANOVA (Hutter et al., 2014) explains the spread of scores by a random forest. It needs
    scikit-learn and parameters that every trial has; otherwise PED-ANOVA (Watanabe et al., 2023,
    arXiv 2304.10255) compares the best trials with all of them. Both are Optuna's. On a few
    trials the forest's own seed and single trials move the result, so it is estimated several
    times: with other seeds on all trials, and on trials drawn with replacement.

    Args:
        columns: The parameters, each of which varies.
        scores: One for each trial, not all equal.

    Returns:
        The parameters by falling share, and the name of the method.
    """
    fanova = _has_sklearn() and all(all(column.given) for column in columns)
    return _estimate(columns, scores, fanova), "fANOVA" if fanova else "PED-ANOVA"


@lru_cache(maxsize=16)
def _estimate(
    columns: tuple[Column, ...], scores: tuple[float, ...], fanova: bool
) -> tuple[Importance, ...]:
    """Estimate several times; remembered, because the page and the numbers beside it ask alike."""
    rows = list(range(len(scores)))
    draw = random.Random(0)
    estimates = [
        _shares(columns, scores, _at_most(rows, scores, draw), seed if fanova else None)
        for seed in range(SEEDS)
    ]
    center = {c.name: statistics.fmean(e[c.name] for e in estimates) for c in columns}
    for seed in range(SEEDS, SEEDS + RESAMPLES):
        drawn = draw.choices(rows, k=min(len(rows), MOST_RESAMPLED))
        if len({scores[row] for row in drawn}) > 1:
            estimates.append(_shares(columns, scores, drawn, seed if fanova else None))
    return _ranked(center, estimates)


def _at_most(rows: list[int], scores: Sequence[float], draw: random.Random) -> list[int]:
    """Draw as many trials as an estimate takes; all of them where it takes so many."""
    if len(rows) <= MOST_TOGETHER:
        return rows
    drawn = sorted(draw.sample(rows, MOST_TOGETHER))
    return drawn if len({scores[row] for row in drawn}) > 1 else rows


def _ranked(
    center: Mapping[str, float], estimates: Sequence[Mapping[str, float]]
) -> tuple[Importance, ...]:
    """Sort by share; neighbours share their ranks unless nearly all estimates agree."""
    names = sorted(center, key=lambda name: -center[name])
    groups: list[list[str]] = []
    for place, name in enumerate(names):
        certain = all(
            _share_above(above, below, estimates) >= CERTAIN
            for above in names[:place]
            for below in names[place:]
        )
        if certain or not groups:
            groups.append([])
        groups[-1].append(name)
    found: list[Importance] = []
    for group in groups:
        first, last = len(found) + 1, len(found) + len(group)
        found += [_summary(name, center[name], estimates, first, last) for name in group]
    return tuple(found)


def _share_above(above: str, below: str, estimates: Sequence[Mapping[str, float]]) -> float:
    return sum(e[above] > e[below] for e in estimates) / len(estimates)


def _summary(
    name: str, share: float, estimates: Sequence[Mapping[str, float]], first: int, last: int
) -> Importance:
    held = sorted(e[name] for e in estimates)
    cut = len(held) // 20
    low, high = min(held[cut], share), max(held[-1 - cut], share)
    return Importance(name, share, low, high, first, last)


def _shares(
    columns: tuple[Column, ...], scores: tuple[float, ...], rows: Sequence[int], seed: int | None
) -> dict[str, float]:
    """Ask Optuna once; ``seed`` is that of the forest, or ``None`` for PED-ANOVA.

    PED-ANOVA's quantile is widened so that at least five trials count as the best, as its
    documentation advises.
    """
    import optuna
    from optuna.importance import (
        BaseImportanceEvaluator,
        FanovaImportanceEvaluator,
        PedAnovaImportanceEvaluator,
        get_param_importances,
    )

    evaluator: BaseImportanceEvaluator
    if seed is None:
        evaluator = PedAnovaImportanceEvaluator(target_quantile=min(0.5, max(0.1, 5 / len(rows))))
    else:
        evaluator = FanovaImportanceEvaluator(n_trees=TREES, seed=seed)
    names = [column.name for column in columns]
    with quiet_optuna():
        study = optuna.create_study(direction="maximize")
        study.add_trials([_frozen(columns, scores[row], row) for row in rows])
        found = get_param_importances(study, evaluator=evaluator, params=names)
    return {name: float(share) for name, share in found.items()}


def _frozen(columns: tuple[Column, ...], score: float, row: int) -> optuna.trial.FrozenTrial:
    import optuna

    held = [column for column in columns if column.given[row]]
    return optuna.trial.create_trial(
        params={column.name: column.values[row] for column in held},
        distributions={column.name: _distribution(column) for column in held},
        value=score,
    )


def _distribution(column: Column) -> optuna.distributions.BaseDistribution:
    from optuna import distributions as d

    if column.choices:
        return d.CategoricalDistribution(column.choices)
    if column.integer:
        return d.IntDistribution(int(column.low), int(column.high), log=column.log)
    return d.FloatDistribution(column.low, column.high, log=column.log)


@contextmanager
def quiet_optuna() -> Iterator[None]:
    """Keep Optuna quiet about a study that exists only here; the page has its own caveats."""
    import optuna

    before = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            yield
    finally:
        optuna.logging.set_verbosity(before)


def _has_sklearn() -> bool:
    from importlib.util import find_spec

    return find_spec("sklearn") is not None
