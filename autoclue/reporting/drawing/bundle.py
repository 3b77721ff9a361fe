"""plotly.js, which draws the page: the file of the installed Plotly."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

TRACES = frozenset({"scatter", "bar"})
"""What figures on the page are made of, so that the smallest bundle of plotly.js could draw it."""


def plotly_bundle() -> Path:
    """Return the file of plotly.js; Plotly itself isn't imported."""
    return Path(str(files("plotly") / "package_data" / "plotly.min.js"))


def plotly_source() -> str:
    """Read plotly.js."""
    return plotly_bundle().read_text(encoding="utf-8")
