"""Precision, recall and F1 of every label, and which labels are taken for which."""

from __future__ import annotations

from dataclasses import dataclass

from autoclue.records import LabelCounts


@dataclass(frozen=True, slots=True)
class LabelScore:
    """How well one label is told.

    Attributes:
        label: The label.
        examples: How many examples have it.
        predicted: How many got it.
        right: How many of those have it.
    """

    label: str
    examples: int
    predicted: int
    right: int

    @property
    def precision(self) -> float | None:
        """The share of examples that got it which have it; ``None`` where none got it."""
        return self.right / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """The share of examples that have it which got it; ``None`` where none has it."""
        return self.right / self.examples if self.examples else None

    @property
    def f1(self) -> float | None:
        """Their harmonic mean; ``None`` where no example has it or got it."""
        both = self.predicted + self.examples
        return 2 * self.right / both if both else None


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often one label was taken for another.

    Attributes:
        label: The right label.
        taken_for: What was predicted instead.
        examples: How often.
    """

    label: str
    taken_for: str
    examples: int


def label_scores(counts: LabelCounts) -> tuple[LabelScore, ...]:
    """Return the score of each label, in the order of the task."""
    rows = zip(counts.labels, counts.wanted, counts.predicted, counts.right, strict=True)
    return tuple(LabelScore(*row) for row in rows)


def confusions(counts: LabelCounts) -> tuple[Confusion, ...]:
    """Return what was taken for something else, the most frequent first."""
    wrong = [row for row in counts.confused if row[0] != row[1]]
    wrong.sort(key=lambda row: (-row[2], row[:2]))
    return tuple(Confusion(counts.labels[a], counts.labels[b], n) for a, b, n in wrong)


def confusion_matrix(counts: LabelCounts) -> tuple[tuple[int, ...], ...]:
    """Return how many examples of each right label (rows) got each label (columns)."""
    found = {(row[0], row[1]): row[2] for row in counts.confused}
    every = range(len(counts.labels))
    return tuple(tuple(found.get((a, b), 0) for b in every) for a in every)
