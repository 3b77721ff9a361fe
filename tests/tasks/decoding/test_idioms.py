from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import DataError
from autoclue.tasks.decoding.idioms import (
    LOST,
    Choices,
    decode_every,
    decode_optimal,
    decode_published,
    greedy,
    optimal,
    refuse_lost,
)
from tests.golden.reading import by_subject, recorded

CASES = by_subject(recorded("chid_decoding_cases")["cases"])


def kept(choices: Choices) -> list[int]:
    """Leave lost blanks out, as the published decoding does."""
    return [choice for choice in choices.tolist() if choice != LOST]


@pytest.mark.parametrize("case", CASES)
def test_published_decoding_is_the_recorded_one(case: dict[str, Any]) -> None:
    logits, groups = np.array(case["logits"]), np.array(case["example_ids"])
    size = case["eval_batch_size"]
    assert kept(decode_published(logits, groups, batch_size=size)) == case["greedy_by_batch"]
    whole = decode_published(logits, groups, batch_size=len(groups))
    assert kept(whole) == case["greedy_whole_groups"]


@pytest.mark.parametrize("case", CASES)
def test_optimal_decoding_is_the_recorded_one(case: dict[str, Any]) -> None:
    chosen = decode_optimal(np.array(case["logits"]), np.array(case["example_ids"]))
    expected = [LOST if idiom is None else idiom for idiom in case["optimal_whole_groups"]]
    assert chosen.tolist() == expected


@pytest.mark.parametrize("case", CASES)
def test_accuracy_of_the_optimal_decoding_is_the_recorded_one(case: dict[str, Any]) -> None:
    chosen = decode_optimal(np.array(case["logits"]), np.array(case["example_ids"]))
    accuracy = float(np.mean(chosen == np.array(case["labels"])))
    assert accuracy == pytest.approx(case["accuracy"]["optimal_whole_groups"])


@pytest.mark.parametrize("case", CASES)
def test_decoding_every_blank_is_the_optimal_one_wherever_that_has_an_idiom(
    case: dict[str, Any],
) -> None:
    logits, groups = np.array(case["logits"]), np.array(case["example_ids"])
    best, every = decode_optimal(logits, groups), decode_every(logits, groups)
    lost = best == LOST
    assert every[~lost].tolist() == best[~lost].tolist()
    assert every[lost].tolist() == logits[lost].argmax(axis=1).tolist()


def test_row_with_more_blanks_than_candidates_cant_be_scored() -> None:
    groups = np.full(3, 6)
    chosen = decode_published(np.zeros((3, 2)), groups)
    with pytest.raises(DataError, match="Row 7 has more blanks than candidates"):
        refuse_lost(chosen, groups)


def test_decoded_rows_can_be_scored() -> None:
    refuse_lost(np.array([1, 0]), np.array([0, 0]))


def test_nothing_is_decoded_from_nothing() -> None:
    empty = np.zeros(0, dtype=np.int64)
    assert decode_published(np.zeros((0, 10)), empty).shape == (0,)


@given(st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_optimal_sum_is_never_below_the_greedy_one(blanks: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(blanks, 10))
    rows = np.arange(blanks)
    assert logits[rows, optimal(logits)].sum() >= logits[rows, greedy(logits)].sum() - 1e-9


@given(st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_no_idiom_is_chosen_twice_in_a_row(blanks: int, seed: int) -> None:
    logits = np.random.default_rng(seed).normal(size=(blanks, 10))
    assert len(set(greedy(logits).tolist())) == blanks
    assert len(set(optimal(logits).tolist())) == blanks
