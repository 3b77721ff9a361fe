"""Count what a task's rows hold: labels, repeated texts, texts in two parts, texts too long."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from autoclue.tasks.kinds import find_kind
from autoclue.tasks.sources import texts_of_examples
from autoclue.tasks.spec import TaskSpec

SPECIAL_TOKENS = 2
"""The least that stand around a text; a pair has one more."""

_WORDS = re.compile(r"[㐀-鿿豈-﫿]|[^\W_㐀-鿿豈-﫿]+|[^\s]")
"""What any tokenizer of a Chinese model gives one token or more."""


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """What one part of a task's rows holds.

    Attributes:
        split: Its name.
        rows: How many rows can be used.
        labels: Rows of each label, by what it is called; empty where answers are no labels.
        repeated: Rows whose text stands in an earlier row too.
        contradicting: Rows whose text has another label in another row.
        characters: Characters of the median text, of one in twenty that is longer, and of the
            longest.
        surely_cut: Rows with more words and characters than tokens fit into an input.
    """

    split: str
    rows: int
    labels: Mapping[str, int]
    repeated: int
    contradicting: int
    characters: tuple[int, int, int]
    surely_cut: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """Rows of one part whose texts stand in the training rows too.

    Attributes:
        split: The part.
        rows: How many rows of it.
        contradicting: Those of them that have another label there.
        example: The place and text of the first, in words.
    """

    split: str
    rows: int
    contradicting: int
    example: str


def split_facts(
    spec: TaskSpec, split: str, examples: Sequence[Any], *, max_length_tokens: int
) -> SplitFacts:
    """Count what a part of the rows holds.

    Args:
        spec: The task.
        split: The part.
        examples: Its rows.
        max_length_tokens: Longest input, special tokens included.
    """
    texts = texts_of_examples(examples)
    references = _references(spec, examples)
    given: dict[Hashable, set[Hashable]] = {}
    for text, label in zip(texts, references, strict=True):
        given.setdefault(text, set()).add(label)
    lengths = sorted(map(_characters, texts)) or [0]
    return SplitFacts(
        split=split,
        rows=len(examples),
        labels=_label_counts(spec, references),
        repeated=len(texts) - len(given),
        contradicting=sum(len(given[text]) > 1 for text in texts),
        characters=(lengths[len(lengths) // 2], lengths[-1 - len(lengths) // 20], lengths[-1]),
        surely_cut=_surely_cut(spec, texts, max_length_tokens),
    )


def overlap_facts(
    spec: TaskSpec, split: str, examples: Sequence[Any], train: Sequence[Any]
) -> Overlap:
    """Find the rows of a part whose texts stand in the training rows too."""
    known: dict[Hashable, set[Hashable]] = {}
    for text, label in zip(texts_of_examples(train), _references(spec, train), strict=True):
        known.setdefault(text, set()).add(label)
    rows = contradicting = 0
    example = ""
    texts, labels = texts_of_examples(examples), _references(spec, examples)
    for each, text, label in zip(examples, texts, labels, strict=True):
        if text in known:
            example = example or f"row {each.row + 1} of {split}: {_shown(text)}"
            rows += 1
            contradicting += label is not None and label not in known[text]
    return Overlap(split, rows, contradicting, example)


def _references(spec: TaskSpec, examples: Sequence[Any]) -> list[Hashable]:
    """Return what is right for each row; ``None`` where nothing is known."""
    found = find_kind(spec.kind).references(examples)
    return [None if each == -1 else each for each in found]


def _label_counts(spec: TaskSpec, references: Iterable[Hashable]) -> dict[str, int]:
    names: Mapping[str, str] = getattr(spec, "label_names", {})
    labels = [label if label not in names else f"{label} ({names[label]})" for label in _of(spec)]
    counts: Counter[Hashable] = Counter()
    for each in references:
        counts.update(each if isinstance(each, tuple) else (each,))
    return {name: counts[index] for index, name in enumerate(labels)}


def _of(spec: TaskSpec) -> tuple[str, ...]:
    return spec.output_labels


def _strings(text: Hashable) -> Iterable[str]:
    """Yield every text within what a model reads of a row."""
    if isinstance(text, str):
        yield text
    elif isinstance(text, tuple):
        for each in text:
            yield from _strings(each)


def _characters(text: Hashable) -> int:
    return sum(map(len, _strings(text)))


def _surely_cut(spec: TaskSpec, texts: Sequence[Hashable], max_length_tokens: int) -> int:
    """Count the rows with more words than tokens fit in; nothing is cut where windows are read."""
    if not spec.output_labels:
        return 0
    room = max_length_tokens - SPECIAL_TOKENS
    long = (text for text in texts if _characters(text) > room)
    return sum(sum(len(_WORDS.findall(part)) for part in _strings(text)) > room for text in long)


def _shown(text: Hashable) -> str:
    joined = " | ".join(_strings(text))
    return joined if len(joined) <= 40 else f"{joined[:40]}..."
