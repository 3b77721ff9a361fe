"""Population-based training: members take over the state and settings of better ones."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from optuna.samplers import RandomSampler
from pydantic import Field
from pydantic.dataclasses import dataclass

from autoclue.records import ValueChange
from autoclue.search.sampling.sampler import ATTEMPTS, Draw, Drawers
from autoclue.search.sampling.segments.exchanger import (
    Question,
    check_changeable,
    control_field,
    quantile_field,
)
from autoclue.search.sampling.segments.explore import Moves, explore
from autoclue.space import SearchSpace

FACTOR = 1.2
RESAMPLE = 0.25


@dataclass(frozen=True, slots=True)
class Pbt:
    """Population-based training: the lowest members go on from the best ones' states.

    Jaderberg et al. 2017, "Population Based Training of Neural Networks"
    (https://arxiv.org/abs/1711.09846). At a boundary the lowest quarter takes over weights,
    moments, position and dropout stream of members of the highest quarter, where it is behind by
    more than scores wobble, and goes on with settings beside theirs. Unlike there, values move in
    the parameter's own scale and stay in its range, and nothing is compared at the end.
    """

    name: ClassVar[str] = "pbt"
    attempts: ClassVar[int] = ATTEMPTS

    quantile: float = quantile_field()
    factor: float = Field(
        default=FACTOR,
        gt=1,
        lt=2,
        description="What a value on a log scale is multiplied with; down it takes off as much.",
    )
    resample: float = Field(
        default=RESAMPLE,
        ge=0,
        le=1,
        description="How likely a value is drawn anew from its whole range instead.",
    )
    control: bool = control_field()

    def check(self, space: SearchSpace) -> None:
        """Refuse a space with settings that can't change on the way; see ``Exchanger``."""
        check_changeable(self.name, space)

    def make(self, draw: Draw) -> Drawers:
        """Draw by chance alone: the members' first settings aren't drawn one by one."""
        return Drawers.around(RandomSampler(seed=draw.seed), draw)

    def new_values(self, question: Question, rng: np.random.Generator) -> tuple[ValueChange, ...]:
        """Move the donor's values by chance; see ``Exchanger``."""
        moves = Moves(self.factor, self.resample)
        return explore(question.space, question.now, moves, rng, is_new=question.is_new)
