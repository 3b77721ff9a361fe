from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.tasks import METRICS, accuracy, find_metric

LABELS = st.lists(st.integers(0, 4), min_size=1)


def test_accuracy_is_the_share_of_equal_labels() -> None:
    assert accuracy([0, 1, 2, 2], [0, 1, 1, 2]) == 0.75


@given(LABELS)
def test_accuracy_of_the_labels_themselves_is_one(labels: list[int]) -> None:
    assert accuracy(labels, labels) == 1.0


@given(LABELS)
def test_accuracy_of_labels_that_are_all_different_is_zero(labels: list[int]) -> None:
    assert accuracy([label + 1 for label in labels], labels) == 0.0


def test_accuracy_of_no_rows_is_refused() -> None:
    with pytest.raises(UsageError, match="got 0 predictions for 0 labels"):
        accuracy([], [])


def test_accuracy_of_different_lengths_is_refused() -> None:
    with pytest.raises(UsageError, match="got 1 predictions for 2 labels"):
        accuracy([1], [1, 0])


def test_every_metric_lies_in_its_stated_range_with_its_best_at_the_right_end() -> None:
    for metric in METRICS.values():
        best = metric.highest if metric.higher_is_better else metric.lowest
        assert metric.compute([0, 1], [0, 1]) == best


def test_an_unknown_metric_names_the_close_one() -> None:
    with pytest.raises(UsageError, match=r"Unknown metric 'acuracy'\. Did you mean accuracy\?"):
        find_metric("acuracy")
