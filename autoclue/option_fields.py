"""How options are declared, listed and checked; the options themselves stand in ``options``."""

from __future__ import annotations

import inspect
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from autoclue.errors import UsageError, unknown_name
from autoclue.outside import check_name, is_text, problem_words, quoted, shown

PathInput: TypeAlias = str | Path

MOST_DIGITS = 18
"""Of a whole number: more fit no column of a database."""

_EVERY = re.compile(r"\d+|\d*\.\d+|\d+\.")
_DURATION = re.compile(
    r"(?:(?P<h>\d+(?:\.\d+)?)h)?(?:(?P<m>\d+(?:\.\d+)?)m)?(?:(?P<s>\d+(?:\.\d+)?)s?)?"
)
_UNITS = {"h": 3600, "m": 60, "s": 1}
_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}
_KINDS = {
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "string": "text",
    "path": "a path",
    "is": "a path",
    "bool": "true or false",
}


class Options(BaseModel):
    """Options that belong together; a field whose type is ``Options`` is a group of them."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", strict=True, arbitrary_types_allowed=True
    )


Given = TypeVar("Given", bound=Options)
Function = TypeVar("Function", bound=Callable[..., object])


LOG_KINDS: Final = {"tensorboard": "tensorboardX", "visualdl": "visualdl"}
"""Tools for which scalars can be written, and the Python package that writes them."""

WHAT: Final = "What"
SEARCH: Final = "Search"
SETTINGS: Final = "Settings"
BUDGET: Final = "Budget"
DEVICES: Final = "Devices"
OUTPUT: Final = "Output"

PROTOCOL_NAMES: Final = ("clue", "sound")
"""The protocols that can be asked for; the first is the default."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the command line shows an option.

    Attributes:
        panel: The group of the help that it stands in.
        flag: Its name there; ``None`` takes the field's, with dashes.
        metavar: What stands for its value.
        is_argument: Whether it is given without a name.
        env: The environment variable that gives it where nothing else does.
    """

    panel: str
    flag: str | None = None
    metavar: str | None = None
    is_argument: bool = False
    env: str | None = None


def option(
    panel: str,
    sentence: str,
    *,
    flag: str | None = None,
    metavar: str | None = None,
    is_argument: bool = False,
    env: str | None = None,
    ge: float | None = None,
    gt: float | None = None,
    lt: float | None = None,
    allow_inf_nan: bool | None = None,
) -> Any:
    """Declare an option; its type, default and name are those of the field it annotates.

    Args:
        panel: The group of the help that it stands in.
        sentence: What it does.
        flag: Its name on the command line; ``None`` takes the field's, with dashes.
        metavar: What stands for its value there.
        is_argument: Whether it is given without a name there.
        env: The environment variable that gives it where nothing else does.
        ge: The least value that it may have.
        gt: What its value must be above.
        lt: What its value must be below.
        allow_inf_nan: Whether a number may be infinite or none.
    """
    bounds = {"ge": ge, "gt": gt, "lt": lt, "allow_inf_nan": allow_inf_nan}
    given: Any = {name: bound for name, bound in bounds.items() if bound is not None}
    shown: Any = {"shown": Shown(panel, flag, metavar, is_argument, env)}
    return Field(description=sentence, json_schema_extra=shown, **given)


def seconds(value: object) -> object:
    """Read a duration such as ``90s``, ``45m``, ``2h`` or ``1h30m``; a bare number is seconds.

    Raises:
        ValueError: A text is no duration, or not above 0.
    """
    if not isinstance(value, str):
        return value
    match = _DURATION.fullmatch(value.strip().lower())
    parts = {} if match is None else {k: float(v) for k, v in match.groupdict().items() if v}
    found = float(sum(number * _UNITS[unit] for unit, number in parts.items()))
    if found <= 0:
        raise ValueError(
            f"{quoted(value)} is not a duration; write for example 90s, 45m, 2h or 1h30m"
        )
    return found


def every_as_text(value: object) -> object:
    """Read how often to evaluate: a whole number of steps, or epochs with a decimal point.

    Raises:
        ValueError: It is neither, or not above 0.
    """
    if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
        return value
    text = str(value).strip()
    if _EVERY.fullmatch(text) is None or len(text) > MOST_DIGITS or float(text) <= 0:
        raise ValueError(
            f"{quoted(value)} is no interval; give a whole number of steps such as 50, or epochs "
            "with a decimal point such as 0.25 or 1.0"
        )
    return text


def every_settings(text: str | None) -> dict[str, int | float | None]:
    """Return the trial settings that an interval of evaluations means; none for ``None``."""
    if text is None:
        return {}
    if "." in text:
        return {"eval_every_epochs": float(text)}
    return {"eval_every_steps": int(text), "eval_every_epochs": None}


def log_kinds(value: object) -> object:
    """Read which tools get scalars: names with commas between them, each once.

    Raises:
        ValueError: A name is unknown, or the package of a tool isn't installed.
    """
    if not isinstance(value, str):
        return value
    names = list(dict.fromkeys(name.strip().lower() for name in value.split(",")))
    wrong = [name for name in names if name not in LOG_KINDS]
    if wrong:
        raise ValueError(f"log is {value!r}, but must be {' or '.join(LOG_KINDS)}, or both")
    missing = [LOG_KINDS[name] for name in names if find_spec(LOG_KINDS[name]) is None]
    if missing:
        raise ValueError(f"log is {value!r}, but {missing[0]} is not installed; install it first")
    return ",".join(names)


def as_path(value: object) -> object:
    """Read a path, ``~`` included."""
    if not isinstance(value, str | Path):
        return value
    check_name(str(value))
    return Path(value).expanduser()


def as_text(value: object) -> object:
    """Read a name that may be a path."""
    if isinstance(value, str | Path):
        check_name(str(value))
        return str(value)
    return value


def as_names(value: object) -> object:
    """Read one name or several, which may be paths; ``Path`` objects are names too."""
    given = [value] if isinstance(value, str | Path) else value
    found = tuple(given) if isinstance(given, list | tuple) else value
    return tuple(map(as_text, found)) if isinstance(found, tuple) else found


def as_listed_names(value: object) -> object:
    """Read names, several of which may stand in one text with commas between them."""
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list | tuple) or not all(isinstance(each, str) for each in texts):
        return as_names(value)
    return as_names([name.strip() for text in texts for name in text.split(",") if name.strip()])


def rows_as_text(value: object) -> object:
    """Read a number of rows, which is text where words are allowed beside it."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def one_card(value: float | None) -> float | None:
    """Refuse more than one GPU for a trial.

    Raises:
        ValueError: It is above 1.
    """
    if value is None or value <= 1:
        return value
    raise ValueError(
        f"gpus_per_trial is {value:g}, but {value:g} GPUs a trial can't be used yet; give 1, a "
        "fraction such as 0.5, or 0 to train on the CPU"
    )


def one_protocol(value: str) -> str:
    """Refuse what is no protocol.

    Raises:
        ValueError: It is none.
    """
    if value in PROTOCOL_NAMES:
        return value
    raise ValueError(f"protocol is {value!r}, but must be {' or '.join(PROTOCOL_NAMES)}")


def options_of(model: type[Options]) -> dict[str, FieldInfo]:
    """List the options of a model by name, those of its groups in their place."""
    return {name: field for _, name, field in _walk(model)}


def _walk(model: type[Options]) -> Iterator[tuple[str | None, str, FieldInfo]]:
    """Yield the group that each option stands in, if any, its name and its field."""
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, Options):
            yield from ((name, inner, each) for inner, each in group.model_fields.items())
        else:
            yield None, name, field


def shown_as(field: FieldInfo) -> Shown:
    """Return how the command line shows an option."""
    extra: Any = field.json_schema_extra
    found: Shown = extra["shown"]
    return found


def flag_of(name: str, field: FieldInfo) -> str:
    """Return an option's name on the command line."""
    return shown_as(field).flag or f"--{name.replace('_', '-')}"


def accepted_type(field: FieldInfo) -> Any:
    """Return the type that a caller may pass, which is wider than the field's where it is read."""
    for each in field.metadata:
        if isinstance(each, BeforeValidator):
            return each.json_schema_input_type
    return field.annotation


def read_options(
    model: type[Given], given: Mapping[str, object], *, origins: Mapping[str, str] | None = None
) -> Given:
    """Sort options into a model and its groups, and check them.

    Args:
        model: What takes them.
        given: Options by name; the others take their defaults.
        origins: The file that an option comes from, where it comes from one.

    Raises:
        UsageError: An option is unknown, missing or out of range; all of them are named.
    """
    known = options_of(model)
    for name in given:
        if name not in known:
            raise unknown_name("option", name, known)
    variables = _from_environment(known, given)
    given = {**{name: os.environ[variable] for name, variable in variables.items()}, **given}
    origins = {**variables, **(origins or {})}
    sorted_values: dict[str, Any] = {
        name: {}
        for name, field in model.model_fields.items()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Options)
    }
    for group, name, _ in _walk(model):
        if name in given:
            target = sorted_values if group is None else sorted_values[group]
            target[name] = given[name]
    for name, value in given.items():
        _check_size(name, value)
    try:
        return model.model_validate(sorted_values)
    except ValidationError as error:
        raise UsageError(_sentence(error, known, origins)) from error


def _from_environment(
    known: Mapping[str, FieldInfo], given: Mapping[str, object]
) -> dict[str, str]:
    """Return the variables that give options which nothing else gives, by the options' names."""
    named = {name: shown_as(field).env for name, field in known.items() if name not in given}
    return {name: env for name, env in named.items() if env and os.environ.get(env)}


def _check_size(name: str, value: object) -> None:
    """Refuse numbers that no database holds, and texts that are none."""
    if isinstance(value, int) and abs(value) >= 10**MOST_DIGITS:
        raise UsageError(f"{name} is {quoted(value)}, but may have at most {MOST_DIGITS} digits.")
    if isinstance(value, str) and shown(value) != value and not is_text(value):
        raise UsageError(f"{name} is {quoted(shown(value))}, which is no text.")


def _sentence(
    error: ValidationError, known: Mapping[str, FieldInfo], origins: Mapping[str, str]
) -> str:
    """Put everything that is wrong into one sentence."""
    clauses = []
    for item in error.errors(include_url=False):
        name = next((str(part) for part in item["loc"] if part in known), "")
        clause = _clause(name, known, item)
        clauses.append(f"{origins[name]}: {clause}" if name in origins else clause)
    return f"{'; '.join(dict.fromkeys(clauses))}."


def kind_words(kind: str) -> str | None:
    """Return what a value must be, by the kind of error that pydantic gives it."""
    return _KINDS.get(kind.partition("_")[0])


def _clause(name: str, known: Mapping[str, FieldInfo], item: Any) -> str:
    kind, value, limits = item["type"], item["input"], item.get("ctx", {})
    if kind == "missing":
        return f"Missing option '{flag_of(name, known[name])}'"
    if kind == "value_error":
        return str(item["msg"]).removeprefix("Value error, ")
    written = f"{value:g}" if isinstance(value, float) else quoted(value)
    if kind in _BOUNDS:
        words, bound = _BOUNDS[kind]
        return f"{name} is {written}, but must be {words} {limits[bound]:g}"
    wanted = kind_words(kind)
    told = f"must be {wanted}" if wanted else problem_words(item)
    return f"{name} is {written}, but {told}"


def takes_options(model: type[Options]) -> Callable[[Function], Function]:
    """Show a model's options in the signature and the docstring of a function that takes them.

    The function declares them as keywords, ``**options: Unpack[...]``, which type checkers read;
    ``help`` and notebooks then show the same.
    """

    def decorate(function: Function) -> Function:
        signature = inspect.signature(function)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        options = {n: f for n, f in options_of(model).items() if n not in signature.parameters}
        keywords = [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.get_default(call_default_factory=True),
                annotation=accepted_type(field),
            )
            for name, field in options.items()
        ]
        function.__signature__ = signature.replace(  # type: ignore[attr-defined]
            parameters=[*own, *keywords]
        )
        lines = "".join(f"\n        {name}: {f.description}" for name, f in options.items())
        before, found, after = (inspect.getdoc(function) or "").partition("\n\nRaises:")
        function.__doc__ = f"{before}\n\nKeyword Args:{lines}{found}{after}"
        return function

    return decorate
