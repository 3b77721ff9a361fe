"""What a kind of task brings: the keys of its files, and the reading of rows into examples."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from autoclue.tasks.predictions import Value
from autoclue.tasks.reading import BadRow, Remark
from autoclue.tasks.spec import TaskSpec
from autoclue.tasks.submission import Spelled

Spec = TypeVar("Spec", bound=TaskSpec, contravariant=True)
E = TypeVar("E")


class Example(Protocol):
    """What the examples of every kind have."""

    @property
    def row(self) -> int:
        """Number of the example's row in its file, from 0."""

    @property
    def id(self) -> str:
        """The publisher's name for it."""


class TaskKind(Protocol[Spec, E]):
    """How tasks of one kind are read; ``E`` is what a row becomes, an :class:`Example`."""

    @property
    def spec(self) -> type[TaskSpec]:
        """The schema of a task file; the default of its ``kind`` names the kind."""

    @property
    def form(self) -> str:
        """The name of the form in which predictions are handed in."""

    def files(self, spec: Spec, split: str, path: Path) -> tuple[Path, ...]:
        """List the files that a split is read from.

        Args:
            spec: The task.
            split: Name of the split.
            path: The file that was found for it.

        Returns:
            This file, and those beside it that belong to it.
        """

    def read(self, spec: Spec, split: str, path: Path, *, labels: Path | None) -> list[E]:
        """Read a split, without the rows that the task drops.

        Args:
            spec: The task.
            split: Name of the split.
            path: Its file.
            labels: A file with the answers to rows that carry none, if there is one.

        Raises:
            DataError: A file can't be read, holds no rows, or a row is unusable.
        """

    def bad_rows(
        self, spec: Spec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        """List the rows that can't be read, in file order; see ``read`` for the arguments.

        Raises:
            DataError: A file as a whole can't be read.
        """

    def remarks(self, spec: Spec, split: str, path: Path) -> tuple[Remark, ...]:
        """List the flaws of rows that are read all the same, in file order.

        Args:
            spec: The task.
            split: Name of the split.
            path: Its file.

        Raises:
            DataError: A file can't be read, holds no rows, or a row is unusable.
        """

    def references(self, examples: Sequence[E]) -> list[Any]:
        """Return what the task's metric compares predictions with, one for each example."""

    def strata(self, examples: Sequence[E]) -> list[int]:
        """Return the stratum of each example, for splitting them into equally mixed parts."""

    def spelled(self, spec: Spec, values: Sequence[Value]) -> list[Spelled]:
        """Return predicted values as a prediction file has them, ``[examples]``."""

    def choice_count(self, spec: Spec) -> int | None:
        """Return how many choices a prediction file may number; ``None`` where it has none."""
