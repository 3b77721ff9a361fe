"""Read a split of texts and labels; a row that can't be read names its file and line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from autoclue.errors import DataError
from autoclue.tasks.formats import Row, RowProblem, json_row, kind_of, read_lines
from autoclue.tasks.kinds.classification.inputs import field, input_builder
from autoclue.tasks.kinds.classification.spec import ClassificationSpec
from autoclue.tasks.kinds.classification.table import open_table

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


def read_split(
    spec: ClassificationSpec, split: str, path: Path, *, labels: Path | None = None
) -> list[TextExample]:
    """Read one file and leave out the rows whose label the task drops in this split.

    Args:
        spec: The task.
        split: "train", "dev", "test" or another split of the task; the task says in which of them
            every row must have a label.
        path: The file.
        labels: A file with the labels of rows that carry none, as :func:`read_labels` takes it.

    Raises:
        DataError: A file can't be read, holds no rows, or a row is unreadable.
    """
    separate = None if labels is None else read_labels(labels)
    table = open_table(spec, split, path)
    build = input_builder(spec.input)
    label_of = _label_reader(spec, required=split in spec.labelled_splits or separate is not None)
    dropped = frozenset(spec.drop_labels.get(split, ()))
    examples = []
    for number, line in enumerate(table.lines[table.first :]):
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
            raise DataError.at(path, table.first + number + 1, str(problem)) from problem
        examples.append(TextExample(number, name, text, text_pair, label))
    if not examples:
        raise DataError(f"{path} holds no rows that {spec.name} can use for {split}.")
    return examples


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


def _label_reader(spec: ClassificationSpec, *, required: bool) -> Callable[[Row], int | None]:
    """Make the function that returns a row's label index; it raises :class:`RowProblem`."""
    ids = spec.label_ids
    name = spec.label_field

    def label_of(row: Row) -> int | None:
        value = field(row, name) if required else row.get(name)
        if not required and value in (None, ""):
            return None
        # CLUE writes labels as text, FewCLUE as numbers.
        spelled = value if isinstance(value, str) else _spelled(value, name)
        try:
            return ids[spelled]
        except KeyError:
            raise RowProblem(f"label {spelled!r} is unknown; {_known(spec)}") from None

    return label_of


def _spelled(value: object, name: str) -> str:
    """Return a label that is not text the way a task file spells it."""
    if not isinstance(value, int):
        raise RowProblem(f"field {name!r} must be text or a whole number, not {kind_of(value)}")
    return str(value).lower() if isinstance(value, bool) else str(value)


def _known(spec: ClassificationSpec) -> str:
    """List which labels there are."""
    spellings = list(spec.label_ids)
    shown = ", ".join(spellings[:LISTED_LABELS])
    more = len(spellings) - LISTED_LABELS
    return f"the labels are {shown}" + (f" and {more} more" if more > 0 else "")
