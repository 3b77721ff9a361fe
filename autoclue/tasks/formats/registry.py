"""Every form of file that a task of texts can name; a new one is a function and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from autoclue.errors import DataError, one_door
from autoclue.tasks.formats.columns import read_datasets, read_parquet
from autoclue.tasks.formats.delimited import read_csv, read_tsv
from autoclue.tasks.formats.json_files import read_json_array, read_jsonl
from autoclue.tasks.formats.sheets import read_excel
from autoclue.tasks.formats.table import Layout, Table

TABULAR_KEYS: Final = frozenset({"header", "columns", "delimiter", "skip_lines"})


@dataclass(frozen=True, slots=True)
class FileFormat:
    """One format of data files.

    Attributes:
        read: Reads a file; raises ``DataError``.
        keys: The keys of a task's file that are for this form alone.
        needs_columns: Whether the task's file says where the columns' names are; the other forms
            have a header unless it names the columns, or bring the names with each row.
        nested: Whether a field can hold more than a text or a number.
        suffixes: Endings of file names by which the form is recognized.
    """

    read: Callable[[Path, Layout], Table]
    keys: frozenset[str] = frozenset()
    needs_columns: bool = False
    nested: bool = True
    suffixes: tuple[str, ...] = ()


_ENCODING: Final = frozenset({"encoding"})

FILE_FORMATS: Final[Mapping[str, FileFormat]] = MappingProxyType(
    {
        "jsonl": FileFormat(read_jsonl, _ENCODING, suffixes=(".jsonl", ".ndjson", ".json")),
        "json": FileFormat(read_json_array, _ENCODING, suffixes=(".json",)),
        "tsv": FileFormat(
            read_tsv,
            TABULAR_KEYS | _ENCODING,
            needs_columns=True,
            nested=False,
            suffixes=(".tsv", ".txt"),
        ),
        "csv": FileFormat(read_csv, TABULAR_KEYS | _ENCODING, nested=False, suffixes=(".csv",)),
        "excel": FileFormat(
            read_excel,
            frozenset({"header", "columns", "skip_lines", "sheet"}),
            nested=False,
            suffixes=(".xlsx", ".xlsm"),
        ),
        "parquet": FileFormat(read_parquet, suffixes=(".parquet", ".pq")),
        "datasets": FileFormat(read_datasets),
    }
)
"""Forms by the name that task files give them."""


def read_table(path: Path, layout: Layout) -> Table:
    """Read a file in the form that its layout names.

    Raises:
        DataError: It can't be read in this form.
        MissingDependencyError: A package that the form needs isn't installed.
    """
    with one_door(lambda why: DataError(f"{path} can't be read as {layout.format}: {why}.")):
        return FILE_FORMATS[layout.format].read(path, layout)
