"""The options of ``options`` as keywords of functions, for type checkers."""

from __future__ import annotations

from typing import TypedDict

from autoclue.option_fields import PathInput
from autoclue.registry import ChoiceInput
from autoclue.space import SettingsInput


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
    scheduler: ChoiceInput
    seed: int
    holdout: float
    max_steps: int | None
    eval_every: str | int | float | None


class LimitKeywords(TypedDict, total=False):
    """``Limits`` as keywords of a function."""

    trials: int | None
    extend: int | None
    time_budget: float | str | None
    step_budget: int | None


class ResourceKeywords(TypedDict, total=False):
    """``ResourceOptions`` as keywords of a function."""

    parallel: int | None
    gpus_per_trial: float | None
    address: str | None


class ConfirmationKeywords(TypedDict, total=False):
    """``ConfirmationOptions`` as keywords of a function."""

    confirm: int | None
    seeds: int | None


class LocationKeywords(TypedDict, total=False):
    """``LocationOptions`` as keywords of a function."""

    study: str | None
    folder: PathInput
    storage: str | None


class TuneKeywords(
    StudyKeywords, LimitKeywords, ResourceKeywords, ConfirmationKeywords, LocationKeywords
):
    """``TuneArguments`` as keywords of a function."""


class ResumeKeywords(LimitKeywords, ResourceKeywords, total=False):
    """``ResumeArguments`` as keywords of a function; the study comes first there."""

    folder: PathInput


class ConfirmKeywords(ResourceKeywords, total=False):
    """``ConfirmArguments`` as keywords of a function; the study comes first there."""

    confirm: int
    seeds: int
    folder: PathInput


class ReplayKeywords(TypedDict, total=False):
    """``ReplayArguments`` as keywords of a function; the study comes first there."""

    scheduler: ChoiceInput
    parallel: int
    folder: PathInput
    follow_storage: bool
