"""How far a study goes, on what, and how much of it is trained again."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import AfterValidator, BeforeValidator, model_validator

from autoclue.option_fields import (
    BUDGET,
    DEVICES,
    SEARCH,
    Options,
    one_card,
    option,
    seconds,
    share_or_auto,
)
from autoclue.options.shared import CONFIRM, DEFAULT_ROUNDS, DEFAULT_TRIALS, SEEDS


class Limits(Options):
    """How far a study goes; ``None`` keeps what it was told before."""

    trials: Annotated[
        int | None,
        option(
            BUDGET,
            f"Trials in all, earlier runs included; {DEFAULT_TRIALS} for a new study.",
            ge=1,
        ),
    ] = None
    rounds: Annotated[
        int | None,
        option(
            BUDGET,
            f"Rounds of a population in all, in place of trials; {DEFAULT_ROUNDS} for a new "
            "study.",
            ge=1,
        ),
    ] = None
    extend: Annotated[
        int | None,
        option(
            BUDGET,
            "Trials, or rounds of a population, to add to a study that has all of its own.",
            ge=1,
        ),
    ] = None
    time_budget: Annotated[
        float | None,
        option(
            BUDGET,
            "E.g. 90s, 45m, 2h, or seconds; then no trial begins and running ones stop at their "
            "next evaluation.",
            gt=0,
            allow_inf_nan=False,
        ),
        BeforeValidator(seconds, json_schema_input_type=float | str | None),
    ] = None
    step_budget: Annotated[
        int | None, option(BUDGET, "Steps of all trials together, earlier runs included.", ge=1)
    ] = None

    @model_validator(mode="after")
    def _in_all_or_more(self) -> Limits:
        if self.trials is not None and self.extend is not None:
            raise ValueError(
                "Give either the number of trials in all (--trials) or the number to add "
                "(--extend), not both"
            )
        if self.rounds is not None and self.extend is not None:
            raise ValueError(
                "Give either the number of rounds in all (--rounds) or the number to add "
                "(--extend), not both"
            )
        return self


class LimitKeywords(TypedDict, total=False):
    """``Limits`` as keywords of a function."""

    trials: int | None
    rounds: int | None
    extend: int | None
    time_budget: float | str | None
    step_budget: int | None


class ResourceOptions(Options):
    """What trials run on."""

    parallel: Annotated[
        int | None, option(DEVICES, "Trials at once; default: fill the devices.", ge=1)
    ] = None
    gpus_per_trial: Annotated[
        float | Literal["auto"] | None,
        option(
            DEVICES,
            "1, a fraction of a GPU such as 0.5, 0 for the CPU, or auto, which measures how many "
            "trials share one well; default: 1 where there is one.",
        ),
        BeforeValidator(share_or_auto, json_schema_input_type=float | str | None),
        AfterValidator(one_card),
    ] = None
    address: Annotated[
        str | None,
        option(DEVICES, "A running Ray cluster, e.g. auto or HOST:6379; default: this machine."),
    ] = None


class ResourceKeywords(TypedDict, total=False):
    """``ResourceOptions`` as keywords of a function."""

    parallel: int | None
    gpus_per_trial: float | str | None
    address: str | None


class ConfirmationOptions(Options):
    """How much is trained again after a search; ``None`` for nothing."""

    confirm: Annotated[int | None, option(SEARCH, CONFIRM, ge=1)] = None
    seeds: Annotated[int | None, option(SEARCH, SEEDS, ge=2)] = None

    @model_validator(mode="after")
    def _seeds_of_something(self) -> ConfirmationOptions:
        if self.confirm is None and self.seeds is not None:
            raise ValueError(
                f"seeds is {self.seeds}, but nothing is to be confirmed; give the number of "
                "configurations to train again too (--confirm 3), or --seed for the seed of the "
                "search"
            )
        return self


class ConfirmationKeywords(TypedDict, total=False):
    """``ConfirmationOptions`` as keywords of a function."""

    confirm: int | None
    seeds: int | None
