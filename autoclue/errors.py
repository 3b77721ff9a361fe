"""Every error that autoclue raises on purpose, and the sentence a user reads.

A message says what was given, what is allowed and what to do next. The command line prints it
as one sentence without a traceback and leaves with the error's ``exit_code``.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path


class AutoclueError(Exception):
    """Something went wrong while running; the command leaves with exit code 1."""

    exit_code = 1


class UsageError(AutoclueError):
    """The caller asked for something impossible; found before any time is spent."""

    exit_code = 2


class DataError(UsageError):
    """A data file is missing or holds a row that can't be read."""

    @classmethod
    def at(cls, path: Path, line: int, problem: str) -> DataError:
        """Name the file and the line, counted from 1."""
        return cls(f"{path}:{line}: {problem}")


class MissingDependencyError(UsageError):
    """A package that this feature needs is not installed."""


class TrialFailedError(AutoclueError):
    """A trial can't go on: a loss or score is not finite, or it has no result."""


class TroubleError(AutoclueError):
    """What every trial needs can't be had: the model, the data, the cache, the disk.

    No trial is to blame for it: what was reported stays, and the same command goes on later.
    """


class FolderError(TroubleError):
    """A folder can't be written: a full disk, a quota, a read-only file system.

    Attributes:
        reason: What the system says.
    """

    reason: str = ""

    @classmethod
    def writing(cls, what: str, folder: Path, error: Exception) -> FolderError:
        """Put into a sentence what could not be written, where and why."""
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        made = cls(
            f"{what} can't be written to {folder}: {reason}. Free some space there, or make it "
            "writable."
        )
        made.reason = reason
        return made


def add_note(error: BaseException, note: str) -> None:
    """Say something beside an error, which stays the one that is told.

    Args:
        error: What happened first.
        note: A sentence on what failed after it.
    """
    error.__notes__ = [*notes_of(error), note]  # type: ignore[attr-defined]


def notes_of(error: BaseException) -> tuple[str, ...]:
    """Return what is to be said beside an error."""
    return tuple(getattr(error, "__notes__", ()))


def unknown_name(kind: str, given: str, known: Iterable[str], *, hint: str = "") -> UsageError:
    """Build the error for a name that nothing answers to.

    Args:
        kind: What was looked for, in the singular ("task", "strategy").
        given: The name as the user wrote it.
        known: Every name that would have worked.
        hint: What else is allowed, appended as a clause of its own.

    Examples:
        >>> from autoclue.errors import unknown_name
        >>> print(unknown_name("sampler", "tpx", ["tpe", "random"]))
        Unknown sampler 'tpx'. Did you mean tpe? Known: random, tpe.
    """
    names = sorted(known)
    close = difflib.get_close_matches(given, names, n=3, cutoff=0.5)
    guess = f" Did you mean {' or '.join(close)}?" if close else ""
    tail = f" {hint}" if hint else ""
    return UsageError(f"Unknown {kind} {given!r}.{guess} Known: {', '.join(names)}.{tail}")


def last_line(text: str, *, otherwise: str = "no message") -> str:
    """Return the last line of an error's text that isn't blank; traces and lists come before it.

    Args:
        text: What was raised, in its own words.
        otherwise: What to say where there is no such line.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return lines[-1] if lines else otherwise
