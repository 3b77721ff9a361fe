"""Collect everything that is wrong with a search space, then say it in one message."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from autoclue.errors import UsageError


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which file, at which key, and what.

    Attributes:
        origin: The file, or the option, that it stands in.
        key: Dotted path inside it ("parameters.learning_rate.step").
        message: A clause without a full stop.
    """

    origin: str
    key: str
    message: str


def raise_problems(problems: Iterable[Problem]) -> None:
    """Raise one error that names every problem, grouped by file; do nothing when there is none.

    Raises:
        UsageError: There is at least one problem.
    """
    by_origin: dict[str, list[str]] = {}
    for problem in dict.fromkeys(problems):
        by_origin.setdefault(problem.origin, []).append(f"{problem.key}: {problem.message}")
    if by_origin:
        raise UsageError(
            " ".join(f"{origin}: {'; '.join(each)}." for origin, each in by_origin.items())
        )


def unknown(given: str, known: Iterable[str]) -> str:
    """Return that a name is not known, with close matches, or all names where none is close."""
    names = sorted(known)
    close = difflib.get_close_matches(given[:100], names, n=3, cutoff=0.6)
    if close:
        return f"is not known (did you mean {' or '.join(close)}?)"
    return f"is not known (known: {', '.join(names)})"
