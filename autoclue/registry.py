"""Registries: strategies, samplers and schedulers, chosen by name, by path or as an object.

A choice is a text: a registered name (``asha``), the path of any importable class
(``my_module:MyScheduler``), or either with values of its parameters
(``asha:reduction_factor=4,min_comparators=5``). An object made in Python stands for the text that
makes it again, so that a study which is resumed finds in its ledger all it needs.

Names come from entry points, so adding one takes its file and a line in ``pyproject.toml``. What
a class's parameters are is read from its fields; see `autoclue.parameters`.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, Protocol, TypeAlias, TypeVar, cast

from pydantic import ValidationError

from autoclue.errors import UsageError, reason_of, unknown_name
from autoclue.outside import one_line, quoted
from autoclue.parameters import (
    ParameterDoc,
    changed_values,
    check_values,
    describe_parameters,
    read_values,
)

T = TypeVar("T")


class Named(Protocol):
    """What strategies, samplers and schedulers have in common."""

    @property
    def name(self) -> str:
        """What the command line calls it."""


ChoiceInput: TypeAlias = str | Named
"""What a function takes where the command line takes a choice: its text, or an object."""
_HAS_VALUES = re.compile(r"\s*\w+\s*=")


@dataclass(frozen=True, slots=True)
class NamedChoice:
    """A choice taken apart.

    Attributes:
        name: A registered name or ``module:Class``.
        values: Values of parameters that were given with it.
    """

    name: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Registry(Generic[T]):
    """Everything of one kind that can be chosen by name.

    Attributes:
        kind: What it holds, in the singular ("strategy").
        group: The entry-point group under which packages register theirs.
        methods: What a class must have to be one of them.
        shape: The same in words, for the error message.
        either: Sets of further methods, of which it must have one whole; empty for none.

    Examples:
        >>> from autoclue.search.stopping import SCHEDULERS, Asha
        >>> SCHEDULERS.names()
        ['adaptive', 'asha', 'hyperband', 'median', 'none']
        >>> SCHEDULERS.make("asha:reduction_factor=4").rungs
        (0.1111111111111111, 0.4444444444444444)
        >>> SCHEDULERS.text_of(Asha(min_comparators=5))
        'asha:min_comparators=5'
        >>> print(SCHEDULERS.parameters("asha")["reduction_factor"])
        reduction_factor: float, above 1 = 3.0
    """

    kind: str
    group: str
    methods: tuple[str, ...]
    shape: str
    either: tuple[tuple[str, ...], ...] = ()

    def names(self) -> list[str]:
        """List the registered names, in alphabetical order."""
        return sorted(self._points())

    def doc(self, choice: str) -> str:
        """Return the first line of a class's description.

        Raises:
            UsageError: There is no such class.
        """
        return (inspect.getdoc(self.find(choice)) or "").partition("\n")[0]

    def parameters(self, choice: str) -> Mapping[str, ParameterDoc]:
        """Describe the parameters of a class, by name and in its own order.

        Raises:
            UsageError: There is no such class.
        """
        return describe_parameters(self.find(choice))

    def split(self, choice: str) -> NamedChoice:
        """Take a choice apart into what is chosen and the values that it names.

        Raises:
            UsageError: A value has no name, or the same name stands there twice.
        """
        parts = choice.strip().split(":")
        if len(parts) == 1 or not _HAS_VALUES.match(parts[-1]):
            return NamedChoice(choice.strip(), {})
        name = ":".join(parts[:-1])
        return NamedChoice(name, read_values(parts[-1], origin=f"{self.kind} {choice!r}"))

    def find(self, choice: str) -> type[T]:
        """Import the class of a choice, whose parameters don't matter here.

        Raises:
            UsageError: Nothing is registered under that name (with close matches), it can't be
                imported, or it is something else.
        """
        name = self.split(choice).name
        if ":" in name:
            module, _, attribute = name.partition(":")
        else:
            point = self._point(name)
            module, attribute = point.module, point.attr
        try:
            if module.startswith("."):
                raise ImportError("a path must be whole, from the top package on")
            found = getattr(importlib.import_module(module), attribute)
        except Exception as error:  # a module runs as it is imported, and may raise anything
            if module in self._points():
                raise UsageError(
                    f"{self.kind.capitalize()} {choice!r} can't be read: values of its parameters "
                    f"are written '{module}:NAME=VALUE,NAME=VALUE'."
                ) from error
            raise UsageError(
                f"Can't load {self.kind} {quoted(name)}: {_why(error)}. Its module must be "
                "importable, for instance from a folder on PYTHONPATH, and hold that class."
            ) from error
        if not self._is_one(found):
            raise UsageError(f"{quoted(name)} is not a {self.kind}; it must be {self.shape}.")
        return cast(type[T], found)

    def make(
        self,
        choice: str,
        values: Mapping[str, object] | None = None,
        *,
        otherwise: Mapping[str, object] | None = None,
    ) -> T:
        """Make what is chosen.

        Args:
            choice: A registered name or ``module:Class``, with or without values.
            values: Further values of its parameters. A whole number may stand for a float, and a
                float without a fraction for an int.
            otherwise: Values for parameters that are left open; those that it doesn't have are
                ignored.

        Raises:
            UsageError: There is no such class (with close matches), or values are unknown,
                missing, of a wrong type or out of range: all of them in one message.
        """
        parts, made = self.split(choice), self.find(choice)
        known = describe_parameters(made)
        given = {**parts.values, **(values or {})}
        for name, value in (otherwise or {}).items():
            if name in known:
                given.setdefault(name, value)
        checked, problems = check_values(made, given)
        if not problems:
            try:
                return made(**checked)
            except (UsageError, ValueError) as error:
                problems = [_reason(error)]
        listing = "; ".join(map(str, known.values())) or "none"
        raise UsageError(
            f"{self.kind.capitalize()} {parts.name!r}: {'; '.join(problems)}. "
            f"Its parameters: {listing}."
        )

    def normal(self, choice: str | T) -> str:
        """Write a choice in the one way in which equal choices are written.

        Raises:
            UsageError: As `make` and `text_of` raise it.
        """
        return self.text_of(self.make(choice) if isinstance(choice, str) else choice)

    def text_of(self, choice: str | T) -> str:
        """Return the text that makes an object again; a text stays as it is.

        Raises:
            UsageError: The object is not of this kind, or can't be made again from a text.
        """
        if isinstance(choice, str):
            return choice
        if not self._is_one(type(choice)):
            raise UsageError(f"{choice!r} is not a {self.kind}; it must be {self.shape}.")
        path, values = _parts_of(choice)
        name = self._name_of(path)
        return f"{name}:{values}" if values else name

    def name_of(self, choice: str) -> str:
        """Return the registered name of what is chosen, or its path where it has none.

        Raises:
            UsageError: There is no such class.
        """
        return self._name_of(_path_of(self.find(choice)))

    def _name_of(self, path: str) -> str:
        names: Iterable[str] = (n for n, point in self._points().items() if point.value == path)
        return next(iter(names), path)

    def _is_one(self, found: object) -> bool:
        def has(methods: Iterable[str]) -> bool:
            return all(hasattr(found, method) for method in methods)

        shaped = has(self.methods) and (not self.either or any(map(has, self.either)))
        return inspect.isclass(found) and dataclasses.is_dataclass(found) and shaped

    def _points(self) -> Mapping[str, EntryPoint]:
        return _registered(self.group, tuple(sys.path))

    def _point(self, name: str) -> EntryPoint:
        points = self._points()
        if not points:
            raise UsageError(
                f"No {self.kind} is registered at all: this installation of autoclue is older "
                "than its code; install it again, for instance with 'make install'."
            )
        if name not in points:
            raise unknown_name(self.kind, name, points, hint="Your own is written 'module:Class'.")
        return points[name]


def as_choice(value: object) -> object:
    """Turn an object into the choice that makes it again; anything but a dataclass stays.

    It is used where nothing is imported yet that knows which registry the choice is for.

    Raises:
        UsageError: The object can't be made again from a text.
    """
    if not dataclasses.is_dataclass(value) or isinstance(value, type):
        return value
    path, values = _parts_of(value)
    return f"{path}:{values}" if values else path


def _parts_of(value: object) -> tuple[str, str]:
    """Return the path of an object's class and its values as text, if they make it again.

    Raises:
        UsageError: They don't.
    """
    made: Any = type(value)
    values = changed_values(value)
    try:
        checked, problems = check_values(made, read_values(values, origin=_path_of(made)))
        same = not problems and made.__module__ != "__main__" and made(**checked) == value
    except (UsageError, ValueError):
        same = False
    if not same:
        raise UsageError(
            f"{value!r} can't be made again when the study is resumed; put its class into a "
            "module and let its parameters be numbers, texts, truth values or lists of them."
        )
    return _path_of(made), values


def _path_of(made: type[Any]) -> str:
    return f"{made.__module__}:{made.__qualname__}"


@cache
def _registered(group: str, path: tuple[str, ...]) -> Mapping[str, EntryPoint]:
    """Read the entry points of all packages on a path, which takes some ten milliseconds."""
    return {point.name: point for point in entry_points(group=group)}


def _why(error: Exception) -> str:
    if isinstance(error, ImportError | AttributeError):
        return one_line(str(error))
    return reason_of(error)


def _reason(error: Exception) -> str:
    """Return in one line what a class's own check found."""
    if isinstance(error, ValidationError):
        return "; ".join(str(each["msg"]).removeprefix("Value error, ") for each in error.errors())
    return str(error).rstrip(".")
