"""Span extraction: the answer to a question is a part of a text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from autoclue.tasks.reading import (
    SpanExample,
    SpanFields,
    read_cmrc2018,
    read_own_spans,
    with_answers,
)
from autoclue.tasks.spec import TaskSpec
from autoclue.tasks.spec_parts import Count


class SpanSpec(TaskSpec):
    """A task that answers questions with parts of a text.

    Attributes:
        format: ``squad`` is one JSON document in the layout of SQuAD and CMRC2018; ``jsonl`` is
            one JSON object a line.
        fields: ``jsonl``: the names of the fields, as far as they are others.
        hop_tokens: Tokens from the beginning of one window of a long text to that of the next.
        max_answer_tokens: Longest answer.
    """

    kind: Literal["span_extraction"] = "span_extraction"
    format: Literal["squad", "jsonl"]
    fields: SpanFields = Field(default_factory=SpanFields)
    hop_tokens: Count = 128
    max_answer_tokens: Annotated[int, Field(strict=True, ge=1)] = 50
    metric: Literal["cmrc2018"] = "cmrc2018"

    def problems(self) -> list[str]:
        """List what is wrong between the keys."""
        problems = TaskSpec.problems(self)
        if self.format == "squad" and "fields" in self.model_fields_set:
            problems.append("fields: belongs to format jsonl only")
        return problems

    @property
    def answers(self) -> str:
        """What there is to answer, in words."""
        return "answers that stand in the text"


@dataclass(frozen=True, slots=True)
class SpanExtraction:
    """Questions whose answers stand in a text."""

    spec: type[SpanSpec] = field(default=SpanSpec)

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
        labelled = split in spec.answered_splits
        if spec.format == "squad":
            examples = read_cmrc2018(path, labelled=labelled).examples
        else:
            examples = read_own_spans(path, spec.fields, labelled=labelled).examples
        return list(examples) if labels is None else with_answers(examples, labels)

    def references(self, examples: Sequence[SpanExample]) -> list[tuple[str, ...]]:
        """Return the right answers to each question."""
        return [tuple(answer.text for answer in example.answers) for example in examples]

    def strata(self, examples: Sequence[SpanExample]) -> list[int]:
        """Put all questions into one stratum."""
        return [0] * len(examples)
