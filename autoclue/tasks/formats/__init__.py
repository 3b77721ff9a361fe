"""Cut data files of every form into rows of named fields."""

from autoclue.tasks.formats.bounded import CHUNK_BYTES, CountedStream, UnpackBudget
from autoclue.tasks.formats.content import (
    UTF8,
    decode_file,
    file_suffix,
    guess_encoding,
    is_there,
    known_encoding,
    read_content,
    split_member,
    stored_files,
)
from autoclue.tasks.formats.registry import FILE_FORMATS, FileFormat, read_table
from autoclue.tasks.formats.rows import (
    Row,
    RowProblem,
    json_row,
    kind_of,
    read_lines,
    tsv_cutter,
)
from autoclue.tasks.formats.table import Layout, Table

__all__ = [
    "CHUNK_BYTES",
    "FILE_FORMATS",
    "UTF8",
    "CountedStream",
    "FileFormat",
    "Layout",
    "Row",
    "RowProblem",
    "Table",
    "UnpackBudget",
    "decode_file",
    "file_suffix",
    "guess_encoding",
    "is_there",
    "json_row",
    "kind_of",
    "known_encoding",
    "read_content",
    "read_lines",
    "read_table",
    "split_member",
    "stored_files",
    "tsv_cutter",
]
