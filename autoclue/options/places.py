"""Where studies and text are."""

from __future__ import annotations

from typing import Annotated, TypedDict

from pydantic import BeforeValidator

from autoclue.option_fields import OUTPUT, WHAT, Options, PathInput, log_kinds, option
from autoclue.options.shared import (
    DEFAULT_DATA,
    DEFAULT_FOLDER,
    NAME,
    Artifacts,
    Data,
    Folder,
    FollowStorage,
    Predict,
)


class LocationOptions(Options):
    """Where a study is kept, and whether it ends with predictions."""

    predict: Predict = False
    study: Annotated[
        str | None, option(OUTPUT, "Name of the study; default: by the question.")
    ] = None
    folder: Folder = DEFAULT_FOLDER
    storage: Annotated[
        str | None, option(OUTPUT, "Database URL for the ledger; default: SQLite in the study.")
    ] = None
    artifacts: Artifacts = None


class LocationKeywords(TypedDict, total=False):
    """``LocationOptions`` as keywords of a function."""

    predict: bool
    study: str | None
    folder: PathInput
    storage: str | None
    artifacts: PathInput | None


class ExistingStudy(Options):
    """A study that is there already."""

    study: Annotated[
        str,
        NAME,
        option(
            WHAT,
            "Name of the study, the beginning of it, or its folder ('autoclue ls studies').",
            is_argument=True,
        ),
    ]
    folder: Folder = DEFAULT_FOLDER


class MonitorOptions(Options):
    """What is written of a search while it runs."""

    log: Annotated[
        str | None,
        BeforeValidator(log_kinds, json_schema_input_type=str | None),
        option(
            OUTPUT,
            "tensorboard, visualdl, or both with a comma: scalars of trials, in the study's "
            "folder.",
        ),
    ] = None
    live: Annotated[
        bool,
        option(OUTPUT, "Write the report again and again meanwhile; the page reloads itself."),
    ] = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """Names of the tools for which scalars are written."""
        return () if self.log is None else tuple(self.log.split(","))


class MonitorKeywords(TypedDict, total=False):
    """``MonitorOptions`` as keywords of a function."""

    log: str | None
    live: bool


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
