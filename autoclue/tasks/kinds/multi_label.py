"""Multi-label classification: a row has several labels, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoclue.tasks.kinds.classification import (
    MultiLabelExample,
    MultiLabelSpec,
    read_multi_label,
    read_rows,
)
from autoclue.tasks.predictions import Value
from autoclue.tasks.reading import BadRow, Remark
from autoclue.tasks.submission import Spelled


@dataclass(frozen=True, slots=True)
class MultiLabel:
    """One text, or a pair of texts, gets any number of some labels."""

    spec: type[MultiLabelSpec] = MultiLabelSpec
    form: str = "label_list_lines"

    def files(self, spec: MultiLabelSpec, split: str, path: Path) -> tuple[Path, ...]:
        """Name the one file that a split is read from."""
        return (path,)

    def read(
        self, spec: MultiLabelSpec, split: str, path: Path, *, labels: Path | None
    ) -> list[MultiLabelExample]:
        """Read a split.

        Raises:
            DataError: A file can't be read, holds no rows, or a row is unreadable.
        """
        return read_multi_label(spec, split, path, labels=labels)

    def bad_rows(
        self, spec: MultiLabelSpec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        """List the rows that can't be read."""
        return tuple(read_rows(spec, split, path, labels=labels)[1])

    def remarks(self, spec: MultiLabelSpec, split: str, path: Path) -> tuple[Remark, ...]:
        """Remark on nothing: a row is read as it is, dropped as the task says, or an error."""
        return ()

    def references(self, examples: Sequence[MultiLabelExample]) -> list[tuple[int, ...]]:
        """Return the label indices of each example, ascending."""
        return [() if each.labels is None else each.labels for each in examples]

    def strata(self, examples: Sequence[MultiLabelExample]) -> list[int]:
        """Return the number of each example's set of labels, in the order of the sets."""
        sets = self.references(examples)
        numbers = {each: number for number, each in enumerate(sorted(set(sets)))}
        return [numbers[each] for each in sets]

    def spelled(self, spec: MultiLabelSpec, values: Sequence[Value]) -> list[Spelled]:
        """Return the names of each row's labels."""
        given: Any = values
        return [[spec.labels[index] for index in indices] for indices in given]

    def choice_count(self, spec: MultiLabelSpec) -> int | None:
        """Return ``None``: labels have names."""
        return None
