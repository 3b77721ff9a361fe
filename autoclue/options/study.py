"""The question that a study answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypedDict

from pydantic import BeforeValidator, Field

from autoclue.option_fields import (
    SEARCH,
    WHAT,
    Options,
    PathInput,
    as_text,
    every_settings,
    option,
)
from autoclue.options.shared import (
    CARRIES,
    CHOICE,
    DEFAULT_DATA,
    DEFAULT_EPOCHS_PER_ROUND,
    DEFAULT_MEMBERS,
    DEFAULT_MODEL,
    DEFAULT_POPULATION,
    DEFAULT_PRECISION,
    DEFAULT_PROTOCOL,
    EVALUATORS,
    NAME,
    PUBLISHED,
    SCHEDULERS,
    SEARCHES_COUNT_BY,
    SETTINGS,
    BatchPer,
    BoundariesInput,
    BuiltinSize,
    CardsPerTrial,
    Data,
    EvalEvery,
    Holdout,
    KeepHead,
    MaxSteps,
    Model,
    Precision,
    Protocol,
    Recompute,
    Strategy,
    Task,
    as_boundaries,
    card_settings,
    one_of,
)
from autoclue.registry import ChoiceInput
from autoclue.space import Scalar, SettingsInput


class StudySpec(Options):
    """The question: everything that decides the result of a study, as the user asks it."""

    task: Task
    strategy: Strategy = "discriminative"
    model: Model = DEFAULT_MODEL
    keep_head: KeepHead = False
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None
    protocol: Protocol = DEFAULT_PROTOCOL
    space: Annotated[
        str | None,
        BeforeValidator(as_text, json_schema_input_type=PathInput | None),
        option(WHAT, "Search space ('autoclue ls spaces') or YAML file; default: by strategy."),
    ] = None
    settings: Annotated[
        Mapping[str, object],
        SETTINGS,
        option(
            WHAT,
            "Change the space, e.g. learning_rate=1e-5..5e-5:log or batch_size=16,32.",
            flag="--set",
            metavar="NAME=RANGE",
        ),
    ] = Field(default_factory=dict)
    baseline: Annotated[
        Mapping[str, object],
        SETTINGS,
        option(
            WHAT,
            "Change the configuration to compare with, e.g. learning_rate=1e-4.",
            metavar="NAME=VALUE",
        ),
    ] = Field(default_factory=dict)
    sampler: Annotated[
        str,
        CHOICE,
        option(
            SEARCH,
            "tpe, random, cmaes, gp or grid; hazero or pshe2 in rounds; pbt or pb2, whose members "
            "go on from each other ('autoclue ls samplers').",
        ),
    ] = "tpe"
    population: Annotated[
        int | None,
        option(
            SEARCH,
            f"Members of a population; default: {DEFAULT_POPULATION} for hazero and pshe2, "
            f"{DEFAULT_MEMBERS} for pbt and pb2.",
            ge=2,
        ),
    ] = None
    evaluator: Annotated[
        str | None,
        BeforeValidator(as_text, json_schema_input_type=str | None),
        one_of("evaluator", EVALUATORS),
        option(
            SEARCH,
            "How the members of hazero and pshe2 train: full-trail, from the pretrained weights, "
            "or population-based, from a better one of the round before.",
        ),
    ] = None
    epochs_per_round: Annotated[
        int | None,
        option(
            SEARCH,
            "Epochs of a member from round 1 on, with --evaluator population-based; default: "
            f"{DEFAULT_EPOCHS_PER_ROUND}, or what --max-steps says.",
            ge=1,
        ),
    ] = None
    carry: Annotated[
        str | None,
        BeforeValidator(as_text, json_schema_input_type=str | None),
        one_of("carry", CARRIES),
        option(
            SEARCH,
            "What such a member takes over: weights, as PaddleHub did, or optimizer, its moments "
            "too; default: weights.",
            metavar="weights|optimizer",
        ),
    ] = None
    boundaries: Annotated[
        str | None,
        BeforeValidator(as_boundaries, json_schema_input_type=BoundariesInput),
        option(
            SEARCH,
            "Shares of the schedule at which pbt and pb2 compare, e.g. 0.4,0.6,0.8; default: "
            "three behind the warm-up.",
        ),
    ] = None
    scheduler: Annotated[
        str,
        CHOICE,
        option(SEARCH, f"{SCHEDULERS} or none ('autoclue ls schedulers'); none with rounds."),
    ] = "adaptive"
    start_from: Annotated[
        str,
        NAME,
        option(
            SEARCH,
            "What is tried after the baseline: the published best settings of the model or of the "
            "nearest one, the best of a STUDY, or none.",
            metavar="published|none|STUDY",
        ),
    ] = PUBLISHED
    seed: Annotated[int, option(SEARCH, "Root seed of the search.", ge=0)] = 0
    holdout: Holdout = 0.0
    max_steps: MaxSteps = None
    eval_every: EvalEvery = None
    cards_per_trial: CardsPerTrial = 1
    batch_per: BatchPer = None
    precision: Precision = DEFAULT_PRECISION
    recompute: Recompute = False

    @property
    def boundary_shares(self) -> tuple[float, ...] | None:
        """The boundaries as numbers; ``None`` where they aren't given."""
        if self.boundaries is None:
            return None
        return tuple(float(each) for each in self.boundaries.split(","))

    @property
    def common(self) -> dict[str, Scalar]:
        """Settings that all trials of a search share, beside the recipe's."""
        names = {"protocol", "max_steps", "holdout", "keep_head"}
        given = self.model_dump(include=names, exclude_defaults=True)
        of_cards = card_settings(
            *(self.cards_per_trial, self.batch_per or SEARCHES_COUNT_BY, self.protocol),
            precision=self.precision,
            recompute=self.recompute,
        )
        return {**every_settings(self.eval_every), **given, **of_cards}


class StudyKeywords(TypedDict, total=False):
    """``StudySpec`` as keywords of a function; the task comes first there, without a name."""

    strategy: ChoiceInput
    model: PathInput
    keep_head: bool
    data: PathInput
    builtin_size: str | int | None
    protocol: str
    space: PathInput | None
    settings: SettingsInput
    baseline: SettingsInput
    sampler: ChoiceInput
    population: int | None
    evaluator: str | None
    epochs_per_round: int | None
    carry: str | None
    boundaries: BoundariesInput
    scheduler: ChoiceInput
    start_from: PathInput
    seed: int
    holdout: float
    max_steps: int | None
    eval_every: str | int | float | None
    cards_per_trial: int
    batch_per: str | None
    precision: str
    recompute: bool
