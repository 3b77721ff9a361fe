"""Cloze: each blank of a passage is filled with one of several idioms, none of them twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from autoclue.tasks.kinds.separate_files import UNLABELLED, beside, no_separate_answers
from autoclue.tasks.predictions import Value
from autoclue.tasks.reading import (
    CANDIDATES,
    FEWCLUE_CANDIDATES,
    BadRow,
    BlankExample,
    Reading,
    Remark,
    read_chid,
    read_chid_fewclue,
)
from autoclue.tasks.spec import TaskSpec, unknown_splits
from autoclue.tasks.spec_parts import Text
from autoclue.tasks.submission import Spelled, as_written


class ClozeSpec(TaskSpec):
    """A task that fills blanks with idioms.

    Attributes:
        format: ``chid`` is CLUE's form: passages with ten candidates, the answers in a file of
            their own. ``fewclue`` is FewCLUE's: one text, one blank and seven candidates a row.
        answer_files: ``chid``: by split, the file with the answers, beside the split's own.
    """

    kind: Literal["cloze"] = "cloze"
    format: Literal["chid", "fewclue"]
    answer_files: Mapping[str, Text] = Field(default_factory=dict)
    metric: Literal["accuracy"] = "accuracy"

    def problems(self) -> list[str]:
        """List what is wrong between the keys."""
        problems = [
            *TaskSpec.problems(self),
            *unknown_splits(self, "answer_files", self.answer_files),
        ]
        if self.format == "fewclue" and self.answer_files:
            problems.append("answer_files: belongs to format chid only")
        if self.format == "chid":
            missing = [split for split in self.labelled_splits if split not in self.answer_files]
            problems += [f"answer_files.{split}: is missing" for split in missing]
        return problems

    @property
    def choices(self) -> int:
        """Candidates of every blank."""
        return CANDIDATES if self.format == "chid" else FEWCLUE_CANDIDATES

    @property
    def answers(self) -> str:
        """What there is to answer, in words."""
        return f"{self.choices} candidates for each blank"


@dataclass(frozen=True, slots=True)
class Cloze:
    """Blanks to be filled with idioms."""

    spec: type[ClozeSpec] = field(default=ClozeSpec)
    form: str = "blanks"

    def files(self, spec: ClozeSpec, split: str, path: Path) -> tuple[Path, ...]:
        """Name a split's file and the one with its answers, where there is one."""
        answers = spec.answer_files.get(split)
        return (path,) if answers is None else (path, beside(path, answers))

    def read(
        self, spec: ClozeSpec, split: str, path: Path, *, labels: Path | None
    ) -> list[BlankExample]:
        """Read the blanks of a split.

        Raises:
            DataError: A file can't be read, holds no blanks, or a row is unusable.
        """
        if spec.format == "fewclue" and labels is not None:
            raise no_separate_answers(labels)
        return list(_reading(spec, split, path, labels).examples)

    def bad_rows(
        self, spec: ClozeSpec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        """List nothing: the first row that can't be read stops everything."""
        return ()

    def remarks(self, spec: ClozeSpec, split: str, path: Path) -> tuple[Remark, ...]:
        """List the flaws of rows that the published script reads too."""
        return _reading(spec, split, path, None).remarks

    def references(self, examples: Sequence[BlankExample]) -> list[int]:
        """Return the index of the right idiom of each blank."""
        return [UNLABELLED if e.label is None else e.label for e in examples]

    def strata(self, examples: Sequence[BlankExample]) -> list[int]:
        """Return the index of the right idiom: every part gets its share of each."""
        return self.references(examples)

    def spelled(self, spec: ClozeSpec, values: Sequence[Value]) -> list[Spelled]:
        """Return the indices of the idioms as they are."""
        return as_written(values)

    def choice_count(self, spec: ClozeSpec) -> int | None:
        """Return the candidates of every blank."""
        return spec.choices


def _reading(
    spec: ClozeSpec, split: str, path: Path, labels: Path | None
) -> Reading[BlankExample]:
    if spec.format == "fewclue":
        return read_chid_fewclue(path, labelled=split in spec.answered_splits)
    return read_chid(path, _answers(spec, split, path, labels))


def _answers(spec: ClozeSpec, split: str, path: Path, labels: Path | None) -> Path | None:
    """Return the file with the answers of a split in CLUE's form, if it has any."""
    stated = spec.answer_files.get(split)
    return labels if stated is None else beside(path, stated)
