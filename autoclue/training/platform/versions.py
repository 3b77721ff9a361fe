"""The versions that decide a result, and so stand beside it."""

from __future__ import annotations

import importlib.metadata
import platform
import subprocess
from functools import lru_cache
from pathlib import Path

from autoclue import __version__

PACKAGES = ("paddlepaddle", "paddlepaddle-gpu", "paddlenlp", "ray", "optuna", "plotly", "numpy")
ROOT = Path(__file__).parents[3]
"""Where autoclue lies: a checkout, or the folder of installed packages."""


def versions() -> dict[str, str]:
    """Return the versions of Python, autoclue and the packages that decide a result.

    Where autoclue runs from a checkout, ``autoclue commit`` says of which commit.
    """
    found = {"python": platform.python_version(), "autoclue": __version__}
    commit = commit_of(ROOT)
    if commit is not None:
        found["autoclue commit"] = commit
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


@lru_cache(maxsize=4)
def commit_of(folder: Path) -> str | None:
    """Return the commit of a checkout, with a word where its files have been changed since.

    Args:
        folder: The folder that holds ``.git``.

    Returns:
        ``None`` where it is no checkout, or there is no Git.
    """
    if not (folder / ".git").exists():
        return None
    commit = _git(folder, "rev-parse", "--short=12", "HEAD")
    changed = _git(folder, "status", "--porcelain", "--untracked-files=no")
    if not commit:
        return None
    return f"{commit}, changed" if changed else commit


def _git(folder: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", "-C", str(folder), *words],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):  # no Git, or a checkout that it can't read
        return None
    return done.stdout.strip()
