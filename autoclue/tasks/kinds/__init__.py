"""The kinds of task: what is asked of a model, and how its rows are read."""

from autoclue.tasks.kinds.classification import (
    UNLABELLED,
    ClassificationSpec,
    MultiLabelExample,
    MultiLabelSpec,
    TextExample,
    TextTaskSpec,
    labels_in,
    read_rows,
    read_split,
    with_label_file,
)
from autoclue.tasks.kinds.cloze import ClozeSpec
from autoclue.tasks.kinds.kind import Example, TaskKind
from autoclue.tasks.kinds.multiple_choice import ChoiceSpec
from autoclue.tasks.kinds.registry import DEFAULT_KIND, KINDS, find_kind
from autoclue.tasks.kinds.span_extraction import SpanSpec
from autoclue.tasks.reading import BadRow

__all__ = [
    "DEFAULT_KIND",
    "KINDS",
    "UNLABELLED",
    "BadRow",
    "ChoiceSpec",
    "ClassificationSpec",
    "ClozeSpec",
    "Example",
    "MultiLabelExample",
    "MultiLabelSpec",
    "SpanSpec",
    "TaskKind",
    "TextExample",
    "TextTaskSpec",
    "find_kind",
    "labels_in",
    "read_rows",
    "read_split",
    "with_label_file",
]
