"""Scratch folders and files that others may read as far as the user's umask says."""

from __future__ import annotations

from pathlib import Path

from autoclue.system import scratch_name

READ_AND_WRITE = 0o666


def make_scratch(parent: Path, prefix: str) -> Path:
    """Make a folder of a new name, with the permissions that any new folder gets.

    ``tempfile`` makes private ones, which stay private once they are renamed to a result.

    Args:
        parent: Where it is made.
        prefix: How its name begins.

    Raises:
        OSError: It can't be made.
    """
    folder = parent / scratch_name(prefix)
    folder.mkdir()
    return folder


def share_as_usual(folder: Path) -> None:
    """Give all files below a folder the permissions that the umask gave the folder itself.

    safetensors writes files that nobody else can read, whatever the umask says.

    Args:
        folder: One that ``make_scratch`` made.

    Raises:
        OSError: The permissions can't be changed.
    """
    usual = folder.stat().st_mode & READ_AND_WRITE
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(usual)


def make_scratch_file(parent: Path, prefix: str) -> Path:
    """Make an empty file of a new name, with the permissions that any new file gets.

    Raises:
        OSError: It can't be made.
    """
    path = parent / scratch_name(prefix)
    path.touch(exist_ok=False)
    return path
