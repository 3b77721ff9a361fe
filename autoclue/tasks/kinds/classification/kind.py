"""How a classification task is read, and what its predictions are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from autoclue.tasks.kinds.classification.reader import TextExample, read_rows, read_split
from autoclue.tasks.kinds.classification.spec import ClassificationSpec
from autoclue.tasks.predictions import Value
from autoclue.tasks.reading import BadRow, Remark
from autoclue.tasks.submission import Spelled, as_written

UNLABELLED = -1
"""Stands for the label of a row that has none."""


@dataclass(frozen=True, slots=True)
class Classification:
    """One text, or a pair of texts, gets one of some labels."""

    spec: type[ClassificationSpec] = ClassificationSpec
    form: str = "label_lines"

    def files(self, spec: ClassificationSpec, split: str, path: Path) -> tuple[Path, ...]:
        """Name the one file that a split is read from."""
        return (path,)

    def read(
        self, spec: ClassificationSpec, split: str, path: Path, *, labels: Path | None
    ) -> list[TextExample]:
        """Read a split, without the rows whose label the task drops there.

        Raises:
            DataError: A file can't be read, holds no rows, or a row is unreadable.
        """
        return read_split(spec, split, path, labels=labels)

    def bad_rows(
        self, spec: ClassificationSpec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        """List the rows that can't be read."""
        return tuple(read_rows(spec, split, path, labels=labels)[1])

    def remarks(self, spec: ClassificationSpec, split: str, path: Path) -> tuple[Remark, ...]:
        """Remark on nothing: a row is read as it is, dropped as the task says, or an error."""
        return ()

    def references(self, examples: Sequence[TextExample]) -> list[int]:
        """Return the label index of each example."""
        return [UNLABELLED if e.label is None else e.label for e in examples]

    def strata(self, examples: Sequence[TextExample]) -> list[int]:
        """Return the label index of each example: every part gets its share of each label."""
        return self.references(examples)

    def spelled(self, spec: ClassificationSpec, values: Sequence[Value]) -> list[Spelled]:
        """Return the labels as the task's file spells them."""
        return [spec.labels[index] for index in as_written(values) if isinstance(index, int)]

    def choice_count(self, spec: ClassificationSpec) -> int | None:
        """Return ``None``: labels have names."""
        return None
