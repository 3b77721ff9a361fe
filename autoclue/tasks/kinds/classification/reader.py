"""Read a split of texts and labels; a row that can't be read names its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoclue.errors import DataError
from autoclue.tasks.formats import Row, RowProblem, json_row, read_lines
from autoclue.tasks.kinds.classification.inputs import field, input_builder
from autoclue.tasks.kinds.classification.labels import (
    MOST_LABELS,
    plain_label,
    sorted_labels,
    spelled_label,
)
from autoclue.tasks.kinds.classification.spec import (
    ClassificationSpec,
    MultiLabelSpec,
    TextTaskSpec,
)
from autoclue.tasks.kinds.classification.table import open_table
from autoclue.tasks.kinds.usable_rows import usable_rows
from autoclue.tasks.reading import BadRow

LISTED_LABELS = 20
"""Labels that an error message lists before it only counts them."""


@dataclass(frozen=True, slots=True)
class TextExample:
    """One row as a model reads it.

    Attributes:
        row: Number of the data row in its file, from 0; dropped rows are counted.
        id: The publisher's name for it; its number where there is none.
        text: The first text.
        text_pair: The second text, where the task has one.
        label: Index into the task's labels; ``None`` where the row has no label.
    """

    row: int
    id: str
    text: str
    text_pair: str | None
    label: int | None


@dataclass(frozen=True, slots=True)
class MultiLabelExample:
    """One row with several labels, or none.

    Attributes:
        row: Number of the data row in its file, from 0; dropped rows are counted.
        id: The publisher's name for it; its number where there is none.
        text: The first text.
        text_pair: The second text, where the task has one.
        labels: Indices into the task's labels, ascending; ``None`` where nothing is known.
    """

    row: int
    id: str
    text: str
    text_pair: str | None
    labels: tuple[int, ...] | None


def read_split(
    spec: ClassificationSpec, split: str, path: Path, *, labels: Path | None = None
) -> list[TextExample]:
    """Read one file and leave out the rows whose label the task drops in this split.

    Args:
        spec: The task.
        split: "train", "dev", "test" or another split of the task; the task says in which of them
            every row must have a label, and whether a bad row stops everything.
        path: The file.
        labels: A file with the labels of rows that carry none, as :func:`read_labels` takes it.

    Raises:
        DataError: A file can't be read, holds no rows, or a row is unreadable.
    """
    return _usable(spec, split, path, labels)


def read_multi_label(
    spec: MultiLabelSpec, split: str, path: Path, *, labels: Path | None = None
) -> list[MultiLabelExample]:
    """Read one file of rows with several labels; see :func:`read_split`.

    Raises:
        DataError: A file can't be read, holds no rows, or a row is unreadable.
    """
    return _usable(spec, split, path, labels)


def _usable(spec: TextTaskSpec, split: str, path: Path, labels: Path | None) -> list[Any]:
    examples, bad = read_rows(spec, split, path, labels=labels)
    purpose = f"{spec.name} can use for {split}"
    return usable_rows(examples, bad, spec.on_bad_row, path=path, purpose=purpose)


def read_rows(
    spec: TextTaskSpec, split: str, path: Path, *, labels: Path | None = None
) -> tuple[list[Any], list[BadRow]]:
    """Read one file, and collect the rows that can't be read; see :func:`read_split`.

    Raises:
        DataError: The file as a whole can't be read.
    """
    separate = None if labels is None else read_labels(labels)
    table = open_table(spec, split, path)
    build = input_builder(spec.input)
    required = split in spec.answered_splits or separate is not None
    label_of, make = _readers(spec, required=required)
    dropped = frozenset(spec.drop_labels.get(split, ()))
    examples: list[Any] = []
    bad: list[BadRow] = []
    for number, line in enumerate(table.rows):
        try:
            row = table.cut(line)
            name = str(row.get(spec.id_field, number))
            if separate is not None:
                row = {**row, spec.label_field: _separate(name, separate)}
            if dropped and str(row.get(spec.label_field)) in dropped:
                continue
            text, text_pair = build(row)
            label = label_of(row)
        except RowProblem as problem:
            error = table.error(number, str(problem))
            error.__cause__ = problem
            bad.append(BadRow(error, number))
            continue
        examples.append(make(number, name, text, text_pair, label))
    return examples, bad


def labels_in(spec: TextTaskSpec, paths: Sequence[Path]) -> tuple[str, ...]:
    """Collect the labels that the training rows have, in their order.

    Args:
        spec: A task whose file lists no labels.
        paths: The files of the training rows.

    Raises:
        DataError: A file can't be read, or has less than two labels or very many.
    """
    dropped = frozenset(spec.drop_labels.get("train", ()))
    found: dict[str, None] = {}
    rows = 0
    for path in paths:
        table = open_table(spec, "train", path)
        for line in table.rows:
            try:
                value = field(table.cut(line), spec.label_field)
                labels = [spelled_label(each, spec.label_field) for each in _each(spec, value)]
            except RowProblem:
                continue  # it is told where rows are read
            kept = [plain_label(each) for each in labels if each not in dropped]
            found.update(dict.fromkeys(each for each in kept if each))
            rows += len(kept)
    names = sorted_labels(found)
    if not 2 <= len(names) <= MOST_LABELS or len(names) > max(2, rows // 2):
        raise DataError(
            f"{', '.join(map(str, paths))}: field {spec.label_field!r} holds "
            f"{len(names):,} different labels in {rows:,} rows, so labels can't be taken from "
            "the data; is it the right field? List them under labels otherwise."
        )
    return names


def read_labels(path: Path) -> dict[str, object]:
    """Read labels that stand in a file of their own, in the form that CLUE takes predictions in.

    Args:
        path: JSON lines with the ``id`` of a row and its ``label``.

    Returns:
        The labels by the rows' ids.

    Raises:
        DataError: The file can't be read, lacks a field, or names a row twice.
    """
    found: dict[str, object] = {}
    for number, line in enumerate(read_lines(path), start=1):
        try:
            row = json_row(line)
            key = str(field(row, "id"))
            label = field(row, "label")
            if key in found:
                raise RowProblem(f"id {key} stands twice")
        except RowProblem as problem:
            raise DataError.at(path, number, str(problem)) from problem
        found[key] = label
    return found


def _separate(name: str, labels: Mapping[str, object]) -> object:
    """Return a row's label from the file of labels."""
    try:
        return labels[name]
    except KeyError:
        raise RowProblem(f"the file of labels has none for id {name}") from None


def _readers(
    spec: TextTaskSpec, *, required: bool
) -> tuple[Callable[[Row], Any], Callable[..., Any]]:
    """Return what reads a row's label or labels, and what makes an example of them."""
    if isinstance(spec, MultiLabelSpec):
        return _labels_reader(spec, required=required), MultiLabelExample
    return _label_reader(spec, required=required), TextExample


def _label_reader(spec: TextTaskSpec, *, required: bool) -> Callable[[Row], int | None]:
    """Make the function that returns a row's label index; it raises :class:`RowProblem`."""
    index_of = _index_reader(spec)
    name = spec.label_field

    def label_of(row: Row) -> int | None:
        value = field(row, name) if required else row.get(name)
        if not required and value in (None, ""):
            return None
        return index_of(value)

    return label_of


def _labels_reader(
    spec: MultiLabelSpec, *, required: bool
) -> Callable[[Row], tuple[int, ...] | None]:
    """Make the function that returns the indices of a row's labels, ascending."""
    index_of = _index_reader(spec)
    name = spec.label_field

    def labels_of(row: Row) -> tuple[int, ...] | None:
        value = field(row, name) if required else row.get(name)
        if value is None:
            return () if required else None
        return tuple(sorted({index_of(each) for each in _each(spec, value)}))

    return labels_of


def _index_reader(spec: TextTaskSpec) -> Callable[[object], int]:
    """Make the function that looks a label up, first as it is and then without what is idle."""
    ids = spec.label_ids
    plain = {plain_label(label): index for label, index in ids.items()}
    name = spec.label_field

    def index_of(value: object) -> int:
        # CLUE writes labels as text, FewCLUE as numbers.
        spelled = spelled_label(value, name)
        index = ids.get(spelled)
        if index is None:
            index = plain.get(plain_label(spelled))
        if index is None:
            raise RowProblem(f"label {spelled!r} is unknown; {_known(spec)}")
        return index

    return index_of


def _each(spec: TextTaskSpec, value: object) -> list[object]:
    """Return the labels that a value holds: itself, or those of a list or of a text of several."""
    if not isinstance(spec, MultiLabelSpec):
        return [value]
    if isinstance(value, str):
        return [each for each in value.split(spec.label_separator) if each.strip()]
    return list(value) if isinstance(value, list | tuple) else [value]


def _known(spec: TextTaskSpec) -> str:
    """List which labels there are."""
    spellings = list(spec.label_ids)
    shown = ", ".join(spellings[:LISTED_LABELS])
    more = len(spellings) - LISTED_LABELS
    return f"the labels are {shown}" + (f" and {more} more" if more > 0 else "")
