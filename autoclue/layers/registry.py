"""Find strategies by their registered name or by ``module:Class``, and make them from settings."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import numbers
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from importlib.metadata import EntryPoint, entry_points
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from autoclue.errors import UsageError, unknown_name
from autoclue.layers.strategy import Strategy

ENTRY_POINT_GROUP = "autoclue.strategies"
"""The entry-point group under which a package registers its strategies."""

_NUMBERS_MUST_BE_FINITE = ConfigDict(
    strict=True, allow_inf_nan=False, arbitrary_types_allowed=True
)


@dataclass(frozen=True, slots=True)
class StrategyParameter:
    """One setting of a strategy.

    Attributes:
        name: As it is written in a search space or on the command line.
        kind: The type as text ("float", "int | None", "'layer' | 'paddlehub'").
        required: Whether it has to be given.
        default: The value it has otherwise; ``None`` where it is required.
        doc: One sentence for people; empty if the strategy gives none.
        hint: The type itself.
    """

    name: str
    kind: str
    required: bool
    default: object
    doc: str
    hint: Any

    def __str__(self) -> str:
        start = f"{self.name}: {self.kind}"
        return start if self.required else f"{start} = {self.default!r}"


def strategy_names() -> list[str]:
    """List the registered strategies."""
    return sorted(_registered())


def strategy_doc(name_or_path: str) -> str:
    """Return the first line of a strategy's description."""
    return (inspect.getdoc(_find(name_or_path)) or "").partition("\n")[0]


def strategy_parameters(name_or_path: str) -> Mapping[str, StrategyParameter]:
    """Describe the parameters of a strategy, by name and in its own order.

    Raises:
        UsageError: No such strategy.
    """
    return _parameters(_find(name_or_path))


def load_strategy(name_or_path: str, params: Mapping[str, object]) -> Strategy:
    """Make a strategy.

    Args:
        name_or_path: A registered name, or ``module:Class`` for any importable frozen dataclass.
        params: Its parameters. A whole number may stand for a float, and a float without a
            fraction for an int.

    Raises:
        UsageError: No such strategy (with close matches), or parameters that are unknown, missing,
            of a wrong type or out of range: all of them in one message.
    """
    strategy = _find(name_or_path)
    known = _parameters(strategy)
    values, problems = _checked(params, known)
    made: Strategy | None = None
    if all(name in values for name, parameter in known.items() if parameter.required):
        try:
            made = strategy(**values)
        except (UsageError, ValueError) as error:
            problems.append(str(error).rstrip("."))
    if problems or made is None:
        listing = ", ".join(str(parameter) for parameter in known.values()) or "none"
        raise UsageError(
            f"Strategy {name_or_path!r}: {'; '.join(problems)}. Its parameters: {listing}."
        )
    return made


def _checked(
    params: Mapping[str, object], known: Mapping[str, StrategyParameter]
) -> tuple[dict[str, object], list[str]]:
    """Sort settings into values of the right type and sentences about the others."""
    values: dict[str, object] = {}
    problems = [f"{name} is not one of its parameters" for name in params if name not in known]
    for name, parameter in known.items():
        if name in params:
            try:
                values[name] = _validated(params[name], parameter.hint)
            except ValidationError:
                problems.append(f"{name} is {params[name]!r} but must be {parameter.kind}")
        elif parameter.required:
            problems.append(f"{name} is missing")
    return values, problems


def _registered() -> dict[str, EntryPoint]:
    return {point.name: point for point in entry_points(group=ENTRY_POINT_GROUP)}


def _find(name_or_path: str) -> type[Any]:
    """Import a strategy's class and make sure that it is one."""
    if ":" in name_or_path:
        module, _, attribute = name_or_path.partition(":")
    else:
        points = _registered()
        if name_or_path not in points:
            raise unknown_name(
                "strategy", name_or_path, points, hint="Your own is written 'module:Class'."
            )
        module, attribute = points[name_or_path].module, points[name_or_path].attr
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"Can't load strategy {name_or_path!r}: {error}. Its module must be importable, for "
            "instance from a folder on PYTHONPATH, and hold that class."
        ) from error
    if not (inspect.isclass(found) and dataclasses.is_dataclass(found) and hasattr(found, "plan")):
        raise UsageError(
            f"{name_or_path!r} is not a strategy; it must be a frozen dataclass with a name and a "
            "method plan(encoder, *, weight_decay, epoch)."
        )
    return found


def _parameters(strategy: type[Any]) -> dict[str, StrategyParameter]:
    hints = get_type_hints(strategy)
    return {
        field.name: StrategyParameter(
            name=field.name,
            kind=_kind(hints[field.name]),
            required=field.default is MISSING and field.default_factory is MISSING,
            default=None if field.default is MISSING else field.default,
            doc=str(field.metadata.get("doc", "")),
            hint=hints[field.name],
        )
        for field in dataclasses.fields(strategy)
        if field.init
    }


def _alternatives(hint: object) -> tuple[object, ...]:
    """Take a union apart: its members, or the type itself."""
    if get_origin(hint) is Annotated:
        return _alternatives(get_args(hint)[0])
    if get_origin(hint) in (Union, UnionType):
        return tuple(part for member in get_args(hint) for part in _alternatives(member))
    return (hint,)


def _kind(hint: object) -> str:
    """Write a type the way its author would."""
    names = []
    for part in _alternatives(hint):
        if part is type(None):
            names.append("None")
        elif inspect.isclass(part):
            names.append(part.__name__)
        else:
            names.extend(repr(value) for value in get_args(part))
    return " | ".join(names)


def _validated(value: object, hint: Any) -> object:
    """Check a value against a type, letting whole numbers and floats stand for each other."""
    allowed = _alternatives(hint)
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        if float in allowed:
            value = float(value)
        elif int in allowed and not isinstance(value, int) and float(value).is_integer():
            value = int(float(value))
    adapter: TypeAdapter[object] = TypeAdapter(hint, config=_NUMBERS_MUST_BE_FINITE)
    return adapter.validate_python(value)
