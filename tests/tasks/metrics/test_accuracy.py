from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.intervals import wilson_interval
from autoclue.tasks import Predictions, find_metric
from autoclue.tasks.metrics.accuracy import ACCURACY, accuracy

LABELS = st.lists(st.integers(0, 4), min_size=1)


def predicted(labels: list[int]) -> Predictions:
    return Predictions(tuple(str(i) for i in range(len(labels))), tuple(labels))


def test_accuracy_is_the_share_of_equal_labels() -> None:
    assert accuracy([0, 1, 2, 2], [0, 1, 1, 2]) == 0.75


@given(LABELS)
def test_accuracy_of_the_labels_themselves_is_one(labels: list[int]) -> None:
    assert accuracy(labels, labels) == 1.0


@given(LABELS)
def test_accuracy_of_labels_that_are_all_different_is_zero(labels: list[int]) -> None:
    assert accuracy([label + 1 for label in labels], labels) == 0.0


def test_accuracy_of_no_examples_is_refused() -> None:
    with pytest.raises(UsageError, match="got 0 predictions for 0 references"):
        ACCURACY.score(predicted([]), [])


def test_accuracy_of_different_lengths_is_refused() -> None:
    with pytest.raises(UsageError, match="got 1 predictions for 2 references"):
        ACCURACY.score(predicted([1]), [1, 0])


def test_the_interval_of_an_accuracy_is_wilsons() -> None:
    assert ACCURACY.interval(0.78, 600) == wilson_interval(0.78, 600)


def test_there_is_no_interval_without_examples() -> None:
    assert ACCURACY.interval(0.78, 0) is None


def test_an_unknown_metric_names_the_close_one() -> None:
    with pytest.raises(UsageError, match=r"Unknown metric 'acuracy'\. Did you mean accuracy\?"):
        find_metric("acuracy")
