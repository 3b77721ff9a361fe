"""The parameters of a class as its fields declare them: type, range, default and a sentence.

A class of parameters is a frozen dataclass. With pydantic's ``dataclass`` and ``Field`` a field
says everything about itself once::

    decay: float = Field(default=0.9, gt=0, le=1, description="Ratio between neighbouring rates.")

A dataclass of the standard library works too; its ranges stand in ``Annotated``.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import numbers
import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import MISSING, dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from autoclue.errors import UsageError

_STRICT = ConfigDict(
    strict=True, extra="forbid", allow_inf_nan=False, arbitrary_types_allowed=True
)
_NEXT_VALUE = re.compile(r",(?=\s*\w+\s*=)")
_OUT_OF_RANGE = frozenset({"greater_than", "greater_than_equal", "less_than", "less_than_equal"})


@dataclass(frozen=True, slots=True)
class ParameterDoc:
    """One parameter, for people.

    Attributes:
        name: As it is written in a choice, a search space or on the command line.
        kind: The type as text ("float", "int | None", "'layer' | 'paddlehub'").
        limits: The range as text ("at least 1", "above 0 and at most 1"); empty for none.
        required: Whether it has to be given.
        default: The value it has otherwise; ``None`` where it is required.
        doc: One sentence; empty if the class gives none.
    """

    name: str
    kind: str
    limits: str
    required: bool
    default: object
    doc: str

    def __str__(self) -> str:
        kind = f"{self.kind}, {self.limits}" if self.limits else self.kind
        start = f"{self.name}: {kind}"
        return start if self.required else f"{start} = {self.default!r}"


def describe_parameters(made: type[Any]) -> dict[str, ParameterDoc]:
    """Describe the parameters of a frozen dataclass, by name and in its own order."""
    return {
        name: ParameterDoc(
            name=name,
            kind=_kind(field.annotation),
            limits=_limits(field),
            required=field.is_required(),
            default=None if field.is_required() else field.get_default(call_default_factory=True),
            doc=field.description or "",
        )
        for name, field in _model(made).model_fields.items()
    }


def check_values(
    made: type[Any], values: Mapping[str, object]
) -> tuple[dict[str, object], list[str]]:
    """Check values against the fields of a frozen dataclass.

    Args:
        made: The dataclass.
        values: By name. A whole number may stand for a float, a float without a fraction for an
            int, a single number for a sequence of one.

    Returns:
        The values with the right types, and what is wrong, a clause for each parameter.
    """
    known = describe_parameters(made)
    given = {
        name: _as_sequence(_plain(value)) if _is_sequence(made, name) else _plain(value)
        for name, value in values.items()
    }
    try:
        found = _model(made)(**given)
    except ValidationError as error:
        wrong: dict[str, ErrorDetails] = {}
        for each in error.errors():
            wrong.setdefault(str(each["loc"][0]), each)
        return {}, [_problem(n, values.get(n), known, each) for n, each in wrong.items()]
    return {name: getattr(found, name) for name in given}, []


def read_values(text: str, *, origin: str) -> dict[str, object]:
    """Read ``key=value,key=value``: numbers, ``true``, ``false``, ``null``, lists and words.

    Args:
        text: What stands behind the name; a list is written ``key=1,2,3``.
        origin: What it belongs to, for the message.

    Raises:
        UsageError: A value has no name, or the same name stands there twice.
    """
    found: dict[str, object] = {}
    for part in _NEXT_VALUE.split(text) if text else ():
        name, equals, value = (each.strip() for each in part.partition("="))
        if not (name and equals and value):
            raise UsageError(f"In {origin}, {part!r} must be written NAME=VALUE.")
        if name in found:
            raise UsageError(f"In {origin}, {name} is given twice.")
        items = [_scalar(item.strip()) for item in value.split(",")]
        found[name] = items[0] if len(items) == 1 else items
    return found


def changed_values(thing: Any) -> str:
    """Write the parameters that differ from their defaults as `read_values` reads them."""
    texts = []
    for name, parameter in describe_parameters(type(thing)).items():
        value = getattr(thing, name)
        if parameter.required or value != parameter.default:
            texts.append(f"{name}={to_text(value)}")
    return ",".join(texts)


def to_text(value: object) -> str:
    """Write a value as `read_values` reads it."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ",".join(map(to_text, value))
    return value if isinstance(value, str) else json.dumps(value)


def _model(made: type[Any]) -> type[BaseModel]:
    """Return the pydantic model that checks a dataclass's fields strictly and all at once."""
    return _built(cast(Hashable, made))


@cache
def _built(made: Any) -> type[BaseModel]:
    hints = get_type_hints(made, include_extras=True)
    own: Mapping[str, FieldInfo] = getattr(made, "__pydantic_fields__", {})
    fields: dict[str, Any] = {
        field.name: _with_default(hints[field.name], field, own.get(field.name))
        for field in dataclasses.fields(made)
        if field.init
    }
    return create_model(made.__name__, __config__=_STRICT, **fields)


def _with_default(
    hint: object, field: dataclasses.Field[Any], own: FieldInfo | None
) -> tuple[object, object]:
    """Return type and default of a field; one of pydantic has taken in what is annotated."""
    return (hint, _default(field)) if own is None else (own.annotation, own)


def _default(field: dataclasses.Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return FieldInfo(default_factory=field.default_factory)
    return ... if field.default is MISSING else field.default


def _problem(
    name: str, value: object, known: Mapping[str, ParameterDoc], error: ErrorDetails
) -> str:
    kind = error["type"]
    if name not in known:
        return f"{name} is not one of its parameters"
    if kind == "missing":
        return f"{name} is missing"
    if kind == "finite_number":
        return f"{name} is {value!r}; it must be a finite number"
    if kind in _OUT_OF_RANGE and known[name].limits:
        return f"{name} is {value!r}; it must be {known[name].limits}"
    if kind in _OUT_OF_RANGE or kind.startswith("value_error") or kind.startswith("too_"):
        return f"{name} is {value!r}: {error['msg'].removeprefix('Value error, ')}"
    return f"{name} is {value!r} but must be {known[name].kind}"


def _limits(field: FieldInfo) -> str:
    """Write a field's range the way one would say it."""
    words = {"gt": "above {}", "ge": "at least {}", "lt": "below {}", "le": "at most {}"}
    said = [
        word.format(getattr(limit, key))
        for key, word in words.items()
        for limit in field.metadata
        if getattr(limit, key, None) is not None
    ]
    return " and ".join(said)


def _alternatives(hint: object) -> tuple[object, ...]:
    """Take a union apart: its members, or the type itself."""
    if get_origin(hint) is Annotated:
        return _alternatives(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(part for member in get_args(hint) for part in _alternatives(member))
    return (hint,)


def _kind(hint: object) -> str:
    """Write a type the way its author would."""
    names: list[str] = []
    for part in _alternatives(hint):
        if part is type(None):
            names.append("None")
        elif inspect.isclass(part) and not get_args(part):
            names.append(part.__name__)
        elif _sequence(part):
            names.append(f"a list of {_kind(get_args(part)[0])}")
        else:
            names.extend(repr(value) for value in get_args(part))
    return " | ".join(names)


def _sequence(hint: object) -> bool:
    return get_origin(hint) is tuple


def _is_sequence(made: type[Any], name: str) -> bool:
    field = _model(made).model_fields.get(name)
    return field is not None and any(map(_sequence, _alternatives(field.annotation)))


def _as_sequence(value: object) -> object:
    if isinstance(value, str) or not isinstance(value, Sequence | numbers.Real):
        return value
    return tuple(value) if isinstance(value, Sequence) else (value,)


def _plain(value: object) -> object:
    """Turn a number of any package into Python's own, and a whole one into an int."""
    if not isinstance(value, numbers.Real) or isinstance(value, bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    number = float(value)
    return int(number) if number.is_integer() else number


def _scalar(text: str) -> object:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, bool | int | float) or value is None else text
