"""The picture of a task's data, and the sentences that it gives rise to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from autoclue.tasks.checks.facts import Overlap, SplitFacts, overlap_facts, split_facts
from autoclue.tasks.sources import TaskData
from autoclue.tasks.spec import NEEDED_SPLITS

FEW_ROWS = 50
"""Development rows below which a single row moves the score by two points and more."""
RARE_SHARE = 0.1
"""Share of the most frequent label beyond which accuracy alone says little: 1 minus this."""
TOLD_SHARE = 0.01
"""Share of rows that repeat, contradict or are cut below which the picture alone has it."""
MOST_NAMED = 5
"""Labels or bad rows that a sentence names; the rest are counted."""


@dataclass(frozen=True, slots=True)
class DataFacts:
    """The picture of a task's data.

    Attributes:
        task: The task's title.
        origin: Where the rows come from.
        metric: Name of the task's metric.
        max_length_tokens: Longest input, special tokens included.
        splits: What each part holds.
        overlaps: For each part but train, the rows that stand in train too.
        left_out: The bad rows that are left out, each with its place.
    """

    task: str
    origin: str
    metric: str
    max_length_tokens: int
    splits: tuple[SplitFacts, ...]
    overlaps: tuple[Overlap, ...]
    left_out: tuple[str, ...] = field(default=())

    @property
    def majority(self) -> tuple[str, float] | None:
        """The label that most development rows have, and its share: what guessing scores."""
        dev = self.part("dev")
        if dev is None or not sum(dev.labels.values()):
            return None
        label = max(dev.labels, key=lambda each: dev.labels[each])
        return label, dev.labels[label] / dev.rows

    def part(self, split: str) -> SplitFacts | None:
        """Return what a part holds; ``None`` where it isn't there."""
        return next((each for each in self.splits if each.split == split), None)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may make scores worthless or a training pointless, a clause each."""
        return tuple(
            [
                *_about_bad_rows(self.left_out),
                *_about_overlaps(self),
                *_about_labels(self),
                *_about_texts(self),
                *_about_size(self),
            ]
        )


def data_facts(
    data: TaskData,
    examples: Mapping[str, Sequence[Any]],
    *,
    max_length_tokens: int,
    left_out: Sequence[str] = (),
) -> DataFacts:
    """Look at rows that have been read.

    Args:
        data: The task's data.
        examples: The rows of each part, train among them.
        max_length_tokens: Longest input, special tokens included.
        left_out: The bad rows that are left out, each with its place.
    """
    spec = data.spec
    return DataFacts(
        task=spec.display_name,
        origin=data.origin,
        metric=spec.metric,
        max_length_tokens=max_length_tokens,
        splits=tuple(
            split_facts(spec, split, rows, max_length_tokens=max_length_tokens)
            for split, rows in examples.items()
        ),
        overlaps=tuple(
            overlap_facts(spec, split, rows, examples["train"])
            for split, rows in examples.items()
            if split != "train"
        ),
        left_out=tuple(left_out),
    )


def _about_bad_rows(left_out: Sequence[str]) -> Iterator[str]:
    if left_out:
        shown = "; ".join(left_out[:MOST_NAMED])
        rest = len(left_out) - MOST_NAMED
        more = f"; and {rest:,} more" if rest > 0 else ""
        yield f"{_rows(len(left_out))} can't be read and {_are(left_out)} left out: {shown}{more}"


def _about_overlaps(facts: DataFacts) -> Iterator[str]:
    for each in facts.overlaps:
        part = facts.part(each.split)
        if each.rows == 0 or part is None:
            continue
        other = f", {each.contradicting:,} of them with another label" * bool(each.contradicting)
        yield (
            f"{each.rows:,} of {each.split}'s {_rows(part.rows)} stand in train too{other}, so "
            f"that scores on {each.split} are too high ({each.example})"
        )


def _about_labels(facts: DataFacts) -> Iterator[str]:
    for part in facts.splits:
        counts = part.labels
        if not sum(counts.values()):
            continue
        missing = [label for label, n in counts.items() if n == 0]
        if len(counts) - len(missing) == 1:
            only = next(label for label, n in counts.items() if n)
            yield f"every row of {part.split} has the label {only}: there is nothing to tell apart"
        elif missing and part.split in NEEDED_SPLITS:
            yield f"{part.split} has no row of {_named(missing)}"
        if part.contradicting >= TOLD_SHARE * part.rows > 0:
            yield (
                f"{_rows(part.contradicting)} of {part.split} have a text that stands there with "
                "another label too"
            )
    majority = facts.majority
    if majority is not None and facts.metric == "accuracy" and majority[1] > 1 - RARE_SHARE:
        yield (
            f"{majority[1]:.0%} of dev has the label {majority[0]}, so that accuracy says little; "
            "metric: macro_f1 counts every label alike"
        )


def _about_texts(facts: DataFacts) -> Iterator[str]:
    for part in facts.splits:
        if part.split not in NEEDED_SPLITS or not part.rows:
            continue
        if part.repeated >= TOLD_SHARE * part.rows:
            yield f"{_rows(part.repeated)} of {part.split} repeat the text of an earlier row"
        if part.surely_cut >= TOLD_SHARE * part.rows:
            yield (
                f"at least {_rows(part.surely_cut)} of {part.split} "
                f"({part.surely_cut / part.rows:.0%}) are longer than "
                f"{facts.max_length_tokens} tokens and are cut"
            )


def _about_size(facts: DataFacts) -> Iterator[str]:
    dev = facts.part("dev")
    if dev is not None and dev.rows < FEW_ROWS:
        yield (
            f"dev has {_rows(dev.rows)}, so that one of them moves the score by "
            f"{1 / max(dev.rows, 1):.0%}"
        )


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _are(rows: Sequence[str]) -> str:
    return "is" if len(rows) == 1 else "are"


def _named(labels: Sequence[str]) -> str:
    shown = ", ".join(labels[:MOST_NAMED])
    more = len(labels) - MOST_NAMED
    noun = "label" if len(labels) == 1 else "labels"
    return f"the {noun} {shown}" + (f" and {more} more" if more > 0 else "")
