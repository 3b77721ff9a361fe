"""Read columns that are stored as such: Parquet, and folders of Hugging Face ``datasets``."""

from __future__ import annotations

import contextlib
import io
import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autoclue.errors import DataError
from autoclue.outside import read_text
from autoclue.tasks.formats.bounded import UnpackBudget
from autoclue.tasks.formats.content import read_content
from autoclue.tasks.formats.table import Layout, Table

if TYPE_CHECKING:
    import pyarrow as pa

BATCH_ROWS: Final = 512
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

    data = read_content(path)
    budget = _budget(path, len(data))
    try:
        described = pq.ParquetFile(io.BytesIO(data))
        texts = _text_columns(described.metadata)
        _hold(_budget(path, len(data)), described.metadata)
        # Texts that repeat are stored once, and stay so until they are counted.
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts)
        return _table(path, file.schema_arrow, file.iter_batches(BATCH_ROWS), budget)
    except pa.ArrowException as error:
        raise DataError(f"{path} is no Parquet file that can be read: {_short(error)}.") from error


def read_datasets(path: Path, layout: Layout) -> Table:
    """Read the folder of a split that ``datasets.save_to_disk`` wrote.

    Raises:
        DataError: It is no such folder, or one of its files can't be read.
    """
    import pyarrow as pa  # here, because it takes long to import

    files = [path / name for name in arrow_names(path)]
    try:
        with contextlib.ExitStack() as stack:
            streams = [_arrow(each, stack) for each in files]
            batches = (batch for stream in streams for batch in stream)
            budget = _budget(path, sum(each.stat().st_size for each in files))
            return _table(path, streams[0].schema, batches, budget)
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
        state = json.loads(read_text(folder / STATE_FILE))
        names = [str(each["filename"]) for each in state["_data_files"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            f"{folder} is no folder that datasets.save_to_disk wrote: its {STATE_FILE} can't be "
            f"read ({error})."
        ) from error
    if any(Path(name).name != name for name in names):
        raise DataError(f"{folder / STATE_FILE} names a file outside its folder.")
    return names


def _arrow(path: Path, stack: contextlib.ExitStack) -> Any:
    import pyarrow as pa

    try:
        return pa.ipc.open_stream(stack.enter_context(path.open("rb")))
    except OSError as error:
        raise DataError(f"Can't read {path}: {error.strerror or error}.") from error


def _budget(path: Path, size: int) -> UnpackBudget:
    return UnpackBudget(path, size=size, advice="Write the rows that you need as JSON lines.")


def _text_columns(metadata: Any) -> list[str]:
    """List the columns that hold texts, by their paths, those within lists and objects too."""
    columns = (metadata.schema.column(place) for place in range(metadata.num_columns))
    return [each.path for each in columns if each.physical_type == "BYTE_ARRAY"]


def _hold(budget: UnpackBudget, metadata: Any) -> None:
    """Count the cells that a Parquet file says it has; those that repeat weigh next to nothing.

    What it says of its parts isn't asked: pyarrow aborts the process where one is damaged.

    Raises:
        DataError: They are too many.
    """
    budget.hold(max(0, metadata.num_rows) * max(1, metadata.num_columns))


def _table(path: Path, schema: Any, batches: Iterable[Any], budget: UnpackBudget) -> Table:
    """Take rows batch by batch, as long as the budget pays for what they stand for.

    Raises:
        DataError: They are too many or too large.
    """
    rows: list[Any] = []
    for batch in batches:
        budget.hold(batch.num_rows * batch.num_columns)
        budget.spend(sum(map(_decoded_bytes, batch.columns)))
        rows += batch.to_pylist()
    names = tuple(schema.names)
    return Table(path, rows, columns=names, names=_class_names(schema.metadata))


def _decoded_bytes(column: pa.Array) -> int:
    """Return how many bytes a column has once what repeats is written out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_run_end_encoded(kind):
        ends = [0, *column.run_ends.to_pylist()]
        runs = max((b - a for a, b in itertools.pairwise(ends)), default=0)
        return int(_decoded_bytes(column.values) * max(runs, 1))
    if pa.types.is_dictionary(kind):
        if not (pa.types.is_string(kind.value_type) or pa.types.is_binary(kind.value_type)):
            return int(_decoded_bytes(column.dictionary) * max(len(column), 1))
        lengths = pc.binary_length(column.dictionary).take(column.indices)
        return int(pc.sum(lengths).as_py() or 0)
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _decoded_bytes(column.flatten())
    if pa.types.is_struct(kind):
        return sum(map(_decoded_bytes, column.flatten()))
    return int(column.nbytes)


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
