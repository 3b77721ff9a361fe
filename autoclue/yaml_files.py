"""Read YAML files that people edit: data only, duplicate keys refused, problems collected."""

from __future__ import annotations

import copy
import re
from collections.abc import Hashable
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from autoclue.errors import UsageError, one_door
from autoclue.outside import one_line, problem_key, problem_words, quoted, read_text

Model = TypeVar("Model", bound=BaseModel)


MOST_BYTES = 2**18
"""Of a file that people edit."""
MOST_VALUES = 100_000
"""Values in a file, with those that aliases repeat: some hundred bytes can stand for millions."""
DEEPEST = 50
MOST_PROBLEMS = 20
MOST_DIGITS = 30
"""Digits of a whole number; no setting has as many."""


class _UniqueKeyLoader(yaml.SafeLoader):
    """``safe_load`` that refuses a key written twice instead of keeping the last one.

    Values are bounded before they are made, and are what JSON has too: dates stay text.
    """

    def construct_mapping(
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[Hashable, object]:
        seen: set[object] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            line = key_node.start_mark.line + 1
            if not isinstance(key, Hashable):
                raise yaml.YAMLError(f"a key must be a word or a number (line {line})")
            if key in seen:
                raise yaml.YAMLError(f"key {quoted(key)} stands twice (again in line {line})")
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        if len(str(node.value)) > MOST_DIGITS:
            line = node.start_mark.line + 1
            raise yaml.YAMLError(f"a number of more than {MOST_DIGITS} digits (line {line})")
        return int(super().construct_yaml_int(node))


_UniqueKeyLoader.add_constructor("tag:yaml.org,2002:int", _UniqueKeyLoader.construct_yaml_int)
_UniqueKeyLoader.yaml_implicit_resolvers = {
    first: [each for each in resolvers if each[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _UniqueKeyLoader.yaml_implicit_resolvers.items()
}

# YAML 1.1 reads 1e-5 as a string; people mean the number, and so does YAML 1.2.
_UniqueKeyLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"),
    list("-+0123456789"),
)


def read_yaml(path: Path) -> dict[str, object]:
    """Read a YAML mapping.

    Raises:
        UsageError: The file can't be read, is too large, is not YAML, repeats a key, or is not a
            mapping.
    """
    with one_door(lambda why: UsageError(f"Can't read {path}: {why}.")):
        text = read_text(path, MOST_BYTES, encoding="utf-8-sig")
    with one_door(lambda why: UsageError(f"{path} is not valid YAML: {why}.")):
        try:
            data = copy.deepcopy(_loaded(text))
        except yaml.YAMLError as error:
            raise UsageError(f"{path} is not valid YAML: {one_line(str(error))}.") from error
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UsageError(f"{path} must hold a mapping of names to values.")
    return data


@lru_cache(maxsize=128)
def _loaded(text: str) -> object:
    """Read YAML, once it is seen to be of a size and depth that people write.

    One command reads the same task and spaces again and again, and parsing is slow.

    Raises:
        yaml.YAMLError: It isn't, or is no YAML.
    """
    depth = 0
    for event in yaml.parse(text, Loader=_UniqueKeyLoader):  # before anything is built
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            raise yaml.YAMLError(f"it is nested more than {DEEPEST} deep")
    loader = _UniqueKeyLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {}, 0)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _measure(node: yaml.Node, known: dict[int, int], depth: int) -> int:
    """Count the values below a node, those of aliases each time that they stand there.

    Args:
        node: Where to begin.
        known: What has been counted, by node; 0 while it is being counted.
        depth: How deep the node lies.

    Raises:
        yaml.YAMLError: They are too many, lie too deep, or hold themselves.
    """
    if depth > DEEPEST:
        raise yaml.YAMLError(f"it is nested more than {DEEPEST} deep")
    if known.get(id(node)) == 0:
        raise yaml.YAMLError("a value holds itself")
    if id(node) not in known:
        known[id(node)] = 0
        inner: list[yaml.Node] = []
        if isinstance(node, yaml.MappingNode):
            inner = [each for pair in node.value for each in pair]
        elif isinstance(node, yaml.SequenceNode):
            inner = node.value
        known[id(node)] = 1 + sum(_measure(each, known, depth + 1) for each in inner)
    if known[id(node)] > MOST_VALUES:
        raise yaml.YAMLError(f"it has more than {MOST_VALUES:,} values, with those of aliases")
    return known[id(node)]


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


def describe(error: ValidationError) -> str:
    """Put every problem of a validation error into one line, each with its key if it has one."""
    items = error.errors(include_url=False)
    problems = [
        f"{problem_key(item)}: {problem_words(item)}" if item["loc"] else problem_words(item)
        for item in items[:MOST_PROBLEMS]
    ]
    more = len(items) - len(problems)
    return "; ".join(problems) + (f"; and {more:,} more problems" if more else "")
