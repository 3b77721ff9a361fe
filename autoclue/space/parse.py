"""Read one parameter as people write it: a list, a bare value, or a mapping with its kind."""

from __future__ import annotations

from types import MappingProxyType

from pydantic import ValidationError

from autoclue.outside import problem_words, shortened
from autoclue.space.parameters import Choice, Fixed, FloatRange, IntRange, Parameter
from autoclue.space.problems import Problem, unknown

KINDS: MappingProxyType[str, type[Choice | Fixed | FloatRange | IntRange]] = MappingProxyType(
    {"choice": Choice, "float": FloatRange, "int": IntRange, "value": Fixed}
)

_PLAIN_WORDS = MappingProxyType({"too_long": "must hold two numbers"})


def parse_parameter(raw: object, *, origin: str, key: str) -> Parameter | list[Problem]:
    """Build a parameter, or say everything that is wrong with it.

    Args:
        raw: What the YAML holds: a list (choice), a bare value (fixed), or a mapping with
            exactly one of ``choice``, ``float``, ``int`` and ``value``.
        origin: The file it comes from.
        key: Where it stands in that file.
    """
    mapping = _long_form(raw)
    kinds = [kind for kind in KINDS if kind in mapping]
    if len(kinds) != 1:
        return [Problem(origin, key, _kind_message(mapping, kinds))]
    model = KINDS[kinds[0]]
    try:
        return model.model_validate(mapping)
    except ValidationError as error:
        return problems_of(error, origin=origin, key=key, known=_known_keys(model))


def _long_form(raw: object) -> dict[str, object]:
    if isinstance(raw, dict):
        return raw
    return {"choice": raw} if isinstance(raw, list | tuple) else {"value": raw}


def problems_of(
    error: ValidationError, *, origin: str, key: str, known: list[str]
) -> list[Problem]:
    """Turn a validation error into problems with their keys and close matches.

    Args:
        error: What pydantic found.
        origin: The file it comes from.
        key: Where the validated mapping stands in that file; empty for the whole file.
        known: Keys that the mapping may have.
    """
    problems = []
    for item in error.errors(include_url=False):
        names = [str(part) for part in item["loc"]]
        message = _PLAIN_WORDS.get(item["type"], problem_words(item, with_value=False))
        if item["type"] == "extra_forbidden":
            message = unknown(names[-1], known)
        where = ".".join([key, *names] if key else names) or "(whole file)"
        problems.append(Problem(origin, where, message))
    return list(dict.fromkeys(problems))


def _known_keys(model: type[Choice | Fixed | FloatRange | IntRange]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _kind_message(raw: dict[str, object], kinds: list[str]) -> str:
    if kinds:
        return f"has {' and '.join(kinds)}; give one of them"
    keys = f", but has {shortened(', '.join(map(str, raw)), 200)}" if raw else ""
    return f"must hold one of {', '.join(KINDS)}{keys}"
