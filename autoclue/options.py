"""Every option once: its type, bounds, default and the sentence that explains it.

The command line's parameters, the keywords of the functions, the keys of a run file and their
checks all come from the models here. A new option is one field of a model and one key of the
keywords below it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from autoclue.option_fields import (
    BUDGET,
    DEVICES,
    OUTPUT,
    PROTOCOL_NAMES,
    SEARCH,
    WHAT,
    Options,
    PathInput,
    as_path,
    as_text,
    every_as_text,
    every_settings,
    one_card,
    one_protocol,
    option,
    rows_as_text,
    seconds,
)
from autoclue.registry import ChoiceInput, as_choice
from autoclue.space import Scalar, SettingsInput, read_settings

_FOLDER = BeforeValidator(as_path, json_schema_input_type=PathInput)
_NAME = BeforeValidator(as_text, json_schema_input_type=PathInput)
_SETTINGS = BeforeValidator(read_settings, json_schema_input_type=SettingsInput)
_CHOICE = BeforeValidator(as_choice, json_schema_input_type=ChoiceInput)
_ROWS = BeforeValidator(rows_as_text, json_schema_input_type=str | int)
_SCHEDULERS = "adaptive, asha, median, hyperband"
_CONFIRM = "Train so many of the best, and the baseline, again with other seeds."
_SEEDS = "Training seeds for each configuration that is confirmed; default: 5."

DEFAULT_MODEL: Final = "ernie-3.0-base-zh"
DEFAULT_DATA: Final = "download"
DEFAULT_PROTOCOL: Final = PROTOCOL_NAMES[0]
DEFAULT_FOLDER: Final = Path("autoclue-studies")
DEFAULT_TRIALS: Final = 32
DEFAULT_CONFIRM: Final = 3
DEFAULT_SEEDS: Final = 5

Task: TypeAlias = Annotated[
    str, _NAME, option(WHAT, "A task ('autoclue ls tasks') or a task file of yours.")
]
Model: TypeAlias = Annotated[
    str,
    _NAME,
    option(WHAT, "PaddleNLP hub name ('autoclue ls models'), model folder, or 'builtin'."),
]
KeepHead: TypeAlias = Annotated[
    bool, option(WHAT, "Keep the head of a model folder that was fine-tuned for these labels.")
]
Data: TypeAlias = Annotated[
    str, _NAME, option(WHAT, "Folder in the publisher's files, 'download', or 'builtin'.")
]
BuiltinSize: TypeAlias = Annotated[
    str | None,
    BeforeValidator(rows_as_text, json_schema_input_type=str | int | None),
    option(WHAT, "With --data builtin: tiny, small, medium, or rows to train on; default: small."),
]
Strategy: TypeAlias = Annotated[
    str, _CHOICE, option(WHAT, "How rates differ by layer ('autoclue ls strategies').")
]
MaxSteps: TypeAlias = Annotated[
    int | None, option(BUDGET, "Steps of each trial, instead of the recipe's epochs.", ge=1)
]
EvalEvery: TypeAlias = Annotated[
    str | None,
    BeforeValidator(every_as_text, json_schema_input_type=str | int | float | None),
    option(BUDGET, "Steps between evaluations, or epochs such as 0.25; default: the recipe's."),
]
Holdout: TypeAlias = Annotated[
    float,
    option(
        SEARCH,
        "Share of the development set that chooses nothing and is reported beside the rest.",
        ge=0,
        lt=1,
        allow_inf_nan=False,
    ),
]
Protocol: TypeAlias = Annotated[
    str,
    AfterValidator(one_protocol),
    option(WHAT, "clue repeats the published recipe to the letter; sound mends its defects."),
]
Folder: TypeAlias = Annotated[Path, _FOLDER, option(OUTPUT, "Folder of all studies.")]


FollowStorage: TypeAlias = Annotated[
    bool,
    option(OUTPUT, "Read ledgers outside of their study's folder too, where its study.json says."),
]


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
        _SETTINGS,
        option(
            WHAT,
            "Change the space, e.g. learning_rate=1e-5..5e-5:log or batch_size=16,32.",
            flag="--set",
            metavar="NAME=RANGE",
        ),
    ] = Field(default_factory=dict)
    baseline: Annotated[
        Mapping[str, object],
        _SETTINGS,
        option(
            WHAT,
            "Change the configuration to compare with, e.g. learning_rate=1e-4.",
            metavar="NAME=VALUE",
        ),
    ] = Field(default_factory=dict)
    sampler: Annotated[
        str, _CHOICE, option(SEARCH, "tpe, random, cmaes, gp or grid ('autoclue ls samplers').")
    ] = "tpe"
    scheduler: Annotated[
        str, _CHOICE, option(SEARCH, f"{_SCHEDULERS} or none ('autoclue ls schedulers').")
    ] = "adaptive"
    seed: Annotated[int, option(SEARCH, "Root seed of the search.", ge=0)] = 0
    holdout: Holdout = 0.0
    max_steps: MaxSteps = None
    eval_every: EvalEvery = None

    @property
    def common(self) -> dict[str, Scalar]:
        """Settings that all trials of a search share, beside the recipe's."""
        names = {"protocol", "max_steps", "holdout", "keep_head"}
        given = self.model_dump(include=names, exclude_defaults=True)
        return {**every_settings(self.eval_every), **given}


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
    extend: Annotated[
        int | None, option(BUDGET, "Trials to add to a study that has all of its own.", ge=1)
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
        return self


class ResourceOptions(Options):
    """What trials run on."""

    parallel: Annotated[
        int | None, option(DEVICES, "Trials at once; default: fill the devices.", ge=1)
    ] = None
    gpus_per_trial: Annotated[
        float | None,
        option(
            DEVICES,
            "1, a fraction of a GPU such as 0.5, or 0 for the CPU; default: 1 where there is one.",
            ge=0,
            allow_inf_nan=False,
        ),
        AfterValidator(one_card),
    ] = None
    address: Annotated[
        str | None,
        option(DEVICES, "A running Ray cluster, e.g. auto or HOST:6379; default: this machine."),
    ] = None


class ConfirmationOptions(Options):
    """How much is trained again after a search; ``None`` for nothing."""

    confirm: Annotated[int | None, option(SEARCH, _CONFIRM, ge=1)] = None
    seeds: Annotated[int | None, option(SEARCH, _SEEDS, ge=2)] = None

    @model_validator(mode="after")
    def _seeds_of_something(self) -> ConfirmationOptions:
        if self.confirm is None and self.seeds is not None:
            raise ValueError(
                f"seeds is {self.seeds}, but nothing is to be confirmed; give the number of "
                "configurations to train again too (--confirm 3), or --seed for the seed of the "
                "search"
            )
        return self


class LocationOptions(Options):
    """Where a study is kept."""

    study: Annotated[
        str | None, option(OUTPUT, "Name of the study; default: by the question.")
    ] = None
    folder: Folder = DEFAULT_FOLDER
    storage: Annotated[
        str | None, option(OUTPUT, "Database URL for the ledger; default: SQLite in the study.")
    ] = None


class ExistingStudy(Options):
    """A study that is there already."""

    study: Annotated[
        str,
        _NAME,
        option(
            WHAT,
            "Name of the study, the beginning of it, or its folder ('autoclue ls studies').",
            is_argument=True,
        ),
    ]
    folder: Folder = DEFAULT_FOLDER


class StudyToRead(ExistingStudy):
    """A study that is only read."""

    follow_storage: FollowStorage = False


class StudiesFolder(Options):
    """Where studies are kept."""

    folder: Folder = DEFAULT_FOLDER
    follow_storage: FollowStorage = False


class DataSource(Options):
    """Where text comes from."""

    data: Data = DEFAULT_DATA


class WriteArguments(Options):
    """What ``data write`` takes."""

    task: Task
    out: Annotated[
        Path,
        _FOLDER,
        option(OUTPUT, "Folder; the files go into a folder of the task in it."),
    ]
    builtin_size: Annotated[
        str, _ROWS, option(WHAT, "tiny, small, medium, or rows to train on.")
    ] = "small"
    force: Annotated[bool, option(OUTPUT, "Replace files that hold something else.")] = False


class TuneArguments(Options):
    """What ``tune`` takes."""

    spec: StudySpec
    limits: Limits
    resources: ResourceOptions
    confirmation: ConfirmationOptions
    location: LocationOptions


class ResumeArguments(Options):
    """What ``resume`` takes."""

    existing: ExistingStudy
    limits: Limits
    resources: ResourceOptions


class ConfirmArguments(Options):
    """What ``confirm`` takes."""

    existing: ExistingStudy
    confirm: Annotated[int, option(SEARCH, _CONFIRM, ge=1)] = DEFAULT_CONFIRM
    seeds: Annotated[int, option(SEARCH, _SEEDS, ge=2)] = DEFAULT_SEEDS
    resources: ResourceOptions


class ReplayArguments(Options):
    """What ``replay`` takes."""

    existing: StudyToRead
    scheduler: Annotated[str, _CHOICE, option(SEARCH, f"{_SCHEDULERS}, none, or all.")] = "all"
    parallel: Annotated[int, option(SEARCH, "Trials at once on the simulated clock.", ge=1)] = 1
