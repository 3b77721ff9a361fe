from __future__ import annotations

import numpy as np

from autoclue.training.features import Features, join_features


def of_choices() -> Features:
    """Two features of two sequences each, of 2, 1, 3 and 1 tokens."""
    return Features(
        ids=np.array([1, 2, 3, 4, 5, 6, 7], dtype=np.int32),
        segments=np.array([0, 1, 0, 0, 1, 1, 0], dtype=np.uint8),
        offsets=np.array([0, 2, 3, 6, 7]),
        examples=np.array([0, 1]),
        values={"label": np.array([1, 0]), "real": np.array([[1, 1], [1, 0]], dtype=np.bool_)},
        token_values={"place": np.arange(14).reshape(7, 2)},
    )


def test_a_feature_is_as_long_as_its_longest_sequence() -> None:
    features = of_choices()
    assert features.sequences_each == 2
    assert features.lengths.tolist() == [2, 3]


def test_the_sequences_of_a_feature_stay_together_in_a_batch() -> None:
    batch = of_choices().batch(np.array([1, 0]), pad_id=9)
    assert batch.ids.tolist() == [[[4, 5, 6], [7, 9, 9]], [[1, 2, 9], [3, 9, 9]]]
    assert batch.segments.tolist() == [[[0, 1, 1], [0, 0, 0]], [[0, 1, 0], [0, 0, 0]]]


def test_values_go_with_their_features() -> None:
    batch = of_choices().batch(np.array([1]), pad_id=9)
    assert {name: array.tolist() for name, array in batch.values.items()} == {
        "label": [0],
        "real": [[True, False]],
    }


def test_joined_parts_are_one_after_another() -> None:
    one = of_choices()
    both = join_features([one, one])
    assert both.offsets.tolist() == [0, 2, 3, 6, 7, 9, 10, 13, 14]
    assert both.examples.tolist() == [0, 1, 0, 1]
    last = both.batch(np.array([3]), pad_id=9)
    assert last.ids.tolist() == one.batch(np.array([1]), pad_id=9).ids.tolist()
    assert both.token_values["place"].shape == (14, 2)
