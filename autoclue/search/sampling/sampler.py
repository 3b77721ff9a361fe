"""What a sampler is, and the registry of those that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from optuna.distributions import BaseDistribution, FloatDistribution, IntDistribution
from optuna.samplers import BaseSampler, RandomSampler

from autoclue.errors import UsageError
from autoclue.records import Scalar
from autoclue.registry import Registry
from autoclue.search.sampling.initial_design import Independent
from autoclue.search.sampling.population import Population
from autoclue.space import SearchSpace

ATTEMPTS = 64
"""How often settings are drawn at random before what is left of a finite space is listed."""


@dataclass(frozen=True, slots=True)
class Draw:
    """The trial that a sampler is made for.

    Attributes:
        space: What may be tried.
        together: The parameters that every trial has and that aren't fixed.
        seed: Given by the study's seed, the trial's number and ``attempt``.
        alone_seed: Another one, for what draws single parameters.
        attempt: How often this trial's proposal was one that had been asked already.
        was_asked: Tells whether values of all of ``together`` have been asked; unknown is no.
        left: Lists the points of a finite space that haven't been asked, in the order of its grid.
    """

    space: SearchSpace
    together: Mapping[str, BaseDistribution]
    seed: int
    alone_seed: int
    attempt: int
    was_asked: Callable[[Mapping[str, Any]], bool]
    left: Callable[[], list[dict[str, Scalar]]]


@dataclass(frozen=True, slots=True)
class Drawers:
    """What draws one trial's settings: Optuna's samplers, or what looks like them.

    Attributes:
        joint: Proposes values for several parameters together, or none as long as it can't.
        over: The parameters that it is given.
        start: Draws every parameter as long as ``joint`` proposes nothing.
        rest: Draws the parameters that ``joint`` left out.
    """

    joint: BaseSampler
    over: Mapping[str, BaseDistribution]
    start: Independent
    rest: Independent

    @classmethod
    def around(cls, sampler: BaseSampler, draw: Draw) -> Drawers:
        """Let one of Optuna's samplers draw everything, and chance as long as it can't."""
        return cls(sampler, draw.together, RandomSampler(seed=draw.alone_seed), sampler)


class Sampler(Protocol):
    """Proposes the settings of a trial.

    An implementation is a frozen dataclass whose fields are its parameters, each with its range
    and a sentence for people (`autoclue.parameters`). What it proposes depends on the ledger, the
    seed and the trial's number alone, so that a study which was interrupted goes on as if it had
    not been: it is made anew for every trial, and keeps nothing.
    """

    @property
    def name(self) -> str:
        """What ``--sampler`` calls it."""

    @property
    def attempts(self) -> int:
        """How often it may propose what was asked already before chance takes over."""

    def check(self, space: SearchSpace) -> None:
        """Refuse a space that it can't search.

        Raises:
            UsageError: With what to do instead.
        """

    def make(self, draw: Draw) -> Drawers:
        """Make what draws one trial's settings, every argument of it written out."""


SAMPLERS: Registry[Sampler | Population] = Registry(
    kind="sampler",
    group="autoclue.samplers",
    methods=("check",),
    either=(("attempts", "make"), ("propose", "inside")),
    shape="a frozen dataclass with a name, a method check(space), and either attempts and "
    "make(draw) or propose(rounds, begin) and inside(vector)",
)


def check_sampler(choice: str, space: SearchSpace) -> None:
    """Refuse a sampler that doesn't exist, isn't installed or doesn't suit the space.

    Raises:
        UsageError: With what to do instead.
    """
    SAMPLERS.make(choice).check(space)


def find_population(choice: str) -> Population | None:
    """Make a sampler that proposes whole rounds; ``None`` where it proposes single trials.

    Raises:
        UsageError: There is no such sampler, or a value of it is wrong.
    """
    found = SAMPLERS.make(choice)
    return cast(Population, found) if hasattr(found, "propose") else None


def find_single(choice: str) -> Sampler:
    """Make a sampler that proposes single trials.

    Raises:
        UsageError: There is no such sampler, a value of it is wrong, or it proposes whole rounds.
    """
    found = SAMPLERS.make(choice)
    if hasattr(found, "propose"):
        raise UsageError(f"The sampler {choice!r} proposes whole rounds and no single trial.")
    return found


def numeric(found: Mapping[str, BaseDistribution]) -> dict[str, BaseDistribution]:
    """Keep the ranges of numbers among some distributions."""
    kinds = (FloatDistribution, IntDistribution)
    return {name: each for name, each in found.items() if isinstance(each, kinds)}
