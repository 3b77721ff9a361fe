"""The kinds of task: what is asked of a model, and how its rows are read."""

from autoclue.tasks.kinds.classification import (
    UNLABELLED,
    ClassificationSpec,
    TextExample,
    read_split,
)
from autoclue.tasks.kinds.kind import Example, TaskKind
from autoclue.tasks.kinds.registry import DEFAULT_KIND, KINDS, find_kind

__all__ = [
    "DEFAULT_KIND",
    "KINDS",
    "UNLABELLED",
    "ClassificationSpec",
    "Example",
    "TaskKind",
    "TextExample",
    "find_kind",
    "read_split",
]
