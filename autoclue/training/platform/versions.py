"""The versions that decide a result, and so stand beside it."""

from __future__ import annotations

import importlib.metadata
import platform

from autoclue import __version__

PACKAGES = ("paddlepaddle", "paddlepaddle-gpu", "paddlenlp", "ray", "optuna", "plotly", "numpy")


def versions() -> dict[str, str]:
    """Return the versions of Python, autoclue and the packages that decide a result."""
    found = {"python": platform.python_version(), "autoclue": __version__}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found
