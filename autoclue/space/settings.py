"""Change a search space from the command line: ``--set learning_rate=1e-5..5e-5:log``."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from autoclue.errors import UsageError
from autoclue.outside import quoted
from autoclue.space.conditions import Entry, check
from autoclue.space.parameters import Choice, Fixed, FloatRange, IntRange, Parameter, Scalar
from autoclue.space.parse import parse_parameter
from autoclue.space.problems import unknown
from autoclue.space.search_space import SearchSpace

EXAMPLES = (
    "--set learning_rate=1e-5..5e-5:log, --set dropout=0.0..0.3:step=0.1, "
    "--set frozen_blocks=0..3, --set batch_size=16,32 or --set epochs=3"
)
SettingInput: TypeAlias = Parameter | Scalar | Sequence[Scalar] | Mapping[str, object]
SettingsInput: TypeAlias = Mapping[str, SettingInput] | Sequence[str]
"""Settings by name: a value, a parameter of this room, the same as YAML holds it, or text such as
``"1e-5..5e-5:log"``; or a list of texts such as ``"learning_rate=1e-5..5e-5:log"``."""

RANGE_FORM = "a range is LOW..HIGH with two dots, several values are A,B,C"
"""What to write where a text of digits is no number; a clause that ends a sentence."""

_SLIP = re.compile(r"[-+]?\.?\d[-+.\deE:;/~ ]*")
_INT = re.compile(r"[-+]?\d+")
_FLOAT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
LONGEST_NUMBER = 30
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None}


def read_settings(settings: object) -> dict[str, object]:
    """Bring settings into one form: by name, each text or what a YAML file would hold.

    Args:
        settings: ``SettingsInput``, or ``None`` for none.

    Raises:
        ValueError: A text has no name or no value, or names what another one names too.
    """
    if settings is None:
        return {}
    if isinstance(settings, Mapping):
        return {str(name): _plain(value) for name, value in settings.items()}
    if isinstance(settings, str) or not isinstance(settings, Sequence):
        raise ValueError(f"settings must be a mapping or a list of texts, not {quoted(settings)}")
    found, wrong = _by_name(settings)
    if wrong:
        raise ValueError(_complaint(wrong))
    return found


def fixed_settings(
    settings: Mapping[str, object], *, allowed: Collection[str], hint: str
) -> dict[str, Scalar]:
    """Read settings where only single values make sense.

    Args:
        settings: What ``read_settings`` gave.
        allowed: Names that mean something.
        hint: What to do where a range is given; a clause that ends the sentence.

    Raises:
        UsageError: A setting is unknown, can't be understood or has more than one value.
    """
    space = override(SearchSpace("", {}), settings, allowed=allowed)
    values = {n: p.value for n, p in space.parameters.items() if isinstance(p, Fixed)}
    ranges = sorted(set(space.parameters) - set(values))
    if ranges:
        raise UsageError(f"More than one value is given for {', '.join(ranges)}; {hint}.")
    return values


def override(
    space: SearchSpace,
    settings: Mapping[str, object] | Sequence[str],
    *,
    allowed: Collection[str] | None,
) -> SearchSpace:
    """Replace or add parameters as ``NAME=VALUES`` texts say, or as a YAML file would hold them.

    ``a..b`` is a range, whole numbers when both ends are (unless the parameter it replaces is a
    range of real numbers), ``a..b:log`` and ``a..b:step=s`` its scale; ``a,b,c`` a choice;
    anything else a fixed value. A replaced parameter keeps its place and its condition.

    Args:
        space: What to change; it stays as it is.
        settings: One text for each ``--set``, or what ``read_settings`` makes of them.
        allowed: Names that mean something to a trial and its strategy; ``None`` allows all.

    Raises:
        UsageError: Some text can't be understood, names an unknown parameter or one named
            before, or makes a condition impossible; one sentence says all of it.

    Examples:
        >>> space = SearchSpace("mine", {"epochs": Fixed(value=3)})
        >>> changed = override(space, ["learning_rate=1e-5..1e-4:log", "epochs=2,3"], allowed=None)
        >>> changed.parameters["learning_rate"]
        FloatRange(bounds=(1e-05, 0.0001), log=True, step=None, init=None, when={})
        >>> changed.parameters["epochs"].choice
        (2, 3)
    """
    named, wrong = (dict(settings), []) if isinstance(settings, Mapping) else _by_name(settings)
    parameters = dict(space.parameters)
    for name, value in named.items():
        try:
            if allowed is not None and name not in allowed:
                raise ValueError(f"{quoted(name)} {unknown(name, allowed)}")
            parameters[name] = _parameter(value, replaced=space.parameters.get(name))
        except ValueError as error:
            wrong.append(f"{_written(name, value)} {error}")
    if not wrong:
        entries = {n: Entry(p, "--set", n) for n, p in parameters.items()}
        wrong = [f"{p.key} {p.message}" for p in check(entries, allowed=None)]
    if wrong:
        raise UsageError(f"{_complaint(wrong)}.")
    return replace(space, parameters=parameters)


def _by_name(settings: Sequence[str]) -> tuple[dict[str, object], list[str]]:
    """Sort texts by the names in them; return what is wrong with the others beside that."""
    found: dict[str, object] = {}
    wrong: list[str] = []
    for text in settings:
        name, equals, value = (part.strip() for part in str(text).partition("="))
        if not (name and equals and value):
            wrong.append(f"{quoted(text)} needs a name, '=' and a value")
        elif name in found:
            wrong.append(f"{quoted(text)} sets {name[:100]} for the second time")
        else:
            found[name] = _plain(value)
    return found, wrong


def _complaint(wrong: Sequence[str]) -> str:
    return f"Can't apply --set: {'; '.join(wrong)}; write for example {EXAMPLES}"


def _written(name: str, value: object) -> str:
    return (
        quoted(f"{name}={value}")
        if isinstance(value, str | float) or _is_small(value)
        else quoted(name)
    )


def _is_small(value: object) -> bool:
    return isinstance(value, int) and value.bit_length() < 200


def _plain(value: object) -> object:
    """Return a setting as YAML holds it; a range or a choice that is text stays text."""
    if isinstance(value, str):
        text = value.strip()
        return text if ".." in text or "," in text else _scalar(text)
    if isinstance(value, Fixed | Choice | FloatRange | IntRange):
        return value.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Sequence):
        return list(value)
    return value


def _parameter(value: object, *, replaced: Parameter | None) -> Parameter:
    """Build the parameter that a value means, with the condition of the replaced one."""
    raw = value
    if isinstance(value, str):
        raw = _raw(value.strip(), real=isinstance(replaced, FloatRange))
    elif not isinstance(value, Mapping):
        raw = {"choice" if isinstance(value, Sequence) else "value": value}
    if isinstance(raw, dict) and replaced is not None and replaced.when and "when" not in raw:
        raw = {**raw, "when": dict(replaced.when)}
    parsed = parse_parameter(raw, origin="", key="")
    if isinstance(parsed, list):
        raise ValueError(" and ".join(problem.message for problem in parsed))
    return parsed


def _raw(text: str, *, real: bool) -> dict[str, object]:
    if ".." in text:
        return _range(text, real=real)
    if _SLIP.fullmatch(text) and not _is_number(_scalar(text)):
        raise ValueError(f"is neither a number nor a range: {RANGE_FORM}")
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
        raise ValueError(f"needs a number before and after '..': {RANGE_FORM}")
    raw: dict[str, object] = {}
    for option in options:
        key, _, value = (part.strip() for part in option.partition("="))
        if option.strip() == "log":
            raw["log"] = True
        elif key == "step" and _is_number(_scalar(value)):
            raw["step"] = _scalar(value)
        else:
            raise ValueError(
                f"has the option {quoted(option)}; a range takes ':log' or ':step=NUMBER'"
            )
    whole = all(isinstance(number, int) for number in (low, high, raw.get("step", 1)))
    return raw | {"int" if whole and not real else "float": [low, high]}


def _is_number(value: Scalar) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _scalar(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) <= LONGEST_NUMBER:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
