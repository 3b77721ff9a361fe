"""What a stranger, an accident or a bad disk puts into files and words."""

from __future__ import annotations

import json
import random

from hypothesis import strategies as st

from tests.fuzz.budget import SECRET

NASTY_TEXTS = (
    *("", " ", "\x00", "\x1b[31mred\x1b]0;title\x07", "‮gnp.exe", "\ud800", "a" * 5000, "../../x"),
    *("~nobody/x", "[bold]x[/bold]", "[/]", "{{x}}", "{0}", "%s%n", "'; DROP TABLE trials; --"),
    *("9" * 5000, "1e400", "-1", "0", "nan", "inf", "2001-01-01", "null", "true", "builtin"),
    f"postgresql://me:{SECRET}@127.0.0.1:1/db",
    f"https://me:{SECRET}@127.0.0.1:1/a.zip?token={SECRET}",
    *(".x:Y", "os:system", "autoclue.errors:UsageError", "a" * 300, "\n", "x\ny"),
    *("/dev/full", "/dev/zero"),
)
NASTY_NUMBERS = (
    *(0, 1, -1, 2**31, 2**63, 10**30, 10**400, 0.0, -0.0, 1e-12, 1e-320, 1e308, float("nan")),
    *(float("inf"), float("-inf"), True, 100_000, 255, 256),
)

texts = st.one_of(st.sampled_from(NASTY_TEXTS), st.text(max_size=20))
numbers = st.one_of(st.sampled_from(NASTY_NUMBERS), st.integers(), st.floats())
scalars = st.one_of(st.none(), st.booleans(), numbers, texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)
    ),
    max_leaves=8,
)
"""Anything that JSON can hold, and some that it can't."""


def changed(data: bytes, number: int) -> bytes:
    """Return a file as a bad disk or a careful stranger would have it.

    Args:
        data: The file.
        number: Decides what is changed.
    """
    rng = random.Random(number)
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 8))):
        place = rng.randrange(len(found) or 1)
        kind = rng.randrange(6)
        if kind == 0 and found:
            found[place] ^= 1 << rng.randrange(8)
        elif kind == 1:
            del found[place:]
        elif kind == 2:
            del found[place : place + rng.randrange(64)]
        elif kind == 3:
            found[place:place] = rng.randbytes(rng.randrange(1, 32))
        elif kind == 4:
            found[place : place + 8] = rng.choice((b"\xff" * 8, b"\0" * 8, b"\x7f" + b"\xff" * 7))
        else:
            found[place:place] = found[max(0, place - rng.randrange(200)) : place]
    return bytes(found)


seeds = st.integers(min_value=0, max_value=2**32 - 1)


def as_json(value: object, *, escaped: bool = True) -> str:
    """Write a value as JSON, or something that JSON can't hold either.

    Args:
        value: What is written.
        escaped: Whether all but ASCII is.
    """
    try:
        return json.dumps(value, ensure_ascii=escaped)
    except ValueError:  # a number of thousands of digits
        return '{"a": ' + "7" * 5000 + "}" if isinstance(value, dict) else "[" * 100_000


def replaced(document: object, path: list[int], value: object) -> object:
    """Put a value somewhere into a document.

    Args:
        document: What JSON can hold.
        path: The place, a number for each level.
        value: What comes there.
    """
    if not path:
        return value
    place, rest = path[0], path[1:]
    if isinstance(document, dict) and document:
        key = sorted(document)[place % len(document)]
        return {**document, key: replaced(document[key], rest, value)}
    if isinstance(document, list) and document:
        at = place % len(document)
        return [*document[:at], replaced(document[at], rest, value), *document[at + 1 :]]
    return value
