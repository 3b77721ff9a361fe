"""Read YAML files that people edit: data only, duplicate keys refused, problems collected."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from autoclue.errors import UsageError

Model = TypeVar("Model", bound=BaseModel)

LONGEST_VALUE = 60
"""Characters of a wrong value that a message repeats at most."""


class _UniqueKeyLoader(yaml.SafeLoader):
    """``safe_load`` that refuses a key written twice instead of keeping the last one."""

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=deep)
            if key in seen:
                line = key_node.start_mark.line + 1
                raise yaml.YAMLError(f"key {key!r} stands twice (again in line {line})")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)


# YAML 1.1 reads 1e-5 as a string; people mean the number, and so does YAML 1.2.
_UniqueKeyLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def read_yaml(path: Path) -> dict[str, object]:
    """Read a YAML mapping.

    Raises:
        UsageError: The file can't be read, is not YAML, repeats a key, or is not a mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"Can't read {path}: {error}.") from error
    try:
        data = yaml.load(text, Loader=_UniqueKeyLoader)
    except yaml.YAMLError as error:
        raise UsageError(f"{path} is not valid YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UsageError(f"{path} must hold a mapping of names to values.")
    return data


def validated(model: type[Model], data: dict[str, object], *, origin: str) -> Model:
    """Check data against a schema and report every problem at once.

    Args:
        model: The schema.
        data: What was read.
        origin: The file or option the data came from, named in the message.

    Raises:
        UsageError: With one clause for each key that is wrong.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise UsageError(f"{origin}: {describe(error)}") from error


def _with_value(message: str, value: object) -> str:
    """Add what was given to what is allowed, where it is short and isn't named already."""
    told = message.partition(", unable to parse")[0].replace("Input should", "must")
    given = repr(value)
    known = not isinstance(value, str | int | float) or len(given) > LONGEST_VALUE
    return told if known or given in told else f"{told}, not {given}"


def describe(error: ValidationError) -> str:
    """Put every problem of a validation error into one line, each with its key."""
    problems = []
    for item in error.errors(include_url=False):
        key = ".".join(str(part) for part in item["loc"]) or "(whole file)"
        message = item["msg"].removeprefix("Value error, ")
        if item["type"] == "extra_forbidden":
            message = "is not a known key"
        elif item["type"] == "missing":
            message = "is missing"
        else:
            message = _with_value(message, item["input"])
        problems.append(f"{key}: {message}")
    return "; ".join(problems)
