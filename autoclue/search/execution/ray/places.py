"""Where Ray writes: its sockets need a short path, and its token a home that can be written."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from autoclue.errors import AutoclueError

SOCKET_BYTES: Final = 107
"""The longest path that Linux takes for a socket."""
SESSION: Final = "/session_2026-01-01_00-00-00_000000_0000000/sockets/plasma_store"
"""What Ray puts behind its folder, with the longest number of a process."""
LONGEST_BYTES: Final = SOCKET_BYTES - len(SESSION)

CURRENT_CLUSTER: Final = "ray_current_cluster"
"""A file that Ray writes at every start; on a shared machine it may be another user's."""

SHORT_FOLDERS: Final = ("/tmp", "/var/tmp", "/dev/shm")
"""Folders of this machine's own, with short paths, where Ray's usual one can't be used."""


@contextlib.contextmanager
def ray_folder(environment: Mapping[str, str]) -> Iterator[str | None]:
    """Choose a folder that Ray can write to, and remove it afterwards if it was made for this.

    Yields:
        The folder; ``None`` where Ray's usual one can be used.

    Raises:
        AutoclueError: There is none on this machine.
    """
    if is_usable(usual_folder(environment)):
        yield None
        return
    folder = _short_folder(environment)
    try:
        yield str(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def usual_folder(environment: Mapping[str, str]) -> Path:
    """Return where Ray writes unless it is told: below RAY_TMPDIR, TMPDIR or /tmp."""
    return Path(environment.get("RAY_TMPDIR") or environment.get("TMPDIR") or "/tmp") / "ray"


def is_usable(folder: Path) -> bool:
    """Return whether sockets fit below a folder, and it can be written or made."""
    if len(os.fsencode(folder)) > LONGEST_BYTES:
        return False
    place = folder if folder.exists() else folder.parent
    current = folder / CURRENT_CLUSTER
    somebodys = current.exists() and not os.access(current, os.W_OK)
    return place.is_dir() and os.access(place, os.W_OK | os.X_OK) and not somebodys


def _short_folder(environment: Mapping[str, str]) -> Path:
    for place in SHORT_FOLDERS:
        with contextlib.suppress(OSError):  # the next one may do
            return Path(tempfile.mkdtemp(prefix="ray-", dir=place))
    raise AutoclueError(
        f"Ray can't write to {usual_folder(environment)}, nor to {', '.join(SHORT_FOLDERS)}. Set "
        f"RAY_TMPDIR to a folder that can be written and whose path has at most "
        f"{LONGEST_BYTES - len('/ray')} characters."
    )


def ray_token(environment: Mapping[str, str], home: Path) -> str | None:
    """Return a token for a Ray of this command alone, where Ray can keep none of its own.

    Ray writes one to the user's home and ends where that can't be.

    Args:
        environment: The variables of this process.
        home: The user's home.

    Returns:
        A new token; ``None`` where one is set or can be kept.
    """
    known = ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_AUTH_MODE")
    if any(name in environment for name in known) or (home / ".ray" / "auth_token").is_file():
        return None
    place = home / ".ray" if (home / ".ray").is_dir() else home
    return None if _can_write(place) else secrets.token_hex(32)


def _can_write(folder: Path) -> bool:
    """Return whether a file can be made in a folder; the answer of os.access may be wrong."""
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False
