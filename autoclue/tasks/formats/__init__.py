"""Cut the publishers' files into rows of named fields."""

from autoclue.tasks.formats.rows import (
    Row,
    RowProblem,
    json_row,
    kind_of,
    read_lines,
    tsv_cutter,
)

__all__ = [
    "Row",
    "RowProblem",
    "json_row",
    "kind_of",
    "read_lines",
    "tsv_cutter",
]
