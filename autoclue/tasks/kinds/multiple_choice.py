"""Multiple choice: a question about a text has several answers to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from autoclue.tasks.kinds.reading_rows import ReadingSpec
from autoclue.tasks.kinds.separate_files import UNLABELLED, beside
from autoclue.tasks.kinds.usable_rows import usable_rows
from autoclue.tasks.predictions import Value
from autoclue.tasks.reading import (
    CHOICES,
    MAX_CHOICES,
    MIN_CHOICES,
    BadRow,
    ChoiceExample,
    ChoiceFields,
    Reading,
    Remark,
    read_c3,
    read_own_choices,
    with_choices,
)
from autoclue.tasks.spec import unknown_splits
from autoclue.tasks.spec_parts import Text
from autoclue.tasks.submission import Spelled, as_written


class ChoiceSpec(ReadingSpec):
    """A task that chooses one of several answers.

    Attributes:
        format: ``c3`` is the layout of C3, one JSON document; in the others a row is a question:
            ``jsonl`` is one JSON object a line, ``json`` an array of them.
        fields: But for ``c3``: the names of the fields, as far as they are others.
        choices: Most choices of a question. The network scores so many; fewer are filled up.
        joined_files: ``c3``: by split, a file beside the split's own that is read after it.
    """

    kind: Literal["multiple_choice"] = "multiple_choice"
    published: ClassVar[str] = "c3"

    format: Literal["c3", "jsonl", "json", "parquet", "datasets"]
    fields: ChoiceFields = Field(default_factory=ChoiceFields)
    choices: Annotated[int, Field(strict=True, ge=MIN_CHOICES, le=MAX_CHOICES)]
    joined_files: Mapping[str, Text] = Field(default_factory=dict)
    metric: Literal["accuracy"] = "accuracy"

    def problems(self) -> list[str]:
        """List what is wrong between the keys."""
        problems = [
            *ReadingSpec.problems(self),
            *unknown_splits(self, "joined_files", self.joined_files),
        ]
        if self.format == "c3" and self.choices != CHOICES:
            problems.append(f"choices: format c3 reads {CHOICES}")
        if self.format != "c3" and self.joined_files:
            problems.append("joined_files: belongs to format c3 only")
        return problems

    @property
    def answers(self) -> str:
        """What there is to answer, in words."""
        return f"up to {self.choices} choices"


@dataclass(frozen=True, slots=True)
class MultipleChoice:
    """Questions with several answers to choose from."""

    spec: type[ChoiceSpec] = field(default=ChoiceSpec)
    form: str = "choice_lines"

    def files(self, spec: ChoiceSpec, split: str, path: Path) -> tuple[Path, ...]:
        """Name the files that a split is read from.

        The second one belongs to the first name that the task gives for a split: another release
        of the files, under another name, is read alone.
        """
        joined = spec.joined_files.get(split)
        if joined is None or path.name != Path(spec.files[split][0]).name:
            return (path,)
        return (path, beside(path, joined))

    def read(
        self, spec: ChoiceSpec, split: str, path: Path, *, labels: Path | None
    ) -> list[ChoiceExample]:
        """Read the questions of a split.

        Raises:
            DataError: A file can't be read, holds no questions, or one is unusable.
        """
        bad: list[BadRow] = []
        found = self._reading(spec, split, path, bad).examples
        purpose = f"{spec.name} can use for {split}"
        examples = usable_rows(found, bad, spec.on_bad_row, path=path, purpose=purpose)
        return examples if labels is None else with_choices(examples, labels)

    def bad_rows(
        self, spec: ChoiceSpec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        """List the questions that can't be used."""
        bad: list[BadRow] = []
        self._reading(spec, split, path, bad)
        return tuple(bad)

    def remarks(self, spec: ChoiceSpec, split: str, path: Path) -> tuple[Remark, ...]:
        """List the flaws of rows that the published script reads too."""
        return self._reading(spec, split, path, []).remarks

    def references(self, examples: Sequence[ChoiceExample]) -> list[int]:
        """Return the index of the right choice of each question."""
        return [UNLABELLED if e.label is None else e.label for e in examples]

    def strata(self, examples: Sequence[ChoiceExample]) -> list[int]:
        """Return the index of the right choice: every part gets its share of each."""
        return self.references(examples)

    def spelled(self, spec: ChoiceSpec, values: Sequence[Value]) -> list[Spelled]:
        """Return the indices of the choices as they are."""
        return as_written(values)

    def choice_count(self, spec: ChoiceSpec) -> int | None:
        """Return the choices that the network scores; fillers compete, as published."""
        return spec.choices

    def _reading(
        self, spec: ChoiceSpec, split: str, path: Path, bad: list[BadRow]
    ) -> Reading[ChoiceExample]:
        labelled = split in spec.answered_splits
        if spec.format == "c3":
            files = self.files(spec, split, path)
            return read_c3(files, labelled=labelled, encoding=spec.encoding, bad=bad)
        return read_own_choices(
            *(path, spec.fields),
            max_choices=spec.choices,
            labelled=labelled,
            layout=spec.layout,
            bad=bad,
        )
