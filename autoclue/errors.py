"""Every error that autoclue raises on purpose, and the sentence a user reads.

A message says what was given, what is allowed and what to do next. The command line prints it
as one sentence without a traceback and leaves with the error's ``exit_code``.
"""

from __future__ import annotations

import contextlib
import difflib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from autoclue.outside import (
    hide_secrets,
    one_line,
    problem_key,
    problem_words,
    quoted,
    shortened,
)

LONGEST_NAME = 200
LONGEST_SENTENCE = 4000
"""Characters of a message; what a file says may be longer than anybody reads."""


class AutoclueError(Exception):
    """Something went wrong while running; the command leaves with exit code 1.

    The sentence quotes whatever was found in files and options, so here it loses every password,
    and what is beyond a page.
    """

    exit_code = 1

    def __init__(self, sentence: str = "") -> None:
        super().__init__(shortened(hide_secrets(sentence), LONGEST_SENTENCE))


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
        reason = reason_of(error) if isinstance(error, OSError) else one_line(str(error))
        made = cls(
            f"{what} can't be written to {folder}: {reason}. Free some space there, or make it "
            "writable."
        )
        made.reason = reason
        return made


def reason_of(error: BaseException) -> str:
    """Say in a clause why something that stands outside of autoclue could not be read.

    Args:
        error: Whatever was raised: by the system, a library, or code of ours that met what nobody
            had thought of.
    """
    if isinstance(error, AutoclueError):
        return str(error).rstrip(".")
    if isinstance(error, UnicodeError):
        return "it is no UTF-8 text"
    if isinstance(error, OSError):
        return error.strerror or one_line(str(error)) or "the system refuses it"
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    if isinstance(error, MemoryError | OverflowError):
        return "something in it is too large"
    if "integer string conversion" in str(error):
        return "a number in it has thousands of digits"
    if callable(problems := getattr(error, "errors", None)):  # a schema's, as pydantic has them
        found = problems(include_url=False, include_input=False)
        return f"{problem_key(found[0])} {problem_words(found[0])}"
    told = one_line(last_line(str(error), otherwise=""))
    return f"{type(error).__name__}: {told}" if told else type(error).__name__


@contextlib.contextmanager
def one_door(refuse: Callable[[str], AutoclueError]) -> Iterator[None]:
    """Turn whatever goes wrong while something foreign is read into a sentence of its own.

    Every reader of what stands outside (a file, a ledger, a server's answer) has one such door.
    Errors of ours pass: they are sentences already.

    Args:
        refuse: Makes the error of a clause that says why.
    """
    try:
        yield
    except AutoclueError:
        raise
    except Exception as error:  # files hold anything, and libraries raise anything
        raise refuse(reason_of(error)) from error


@contextlib.contextmanager
def printing() -> Iterator[None]:
    """Say of an output that takes nothing more, such as a file on a full disk, that it is that.

    Raises:
        BrokenPipeError: Whoever read it has left.
        AutoclueError: It can't be written.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise full_output(error) from error


def full_output(error: OSError) -> AutoclueError:
    """Build the error for an output that takes nothing more."""
    return AutoclueError(
        f"The output can't be written: {reason_of(error)}; what was asked for is done as far "
        "as it could be. Send the output elsewhere and run the command again."
    )


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


def did_you_mean(given: str, known: Iterable[str], *, cutoff: float = 0.5) -> str:
    """Return a question that begins with a space and names what comes near; empty if nothing does.

    Args:
        given: The name as the user wrote it.
        known: Every name that there is.
        cutoff: How near a name must be, in [0, 1].
    """
    close = difflib.get_close_matches(given[:LONGEST_NAME], sorted(known), n=3, cutoff=cutoff)
    return f" Did you mean {' or '.join(close)}?" if close and given not in close else ""


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
    guess = did_you_mean(given, names)
    tail = f" {hint}" if hint else ""
    return UsageError(f"Unknown {kind} {quoted(given)}.{guess} Known: {', '.join(names)}.{tail}")


def last_line(text: str, *, otherwise: str = "no message") -> str:
    """Return the last line of an error's text that isn't blank; traces and lists come before it.

    Args:
        text: What was raised, in its own words.
        otherwise: What to say where there is no such line.
    """
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return lines[-1] if lines else otherwise
