"""The options of what reads or writes data alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator

from autoclue.option_fields import (
    OUTPUT,
    WHAT,
    Options,
    PathInput,
    as_path,
    option,
    rows_as_text,
)
from autoclue.options import DEFAULT_DATA, Data, Task


class DataSource(Options):
    """Where text comes from."""

    data: Data = DEFAULT_DATA


class WriteArguments(Options):
    """What ``data write`` takes."""

    task: Task
    out: Annotated[
        Path,
        BeforeValidator(as_path, json_schema_input_type=PathInput),
        option(OUTPUT, "Folder; the files go into a folder of the task in it."),
    ]
    builtin_size: Annotated[
        str,
        BeforeValidator(rows_as_text, json_schema_input_type=str | int),
        option(WHAT, "tiny, small, medium, or rows to train on."),
    ] = "small"
    force: Annotated[bool, option(OUTPUT, "Replace files that hold something else.")] = False
