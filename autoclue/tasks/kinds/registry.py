"""Every kind of task that a file can name; a new one is a file of its own and one line here."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from autoclue.errors import unknown_name
from autoclue.tasks.kinds.classification import Classification
from autoclue.tasks.kinds.kind import TaskKind

DEFAULT_KIND: Final = "classification"
"""The kind of a task whose file names none."""

KINDS: Final[Mapping[str, TaskKind[Any, Any]]] = MappingProxyType(
    {
        "classification": Classification(),
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
