"""Settings that change while a trial trains: which may, and what is wrong with some that do."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from autoclue.records import Scalar

CHANGEABLE: Final = ("learning_rate", "weight_decay", "dropout")
"""Settings that may change on the way, beside the parameters of the strategy."""

FALLING: Final = "frozen_blocks"
"""Blocks that train have moments, which there is nowhere to keep once they freeze again."""


class SettingsChange(BaseModel):
    """Other settings from a step on.

    Attributes:
        at_step: The step after which they hold; the evaluation after that step comes first.
        settings: The new values by name: learning rate (its peak; the schedule goes on as it is),
            weight decay, dropout and parameters of the strategy.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_step: Annotated[int, Field(strict=True, ge=1)]
    settings: Annotated[dict[str, bool | int | float | str | None], Field(min_length=1)]


def change_problem(
    changes: Sequence[SettingsChange],
    strategy_params: Mapping[str, Scalar],
    *,
    until: int | None,
    fixed: Collection[str],
) -> str | None:
    """Return what is wrong with changes of settings, or ``None``.

    Args:
        changes: In their order.
        strategy_params: The strategy's parameters before any of them.
        until: The step after which the trial ends, if that is short of its schedule.
        fixed: Names of all settings of a trial.
    """
    steps = [change.at_step for change in changes]
    if steps != sorted(set(steps)):
        return f"changes must stand at ascending steps, not at {', '.join(map(str, steps))}"
    if until is not None and steps and steps[-1] >= until:
        return f"a change at step {steps[-1]} has no effect in a trial that ends at step {until}"
    frozen = strategy_params.get(FALLING, 0)
    for change in changes:
        for name, value in change.settings.items():
            problem = _problem(name, value, fixed)
            if problem is not None:
                return problem
        after = change.settings.get(FALLING, frozen)
        if _number(after) > _number(frozen):
            return (
                f"{FALLING} may only fall on the way, and rises from {frozen} to {after} at step "
                f"{change.at_step}"
            )
        frozen = after
    return None


def _problem(name: str, value: Scalar, fixed: Collection[str]) -> str | None:
    if name in fixed and name not in CHANGEABLE:
        known = ", ".join(CHANGEABLE)
        return (
            f"{name} can't change on the way; only {known} and parameters of the strategy can, so "
            "give it one value for the whole trial"
        )
    if name not in CHANGEABLE:
        return None
    number = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(number):
        return f"{name} must be a number, not {value!r}"
    allowed = {
        "learning_rate": number > 0,
        "weight_decay": number >= 0,
        "dropout": 0 <= number < 1,
    }
    return None if allowed[name] else f"{name} can't be {value!r}"


def _number(value: Scalar) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
