"""Numbers as people read them, and user text made safe for Plotly's labels."""

from __future__ import annotations

import html
import json
import math
import unicodedata
from collections.abc import Mapping


def share(fraction: float) -> str:
    """Write a fraction as a percentage without needless decimals."""
    return f"{100 * fraction:.3g}%"


def rung_text(fraction: float) -> str:
    """Write a rung as the part of a schedule that it is: "5.8%", "33%"."""
    percentage = 100 * fraction
    return f"{percentage:.0f}%" if percentage >= 10 else f"{percentage:.2g}%"


def plural(count: int, noun: str) -> str:
    """Write a count with its noun."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def duration(seconds: float) -> str:
    """Write seconds as people say them: "41 s", "12 min 5 s", "3 h 20 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if 0 < seconds < 10 else f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60} min"


def value_text(value: object) -> str:
    """Write a setting: numbers with four significant digits, everything else as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, (str, int)):
        return str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _number(value: float) -> str:
    if value != 0 and math.isfinite(value) and (abs(value) < 1e-3 or abs(value) >= 1e6):
        mantissa, exponent = f"{value:.3e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.')}e{int(exponent)}"
    return f"{value:.4g}"


def settings_text(settings: Mapping[str, object], *, separator: str = ", ") -> str:
    """Write settings as ``name=value`` pairs."""
    return separator.join(f"{name}={value_text(value)}" for name, value in settings.items())


def shorten(text: str, width: int) -> str:
    """Cut a text in its middle, so that both ends of a long name stay readable.

    Args:
        text: Any text.
        width: At least 3, in columns; a Chinese character takes two.
    """
    if _columns(text) <= width:
        return text
    head, tail = list(text), list[str]()
    while head and _columns("".join(tail)) + _columns(head[-1]) <= (width - 1) // 2:
        tail.insert(0, head.pop())
    while head and _columns("".join(head)) + _columns("".join(tail)) > width - 1:
        head.pop()
    return f"{''.join(head)}…{''.join(tail)}"


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def label(text: str) -> str:
    """Make a text safe where Plotly would read markup: tags and entities become plain text."""
    return html.escape(text, quote=False)


def wrapped(text: str, width: int) -> str:
    """Break a text into lines of about ``width`` characters for a hover box, made safe."""
    lines, line = [], ""
    for word in _pieces(text, width):
        if line and len(line) + 1 + len(word) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "<br>".join(label(part) for part in [*lines, line])


def _pieces(text: str, width: int) -> list[str]:
    """Split at spaces; a run without spaces (Chinese, a path) is cut at the width."""
    return [
        word[start : start + width]
        for word in text.split()
        for start in range(0, len(word), width)
    ]
