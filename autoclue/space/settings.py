"""Change a search space from the command line: ``--set learning_rate=1e-5..5e-5:log``."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from autoclue.errors import UsageError
from autoclue.space.conditions import Entry, check
from autoclue.space.parameters import FloatRange, Parameter, Scalar
from autoclue.space.parse import parse_parameter
from autoclue.space.problems import unknown
from autoclue.space.search_space import SearchSpace

EXAMPLES = (
    "--set learning_rate=1e-5..5e-5:log, --set dropout=0.0..0.3:step=0.1, "
    "--set frozen_blocks=0..3, --set batch_size=16,32 or --set epochs=3"
)
_INT = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def override(
    space: SearchSpace, settings: Sequence[str], *, allowed: Collection[str] | None
) -> SearchSpace:
    """Replace or add parameters as ``NAME=VALUES`` texts say.

    ``a..b`` is a range, whole numbers when both ends are (unless the parameter it replaces is a
    range of real numbers), ``a..b:log`` and ``a..b:step=s`` its scale; ``a,b,c`` a choice;
    anything else a fixed value. A replaced parameter keeps its place and its condition.

    Args:
        space: What to change; it stays as it is.
        settings: One text for each ``--set``.
        allowed: Names that mean something to a trial and its strategy; ``None`` allows all.

    Raises:
        UsageError: Some text can't be understood, names an unknown parameter or one named
            before, or makes a condition impossible; one sentence says all of it.
    """
    parameters = dict(space.parameters)
    wrong: list[str] = []
    named: set[str] = set()
    for text in settings:
        name, equals, value = (part.strip() for part in text.partition("="))
        try:
            if not (name and equals and value):
                raise ValueError("needs a name, '=' and a value")
            if allowed is not None and name not in allowed:
                raise ValueError(f"{name!r} {unknown(name, allowed)}")
            if name in named:
                raise ValueError(f"sets {name} for the second time")
            named.add(name)
            parameters[name] = _parameter(value, replaced=space.parameters.get(name))
        except ValueError as error:
            wrong.append(f"{text!r} {error}")
    if not wrong:
        entries = {n: Entry(p, "--set", n) for n, p in parameters.items()}
        wrong = [f"{p.key} {p.message}" for p in check(entries, allowed=None)]
    if wrong:
        raise UsageError(f"Can't apply --set: {'; '.join(wrong)}; write for example {EXAMPLES}.")
    return replace(space, parameters=parameters)


def _parameter(text: str, *, replaced: Parameter | None) -> Parameter:
    """Build the parameter that a value's text means, with the condition of the replaced one."""
    raw = _raw(text, real=isinstance(replaced, FloatRange))
    if replaced is not None and replaced.when:
        raw["when"] = dict(replaced.when)
    parsed = parse_parameter(raw, origin="", key="")
    if isinstance(parsed, list):
        raise ValueError(" and ".join(problem.message for problem in parsed))
    return parsed


def _raw(text: str, *, real: bool) -> dict[str, object]:
    if ".." in text:
        return _range(text, real=real)
    if "," in text:
        items = [item.strip() for item in text.split(",")]
        if not all(items):
            raise ValueError("has an empty choice")
        return {"choice": [_scalar(item) for item in items]}
    return {"value": _scalar(text)}


def _range(text: str, *, real: bool) -> dict[str, object]:
    ends, *options = text.split(":")
    low, _, high = (_scalar(end.strip()) for end in ends.partition(".."))
    if not (_is_number(low) and _is_number(high)):
        raise ValueError("needs a number before and after '..'")
    raw: dict[str, object] = {}
    for option in options:
        key, _, value = (part.strip() for part in option.partition("="))
        if option.strip() == "log":
            raw["log"] = True
        elif key == "step" and _is_number(_scalar(value)):
            raw["step"] = _scalar(value)
        else:
            raise ValueError(f"has the option {option!r}; a range takes ':log' or ':step=NUMBER'")
    whole = all(isinstance(number, int) for number in (low, high, raw.get("step", 1)))
    return raw | {"int" if whole and not real else "float": [low, high]}


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scalar(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
