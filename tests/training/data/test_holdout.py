from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.training.data.holdout import DevParts, check_holdout, split_dev

SHARES = st.floats(0.01, 0.99)
LABELS = st.lists(st.integers(0, 6), min_size=2, max_size=120).filter(
    lambda labels: len(set(labels)) < len(labels)
)
"""At least one label has two rows."""


def counts_of(labels: list[int], rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> list[int]:
    return [sum(labels[row] == label for row in rows) for label in sorted(set(labels))]


@given(LABELS, SHARES)
def test_every_row_is_in_exactly_one_part_in_file_order(labels: list[int], share: float) -> None:
    parts = split_dev(labels, share)
    assert sorted([*parts.selection, *parts.held_out]) == list(range(len(labels)))
    assert (np.diff(parts.selection) > 0).all()
    assert (np.diff(parts.held_out) > 0).all()


@given(LABELS, SHARES)
def test_every_label_gives_its_share_to_within_one_row(labels: list[int], share: float) -> None:
    held = counts_of(labels, split_dev(labels, share).held_out)
    sizes = [labels.count(label) for label in sorted(set(labels))]
    assert all(abs(h - share * n) <= 1 for h, n in zip(held, sizes, strict=True))


@given(LABELS, SHARES)
def test_a_label_with_two_rows_is_in_both_parts_and_a_single_row_selects(
    labels: list[int], share: float
) -> None:
    parts = split_dev(labels, share)
    sizes = [labels.count(label) for label in sorted(set(labels))]
    both = zip(counts_of(labels, parts.selection), counts_of(labels, parts.held_out), strict=True)
    assert [min(pair) >= 1 for pair in both] == [size > 1 for size in sizes]
    assert len(parts.held_out) >= 1


@given(st.lists(st.integers(20, 90), min_size=1, max_size=6), st.floats(0.1, 0.9))
def test_the_whole_is_as_close_to_the_share_as_rows_allow(sizes: list[int], share: float) -> None:
    labels = [label for label, size in enumerate(sizes) for _ in range(size)]
    assert len(split_dev(labels, share).held_out) == round(share * len(labels))


@given(LABELS, SHARES)
def test_the_same_rows_are_held_out_every_time(labels: list[int], share: float) -> None:
    once, again = split_dev(labels, share), split_dev(np.array(labels), share)
    assert (once.held_out == again.held_out).all()


def test_another_seed_holds_out_other_rows_of_each_label() -> None:
    labels = [0, 1] * 50
    one, other = split_dev(labels, 0.5), split_dev(labels, 0.5, seed=1)
    assert list(one.held_out) != list(other.held_out)
    assert counts_of(labels, other.held_out) == [25, 25]


def test_halves_of_even_labels_are_exact() -> None:
    assert counts_of([0] * 40 + [1] * 2, split_dev([0] * 40 + [1] * 2, 0.5).held_out) == [20, 1]


def test_rows_that_are_held_out_never_move() -> None:
    # Frozen streams of NumPy's RandomState: a change here makes old and new results incomparable.
    assert list(split_dev([0, 1] * 6, 0.5).held_out) == [2, 3, 4, 7, 9, 10]


def test_without_a_share_all_rows_select() -> None:
    parts = split_dev([0, 0, 1], 0.0)
    assert isinstance(parts, DevParts)
    assert (list(parts.selection), list(parts.held_out)) == ([0, 1, 2], [])


@pytest.mark.parametrize("share", [-0.1, 1.0, 1.5, float("nan"), float("inf")])
def test_a_share_out_of_range_is_refused_in_one_sentence(share: float) -> None:
    with pytest.raises(UsageError, match=r"holdout is .*; it must be a share .* below 1"):
        check_holdout(share)


@pytest.mark.parametrize("labels", [[0], [0, 1, 2]])
def test_rows_that_cannot_be_split_are_refused(labels: list[int]) -> None:
    with pytest.raises(UsageError, match=rf"^The {len(labels)} usable rows .* two rows or more"):
        split_dev(labels, 0.5)
