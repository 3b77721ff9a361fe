"""Read columns that are stored as such: Parquet, and folders of Hugging Face ``datasets``."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autoclue.errors import DataError
from autoclue.tasks.formats.content import read_content
from autoclue.tasks.formats.table import Layout, Table

if TYPE_CHECKING:
    import pyarrow as pa

STATE_FILE: Final = "state.json"
"""What ``datasets.save_to_disk`` writes beside a split's Arrow files."""
SPLITS_FILE: Final = "dataset_dict.json"
"""What it writes above several splits."""
METADATA: Final = b"huggingface"
"""Key of a schema's metadata under which ``datasets`` describes the columns."""


def read_parquet(path: Path, layout: Layout) -> Table:
    """Read a Parquet file.

    Raises:
        DataError: It can't be read.
    """
    import pyarrow as pa  # here, because it takes long to import
    import pyarrow.parquet as pq

    try:
        return _table(path, pq.read_table(io.BytesIO(read_content(path))))
    except pa.ArrowException as error:
        raise DataError(f"{path} is no Parquet file that can be read: {_short(error)}.") from error


def read_datasets(path: Path, layout: Layout) -> Table:
    """Read the folder of a split that ``datasets.save_to_disk`` wrote.

    Raises:
        DataError: It is no such folder, or one of its files can't be read.
    """
    import pyarrow as pa  # here, because it takes long to import

    try:
        parts = [_arrow(path / name) for name in arrow_names(path)]
        return _table(path, pa.concat_tables(parts))
    except pa.ArrowException as error:
        raise DataError(f"{path} can't be read: {_short(error)}.") from error


def arrow_names(folder: Path) -> list[str]:
    """List the Arrow files of a split's folder, in their order.

    Raises:
        DataError: It is no folder of one split.
    """
    if (folder / SPLITS_FILE).is_file():
        splits = ", ".join(sorted(each.parent.name for each in folder.glob(f"*/{STATE_FILE}")))
        raise DataError(
            f"{folder} holds several splits ({splits}); name them one by one under files, as in "
            f"train: {folder.name}/train."
        )
    try:
        state = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))
        names = [str(each["filename"]) for each in state["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{folder} is no folder that datasets.save_to_disk wrote: its {STATE_FILE} can't be "
            f"read ({error})."
        ) from error
    if any(Path(name).name != name for name in names):
        raise DataError(f"{folder / STATE_FILE} names a file outside its folder.")
    return names


def _arrow(path: Path) -> pa.Table:
    import pyarrow as pa

    try:
        with path.open("rb") as file:
            return pa.ipc.open_stream(file).read_all()
    except OSError as error:
        raise DataError(f"Can't read {path}: {error.strerror or error}.") from error


def _table(path: Path, found: pa.Table) -> Table:
    names = tuple(found.column_names)
    return Table(path, found.to_pylist(), columns=names, names=_class_names(found.schema.metadata))


def _class_names(metadata: dict[bytes, bytes] | None) -> dict[str, tuple[str, ...]]:
    """Return what a schema calls the values of its columns, by column."""
    try:
        described = json.loads((metadata or {})[METADATA])["info"]["features"]
    except (KeyError, ValueError, TypeError):
        return {}  # it says nothing about them
    return {
        name: tuple(map(str, feature["names"]))
        for name, feature in described.items()
        if isinstance(feature, dict) and isinstance(feature.get("names"), list)
    }


def _short(error: Any) -> str:
    return " ".join(str(error).split())[:200]
