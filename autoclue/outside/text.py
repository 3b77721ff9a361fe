"""Show strings from outside and never obey them; quote at most a line of anything."""

from __future__ import annotations

import re

from autoclue.outside.secrets import hide_secrets

LONGEST_QUOTE = 100
"""Characters of a value that a message quotes."""
LONGEST_LINE = 300
"""Characters of somebody else's message that one of ours takes over."""

_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Control characters but tab and line feed, what turns the direction of text, and half characters
(which can't be written at all)."""


def shown(text: str) -> str:
    r"""Write a text so that a terminal shows it, whatever stands in it.

    A character that a terminal would obey is written as JSON does it, ``\u001b``; so a JSON text
    stays one with the same content.

    Examples:
        >>> from autoclue.outside import shown
        >>> print(shown("red: \x1b[31m"))
        red: \u001b[31m
    """
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def shortened(text: str, most: int) -> str:
    """Cut a text that is longer than so many characters in its middle, and say so."""
    if len(text) <= most:
        return text
    kept = max((most - 40) // 2, 1)
    return f"{text[:kept]} [... {len(text) - 2 * kept:,} characters ...] {text[-kept:]}"


def quoted(value: object, most: int = LONGEST_QUOTE) -> str:
    """Quote a value in at most a line, however large or deep it is, without its secrets."""
    if isinstance(value, str):
        return repr(shortened(hide_secrets(value), most))
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**30:
        return f"a number of {_digits(value):,} digits"
    if isinstance(value, list | tuple | dict | set | frozenset):
        kind = "mapping" if isinstance(value, dict) else "list"
        if len(value) > 10 or _deep(value):
            return f"a {kind} of {len(value):,}"
    try:
        return shortened(hide_secrets(repr(value)), most)
    except (ValueError, RecursionError):
        return f"a {type(value).__name__}"


def _digits(value: int) -> int:
    """Count decimal digits, to one; Python refuses to write what has thousands of them."""
    return int(value.bit_length() * 0.30103) + 1


def _deep(value: object, depth: int = 0) -> bool:
    """Return whether something holds more than a line shows: containers in containers."""
    if isinstance(value, str | bytes):
        return len(value) > LONGEST_LINE
    if isinstance(value, int):
        return value.bit_length() > 100
    if not isinstance(value, list | tuple | dict | set | frozenset):
        return False
    inner = [*value, *value.values()] if isinstance(value, dict) else list(value)
    return depth >= 2 or len(inner) > 20 or any(_deep(each, depth + 1) for each in inner)


def one_line(text: str, most: int = LONGEST_LINE) -> str:
    """Write a text of several lines in one, cut where it is long, without its secrets."""
    return " ".join(shortened(hide_secrets(text), 4 * most).split())[:most]
