from __future__ import annotations

from autoclue.records import LabelCounts
from autoclue.training.evaluate.label_counts import count_answers


def test_answers_are_counted_by_label_and_by_pair() -> None:
    found = count_answers(("a", "b", "c"), (0, 1, 1, 0), (0, 0, 1, 1))
    assert found == LabelCounts(
        ("a", "b", "c"), 4, (2, 2, 0), (2, 2, 0), (1, 1, 0),
        ((0, 0, 1), (0, 1, 1), (1, 0, 1), (1, 1, 1)),
    )  # fmt: skip


def test_several_labels_are_counted_without_pairs() -> None:
    found = count_answers(("a", "b"), ((0, 1), (), (1,)), ((0,), (1,), (1,)))
    assert found == LabelCounts(("a", "b"), 3, (1, 2), (1, 2), (1, 1))


def test_the_right_answers_make_the_accuracy() -> None:
    found = count_answers(("a", "b"), (0, 0, 1, 1), (0, 1, 1, 1))
    assert sum(found.right) / found.examples == 0.75
