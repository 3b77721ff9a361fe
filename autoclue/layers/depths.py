"""Find the depth of every parameter from its structured name."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from autoclue.errors import UsageError, unknown_name
from autoclue.layers.encoder import Encoder, Parameter
from autoclue.layers.families import FAMILIES, Family

_EMBEDDINGS = 0


def find_depths(names_and_sizes: Mapping[str, int], *, family: str | None = None) -> Encoder:
    """Find the depth of every parameter of a sequence classification model.

    Args:
        names_and_sizes: Number of scalars by structured parameter name, in the model's order.
        family: A key of `FAMILIES`; ``None`` tells it from the names' first component.

    Raises:
        UsageError: The family is unknown or can't be told, parameters have no rule (all are
            listed), the layers' numbers have a gap, or embeddings, layers or head are missing.

    Examples:
        >>> from autoclue.layers import find_depths
        >>> sizes = {
        ...     "bert.embeddings.word_embeddings.weight": 800,
        ...     "bert.encoder.layers.0.linear1.weight": 64,
        ...     "bert.encoder.layers.1.linear1.weight": 64,
        ...     "classifier.bias": 3,
        ... }
        >>> encoder = find_depths(sizes)
        >>> encoder.num_layers, [parameter.depth for parameter in encoder.parameters]
        (2, [0, 1, 2, 3])
    """
    rules = _family(names_and_sizes, family)
    layer_numbers = {name: _layer_number(name, rules) for name in names_and_sizes}
    found = {number for number in layer_numbers.values() if number is not None}
    num_layers = max(found, default=-1) + 1
    depths: dict[str, int | None] = {}
    for name, number in layer_numbers.items():
        depths[name] = number + 1 if number is not None else _end(name, rules, num_layers)
    homeless = [name for name, depth in depths.items() if depth is None]
    if homeless:
        raise UsageError(
            f"No rule of the {rules.prefix!r} family gives these parameters a depth: "
            f"{', '.join(homeless)}. Add a rule to autoclue.layers.families."
        )
    return Encoder(
        num_layers,
        tuple(
            Parameter(name, depth, names_and_sizes[name])
            for name, depth in depths.items()
            if depth is not None
        ),
    )


def layer_paths(names: Collection[str], *, family: str | None = None) -> tuple[str, ...]:
    """Return where a model's encoder layers stand in it, lowest first.

    Args:
        names: Structured names of its parameters.
        family: A key of `FAMILIES`; ``None`` tells it from the names' first component.

    Raises:
        UsageError: The family is unknown or can't be told.

    Examples:
        >>> from autoclue.layers import layer_paths
        >>> layer_paths(["bert.encoder.layers.0.linear1.weight", "bert.embeddings.weight"])
        ('bert.encoder.layers.0',)
    """
    rules = _family(names, family)
    found = {
        name[: match.end()].rstrip("."): int(match.group(1))
        for name in names
        if (match := re.match(rf"{rules.prefix}\.{rules.layer}", name)) is not None
    }
    return tuple(sorted(found, key=found.__getitem__))


def _family(names: Collection[str], family: str | None) -> Family:
    """Look up a family by its own name, or by the first component of the parameters' names."""
    if family is not None:
        if family not in FAMILIES:
            raise unknown_name("model family", family, FAMILIES)
        return FAMILIES[family]
    first = {name.partition(".")[0] for name in names}
    candidates = [rules for rules in FAMILIES.values() if rules.prefix in first]
    if len(candidates) > 1:
        candidates = [
            rules
            for rules in candidates
            if any(_layer_number(name, rules) is not None for name in names)
        ]
    if len(candidates) != 1:
        raise UsageError(
            f"Can't tell the model's family from parameters that begin with "
            f"{', '.join(sorted(first)) or 'nothing'}; layer-wise training knows the families "
            f"{', '.join(sorted(FAMILIES))}."
        )
    return candidates[0]


def _layer_number(name: str, rules: Family) -> int | None:
    """Return the number of the layer, counted from 0 at the bottom, that a parameter is in."""
    match = re.match(rf"{rules.prefix}\.{rules.layer}", name)
    return None if match is None else int(match.group(1))


def _end(name: str, rules: Family, num_layers: int) -> int | None:
    """Return the depth of a parameter below or above the layers, or ``None`` without a rule."""
    inside = name.removeprefix(f"{rules.prefix}.")
    if inside == name:
        return num_layers + 1 if _matches(name, rules.top) else None
    if _matches(inside, rules.embeddings):
        return _EMBEDDINGS
    return num_layers + 1 if _matches(inside, rules.head) else None


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(re.match(pattern, name) for pattern in patterns)
