"""Refuse what can name no file, before anybody stumbles over it."""

from __future__ import annotations

import errno
import os
import re

from autoclue.outside.text import quoted, shown

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NO_NAME = frozenset({errno.ENAMETOOLONG, errno.ELOOP})


def check_name(text: str) -> None:
    """Refuse what can name no file, so that nobody stumbles over it later.

    Raises:
        ValueError: The system can't be asked for it.
    """
    if _ADDRESS.match(text):
        raise ValueError(f"{quoted(text)} is an address, and can't be a name or a path here")
    path = os.path.expanduser(text)
    if path.startswith("~") and text.startswith("~"):
        raise ValueError(f"{quoted(text)} names the folder of a user that there isn't")
    try:
        text.encode("utf-8")
        os.stat(path)
    except OSError as error:
        if error.errno in _NO_NAME:
            raise ValueError(f"{quoted(text)} can't be a path: {error.strerror}") from error
    except ValueError as error:  # half characters and zeros
        raise ValueError(f"{quoted(shown(text))} can't be a name: it is no text") from error


def is_text(value: str) -> bool:
    """Return whether a text can be written: without zeros and half characters."""
    return "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)
