"""What a classification task is: files, fields, labels, metric, recipe and where to get it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, PrivateAttr, field_validator, model_validator

from autoclue.tasks.metrics import METRICS
from autoclue.tasks.spec_parts import STRICT, Count, Download, Name, Recipe, TaskInput, Text

NEEDED_SPLITS = ("train", "dev")
"""Splits that every task must have, and whose every row must have a label."""


class TaskSpec(BaseModel):
    """A classification task, as its YAML file describes it.

    Attributes:
        name: What ``--task`` calls it; also the folder in which its files are looked for.
        title: For people; the name where a file gives none.
        description: One sentence.
        reference: Where the task comes from.
        version: Raised whenever the same rows would give other inputs or labels.
        format: ``jsonl`` is one JSON object a line; ``tsv`` is one row a line, unquoted.
        header: ``tsv``: whether the first line names the columns.
        columns: ``tsv``: the columns' names where there is no header.
        delimiter: ``tsv``: what stands between two columns.
        skip_lines: ``tsv``: lines to leave out at the start, before any header.
        files: For each split the file names to look for, the first found wins.
        labelled_splits: Splits whose every row must have a label, train and dev among them.
        input: How a row becomes one text or two.
        label_field: The field that holds the label.
        labels: The labels as the files spell them, in the order of the published indices.
        label_aliases: Other spellings, each with the label that it stands for.
        drop_labels: By split, labels whose rows are left out.
        metric: Name of the score on the development set.
        recipe: The published way to fine-tune.
        download: Where the data can be had, if anywhere.
    """

    model_config = STRICT

    name: Name
    title: str = ""
    description: str = ""
    reference: str = ""
    version: Count = 1
    format: Literal["jsonl", "tsv"]
    header: bool = False
    columns: tuple[Text, ...] | None = None
    delimiter: Text = "\t"
    skip_lines: Annotated[int, Field(strict=True, ge=0)] = 0
    files: Mapping[str, tuple[Text, ...]]
    labelled_splits: tuple[Text, ...] = NEEDED_SPLITS
    input: TaskInput
    label_field: Text = "label"
    labels: tuple[Text, ...] = Field(min_length=2)
    label_aliases: Mapping[str, str] = Field(default_factory=dict)
    drop_labels: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    metric: str = "accuracy"
    recipe: Recipe = Recipe()
    download: Download | None = None

    _source: Path | None = PrivateAttr(default=None)

    @field_validator("files", mode="before")
    @classmethod
    def _one_name_is_a_list(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {split: [v] if isinstance(v, str) else v for split, v in value.items()}

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

    @field_validator("metric")
    @classmethod
    def _metric_exists(cls, value: str) -> str:
        if value not in METRICS:
            raise ValueError(f"no metric is called {value!r}; there is {', '.join(METRICS)}")
        return value

    @model_validator(mode="after")
    def _parts_agree(self) -> TaskSpec:
        problems = [*_format_problems(self), *_split_problems(self), *_label_problems(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    @property
    def display_name(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    @property
    def source(self) -> Path | None:
        """The user's own file that this was read from; ``None`` for a task that ships."""
        return self._source

    @property
    def label_ids(self) -> dict[str, int]:
        """Every accepted spelling of a label with the label's index."""
        ids = {label: index for index, label in enumerate(self.labels)}
        return ids | {alias: ids[label] for alias, label in self.label_aliases.items()}

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that this task may have, in the order of its file."""
        return tuple(self.files)

    def read_from(self, source: Path) -> TaskSpec:
        """Give a copy that remembers the user's own file it came from."""
        copy = self.model_copy()
        copy._source = source
        return copy


def _format_problems(spec: TaskSpec) -> list[str]:
    """Say what is wrong between the format and the fields."""
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


def _split_problems(spec: TaskSpec) -> list[str]:
    """Say what is wrong with the splits."""
    problems = [f"files.{split}: is missing" for split in NEEDED_SPLITS if split not in spec.files]
    problems += [
        f"files.{split}: names no file" for split, names in spec.files.items() if not names
    ]
    missing = [split for split in NEEDED_SPLITS if split not in spec.labelled_splits]
    if missing:
        problems.append(f"labelled_splits: {', '.join(missing)} is missing")
    members: Mapping[str, object] = spec.download.members_md5 if spec.download is not None else {}
    for key, used in (
        ("labelled_splits", spec.labelled_splits),
        ("drop_labels", spec.drop_labels),
        ("download.members_md5", members),
    ):
        problems += [f"{key}.{split}: no such split" for split in used if split not in spec.files]
    return problems


def _label_problems(spec: TaskSpec) -> list[str]:
    """Say what is wrong with the labels."""
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
