"""Class-balanced scores agree with scikit-learn's."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from autoclue.tasks.metrics.balanced import macro_f1, matthews
from autoclue.tasks.metrics.multi_label import multi_label_scores

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40)
SETS = st.sets(st.integers(0, 2), max_size=3).map(lambda found: tuple(sorted(found)))


@given(ROWS)
def test_macro_f1_is_that_of_scikit_learn(rows: list[tuple[int, int]]) -> None:
    predictions, labels = zip(*rows, strict=True)
    wanted = metrics.f1_score(labels, predictions, average="macro", zero_division=0.0)
    assert math.isclose(macro_f1(predictions, labels), wanted, abs_tol=1e-12)


@given(ROWS.filter(lambda rows: len({p for p, _ in rows}) > 1 and len({t for _, t in rows}) > 1))
def test_mcc_is_that_of_scikit_learn_but_never_negative(rows: list[tuple[int, int]]) -> None:
    predictions, labels = zip(*rows, strict=True)
    wanted = max(0.0, metrics.matthews_corrcoef(labels, predictions))
    assert math.isclose(matthews(predictions, labels), wanted, abs_tol=1e-12)


@pytest.mark.parametrize(("predictions", "score"), [((1, 1), 1.0), ((0, 1), 0.0), ((0, 0), 0.0)])
def test_mcc_of_one_label_alone_is_one_where_all_is_right(
    predictions: tuple[int, ...], score: float
) -> None:
    assert matthews(predictions, (1, 1)) == score


@given(st.lists(st.tuples(SETS, SETS), min_size=1, max_size=30))
def test_scores_of_several_labels_are_those_of_scikit_learn(
    rows: list[tuple[tuple[int, ...], tuple[int, ...]]],
) -> None:
    predictions, references = zip(*rows, strict=True)
    found = multi_label_scores(predictions, references)
    used = sorted({label for row in rows for labels in row for label in labels})
    tables = [[[k in row for k in range(3)] for row in each] for each in (references, predictions)]
    assert found["exact_match"] == sum(p == t for p, t in rows) / len(rows)
    for average in ("micro", "macro") if used else ():
        wanted = metrics.f1_score(*tables, average=average, labels=used, zero_division=0.0)
        assert math.isclose(found[f"{average}_f1"], wanted, abs_tol=1e-12)
