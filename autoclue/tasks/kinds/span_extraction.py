"""Span extraction: the answer to a question is a part of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from autoclue.tasks.kinds.reading_rows import ReadingSpec
from autoclue.tasks.kinds.usable_rows import usable_rows
from autoclue.tasks.predictions import Value
from autoclue.tasks.reading import (
    BadRow,
    Reading,
    Remark,
    SpanExample,
    SpanFields,
    read_cmrc2018,
    read_own_spans,
    with_answers,
)
from autoclue.tasks.spec_parts import Count
from autoclue.tasks.submission import Spelled, as_written


class SpanSpec(ReadingSpec):
    """A task that answers questions with parts of a text.

    Attributes:
        format: ``squad`` is one JSON document in the layout of SQuAD and CMRC2018; in the others a
            row is a question: ``jsonl`` is one JSON object a line, ``json`` an array of them.
        fields: But for ``squad``: the names of the fields, as far as they are others.
        hop_tokens: Tokens from the beginning of one window of a long text to that of the next.
        max_answer_tokens: Longest answer.
    """

    kind: Literal["span_extraction"] = "span_extraction"
    published: ClassVar[str] = "squad"

    format: Literal["squad", "jsonl", "json", "parquet", "datasets"]
    fields: SpanFields = Field(default_factory=SpanFields)
    hop_tokens: Count = 128
    max_answer_tokens: Annotated[int, Field(strict=True, ge=1)] = 50
    metric: Literal["cmrc2018"] = "cmrc2018"

    @property
    def answers(self) -> str:
        """What there is to answer, in words."""
        return "answers that stand in the text"


@dataclass(frozen=True, slots=True)
class SpanExtraction:
    """Questions whose answers stand in a text."""

    spec: type[SpanSpec] = field(default=SpanSpec)
    form: str = "answers"

    def files(self, spec: SpanSpec, split: str, path: Path) -> tuple[Path, ...]:
        """Name the one file that a split is read from."""
        return (path,)

    def read(
        self, spec: SpanSpec, split: str, path: Path, *, labels: Path | None
    ) -> list[SpanExample]:
        """Read the questions of a split.

        Raises:
            DataError: A file can't be read, holds no questions, or one is unusable.
        """
        bad: list[BadRow] = []
        found = _reading(spec, split, path, bad).examples
        purpose = f"{spec.name} can use for {split}"
        examples = usable_rows(found, bad, spec.on_bad_row, path=path, purpose=purpose)
        return examples if labels is None else with_answers(examples, labels)

    def bad_rows(
        self, spec: SpanSpec, split: str, path: Path, *, labels: Path | None
    ) -> tuple[BadRow, ...]:
        """List the questions that can't be used."""
        bad: list[BadRow] = []
        _reading(spec, split, path, bad)
        return tuple(bad)

    def remarks(self, spec: SpanSpec, split: str, path: Path) -> tuple[Remark, ...]:
        """List the flaws of rows that the published script reads too."""
        return _reading(spec, split, path, []).remarks

    def references(self, examples: Sequence[SpanExample]) -> list[tuple[str, ...]]:
        """Return the right answers to each question."""
        return [tuple(answer.text for answer in example.answers) for example in examples]

    def strata(self, examples: Sequence[SpanExample]) -> list[int]:
        """Put all questions into one stratum."""
        return [0] * len(examples)

    def spelled(self, spec: SpanSpec, values: Sequence[Value]) -> list[Spelled]:
        """Return the answers as they are."""
        return as_written(values)

    def choice_count(self, spec: SpanSpec) -> int | None:
        """Return ``None``: an answer may be any text."""
        return None


def _reading(spec: SpanSpec, split: str, path: Path, bad: list[BadRow]) -> Reading[SpanExample]:
    labelled = split in spec.answered_splits
    if spec.format == "squad":
        return read_cmrc2018(path, labelled=labelled, encoding=spec.encoding, bad=bad)
    return read_own_spans(path, spec.fields, labelled=labelled, layout=spec.layout, bad=bad)
