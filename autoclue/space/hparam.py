"""``hparam.yaml`` of PaddleHub's ``hub autofinetune``, read as a search space.

It lists parameters with a start, bounds and one of two types. Scales are linear, and a whole
number is cut off behind the point, as PaddleHub did; a space in our own form can do more.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from autoclue.outside import quoted
from autoclue.space.problems import Problem

PARAM_LIST: Final = "param_list"
"""The key that tells such a file from ours."""
KEYS: Final = ("name", "init_value", "type", "greater_than", "lower_than")
OUR_NAMES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "warmup_prop": "warmup_proportion",
        "dis_blocks": "blocks",
        "max_seq_len": "max_length_tokens",
    }
)
"""What PaddleHub's scripts called settings that have another name here."""


def is_hparam(data: Mapping[str, object]) -> bool:
    """Return whether a YAML mapping is a file of PaddleHub's."""
    return PARAM_LIST in data


def from_hparam(
    data: Mapping[str, object], *, origin: str
) -> tuple[dict[str, object], list[Problem]]:
    """Translate a file into the mapping of a search space.

    Args:
        data: The YAML mapping.
        origin: The file as messages name it.

    Returns:
        The space's mapping, and what is wrong with the file.
    """
    listed = data[PARAM_LIST]
    others = [Problem(origin, str(key), "is no key of such a file") for key in data]
    problems = [each for each in others if each.key != PARAM_LIST]
    if not isinstance(listed, list) or not listed:
        return {}, [*problems, Problem(origin, PARAM_LIST, "must list at least one parameter")]
    parameters: dict[str, object] = {}
    for place, item in enumerate(listed):
        name, found = _parameter(item, origin, f"{PARAM_LIST}.{place}")
        if isinstance(found, list):
            problems += found
        elif name in parameters:
            problems.append(Problem(origin, f"{PARAM_LIST}.{place}", f"{name} stands twice"))
        else:
            parameters[name] = found
    return {"parameters": parameters}, problems


def _parameter(
    item: object, origin: str, key: str
) -> tuple[str, dict[str, object] | list[Problem]]:
    if not isinstance(item, dict):
        return "", [Problem(origin, key, "must be a mapping of " + ", ".join(KEYS))]
    wrong = [Problem(origin, f"{key}.{each}", "is missing") for each in KEYS if each not in item]
    wrong += [
        Problem(origin, f"{key}.{each}", f"is none of {', '.join(KEYS)}")
        for each in map(str, item)
        if each not in KEYS
    ]
    if wrong:
        return "", wrong
    kind, name = item["type"], str(item["name"])
    if kind not in ("int", "float"):
        message = f"must be int or float, not {quoted(kind)}"
        return "", [Problem(origin, f"{key}.type", message)]
    numbers: list[float | int] = []
    for each in ("greater_than", "lower_than", "init_value"):
        number = _number(item[each], whole=kind == "int")
        if number is None:
            message = f"must be {'a whole number' if kind == 'int' else 'a number'}"
            wrong.append(Problem(origin, f"{key}.{each}", f"{message}, not {quoted(item[each])}"))
        else:
            numbers.append(number)
    if wrong:
        return "", wrong
    low, high, init = numbers
    found: dict[str, object] = {kind: [low, high], "init": init}
    return OUR_NAMES.get(name, name), found | ({"truncate": True} if kind == "int" else {})


def _number(value: object, *, whole: bool) -> float | int | None:
    """Read a number; PaddleHub's YAML gave some as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except ValueError:
        return None
    if not math.isfinite(number) or (whole and not number.is_integer()):
        return None
    return int(number) if whole else number
