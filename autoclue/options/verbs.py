"""What each command takes: the groups of options that belong to it, and its own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypedDict

from autoclue.option_fields import BUDGET, OUTPUT, SEARCH, WHAT, Options, PathInput, option
from autoclue.options.effort import (
    ConfirmationKeywords,
    ConfirmationOptions,
    LimitKeywords,
    Limits,
    ResourceKeywords,
    ResourceOptions,
)
from autoclue.options.places import (
    ExistingStudy,
    LocationKeywords,
    LocationOptions,
    MonitorKeywords,
    MonitorOptions,
    StudyToRead,
)
from autoclue.options.shared import (
    CHOICE,
    COLUMN,
    CONFIRM,
    DEFAULT_CONFIRM,
    DEFAULT_DATA,
    DEFAULT_SEEDS,
    FOLDER,
    NAME,
    ROWS,
    SCHEDULERS,
    SEEDS,
    BuiltinSize,
    Data,
    Task,
)
from autoclue.options.study import StudyKeywords, StudySpec
from autoclue.registry import ChoiceInput


class TuneArguments(Options):
    """What ``tune`` takes."""

    spec: StudySpec
    limits: Limits
    resources: ResourceOptions
    confirmation: ConfirmationOptions
    location: LocationOptions
    monitor: MonitorOptions


class TuneKeywords(
    StudyKeywords,
    LimitKeywords,
    ResourceKeywords,
    ConfirmationKeywords,
    LocationKeywords,
    MonitorKeywords,
):
    """``TuneArguments`` as keywords of a function."""


class ResumeArguments(Options):
    """What ``resume`` takes."""

    existing: ExistingStudy
    limits: Limits
    retry_failed: Annotated[
        bool, option(BUDGET, "First ask again for the trials that failed.")
    ] = False
    from_backup: Annotated[
        bool, option(OUTPUT, "Go on from the copy of a damaged or missing ledger.")
    ] = False
    storage: Annotated[
        str | None,
        option(
            OUTPUT,
            "Database URL of a study with --artifacts whose folder isn't on this machine.",
        ),
    ] = None
    resources: ResourceOptions
    monitor: MonitorOptions


class ResumeKeywords(LimitKeywords, ResourceKeywords, MonitorKeywords, total=False):
    """``ResumeArguments`` as keywords of a function; the study comes first there."""

    retry_failed: bool
    from_backup: bool
    storage: str | None
    folder: PathInput


class ConfirmArguments(Options):
    """What ``confirm`` takes."""

    existing: ExistingStudy
    confirm: Annotated[int, option(SEARCH, CONFIRM, ge=1)] = DEFAULT_CONFIRM
    seeds: Annotated[int, option(SEARCH, SEEDS, ge=2)] = DEFAULT_SEEDS
    resources: ResourceOptions


class ConfirmKeywords(ResourceKeywords, total=False):
    """``ConfirmArguments`` as keywords of a function; the study comes first there."""

    confirm: int
    seeds: int
    folder: PathInput


class ReportArguments(Options):
    """What ``report`` takes."""

    existing: StudyToRead
    figures: Annotated[
        str | None,
        COLUMN,
        option(
            OUTPUT,
            "Folder for every figure as SVG and large PNG (extra 'figures', and Chromium).",
        ),
    ] = None


class ReportKeywords(TypedDict, total=False):
    """``ReportArguments`` as keywords of a function; the study comes first there."""

    folder: PathInput
    follow_storage: bool
    figures: PathInput | None


class DashboardArguments(Options):
    """What ``dashboard`` takes."""

    existing: StudyToRead
    port: Annotated[
        int, option(OUTPUT, "Port on this machine; 0 takes a free one.", ge=0, lt=65536)
    ] = 8080


class ReplayArguments(Options):
    """What ``replay`` takes."""

    existing: StudyToRead
    scheduler: Annotated[str, CHOICE, option(SEARCH, f"{SCHEDULERS}, none, or all.")] = "all"
    parallel: Annotated[int, option(SEARCH, "Trials at once on the simulated clock.", ge=1)] = 1


class ReplayKeywords(TypedDict, total=False):
    """``ReplayArguments`` as keywords of a function; the study comes first there."""

    scheduler: ChoiceInput
    parallel: int
    folder: PathInput
    follow_storage: bool


class WriteArguments(Options):
    """What ``data write`` takes."""

    task: Task
    out: Annotated[
        Path,
        FOLDER,
        option(OUTPUT, "Folder; the files go into a folder of the task in it."),
    ]
    builtin_size: Annotated[
        str, ROWS, option(WHAT, "tiny, small, medium, or rows to train on.")
    ] = "small"
    force: Annotated[bool, option(OUTPUT, "Replace files that hold something else.")] = False


class CheckArguments(Options):
    """What ``data check`` takes."""

    task: Task
    data: Data = DEFAULT_DATA
    builtin_size: BuiltinSize = None
    model: Annotated[
        str | None,
        COLUMN,
        option(WHAT, "Look with the eyes of this model too: tokens, unknown ones, rows cut."),
    ] = None


class NewTaskArguments(Options):
    """What ``task new`` takes."""

    data: Annotated[
        str, NAME, option(WHAT, "A file, or a folder with train, dev and test.", is_argument=True)
    ]
    text: Annotated[str | None, COLUMN, option(WHAT, "Column of the text.")] = None
    text_pair: Annotated[str | None, COLUMN, option(WHAT, "Column of the second text.")] = None
    label: Annotated[str | None, COLUMN, option(WHAT, "Column of the label.")] = None
    out: Annotated[
        str | None, COLUMN, option(OUTPUT, "The task's file; default: beside the data.")
    ] = None
    force: Annotated[bool, option(OUTPUT, "Replace a file that is there.")] = False
