"""Draw rows from a grammar: what every family of generated text shares."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any, Final, TypeVar

from autoclue.errors import UsageError

T = TypeVar("T")
PATIENCE: Final = 2000
"""Draws in a row that bring nothing new before a grammar counts as used up."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One generated row.

    Attributes:
        label: The label it is given; not always the right one. Empty where a row holds several
            answers.
        fields: What the row's line is written from, beside the label.
        texts: What a model reads; no two rows of a task share it.
        units: Where a row holds several examples, what tells each of them from all others.
    """

    label: str
    fields: Mapping[str, Any]
    texts: tuple[str, ...]
    units: tuple[tuple[str, ...], ...] = ()

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """What no other row of a task may share, one for each example."""
        return self.units or (self.texts,)

    @property
    def size(self) -> int:
        """How many examples the row holds."""
        return len(self.keys)


Draw = Callable[[random.Random], Sample]


def distinct(draw: Draw, rng: random.Random, count: int) -> list[Sample]:
    """Draw different rows that hold so many examples, in the order in which they were first drawn.

    Raises:
        UsageError: The grammar doesn't hold so many.
    """
    return distinct_parts(draw, rng, (count,))[0]


def distinct_parts(
    draw: Draw, rng: random.Random, counts: Sequence[int]
) -> tuple[list[Sample], ...]:
    """Draw rows for several parts; no two of them share an example.

    Args:
        draw: Draws a row; it must draw rows of one example now and then.
        rng: Where chance comes from.
        counts: Examples of each part.

    Raises:
        UsageError: The grammar doesn't hold so many.
    """
    parts: tuple[list[Sample], ...] = tuple([] for _ in counts)
    found: set[tuple[str, ...]] = set()
    for part, count in zip(parts, counts, strict=True):
        missing, misses = count, 0
        while missing:
            sample = draw(rng)
            if sample.size > missing or not found.isdisjoint(sample.keys):
                misses += 1
                if misses == PATIENCE:
                    raise _used_up(sum(counts), len(found))
                continue
            part.append(sample)
            found.update(sample.keys)
            missing, misses = missing - sample.size, 0
    return parts


def _used_up(wanted: int, found: int) -> UsageError:
    """Build the error for a grammar without anything new."""
    return UsageError(
        f"{wanted} rows were asked for, but the built-in text gives only {found} "
        "different ones; take a smaller --builtin-size."
    )


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
