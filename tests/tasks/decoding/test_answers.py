from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autoclue.tasks.decoding.answers import NO_ANSWER, OUTSIDE, WindowLogits, best_answer
from tests.golden.reading import by_subject, recorded

CASES = by_subject(recorded("cmrc_postprocessing_cases")["cases"])


def window(offsets: list[list[int] | None], start: list[float], end: list[float]) -> WindowLogits:
    rows = [[OUTSIDE, OUTSIDE] if pair is None else pair for pair in offsets]
    return WindowLogits(
        np.array(rows, dtype=np.int32),
        np.array(start, dtype=np.float32),
        np.array(end, dtype=np.float32),
    )


@pytest.mark.parametrize("case", CASES)
def test_answer_is_the_recorded_one(case: dict[str, Any]) -> None:
    logits = (case["offset_mapping"], case["start_logits"], case["end_logits"])
    windows = [window(*parts) for parts in zip(*logits, strict=True)]
    answer = best_answer(
        case["context"],
        windows,
        n_best=case["n_best_size"],
        max_answer_tokens=case["max_answer_length"],
    )
    assert answer == case["answer"]


def test_question_without_windows_gets_the_stand_in() -> None:
    assert best_answer("", []) == NO_ANSWER


def test_logits_of_padding_take_places_among_the_best() -> None:
    offsets: list[list[int] | None] = [[0, 1], [1, 2]]
    bare = window(offsets, [1.0, 0.0], [1.0, 0.0])
    padded = window(offsets, [1.0, 0.0, 2.0], [1.0, 0.0, 2.0])
    assert best_answer("甲乙", [bare], n_best=1) == "甲"
    assert best_answer("甲乙", [padded], n_best=1) == NO_ANSWER


def test_single_candidate_without_text_gets_the_stand_in() -> None:
    assert best_answer("甲", [window([[1, 1]], [1.0], [1.0])]) == NO_ANSWER
