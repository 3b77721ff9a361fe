"""Guess how a file is cut: its format, encoding, delimiter, and whether it has a header."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from autoclue.errors import DataError, UsageError
from autoclue.tasks.formats import (
    FILE_FORMATS,
    UTF8,
    Layout,
    RowProblem,
    Table,
    decode_file,
    file_suffix,
    guess_encoding,
    read_content,
    read_table,
)

SAMPLE_LINES: Final = 200
SAMPLE_ROWS: Final = 20_000
DELIMITERS: Final = ("\t", "_!_", "|||", "||", "###", "@@", ",", ";", "|")
"""Tried in this order; the one that cuts most lines into equally many columns wins."""

KNOWN_NAMES: Final = frozenset(
    (
        *("id", "idx", "index", "guid", "qid", "text", "sentence", "sentence1", "sentence2"),
        *("text_a", "text_b", "label", "labels", "label_desc", "class", "category", "cat"),
        *("review", "content", "title", "query", "question", "question1", "question2", "q1"),
        *("q2", "s1", "s2", "answer", "target", "sentiment", "polarity", "stars", "star"),
        *("score", "tag", "tags", "comment", "premise", "hypothesis", "keyword", "keywords"),
        *("abst", "abstract", "标签", "类别", "文本", "内容", "评论", "标题", "情感", "评价"),
    )
)
"""Words by which a header is recognized."""
LONGEST_NAME: Final = 30


@dataclass(frozen=True, slots=True)
class Draft:
    """What was found out about how a file is cut, and rows of it.

    Attributes:
        keys: Keys of the task's file, by name, as far as they are needed.
        why: A few words for each of them.
        columns: The columns' names, in order.
        rows: Its first rows by column, those that can be read.
        names: What the file itself calls the values of a column.
    """

    keys: Mapping[str, object]
    why: Mapping[str, str]
    columns: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def guess_layout(path: Path, *others: Path) -> Draft:
    """Find out how a file is cut.

    Args:
        path: The file of the training rows.
        *others: Those of the other parts, which may be in another encoding.

    Raises:
        UsageError: It can't be read, or no rows of named fields can be made of it.
    """
    suffix = file_suffix(path)
    if path.is_dir():
        return _drafted(path, {"format": "datasets"}, {"format": "Hugging Face's save_to_disk"})
    for name in ("parquet", "excel"):
        if suffix in FILE_FORMATS[name].suffixes:
            return _drafted(path, {"format": name}, {"format": f"its name ends in {suffix}"})
    encoding = guess_encoding(read_content(path))
    if encoding is None:
        raise UsageError(f"{path} is neither UTF-8 nor GB18030 nor UTF-16; save it as UTF-8.")
    text = decode_file(path, encoding)
    keys, why = _text_keys(path, text)
    found = (encoding, *(guess_encoding(read_content(other)) for other in others))
    foreign = next((each for each in found if each not in (UTF8, None)), None)
    if foreign is not None:
        keys["encoding"], why["encoding"] = foreign, "not every file is UTF-8, and this fits"
    return _drafted(path, keys, why)


def _text_keys(path: Path, text: str) -> tuple[dict[str, object], dict[str, str]]:
    """Guess the format of a text file, and what belongs to it."""
    start = text.lstrip()[:1]
    if start == "[" and _is_json(text):
        return {"format": "json"}, {"format": "one JSON array"}
    lines = [line for line in text.split("\n")[:SAMPLE_LINES] if line.strip()]
    if start == "{" and lines and _is_json(lines[0]):
        return {"format": "jsonl"}, {"format": "one JSON object a line"}
    if start == "{" and _is_json(text):
        return {"format": "json"}, {"format": "one JSON document"}
    return _column_keys(path, lines)


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _column_keys(path: Path, lines: Sequence[str]) -> tuple[dict[str, object], dict[str, str]]:
    """Guess what cuts the lines of a file into columns, and whether the first one names them."""
    best = max(DELIMITERS, key=lambda each: _evenness(lines, each))
    if _evenness(lines, best) < 0.5:
        raise UsageError(
            f"The lines of {path} can't be cut into columns: none of "
            f"{', '.join(map(repr, DELIMITERS))} stands in each of them; write the task's file by "
            "hand, with delimiter."
        )
    quoted = best in (",", ";", "|")
    keys: dict[str, object] = {"format": "csv" if quoted else "tsv"}
    why = {"format": "columns, in quotes where needed" if quoted else "columns without quotes"}
    if best not in ("\t", ","):
        keys["delimiter"], why["delimiter"] = best, "it cuts every line into equally many columns"
    rows = list(_cut(lines, best))
    if _has_header(rows):
        keys["header"], why["header"] = True, "the first line names the columns"
    else:
        names = [f"column{number}" for number in range(1, len(rows[0]) + 1)]
        keys["columns"], why["columns"] = names, "no header; call them what you like"
    return keys, why


def _cut(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    if len(delimiter) == 1 and delimiter != "\t":
        yield from csv.reader(io.StringIO("\n".join(lines), newline=""), delimiter=delimiter)
    else:
        yield from (line.rstrip("\r").split(delimiter) for line in lines)


def _evenness(lines: Sequence[str], delimiter: str) -> float:
    """Return the share of lines with as many columns as most have; 0 for one column."""
    try:
        counts = Counter(len(cells) for cells in _cut(lines, delimiter) if cells)
    except csv.Error:
        return 0.0
    if not counts:
        return 0.0
    columns, rows = counts.most_common(1)[0]
    return rows / sum(counts.values()) if columns > 1 else 0.0


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first row names the columns rather than holding a row's values."""
    first, rest = [cell.strip().lower() for cell in rows[0]], rows[1:]
    if any(not cell or len(cell) > LONGEST_NAME or cell.isdigit() for cell in first):
        return False
    if len(set(first)) < len(first):
        return False
    if sum(cell in KNOWN_NAMES for cell in first) * 2 >= len(first):
        return True
    columns = list(zip(*(row for row in rest if len(row) == len(first)), strict=True))
    numbers = [bool(cells) and all(cell.strip().isdigit() for cell in cells) for cells in columns]
    return any(numbers)


def _drafted(path: Path, keys: Mapping[str, object], why: Mapping[str, str]) -> Draft:
    """Read rows of a file with the keys that were guessed."""
    columns = keys.get("columns")
    layout = Layout(
        format=str(keys["format"]),
        encoding=str(keys.get("encoding", UTF8)),
        columns=tuple(map(str, columns)) if isinstance(columns, list) else None,
        delimiter=None if "delimiter" not in keys else str(keys["delimiter"]),
    )
    table = read_table(path, layout)
    rows = list(_readable(table))
    if not rows:
        raise DataError(f"{path} holds no row that can be read as {keys['format']}.")
    names = table.columns or tuple(dict.fromkeys(name for row in rows for name in row))
    return Draft(keys, why, names, rows, table.names or {})


def _readable(table: Table) -> Iterator[Mapping[str, Any]]:
    for row in table.rows[:SAMPLE_ROWS]:
        try:
            yield table.cut(row)
        except RowProblem:
            continue  # data check lists them
