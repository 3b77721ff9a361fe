from __future__ import annotations

from typing import Any

import pytest

from autoclue.errors import DataError
from autoclue.tasks.reading.cmrc2018_metric import (
    compute,
    normalize,
    official_metric,
    official_score,
    paddlenlp_metric,
    paddlenlp_score,
)
from autoclue.tasks.reading.segments import longest_common_run, official_segments
from tests.golden.reading import by_subject, recorded

CASES = by_subject(recorded("cmrc_metric_cases")["cases"])


@pytest.mark.parametrize("case", CASES)
def test_paddlenlp_score_is_the_recorded_one(case: dict[str, Any]) -> None:
    score = paddlenlp_score(case["prediction"], case["answers"])
    assert score.exact_match == case["paddlenlp"]["em"]
    assert score.f1 == pytest.approx(case["paddlenlp"]["f1"], abs=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_paddlenlp_normalises_as_recorded(case: dict[str, Any]) -> None:
    assert normalize(case["prediction"]) == case["paddlenlp"]["normalized_prediction"]
    answers = [normalize(answer) for answer in case["answers"]]
    assert answers == case["paddlenlp"]["normalized_answers"]


@pytest.mark.parametrize("case", CASES)
def test_official_score_is_the_recorded_one(case: dict[str, Any]) -> None:
    score = official_score(case["prediction"], case["answers"])
    assert score.exact_match == case["official"]["em"]
    assert score.f1 == pytest.approx(case["official"]["f1"], abs=1e-12)


@pytest.mark.parametrize("case", CASES)
def test_official_segments_are_the_recorded_ones(case: dict[str, Any]) -> None:
    assert official_segments(case["prediction"]) == case["official"]["prediction_segments"]
    segments = [official_segments(answer) for answer in case["answers"]]
    assert segments == case["official"]["answer_segments"]


def test_both_metrics_are_shown_by_name() -> None:
    scores = compute({"q1": "大学北京", "q2": "上海"}, {"q1": ["北京大学"], "q2": ["上海"]})
    assert scores == {"em": 0.5, "f1": 1.0, "official_em": 0.5, "official_f1": 0.75}


def test_missing_prediction_is_an_error_for_paddlenlp() -> None:
    with pytest.raises(DataError, match=r"1 of 2 questions have no prediction, the first is q2"):
        paddlenlp_metric({"q1": "北京"}, {"q1": ["北京"], "q2": ["上海"]})


def test_missing_prediction_counts_as_zero_officially() -> None:
    scores = official_metric({"q1": "北京"}, {"q1": ["北京"], "q2": ["上海"]})
    assert scores == {"em": 0.5, "f1": 0.5}


def test_question_without_answers_has_the_empty_answer_for_paddlenlp() -> None:
    assert paddlenlp_score("", []).exact_match == 1.0


def test_question_without_answers_is_an_error_officially() -> None:
    with pytest.raises(DataError, match="Question q1 has no right answer"):
        official_metric({"q1": "北京"}, {"q1": []})


def test_no_questions_are_an_error() -> None:
    with pytest.raises(DataError, match="no questions to score"):
        compute({}, {})


def test_longest_common_run_is_unbroken() -> None:
    assert longest_common_run("甲乙丙丁戊", "甲乙丑丙丁戊") == 3
