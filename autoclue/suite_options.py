"""The options of what is done with several studies at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final, TypeAlias, TypedDict

from pydantic import BeforeValidator, model_validator

from autoclue.option_fields import (
    BUDGET,
    DEVICES,
    OUTPUT,
    SEARCH,
    WHAT,
    Options,
    PathInput,
    as_listed_names,
    as_names,
    as_path,
    option,
)
from autoclue.options import (
    DEFAULT_DATA,
    DEFAULT_FOLDER,
    DEFAULT_MODEL,
    DEFAULT_TRIALS,
    Artifacts,
    BuiltinSize,
    CardsPerTrial,
    Data,
    Folder,
    MaxSteps,
    Model,
    ResourceKeywords,
    ResourceOptions,
)
from autoclue.registry import ChoiceInput, as_choice

_CHOICE = BeforeValidator(as_choice, json_schema_input_type=ChoiceInput)
_NAMES = BeforeValidator(as_names, json_schema_input_type=PathInput | Sequence[PathInput])
_LISTED = BeforeValidator(as_listed_names, json_schema_input_type=str | Sequence[str])

GRID: Final = "grid"
"""What ``suite`` calls the published grid beside the strategies of a search."""

Tasks: TypeAlias = Annotated[
    tuple[str, ...],
    _LISTED,
    option(
        WHAT,
        "Some of the ten tasks, with commas between them, or all, which is the default.",
        metavar="TASK,...",
    ),
]
RetryFailed: TypeAlias = Annotated[
    bool, option(BUDGET, "Try runs anew that have failed as often as is allowed.")
]


class SuiteLocation(Options):
    """Where a suite is kept, whose studies lie in its folder."""

    suite: Annotated[
        str | None, option(OUTPUT, "Name of the suite; default: by models, data and share.")
    ] = None
    folder: Folder = DEFAULT_FOLDER


class GridArguments(Options):
    """What ``grid`` takes."""

    models: Annotated[
        tuple[str, ...],
        _NAMES,
        option(
            WHAT,
            "PaddleNLP hub name, model folder, or 'builtin'; may be given several times.",
            metavar="MODEL",
            flag="--model",
        ),
    ] = (DEFAULT_MODEL,)
    tasks: Tasks = ()
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None
    shard: Annotated[
        str | None, option(WHAT, "A share of the runs, such as 2/8: the second of eight.")
    ] = None
    scheduler: Annotated[
        str,
        _CHOICE,
        option(SEARCH, "adaptive, asha, median, hyperband or none, which stops nothing."),
    ] = "none"
    max_steps: MaxSteps = None
    cards_per_trial: CardsPerTrial = 1
    save_best: Annotated[
        bool, option(OUTPUT, "Keep the best model of each task; without it no model is kept.")
    ] = False
    save_all: Annotated[bool, option(OUTPUT, "Keep the best model of every run.")] = False
    retry_failed: RetryFailed = False
    artifacts: Artifacts = None
    resources: ResourceOptions
    location: SuiteLocation


class SuiteArguments(Options):
    """What ``suite`` takes."""

    model: Model = DEFAULT_MODEL
    tasks: Tasks = ()
    search: Annotated[
        str,
        _CHOICE,
        option(
            SEARCH,
            "grid for the published grid, or the strategy of a search, such as discriminative.",
        ),
    ] = GRID
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None
    trials: Annotated[
        int | None,
        option(BUDGET, f"Trials of each task in a search; default: {DEFAULT_TRIALS}.", ge=1),
    ] = None
    scheduler: Annotated[
        str | None,
        BeforeValidator(as_choice, json_schema_input_type=ChoiceInput | None),
        option(SEARCH, "When runs stop; default: none for grid, adaptive for a search."),
    ] = None
    max_steps: MaxSteps = None
    cards_per_trial: CardsPerTrial = 1
    submit: Annotated[
        Path | None,
        BeforeValidator(as_path, json_schema_input_type=PathInput | None),
        option(OUTPUT, "Predict every task with its best model, and pack the files there."),
    ] = None
    retry_failed: RetryFailed = False
    artifacts: Artifacts = None
    resources: ResourceOptions
    location: SuiteLocation


class ExtractArguments(Options):
    """What ``extract`` takes."""

    suites: Annotated[
        tuple[str, ...],
        _NAMES,
        option(
            WHAT,
            "Names or folders of suites; shares of a grid are joined.",
            is_argument=True,
            metavar="SUITE...",
        ),
    ]
    folder: Folder = DEFAULT_FOLDER
    as_published: Annotated[
        bool, option(OUTPUT, "Cut figures and resolve ties as the published script does.")
    ] = False


class ImportArguments(Options):
    """What ``import-logs`` takes."""

    logs: Annotated[
        Path,
        BeforeValidator(as_path, json_schema_input_type=PathInput),
        option(
            WHAT,
            "Folder of grid_search_tools' logs: a model's, or one that holds those of several.",
            is_argument=True,
        ),
    ]
    location: SuiteLocation


class ReproduceArguments(Options):
    """What ``reproduce`` takes."""

    model: Model = DEFAULT_MODEL
    tasks: Annotated[
        tuple[str, ...],
        _LISTED,
        option(
            WHAT,
            "Tasks whose settings are published, with commas between them.",
            flag="--task",
            metavar="TASK,...",
        ),
    ] = ()
    all_tasks: Annotated[
        bool, option(WHAT, "Every task whose settings are published.", flag="--all")
    ] = False
    document: Annotated[
        str | None,
        option(WHAT, "Whose settings, such as autofinetune; default: the catalog's first."),
    ] = None
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None
    seeds: Annotated[int, option(SEARCH, "Trainings of a task; the first seed is 42.", ge=1)] = 3
    max_steps: MaxSteps = None
    device: Annotated[str, option(DEVICES, "auto, cpu, gpu or xpu.")] = "auto"
    out: Annotated[
        Path,
        BeforeValidator(as_path, json_schema_input_type=PathInput),
        option(OUTPUT, "Folder of the trainings."),
    ] = Path("autoclue-runs/reproduce")

    @model_validator(mode="after")
    def _some_task(self) -> ReproduceArguments:
        if bool(self.tasks) == self.all_tasks:
            raise ValueError("Give the tasks to reproduce (--task csl,tnews), or --all")
        return self


class SuiteLocationKeywords(TypedDict, total=False):
    """``SuiteLocation`` as keywords of a function."""

    suite: str | None
    folder: PathInput


class GridKeywords(ResourceKeywords, SuiteLocationKeywords, total=False):
    """``GridArguments`` as keywords of a function."""

    models: PathInput | Sequence[PathInput]
    tasks: str | Sequence[str]
    data: PathInput
    builtin_size: str | int | None
    shard: str | None
    scheduler: ChoiceInput
    max_steps: int | None
    cards_per_trial: int
    save_best: bool
    save_all: bool
    retry_failed: bool
    artifacts: PathInput | None


class SuiteKeywords(ResourceKeywords, SuiteLocationKeywords, total=False):
    """``SuiteArguments`` as keywords of a function."""

    model: PathInput
    tasks: str | Sequence[str]
    search: ChoiceInput
    data: PathInput
    builtin_size: str | int | None
    trials: int | None
    scheduler: ChoiceInput | None
    max_steps: int | None
    cards_per_trial: int
    submit: PathInput | None
    retry_failed: bool
    artifacts: PathInput | None


class ImportKeywords(SuiteLocationKeywords, total=False):
    """``ImportArguments`` as keywords of a function."""

    logs: PathInput


class ExtractKeywords(TypedDict, total=False):
    """``ExtractArguments`` as keywords of a function."""

    suites: PathInput | Sequence[PathInput]
    folder: PathInput
    as_published: bool


class ReproduceKeywords(TypedDict, total=False):
    """``ReproduceArguments`` as keywords of a function."""

    model: PathInput
    tasks: str | Sequence[str]
    all_tasks: bool
    document: str | None
    data: PathInput
    builtin_size: str | int | None
    seeds: int
    max_steps: int | None
    device: str
    out: PathInput
