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
from autoclue.training.heads.span_extraction import span_head
from autoclue.training.protocols import CLUE, Mends

HEADS: Final[Mapping[str, Callable[[TaskSpec, Mends], Head[Any]]]] = MappingProxyType(
    {
        "classification": lambda spec, mends: ClassificationHead(ClassificationSpec.of(spec)),
        "multi_label": lambda spec, mends: MultiLabelHead(MultiLabelSpec.of(spec)),
        "span_extraction": lambda spec, mends: span_head(SpanSpec.of(spec), mends),
        "multiple_choice": lambda spec, mends: choice_head(ChoiceSpec.of(spec), mends),
        "cloze": lambda spec, mends: cloze_head(ClozeSpec.of(spec), mends),
    }
)
"""Makes the head of a task, by the task's kind, as a protocol has it."""


def make_head(spec: TaskSpec, mends: Mends = CLUE.mends) -> Head[Any]:
    """Make the head that a task trains.

    Args:
        spec: The task.
        mends: Which defects of the published heads are mended.
    """
    return HEADS[spec.kind](spec, mends)
