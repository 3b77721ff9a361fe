"""Tell what no trial is to blame for: the model, the data and the cache are everybody's."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from autoclue.errors import AutoclueError, TroubleError
from autoclue.training.platform.memory import memory_ran_out


@contextlib.contextmanager
def needed_by_all(what: str) -> Iterator[None]:
    """Let what goes wrong with a thing that every trial needs fail none of them.

    Args:
        what: The thing, at the beginning of a sentence.

    Raises:
        TroubleError: It can't be read.
    """
    try:
        yield
    except TroubleError:
        raise
    except (AutoclueError, OSError) as error:
        if memory_ran_out(error):
            raise
        raise TroubleError(trouble_words(what, error)) from error


def trouble_words(what: str, error: AutoclueError | OSError) -> str:
    """Put into a sentence that something can't be read or written.

    Args:
        what: The thing, at the beginning of a sentence.
        error: What was said of it.
    """
    if isinstance(error, AutoclueError):
        return str(error)
    place = "" if error.filename is None else f" at {error.filename}"
    return f"{what} can't be used{place}: {error.strerror or error}."
