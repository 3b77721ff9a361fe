"""Names for files and folders of a moment, which say whose they are, so that none stays for good.

Whoever writes a file beside its place, to rename it once it is whole, names it here. The next
command that comes by removes those whose process has died.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import shutil
import time
from pathlib import Path

from autoclue.system.processes import started_at, this_machine

STALE_S = 7 * 24 * 3600.0
"""What a process on another machine has left goes after so long: nothing is written for a week."""

_OWNER = r"(?P<machine>[0-9a-f]{8})-(?P<process>\d+)-(?P<started>\w+)-[0-9a-f]{8}"
_ANYTHING = re.compile(rf"\..+-{_OWNER}")


def scratch_name(prefix: str) -> str:
    """Make a name that nobody else has, and that tells which process it belongs to.

    Args:
        prefix: How it begins.

    Examples:
        >>> from autoclue.system import scratch_name
        >>> scratch_name(".report.html-").startswith(".report.html-")
        True
    """
    me = os.getpid()
    return f"{prefix}{_machine()}-{me}-{started_at(me)}-{secrets.token_hex(4)}"


def remove_abandoned(folder: Path, *prefixes: str) -> None:
    """Remove the files and folders of a moment whose process has died.

    What can't be removed stays for the next time.

    Args:
        folder: Where to look, not below it.
        prefixes: How their names begin.
    """
    for prefix in prefixes:
        pattern = re.compile(f"{re.escape(prefix)}{_OWNER}")
        with contextlib.suppress(OSError):
            names = [entry.name for entry in os.scandir(folder) if entry.name.startswith(prefix)]
            for name in names:
                owner = pattern.fullmatch(name)
                if owner is not None and _is_abandoned(folder / name, owner):
                    remove(folder / name)


def sweep(folder: Path) -> None:
    """Remove all that killed processes have left half-written in a folder and below it.

    Args:
        folder: Where to look; it needn't be there.
    """
    for root, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            owner = _ANYTHING.fullmatch(name)
            path = Path(root, name)
            if owner is not None and _is_abandoned(path, owner):
                remove(path)


def remove(path: Path) -> None:
    """Remove a file or a folder; what can't be removed, or is gone, is left to others."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _is_abandoned(path: Path, owner: re.Match[str]) -> bool:
    if owner["machine"] == _machine():
        return started_at(int(owner["process"])) != owner["started"]
    try:
        return time.time() - path.lstat().st_mtime > STALE_S
    except OSError:  # somebody else has just removed it
        return False


def _machine() -> str:
    return hashlib.sha256(this_machine().encode()).hexdigest()[:8]
