"""Population-based bandits: a Gaussian process of what settings have gained says where to go."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from optuna.samplers import RandomSampler
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.records import Scalar, ValueChange
from autoclue.search.sampling.sampler import ATTEMPTS, Draw, Drawers
from autoclue.search.sampling.segments.exchanger import (
    Question,
    check_changeable,
    control_field,
    quantile_field,
)
from autoclue.search.sampling.segments.explore import (
    Moves,
    explore,
    first_values,
    perturbable,
    shares_of,
)
from autoclue.search.sampling.segments.pbt import FACTOR, RESAMPLE
from autoclue.space import SearchSpace
from autoclue.training import FALLING

CANDIDATES = 512
"""Points of which the one that promises most is taken."""
IGNORED = 1e5
"""Length scale of an input that a kernel doesn't look at."""

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pb2:
    """Population-based bandits: as pbt, with settings that a Gaussian process chooses.

    Parker-Holder, Nguyen and Roberts 2020, "Provably Efficient Online Hyperparameter Optimization
    with Population-Based Bandits" (https://arxiv.org/abs/2002.02518). A time-varying Gaussian
    process learns what a segment gains by its settings, divided by its length, and the point with
    the highest upper confidence bound is taken; what others take on at the same boundary counts as
    seen at its mean. Inputs are shares of each parameter's own scale, and each candidate is a
    value of the space, so that nothing lies outside. Before two boundaries it moves as pbt does.
    """

    name: ClassVar[str] = "pb2"
    attempts: ClassVar[int] = ATTEMPTS

    quantile: float = quantile_field()
    kappa: float = Field(
        default=2.0,
        ge=0,
        description="Standard deviations that a candidate's promise lies above its mean.",
    )
    control: bool = control_field()

    def check(self, space: SearchSpace) -> None:
        """Refuse a space with settings that can't change on the way; see ``Exchanger``."""
        check_changeable(self.name, space)

    def make(self, draw: Draw) -> Drawers:
        """Draw by chance alone: the members' first settings aren't drawn one by one."""
        return Drawers.around(RandomSampler(seed=draw.seed), draw)

    def new_values(self, question: Question, rng: np.random.Generator) -> tuple[ValueChange, ...]:
        """Take the candidate that promises most; see ``Exchanger``."""
        if not question.gains:
            moves = Moves(FACTOR, RESAMPLE)
            return explore(question.space, question.now, moves, rng, is_new=question.is_new)
        candidates = _candidates(question, rng)
        if not candidates:
            return ()
        promise = promises(question, candidates, kappa=self.kappa)
        return _changes(question, candidates[int(np.argmax(promise))])


def _candidates(question: Question, rng: np.random.Generator) -> list[dict[str, Scalar]]:
    """Draw points of the space that nobody has trained from here on."""
    found = []
    for values in first_values(question.space, CANDIDATES, rng):
        now, then = question.now.get(FALLING), values.get(FALLING)
        if isinstance(now, int) and isinstance(then, int):
            values[FALLING] = min(now, then)
        changed = {n: v for n, v in values.items() if v != question.now[n]}
        if changed and question.is_new(changed):
            found.append(values)
    return found


def _changes(question: Question, values: Mapping[str, Scalar]) -> tuple[ValueChange, ...]:
    how = f"the highest promise of {CANDIDATES} points, by {len(question.gains)} segments"
    return tuple(
        ValueChange(name, question.now[name], values[name], how)
        for name in perturbable(question.space)
        if values[name] != question.now[name]
    )


def promises(question: Question, candidates: list[dict[str, Scalar]], *, kappa: float) -> Vector:
    """Return the upper confidence bound of what each candidate gains in the coming segment.

    Args:
        question: What has been seen.
        candidates: Values of the space.
        kappa: Standard deviations above the mean.

    Returns:
        ``[candidates]``, in standard deviations of the gains seen.
    """
    from sklearn.gaussian_process import GaussianProcessRegressor

    inputs = np.array([[*shares_of(question.space, g.values), g.end] for g in question.gains])
    rates = np.array([g.gain / g.length for g in question.gains])
    targets = (rates - rates.mean()) / (rates.std() or 1.0)
    model = GaussianProcessRegressor(_kernel(inputs.shape[1] - 1), n_restarts_optimizer=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # few points leave a length scale at its bound
        model.fit(inputs, targets)
        for values in question.pending:
            point = np.array([[*shares_of(question.space, values), question.end]])
            inputs, targets = np.vstack([inputs, point]), np.append(targets, model.predict(point))
            fixed = GaussianProcessRegressor(model.kernel_, optimizer=None)
            model = fixed.fit(inputs, targets)
        points = np.array([[*shares_of(question.space, v), question.end] for v in candidates])
        mean, spread = model.predict(points, return_std=True)
    return np.asarray(mean + kappa * spread)


def _kernel(dimensions: int) -> object:
    """Make the kernel of PB2: smooth in the settings, and forgetting as the schedule goes on."""
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

    settings = RBF(
        [0.3] * dimensions + [IGNORED],
        [(0.05, 3.0)] * dimensions + [(IGNORED, IGNORED * 1.0001)],
    )
    time = Matern(
        [IGNORED] * dimensions + [0.5],
        [(IGNORED, IGNORED * 1.0001)] * dimensions + [(0.1, 10.0)],
        nu=0.5,
    )
    return ConstantKernel(1.0, (0.1, 10.0)) * settings * time + WhiteKernel(0.1, (1e-3, 1.0))
