"""Word vectors from counts: closed forms, and that alike words come out alike."""

from __future__ import annotations

import numpy as np

from tools.pretraining.word_vectors import (
    positive_information,
    right_neighbours,
    word_vectors,
)


def test_neighbours_count_by_their_distance() -> None:
    counts = right_neighbours(np.array([0, 1, 2, 0, 1], np.uint16), 3)
    expected = [[1 / 3, 1 + 1 + 1 / 4, 1 / 2], [1 / 2, 1 / 3, 1.0], [1.0, 1 / 2, 0.0]]
    np.testing.assert_allclose(counts, np.array(expected), atol=1e-6)


def test_information_is_zero_where_entries_are_independent() -> None:
    counts = np.full((4, 4), 3.0, np.float32)
    np.testing.assert_allclose(positive_information(counts), 0.0, atol=1e-6)


def test_information_of_a_fixed_pair_is_the_logarithm_of_the_entries() -> None:
    counts = np.eye(8, dtype=np.float32) * 5
    np.testing.assert_allclose(positive_information(counts), np.eye(8) * np.log(8), atol=1e-5)


def test_information_of_an_absent_entry_is_zero() -> None:
    counts = np.zeros((3, 3), np.float32)
    counts[0, 1] = 2.0
    found = positive_information(counts)
    assert np.isfinite(found).all()
    assert (found[2] == 0).all()


def test_words_with_the_same_neighbours_are_alike() -> None:
    rng = np.random.default_rng(0)
    pairs = [
        (rng.choice([0, 1]), 2) if rng.random() < 0.5 else (rng.choice([3, 4]), 5)
        for _ in range(4000)
    ]
    vectors = word_vectors(np.array(pairs, np.uint16).ravel(), 7, width=4, seed=0)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    likeness = unit @ unit.T
    assert min(likeness[0, 1], likeness[3, 4]) > 0.9
    assert max(likeness[0, 3], likeness[1, 4]) < 0.7


def test_vectors_have_mean_square_one_and_are_repeatable() -> None:
    tokens = np.random.default_rng(0).integers(0, 40, 5000).astype(np.uint16)
    first, second = (word_vectors(tokens, 50, width=8, seed=3) for _ in range(2))
    np.testing.assert_allclose((first**2).mean(1)[:40], 1.0, rtol=1e-4)
    np.testing.assert_allclose(first, second, atol=1e-5)
    assert np.isfinite(first).all()
