"""The head of every kind of task; a new one is a file of its own and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from autoclue.tasks import ClassificationSpec, TaskSpec
from autoclue.training.heads.classification import ClassificationHead
from autoclue.training.heads.head import Head

HEADS: Final[Mapping[str, Callable[[TaskSpec], Head[Any]]]] = MappingProxyType(
    {
        "classification": lambda spec: ClassificationHead(ClassificationSpec.of(spec)),
    }
)
"""Makes the head of a task, by the task's kind."""


def make_head(spec: TaskSpec) -> Head[Any]:
    """Make the head that a task trains."""
    return HEADS[spec.kind](spec)
