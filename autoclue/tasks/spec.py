"""What every task says of itself, whatever its kind: files, metric, recipe, where to get it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field, PrivateAttr, field_validator, model_validator

from autoclue.errors import UsageError
from autoclue.tasks.metrics import METRICS
from autoclue.tasks.spec_parts import STRICT, Count, Download, Name, Recipe, Split, Text

NEEDED_SPLITS = ("train", "dev")
"""Splits that every task must have, and whose every row must have its answer."""

CUT_HINT = "; name a file, or cut a part off the training rows with split: {dev: 0.1}"

Spec = TypeVar("Spec", bound="TaskSpec")


class TaskSpec(BaseModel):
    """A task, as its YAML file describes it; each kind of task adds keys of its own.

    Attributes:
        name: What ``--task`` calls it; also the folder in which its files are looked for.
        kind: What is asked of a model; decides how rows are read and which head is trained.
        title: For people; the name where a file gives none.
        description: One sentence.
        reference: Where the task comes from.
        version: Raised whenever the same rows would give other inputs or answers.
        files: For each split the names of its files; several make one part together.
        alternatives: Splits of whose names the first one found counts, instead of all.
        split: What is cut off the training rows, where there is no file for it.
        labelled_splits: Splits whose every row must have its answer, train and dev among them.
        metric: Name of the scores on the development set.
        recipe: The published way to fine-tune.
        download: Where the data can be had, if anywhere.
    """

    model_config = STRICT

    name: Name
    kind: str
    title: str = ""
    description: str = ""
    reference: str = ""
    version: Count = 1
    files: Mapping[str, tuple[Text, ...]]
    alternatives: tuple[Text, ...] = ()
    split: Split | None = None
    labelled_splits: tuple[Text, ...] = NEEDED_SPLITS
    metric: str = "accuracy"
    recipe: Recipe = Field(default_factory=Recipe)
    download: Download | None = None

    _source: Path | None = PrivateAttr(default=None)

    @field_validator("files", mode="before")
    @classmethod
    def _one_name_is_a_list(cls, value: object) -> object:
        if not isinstance(value, dict):
            return value
        return {split: [v] if isinstance(v, str) else v for split, v in value.items()}

    @field_validator("metric")
    @classmethod
    def _metric_exists(cls, value: str) -> str:
        if value not in METRICS:
            raise ValueError(f"no metric is called {value!r}; there is {', '.join(METRICS)}")
        return value

    @model_validator(mode="after")
    def _parts_agree(self: Spec) -> Spec:
        problems = self.problems()
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def problems(self) -> list[str]:
        """List what is wrong between the keys; a kind adds its own problems."""
        return _split_problems(self)

    @classmethod
    def of(cls: type[Spec], spec: TaskSpec) -> Spec:
        """Narrow a task to this kind.

        Raises:
            UsageError: It is of another kind.
        """
        if not isinstance(spec, cls):
            wanted = cls.model_fields["kind"].default
            raise UsageError(f"{spec.name} is a {spec.kind} task; this takes a {wanted} task.")
        return spec

    @property
    def display_name(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name

    @property
    def source(self) -> Path | None:
        """The user's own file that this was read from; ``None`` for a task that ships."""
        return self._source

    @property
    def output_labels(self) -> tuple[str, ...]:
        """What each output of the network stands for; empty where that is no fixed list."""
        return ()

    @property
    def answers(self) -> str:
        """What there is to answer, in a few words for people."""
        return self.kind

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that this task may have, in the order of its file."""
        return tuple(dict.fromkeys((*self.files, *self.cut_splits)))

    @property
    def cut_splits(self) -> tuple[str, ...]:
        """The splits that are cut off the training rows."""
        return () if self.split is None else tuple(self.split.shares)

    @property
    def answered_splits(self) -> tuple[str, ...]:
        """The splits whose every row must have its answer."""
        return tuple(dict.fromkeys((*self.labelled_splits, *self.cut_splits)))

    def read_from(self: Spec, source: Path) -> Spec:
        """Return a copy that remembers the user's own file it came from."""
        copy = self.model_copy()
        copy._source = source
        return copy


def unknown_splits(spec: TaskSpec, key: str, used: Mapping[str, object]) -> list[str]:
    """List the splits that a key of a task's file names and that the task doesn't have."""
    return [f"{key}.{split}: no such split" for split in used if split not in spec.splits]


def _cut_problems(spec: TaskSpec) -> list[str]:
    """List what is wrong with the parts that are cut off the training rows."""
    if spec.split is None:
        return []
    problems = [
        f"split.{split}: there is files.{split} already; leave one of the two out"
        for split in spec.cut_splits
        if split in spec.files
    ]
    if not spec.cut_splits:
        problems.append("split: cuts nothing off; write dev: 0.1, or leave it out")
    if sum(spec.split.shares.values()) >= 1:
        problems.append("split: leaves no row to train on; the shares must be below 1 together")
    return problems


def _split_problems(spec: TaskSpec) -> list[str]:
    """List what is wrong with the splits."""
    problems = [
        f"files.{split}: is missing" + (CUT_HINT if split == "dev" else "")
        for split in NEEDED_SPLITS
        if split not in spec.splits
    ]
    problems += [
        f"files.{split}: names no file" for split, names in spec.files.items() if not names
    ]
    problems += _cut_problems(spec)
    problems += unknown_splits(spec, "alternatives", dict.fromkeys(spec.alternatives))
    missing = [split for split in NEEDED_SPLITS if split not in spec.labelled_splits]
    if missing:
        problems.append(f"labelled_splits: {', '.join(missing)} is missing")
    stated = [split for split in spec.labelled_splits if split not in NEEDED_SPLITS]
    problems += unknown_splits(spec, "labelled_splits", dict.fromkeys(stated))
    if spec.download is not None:
        problems += unknown_splits(spec, "download.members_md5", spec.download.members_md5)
    return problems
