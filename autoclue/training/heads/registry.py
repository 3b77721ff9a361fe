"""The head of every kind of task; a new one is a file of its own and one line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from autoclue.tasks import (
    ChoiceSpec,
    ClassificationSpec,
    ClozeSpec,
    MultiLabelSpec,
    SpanSpec,
    TaskSpec,
)
from autoclue.training.heads.classification import ClassificationHead
from autoclue.training.heads.head import Head
from autoclue.training.heads.multi_label import MultiLabelHead
from autoclue.training.heads.multiple_choice import choice_head, cloze_head
from autoclue.training.heads.span_extraction import SpanExtractionHead

HEADS: Final[Mapping[str, Callable[[TaskSpec], Head[Any]]]] = MappingProxyType(
    {
        "classification": lambda spec: ClassificationHead(ClassificationSpec.of(spec)),
        "multi_label": lambda spec: MultiLabelHead(MultiLabelSpec.of(spec)),
        "span_extraction": lambda spec: SpanExtractionHead(SpanSpec.of(spec)),
        "multiple_choice": lambda spec: choice_head(ChoiceSpec.of(spec)),
        "cloze": lambda spec: cloze_head(ClozeSpec.of(spec)),
    }
)
"""Makes the head of a task, by the task's kind."""


def make_head(spec: TaskSpec) -> Head[Any]:
    """Make the head that a task trains."""
    return HEADS[spec.kind](spec)
