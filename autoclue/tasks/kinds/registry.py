"""Every kind of task that a file can name; a new one is a file of its own and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from autoclue.errors import unknown_name
from autoclue.tasks.kinds.classification import Classification
from autoclue.tasks.kinds.cloze import Cloze
from autoclue.tasks.kinds.kind import TaskKind
from autoclue.tasks.kinds.multi_label import MultiLabel
from autoclue.tasks.kinds.multiple_choice import MultipleChoice
from autoclue.tasks.kinds.span_extraction import SpanExtraction

DEFAULT_KIND: Final = "classification"
"""The kind of a task whose file names none."""

KINDS: Final[Mapping[str, TaskKind[Any, Any]]] = MappingProxyType(
    {
        "classification": Classification(),
        "multi_label": MultiLabel(),
        "span_extraction": SpanExtraction(),
        "multiple_choice": MultipleChoice(),
        "cloze": Cloze(),
    }
)
"""Kinds by the name that task files give them."""


def find_kind(name: str) -> TaskKind[Any, Any]:
    """Look a kind of task up by its name.

    Raises:
        UsageError: No kind has this name.
    """
    try:
        return KINDS[name]
    except KeyError:
        raise unknown_name("kind of task", name, KINDS) from None
