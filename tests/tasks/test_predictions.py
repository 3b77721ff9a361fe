from __future__ import annotations

import numpy as np

from autoclue.tasks import Predictions

LOGITS = np.array([[1, 0], [0, 1], [3, 2]], dtype=np.float32)
FOUND = Predictions(("a", "b", "c"), (0, 1, 0), LOGITS)


def test_predictions_are_taken_by_place_with_their_names_and_logits() -> None:
    taken = FOUND.take(np.array([2, 0]))
    assert (taken.ids, taken.values) == (("c", "a"), (0, 0))
    assert taken.logits is not None
    assert taken.logits.tolist() == [[3, 2], [1, 0]]


def test_texts_need_no_logits() -> None:
    texts = Predictions(("a", "b"), ("天", "地"))
    assert texts.take([1]) == Predictions(("b",), ("地",))


def test_equal_answers_are_equal_predictions_whatever_the_logits() -> None:
    assert Predictions(FOUND.ids, FOUND.values) == FOUND
    assert len(FOUND) == 3
