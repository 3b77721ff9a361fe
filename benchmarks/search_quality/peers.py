"""What a search is measured against: others' stopping rules and samplers, over a table."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution
from optuna.trial import Trial
from optuna.trial import TrialState as OptunaState

from autoclue.records import Stop, TrialState
from autoclue.search.replay.simulator import InOrder, RecordedCurve
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.stopping import Board
from autoclue.search.stopping.halving import cut_below_best_share
from autoclue.space import space_from_mapping
from autoclue.space.optuna_adapter import suggest
from benchmarks.search_quality.curve_tables import Table

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)


@dataclass(frozen=True)
class PlainHalving:
    """Halving with factor 3 at rounded rungs, from the third trial on: a fixed grace.

    Attributes:
        first_rung: Fraction of the longest curve.
        name: For the table.
    """

    first_rung: float
    name: str = "halving"

    @property
    def rungs(self) -> tuple[float, ...]:
        """Fractions of the longest curve."""
        found = (self.first_rung * 3**k for k in range(5))
        return tuple(rung for rung in found if rung < 1 - 1e-9)

    def decide(self, board: Board, number: int) -> Stop | None:
        """Stop what is below the best third seen at a rung."""
        curve = board[number]
        steps = {max(1, round(rung * curve.total_steps)): rung for rung in self.rungs}
        step = curve.last_step
        if step is None or step not in steps:
            return None
        seen = {c.number: at for c in board.curves if (at := c.standing(step)) is not None}
        others = [at.best for other, at in seen.items() if other != number]
        return cut_below_best_share(
            seen[number], others, rung=steps[step], reduction_factor=3, min_comparators=2
        )


@dataclass(frozen=True)
class RayAsha:
    """Ray Tune's ASHAScheduler with its own defaults, as its source of 2.60 decides.

    Grace of one evaluation, factor 4, one bracket, ``max_t`` the longest curve. A trial stops
    where its latest score, not its best, is below the 75th percentile of those recorded before
    it, from the first comparator on.
    """

    name: str = "ray"
    rungs: tuple[float, ...] = ()

    def decide(self, board: Board, number: int) -> Stop | None:
        """Decide at evaluations 1, 4, 16, ..."""
        curve = board[number]
        step = curve.last_step
        if step is None or step not in {4**k for k in range(5)}:
            return None
        others = [
            c.scores[c.steps.index(step)]
            for c in board.curves
            if c.number != number and step in c.steps
        ]
        score = curve.scores[-1]
        if not others:
            return None
        cutoff = float(np.percentile(others, 75))
        if score >= cutoff:
            return None
        return Stop("below the 75th percentile", step / curve.total_steps, step, score, cutoff, 1)


def random_order(table: Table, seed: int) -> InOrder:
    """Return every configuration once, in an order drawn by the seed."""
    order = np.random.default_rng(seed).permutation(len(table.curves))
    return InOrder(replace(table.curves[row], number=n) for n, row in enumerate(order))


@dataclass
class OptunaSource:
    """Asks an Optuna study for configurations, and tells it what became of them.

    Attributes:
        table: Where the curves are.
        ours: Whether autoclue's proposer asks, which never asks twice; else a plain TPE.
        as_ray: Whether it is told what Ray's OptunaSearch tells: every trial as complete, with its
            last score, also one that was stopped.
    """

    table: Table
    seed: int
    ours: bool
    as_ray: bool = False
    _study: optuna.Study = field(init=False)
    _proposer: Proposer = field(init=False)
    _choices: dict[str, list[Any]] = field(init=False)
    _rows: dict[tuple[Any, ...], int] = field(init=False)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _trials: dict[int, Trial] = field(default_factory=dict)
    _last: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin a study in memory."""
        configs = self.table.configs
        self._choices = {n: sorted({c[n] for c in configs}, key=str) for n in configs[0]}
        self._rows = {tuple(c.values()): row for row, c in enumerate(configs)}
        space = space_from_mapping(
            {"name": "table", "parameters": self._choices}, origin=self.table.name
        )
        self._proposer = Proposer(space, "tpe", self.seed)
        sampler = self._proposer if self.ours else optuna.samplers.TPESampler(seed=self.seed)
        self._study = optuna.create_study(direction="maximize", sampler=sampler)

    def next_curve(self) -> RecordedCurve | None:
        """Ask until a configuration comes that the table holds."""
        while not (self.ours and self._proposer.exhausted(self._study)):
            trial, params = self._ask()
            row = self._rows.get(tuple(params[name] for name in self._choices))
            if row is not None:
                number = next(self._numbers)
                self._trials[number] = trial
                return replace(self.table.curves[row], number=number)
            self._study.tell(trial, state=OptunaState.FAIL)
        return None

    def _ask(self) -> tuple[Trial, dict[str, Any]]:
        if self.ours:
            trial = self._study.ask()
            return trial, dict(suggest(self._proposer.space, trial))
        fixed: dict[str, BaseDistribution] = {
            n: CategoricalDistribution(v) for n, v in self._choices.items()
        }
        trial = self._study.ask(fixed)
        return trial, trial.params

    def evaluated(self, number: int, step: int, score: float) -> None:
        """Report to the study."""
        self._trials[number].report(score, step)
        self._last[number] = score

    def ended(self, number: int, state: TrialState, *, best: float, stop: Stop | None) -> None:
        """Report the end to the study."""
        trial, last = self._trials.pop(number), self._last.pop(number)
        if self.as_ray:
            self._study.tell(trial, last)
        elif stop is not None:
            self._study.tell(trial, state=OptunaState.PRUNED)
        else:
            self._study.tell(trial, best)
