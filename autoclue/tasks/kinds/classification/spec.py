"""The keys of a classification task: how rows are cut, how they become text, and the labels."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field, field_validator, model_validator

from autoclue.tasks.formats import FILE_FORMATS, UTF8
from autoclue.tasks.kinds.classification.labels import given_labels
from autoclue.tasks.kinds.reading_rows import Encoding
from autoclue.tasks.kinds.usable_rows import OnBadRow
from autoclue.tasks.spec import TaskSpec, unknown_splits
from autoclue.tasks.spec_parts import TaskInput, Text

FORMAT_KEYS = frozenset().union(*(each.keys for each in FILE_FORMATS.values()))
"""Keys that belong to some formats and not to others."""


TextTask = TypeVar("TextTask", bound="TextTaskSpec")


class TextTaskSpec(TaskSpec):
    """A task whose rows are one text, or a pair of texts, with labels from a list.

    Attributes:
        format: ``jsonl`` is one JSON object a line and ``json`` an array of them; ``tsv`` is one
            row a line, unquoted, and ``csv`` may be quoted; ``excel``, ``parquet``, and
            ``datasets``, a folder that Hugging Face's ``save_to_disk`` wrote.
        encoding: Text files: the encoding of those that aren't UTF-8.
        header: ``tsv``: whether the first line names the columns. ``csv`` and ``excel`` have a
            header unless the columns are named here.
        columns: The columns' names where there is no header.
        delimiter: What stands between two columns: a tab in ``tsv``, a comma in ``csv``.
        skip_lines: Lines to leave out at the start, before any header.
        sheet: ``excel``: name of the sheet; the first one where none is named.
        input: How a row becomes one text or two.
        id_field: The field that holds the publisher's name of a row; rows without it are numbered.
        label_field: The field that holds the label.
        labels: The labels as the files spell them, in the order of the published indices; none
            where they are taken from the training rows.
        label_names: What labels are called, as far as the files spell them otherwise.
        label_aliases: Other spellings, each with the label that it stands for.
        drop_labels: By split, labels whose rows are left out.
        on_bad_row: Whether a row that can't be read stops everything, or is counted and left out.
    """

    metrics: ClassVar[tuple[str, ...]] = ()

    format: str
    encoding: Encoding = UTF8
    header: bool = False
    columns: tuple[Text, ...] | None = None
    delimiter: Text | None = None
    skip_lines: Annotated[int, Field(strict=True, ge=0)] = 0
    sheet: Text | None = None
    input: TaskInput
    id_field: Text = "id"
    label_field: Text = "label"
    labels: tuple[Text, ...] = ()
    label_names: Mapping[str, str] = Field(default_factory=dict)
    label_aliases: Mapping[str, str] = Field(default_factory=dict)
    drop_labels: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    on_bad_row: OnBadRow = "stop"

    @model_validator(mode="before")
    @classmethod
    def _names_in_a_mapping(cls, data: Any) -> Any:
        if not isinstance(data, dict) or not isinstance(data.get("labels"), dict):
            return data
        with contextlib.suppress(ValueError):  # the labels' own validator says what is wrong
            return {"label_names": given_labels(data["labels"])[1], **data}
        return data

    @field_validator("labels", mode="before")
    @classmethod
    def _labels_in_any_form(cls, value: object) -> list[str]:
        return given_labels(value)[0]

    @field_validator("format")
    @classmethod
    def _format_exists(cls, value: str) -> str:
        if value not in FILE_FORMATS:
            raise ValueError(f"no format is called {value!r}; there is {', '.join(FILE_FORMATS)}")
        return value

    def problems(self) -> list[str]:
        """List what is wrong between the keys."""
        return [
            *_format_problems(self),
            *TaskSpec.problems(self),
            *unknown_splits(self, "drop_labels", self.drop_labels),
            *_label_problems(self),
            *self.metric_problems(),
        ]

    def metric_problems(self) -> list[str]:
        """Say so where the metric doesn't fit this kind of task."""
        if self.metric in self.metrics:
            return []
        return [f"metric: {self.metric} doesn't fit this kind; it takes {', '.join(self.metrics)}"]

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
        named = {name: ids[label] for label, name in self.label_names.items() if label in ids}
        aliases = {alias: ids[label] for alias, label in self.label_aliases.items()}
        return {**named, **ids, **aliases}

    @property
    def separator(self) -> str | None:
        """What a line of columns is cut at; ``None`` in formats without."""
        return self.delimiter or {"tsv": "\t", "csv": ","}.get(self.format)

    def with_labels(self: TextTask, labels: tuple[str, ...]) -> TextTask:
        """Return a copy with the labels that were found in the data.

        Raises:
            ValueError: They don't fit the other keys.
        """
        data = {name: getattr(self, name) for name in self.model_fields_set}
        made = type(self).model_validate({**data, "labels": list(labels)})
        return made if self.source is None else made.read_from(self.source)


class ClassificationSpec(TextTaskSpec):
    """A task that gives one text, or a pair of texts, one of some labels."""

    metrics: ClassVar[tuple[str, ...]] = ("accuracy", "macro_f1", "mcc")

    kind: Literal["classification"] = "classification"


class MultiLabelSpec(TextTaskSpec):
    """A task that gives one text, or a pair of texts, several labels or none.

    Attributes:
        label_separator: What stands between two labels of a row, where they stand in one text.
    """

    metrics: ClassVar[tuple[str, ...]] = ("multi_label", "multi_label_macro")

    kind: Literal["multi_label"] = "multi_label"
    label_separator: Text = ","
    metric: str = "multi_label"


def _format_problems(spec: TextTaskSpec) -> list[str]:
    """List what is wrong between the format and the fields."""
    form = FILE_FORMATS[spec.format]
    problems = [
        f"{key}: doesn't belong to format {spec.format}, but to "
        f"{' and '.join(name for name, each in FILE_FORMATS.items() if key in each.keys)}"
        for key in sorted((FORMAT_KEYS - form.keys) & spec.model_fields_set)
    ]
    if form.needs_columns and spec.header == (spec.columns is not None):
        problems.append("columns: name the columns, or set header: true, one of the two")
    if not form.needs_columns and spec.header and spec.columns is not None:
        problems.append("columns: there are names already where header is true; leave one out")
    if "header" in spec.model_fields_set and not spec.header and spec.columns is None:
        problems.append("columns: name the columns where there is no header")
    problems += _delimiter_problems(spec)
    if spec.input.kind not in ("single", "pair") and not form.nested:
        problems.append(f"input.kind: {spec.input.kind} needs format jsonl")
    if spec.columns is not None:
        needed = (*spec.input.fields, spec.label_field)
        missing = [field for field in needed if field not in spec.columns]
        if missing:
            problems.append(f"columns: {', '.join(missing)} is used but not among the columns")
        if len(set(spec.columns)) < len(spec.columns):
            problems.append("columns: a name stands twice")
    return list(dict.fromkeys(problems))


def _delimiter_problems(spec: TextTaskSpec) -> list[str]:
    delimiter = spec.delimiter
    if delimiter is None:
        return []
    if "\n" in delimiter:
        return ["delimiter: can't hold a line break"]
    if spec.format == "csv" and (len(delimiter) > 1 or delimiter == '"'):
        return [
            f"delimiter: {delimiter!r} can't part the cells of CSV, where it is one character; "
            "with format tsv it may be longer"
        ]
    return []


def _label_problems(spec: TextTaskSpec) -> list[str]:
    """List what is wrong with the labels; nothing before they are known."""
    if not spec.labels:
        used = [key for key in ("label_aliases", "label_names") if key in spec.model_fields_set]
        return [f"{key}: needs labels to stand for; list them" for key in used]
    problems = []
    if len(set(spec.labels)) < len(spec.labels):
        problems.append("labels: a label stands twice")
    for name in spec.label_names:
        if name not in spec.labels:
            problems.append(f"label_names.{name}: is not a label")
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
