"""Where studies and text are."""

from __future__ import annotations

from typing import Annotated, TypedDict

from autoclue.option_fields import OUTPUT, WHAT, Options, PathInput, option
from autoclue.options.shared import DEFAULT_DATA, DEFAULT_FOLDER, NAME, Data, Folder


class LocationOptions(Options):
    """Where a study is kept."""

    study: Annotated[
        str | None, option(OUTPUT, "Name of the study; default: by the question.")
    ] = None
    folder: Folder = DEFAULT_FOLDER
    storage: Annotated[
        str | None, option(OUTPUT, "Database URL for the ledger; default: SQLite in the study.")
    ] = None


class LocationKeywords(TypedDict, total=False):
    """``LocationOptions`` as keywords of a function."""

    study: str | None
    folder: PathInput
    storage: str | None


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


class StudiesFolder(Options):
    """Where studies are kept."""

    folder: Folder = DEFAULT_FOLDER


class DataSource(Options):
    """Where text comes from."""

    data: Data = DEFAULT_DATA
