"""The part of plotly.js that draws the page: its basic bundle, which is in the package.

It holds points, lines, bars and pies, and nothing that fetches anything.
``tools/plotly_bundle.py`` puts it here.
"""

from __future__ import annotations

from pathlib import Path

BUNDLE = "plotly-basic.min.js"
TRACES = frozenset({"scatter", "bar"})
"""What figures on the page may be made of; the bundle has no other trace that they need."""


def plotly_bundle() -> Path:
    """Return the file of plotly.js."""
    return Path(__file__).with_name("plotly_js") / BUNDLE


def plotly_source() -> str:
    """Read plotly.js."""
    return plotly_bundle().read_text(encoding="utf-8")
