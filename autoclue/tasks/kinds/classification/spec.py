"""The keys of a classification task: how rows are cut, how they become text, and the labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field, field_validator

from autoclue.tasks.spec import TaskSpec, unknown_splits
from autoclue.tasks.spec_parts import TaskInput, Text


class ClassificationSpec(TaskSpec):
    """A task that gives one text, or a pair of texts, one of some labels.

    Attributes:
        format: ``jsonl`` is one JSON object a line; ``tsv`` is one row a line, unquoted.
        header: ``tsv``: whether the first line names the columns.
        columns: ``tsv``: the columns' names where there is no header.
        delimiter: ``tsv``: what stands between two columns.
        skip_lines: ``tsv``: lines to leave out at the start, before any header.
        input: How a row becomes one text or two.
        id_field: The field that holds the publisher's name of a row; rows without it are numbered.
        label_field: The field that holds the label.
        labels: The labels as the files spell them, in the order of the published indices.
        label_aliases: Other spellings, each with the label that it stands for.
        drop_labels: By split, labels whose rows are left out.
    """

    kind: Literal["classification"] = "classification"
    format: Literal["jsonl", "tsv"]
    header: bool = False
    columns: tuple[Text, ...] | None = None
    delimiter: Text = "\t"
    skip_lines: Annotated[int, Field(strict=True, ge=0)] = 0
    input: TaskInput
    id_field: Text = "id"
    label_field: Text = "label"
    labels: tuple[Text, ...] = Field(min_length=2)
    label_aliases: Mapping[str, str] = Field(default_factory=dict)
    drop_labels: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    @field_validator("labels", mode="before")
    @classmethod
    def _numbers_are_text(cls, value: object) -> object:
        if not isinstance(value, list):
            return value
        if any(isinstance(label, bool) for label in value):
            raise ValueError(
                "put quotes around yes, no, true and false, which YAML reads as bools"
            )
        return [str(label) if isinstance(label, int) else label for label in value]

    def problems(self) -> list[str]:
        """List what is wrong between the keys."""
        return [
            *_format_problems(self),
            *TaskSpec.problems(self),
            *unknown_splits(self, "drop_labels", self.drop_labels),
            *_label_problems(self),
        ]

    @property
    def output_labels(self) -> tuple[str, ...]:
        """The labels: the network has an output for each."""
        return self.labels

    @property
    def answers(self) -> str:
        """How many labels there are, in words."""
        return f"{len(self.labels)} labels"

    @property
    def label_ids(self) -> dict[str, int]:
        """Every accepted spelling of a label with the label's index."""
        ids = {label: index for index, label in enumerate(self.labels)}
        return ids | {alias: ids[label] for alias, label in self.label_aliases.items()}


def _format_problems(spec: ClassificationSpec) -> list[str]:
    """List what is wrong between the format and the fields."""
    if spec.format == "jsonl":
        only_tsv = {"header", "columns", "delimiter", "skip_lines"} & spec.model_fields_set
        return [f"{key}: belongs to format tsv only" for key in sorted(only_tsv)]
    problems = []
    if spec.header == (spec.columns is not None):
        problems.append("columns: name the columns, or set header: true, one of the two")
    if "\n" in spec.delimiter:
        problems.append("delimiter: can't hold a line break")
    if spec.input.kind not in ("single", "pair"):
        problems.append(f"input.kind: {spec.input.kind} needs format jsonl")
    if spec.columns is not None:
        needed = (*spec.input.fields, spec.label_field)
        missing = [field for field in needed if field not in spec.columns]
        if missing:
            problems.append(f"columns: {', '.join(missing)} is used but not among the columns")
        if len(set(spec.columns)) < len(spec.columns):
            problems.append("columns: a name stands twice")
    return problems


def _label_problems(spec: ClassificationSpec) -> list[str]:
    """List what is wrong with the labels."""
    problems = []
    if len(set(spec.labels)) < len(spec.labels):
        problems.append("labels: a label stands twice")
    for alias, label in spec.label_aliases.items():
        if label not in spec.labels:
            problems.append(f"label_aliases.{alias}: {label!r} is not a label")
        if alias in spec.labels:
            problems.append(f"label_aliases.{alias}: is a label itself")
    for split, dropped in spec.drop_labels.items():
        problems += [
            f"drop_labels.{split}: {label!r} is a label"
            for label in dropped
            if label in spec.labels
        ]
    return problems
