"""The configuration of a search that takes the most memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Final

from autoclue.errors import UsageError
from autoclue.search.spec import Plan, outermost
from autoclue.space import Scalar, SearchSpace
from autoclue.training import TrialConfig

MEMORY_SETTINGS: Final = (
    *("batch_size", "max_length_tokens", "gradient_accumulation_steps"),
    "frozen_blocks",
)
"""What the memory of a trial depends on, where it is searched."""


def largest_of(configs: Iterable[TrialConfig]) -> TrialConfig:
    """Return the configuration that takes the most memory.

    Args:
        configs: At least one, all of one model and task.
    """
    return max(configs, key=memory_order)


def memory_order(config: TrialConfig) -> float:
    """Order configurations of one model and task by the memory that they take.

    What a layer keeps for the backward pass is ``s * b * h * (34 + 5 * a * s / h)`` bytes in half
    precision (https://arxiv.org/abs/2205.05198, equation 1), with sequences of s tokens, b of them
    at once and heads of h / a = 64 numbers. Frozen blocks keep nothing; one is counted as a
    hundredth, which only breaks ties.
    """
    tokens = config.max_length_tokens
    kept = config.micro_batch_size * tokens * (34 * 64 + 5 * tokens)
    frozen = config.strategy_params.get("frozen_blocks") or 0
    return kept * (1 - 0.01 * float(frozen))


def largest_of_plan(plan: Plan) -> TrialConfig:
    """Return the configuration of a search that takes the most memory, the baseline included."""
    return largest_of([plan.baseline, *_corners(plan)])


def _corners(plan: Plan) -> Iterator[TrialConfig]:
    """Yield what the search can ask with the outermost values of all that decides on memory."""
    names = _deciding(plan.space)
    for values in product(*(outermost(plan.space.parameters[name]) for name in names)):
        wanted = dict(zip(names, values, strict=True))
        params: dict[str, Scalar] = {}
        for name, parameter in plan.space.parameters.items():
            if plan.space.active(params, name):
                params[name] = wanted.get(name, outermost(parameter)[0])
        try:
            yield plan.configure(params)
        except UsageError:  # no trial of the search has such settings either
            continue


def _deciding(space: SearchSpace) -> list[str]:
    """Return the searched settings that decide on memory, and those that they depend on."""
    found = dict.fromkeys(name for name in MEMORY_SETTINGS if name in space.parameters)
    left = list(found)
    while left:
        gates = [name for name in space.parameters[left.pop()].when if name not in found]
        found |= dict.fromkeys(gates)
        left += gates
    return list(found)
