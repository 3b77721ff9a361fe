"""Say in our own words what a schema finds wrong; libraries speak to programmers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from autoclue.outside.text import one_line, quoted, shortened

LONGEST_VALUE = 60
"""Characters of a wrong value that a message repeats."""

_SAY_ALL = frozenset({"extra_forbidden", "missing", "union_tag_invalid"})

_WORDS = MappingProxyType(
    {
        "extra_forbidden": "is not a known key",
        "missing": "is missing",
        "too_long": "must hold fewer values",
        "too_short": "must hold more values",
        **dict.fromkeys(
            ("tuple_type", "list_type", "set_type", "frozen_set_type"), "must be a list"
        ),
        **dict.fromkeys(
            ("dict_type", "mapping_type", "model_type", "model_attributes_type", "dataclass_type"),
            "must be a mapping",
        ),
        **dict.fromkeys(("string_type", "string_unicode"), "must be text"),
        "string_too_short": "must not be empty",
        **dict.fromkeys(
            ("int_type", "int_parsing", "int_from_float", "int_parsing_size"),
            "must be a whole number",
        ),
        **dict.fromkeys(("float_type", "float_parsing"), "must be a number"),
        "finite_number": "must be a finite number",
        **dict.fromkeys(("bool_type", "bool_parsing"), "must be true or false"),
        "none_required": "must be null",
        **dict.fromkeys(("path_type", "is_instance_of"), "must be a path"),
        "union_tag_not_found": "doesn't say its kind",
        "recursion_loop": "holds itself",
    }
)
"""What is wrong, by the names that pydantic gives it."""


def problem_key(item: Mapping[str, Any]) -> str:
    """Return the dotted key of a problem."""
    key = ".".join(shortened(str(part), 60) for part in item["loc"][:10])
    return key or "(whole file)"


def problem_words(item: Mapping[str, Any], *, with_value: bool = True) -> str:
    """Put a problem of a schema into words that need no library's manual.

    Args:
        item: One of ``ValidationError.errors()``.
        with_value: Whether what was given is named beside what is allowed.
    """
    told = _WORDS.get(item["type"])
    if told is None:
        told = one_line(str(item["msg"]).removeprefix("Value error, "))
        told = told.replace("Input should", "must").replace("String should", "must")
    value = item.get("input")
    short = isinstance(value, str | int | float) and item["type"] not in _SAY_ALL
    if not with_value or not short:
        return told
    given = quoted(value, LONGEST_VALUE)
    return told if given in told else f"{told}, not {given}"
