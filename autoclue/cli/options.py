"""Return a verb the options of a model as parameters, and the few that verbs alone have."""

from __future__ import annotations

import functools
import inspect
import shlex
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

import typer
from pydantic.fields import FieldInfo
from typer.core import TyperCommand

from autoclue.cli.completion import VALUES, Completion, completer
from autoclue.option_fields import (
    BUDGET,
    OUTPUT,
    Options,
    accepted_type,
    flag_of,
    options_of,
    shown_as,
)
from autoclue.outside import hide_secrets

Given: TypeAlias = dict[str, object]
"""The options that stand on the command line, by name; the others are left out."""

Json = Annotated[
    bool,
    typer.Option("--json", help="Print the result as JSON, nothing else.", rich_help_panel=OUTPUT),
]
Config = Annotated[
    Path | None,
    typer.Option(
        "--config",
        help="Run file (YAML) that gives options by name; the command line wins over it.",
        rich_help_panel=OUTPUT,
    ),
]
PrintConfig = Annotated[
    bool,
    typer.Option(
        "--print-config",
        help="Print the complete run as a run file, and run nothing.",
        rich_help_panel=OUTPUT,
    ),
]

PlanOnly = Annotated[
    bool,
    typer.Option("--plan", help="Tell what would run, and run nothing.", rich_help_panel=BUDGET),
]
Probe = Annotated[
    bool,
    typer.Option(
        "--probe",
        help="With --plan: try 20 steps at each batch size and length, and tell hours and memory.",
        rich_help_panel=BUDGET,
    ),
]


def with_options(
    model: type[Options], *, only: tuple[str, ...] | None = None
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Return a verb a parameter for each option of a model.

    Args:
        model: The options. Their types, defaults, sentences and panels are taken from it.
        only: The names of those that the verb takes; ``None`` takes all.

    Returns:
        A decorator of functions whose first argument is ``Given`` and whose others are parameters
        of their own.
    """
    fields = {n: f for n, f in options_of(model).items() if only is None or n in only}

    def decorate(verb: Callable[..., int]) -> Callable[..., int]:
        own = list(inspect.signature(verb, eval_str=True).parameters.values())[1:]
        parameters = [
            inspect.Parameter("ctx", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context),
            *(_parameter(name, field) for name, field in fields.items()),
            *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in own),
        ]

        @functools.wraps(verb)
        def run(ctx: typer.Context, **values: Any) -> int:
            given = {name: values.pop(name) for name in fields}
            typed = {n: v for n, v in given.items() if _is_typed(ctx, n)}
            return verb(typed, **values)

        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        return run

    return decorate


class SeveralValues(TyperCommand):
    """Takes several words after an option that may be repeated: ``--ensemble A B``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Write the option before each of its words."""
        many = {name for each in self.params if each.multiple for name in each.opts}
        return super().parse_args(ctx, repeated(args, many))


def repeated(words: Sequence[str], many: Collection[str]) -> list[str]:
    """Repeat an option before each of the words that follow it, up to the next option.

    Args:
        words: The command line.
        many: The options that take several words.

    Examples:
        >>> from autoclue.cli.options import repeated
        >>> repeated(["--ensemble", "a", "b", "--split", "dev"], {"--ensemble"})
        ['--ensemble', 'a', '--ensemble', 'b', '--split', 'dev']
    """
    found: list[str] = []
    current = None
    for word in words:
        if word.startswith("-"):
            current = word if word in many else None
        elif current is not None and found[-1] != current:
            found.append(current)
        found.append(word)
    return found


def _is_typed(ctx: typer.Context, name: str) -> bool:
    """Return whether a parameter stands on the command line."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _parameter(name: str, field: FieldInfo) -> inspect.Parameter:
    """Make the parameter of one option; nothing is required, as a run file may give it."""
    shown = shown_as(field)
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    kind = _typed_as(field)
    if shown.is_argument:
        annotation: Any = Annotated[
            kind, typer.Argument(help=field.description, autocompletion=_completer(name))
        ]
        return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation)
    if kind == list[str]:
        default = None
    info = typer.Option(
        flag_of(name, field),
        help=field.description,
        metavar=shown.metavar,
        rich_help_panel=shown.panel,
        envvar=shown.env,
        autocompletion=_completer(name),
        show_default="required" if field.is_required() else default is not None,
    )
    wanted = kind if default is not None else kind | None
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[wanted, info],
    )


def _completer(name: str) -> Callable[[typer.Context, str], list[Completion]] | None:
    """Return what completes an option's values, where they are names that autoclue knows."""
    return completer(name) if name in VALUES else None


def _typed_as(field: FieldInfo) -> Any:
    """Return the type of what is typed for an option; text where it is read into another."""
    own = [each for each in get_args(field.annotation) if each is not type(None)]
    optional = type(None) in get_args(field.annotation)
    target: Any = own[0] if optional else field.annotation
    if get_origin(target) in (Mapping, tuple):
        return list[str]
    if get_origin(target) is Literal:
        return str
    return str if target is not Path and str in get_args(accepted_type(field)) else target


def command_line() -> list[str]:
    """Return the words of this command, for the report, without passwords."""
    words = (hide_secrets(word, is_address=True) for word in sys.argv[1:])
    return ["autoclue", *map(shlex.quote, words)]
