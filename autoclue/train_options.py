"""The options of a single training; those that it shares with a search stand in ``options``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, TypedDict

from pydantic import BeforeValidator, Field, model_validator

from autoclue.option_fields import (
    DEVICES,
    OUTPUT,
    SETTINGS,
    WHAT,
    Options,
    PathInput,
    as_path,
    every_settings,
    option,
)
from autoclue.options import (
    DEFAULT_DATA,
    DEFAULT_MODEL,
    DEFAULT_PRECISION,
    DEFAULT_PROTOCOL,
    BatchPer,
    BuiltinSize,
    CardsPerTrial,
    Data,
    EvalEvery,
    Holdout,
    KeepHead,
    MaxSteps,
    Model,
    Precision,
    Predict,
    Protocol,
    Recompute,
    Strategy,
    Task,
    card_settings,
)
from autoclue.registry import ChoiceInput
from autoclue.space import Scalar, SettingsInput, read_settings

RECIPES_TASK: Final = "recipe"
"""Stands for the task as long as the recipe, which names it, hasn't been read."""

BESIDE_RECIPE: Final = frozenset(
    {"recipe", "task", "model", "data", "seed", "predict", "device", "out"}
)
"""Options that may be given with a recipe; task, model and data are the recipe's all the same."""


class TrainArguments(Options):
    """What ``train`` takes: one configuration; what isn't given is the task's default."""

    task: Task
    model: Model = DEFAULT_MODEL
    keep_head: KeepHead = False
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None
    protocol: Protocol = DEFAULT_PROTOCOL
    strategy: Strategy = "uniform"
    learning_rate: Annotated[float | None, option(SETTINGS, "Peak rate of the top block.")] = None
    batch_size: Annotated[int | None, option(SETTINGS, "Examples a step.")] = None
    dropout: Annotated[
        float | None,
        option(SETTINGS, "Hidden dropout; by protocol clue, 0.1 keeps what the model says."),
    ] = None
    epochs: Annotated[int | None, option(SETTINGS, "Epochs of the schedule.")] = None
    max_length_tokens: Annotated[int | None, option(SETTINGS, "Longest input, in tokens.")] = None
    seed: Annotated[
        int | None,
        option(
            SETTINGS,
            "Seeds head, dropout and, by protocol sound, the data's order; published: 42.",
        ),
    ] = None
    max_steps: MaxSteps = None
    eval_every: EvalEvery = None
    settings: Annotated[
        Mapping[str, object],
        BeforeValidator(read_settings, json_schema_input_type=SettingsInput),
        option(
            SETTINGS,
            "Any other setting or strategy parameter, e.g. factor=1.1.",
            flag="--set",
            metavar="NAME=VALUE",
        ),
    ] = Field(default_factory=dict)
    holdout: Holdout = 0.0
    cards_per_trial: CardsPerTrial = 1
    batch_per: BatchPer = None
    precision: Precision = DEFAULT_PRECISION
    recompute: Recompute = False
    recipe: Annotated[
        Path | None,
        BeforeValidator(as_path, json_schema_input_type=PathInput | None),
        option(
            WHAT,
            "Train the configuration of this file, such as a study's recipe.yaml: task, model, "
            "data and every setting, also those that change on the way.",
        ),
    ] = None
    predict: Predict = False
    device: Annotated[str, option(DEVICES, "auto, cpu, gpu or xpu.")] = "auto"
    out: Annotated[
        Path | None,
        BeforeValidator(as_path, json_schema_input_type=PathInput | None),
        option(OUTPUT, "Folder for log, result and best model; default: autoclue-runs/..."),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _recipe_names_the_task(cls, values: object) -> object:
        if isinstance(values, dict) and values.get("recipe") is not None:
            return {"task": RECIPES_TASK, **values}
        return values

    @model_validator(mode="after")
    def _recipe_holds_the_settings(self) -> TrainArguments:
        if self.recipe is None:
            return self
        given = sorted(self.model_fields_set - BESIDE_RECIPE)
        if given:
            raise ValueError(
                f"{', '.join(given)} can't be given with a recipe, which holds every setting; "
                "only the seed may be another. Change the file, or leave the recipe out"
            )
        return self

    @property
    def named(self) -> dict[str, Scalar]:
        """The settings that have an option of their own, as far as they are given."""
        names = ("learning_rate", "batch_size", "dropout", "epochs", "max_length_tokens", "seed")
        same = ("max_steps", "protocol", "holdout", "keep_head")
        given = self.model_dump(include={*names, *same}, exclude_defaults=True)
        of_cards = card_settings(
            *(self.cards_per_trial, self.batch_per, self.protocol),
            precision=self.precision,
            recompute=self.recompute,
        )
        return {**given, **every_settings(self.eval_every), **of_cards}


class TrainKeywords(TypedDict, total=False):
    """``TrainArguments`` as keywords of a function; the task comes first there."""

    model: PathInput
    keep_head: bool
    data: PathInput
    builtin_size: str | int | None
    protocol: str
    strategy: ChoiceInput
    learning_rate: float | None
    batch_size: int | None
    dropout: float | None
    epochs: int | None
    max_length_tokens: int | None
    seed: int | None
    max_steps: int | None
    eval_every: str | int | float | None
    settings: SettingsInput
    holdout: float
    cards_per_trial: int
    batch_per: str | None
    precision: str
    recompute: bool
    recipe: PathInput | None
    predict: bool
    device: str
    out: PathInput | None
