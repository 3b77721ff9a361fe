"""Draw rows from a grammar: what every family of generated text shares."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Final, TypeVar

from autoclue.errors import UsageError

T = TypeVar("T")
PATIENCE: Final = 2000
"""Draws in a row that bring nothing new before a grammar counts as used up."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One generated row.

    Attributes:
        label: The label it is given; not always the right one.
        fields: What the row's line is written from, beside the label.
        texts: What a model reads; no two rows of a task share it.
    """

    label: str
    fields: Mapping[str, object]
    texts: tuple[str, ...]


Draw = Callable[[random.Random], Sample]


def distinct(draw: Draw, rng: random.Random, count: int) -> list[Sample]:
    """Draw different rows, in the order in which they were first drawn.

    Raises:
        UsageError: The grammar doesn't hold so many.
    """
    found: dict[tuple[str, ...], Sample] = {}
    misses = 0
    while len(found) < count:
        sample = draw(rng)
        misses = misses + 1 if sample.texts in found else 0
        found.setdefault(sample.texts, sample)
        if misses == PATIENCE:
            raise UsageError(
                f"{count} rows were asked for, but the built-in text gives only {len(found)} "
                "different ones; take a smaller --builtin-size."
            )
    return list(found.values())


def other(rng: random.Random, options: Sequence[T], taken: T) -> T:
    """Draw one of the options that is not the one taken."""
    return rng.choice([option for option in options if option != taken])


def weighted(rng: random.Random, options: Mapping[T, float]) -> T:
    """Draw one of the options by its weight."""
    return rng.choices(list(options), weights=list(options.values()))[0]


def noisy(rng: random.Random, label: str, *, labels: Sequence[str], share: float) -> str:
    """Return the label, or now and then another one.

    Args:
        rng: Where chance comes from.
        label: The right label.
        labels: All labels.
        share: How often the label is wrong, in [0, 1].
    """
    return other(rng, labels, label) if rng.random() < share else label


def distinct_characters(*tables: object) -> str:
    """List the characters of word lists, sorted, each once.

    Args:
        tables: Texts, and nested mappings and sequences of texts, keys included; the slots of
            sentence patterns are left out, and so is everything that is not text.
    """
    return "".join(sorted({char for text in _texts(tables) for char in _literal(text)}))


def _texts(value: object) -> Iterator[str]:
    """Return every text in a nested table."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for part in pair for text in _texts(part))
    elif isinstance(value, Sequence):
        yield from (text for part in value for text in _texts(part))


def _literal(pattern: str) -> str:
    """Return what a pattern holds beside its slots."""
    return "".join(literal for literal, *_ in Formatter().parse(pattern))
