from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, replace

import pytest

from autoclue.intervals import wilson_interval
from autoclue.records import StudyRecord, TestScore, TrialRecord, TrialState
from autoclue.reporting import render_page, results_mapping, summary_info, verdict
from autoclue.reporting.conclusions.verdict import caveats
from autoclue.reporting.sections.test_scores import (
    NOTE,
    scores_on_test_figure,
    scores_on_test_info,
    scores_on_test_words,
)

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def scored(trial: TrialRecord, score: float, fingerprint: str = "sha") -> TrialRecord:
    """The trial with a score on 600 examples of a test part."""
    return replace(trial, test_score=TestScore("test", score, 0.6, 600, fingerprint))


@pytest.fixture
def clear(trial: MakeTrial, study: MakeStudy) -> StudyRecord:
    """The winner has 78 % of the test part, the baseline 33 %."""
    return study(
        scored(trial(0, (0.3, 0.35), baseline=True), 0.33), scored(trial(1, (0.8,)), 0.78)
    )


def test_the_scores_are_said_in_one_sentence(clear: StudyRecord) -> None:
    said = (
        "On the test part of 600 examples, which the search never saw: winner 78.00%, "
        "baseline 33.00%, +45.00 points."
    )
    assert scores_on_test_words(scores_on_test_info(clear)) == said
    assert caveats(summary_info(clear))[0] == said
    assert said in render_page(clear)


def test_errors_are_those_of_an_accuracy_on_so_many_examples(clear: StudyRecord) -> None:
    info = scores_on_test_info(clear)
    assert info.winner is not None
    assert info.winner.standard_error == pytest.approx(math.sqrt(0.78 * 0.22 / 600))
    assert info.winner.interval == wilson_interval(0.78, 600)
    variance = (0.78 * 0.22 + 0.33 * 0.67) / 600
    assert info.difference_error == pytest.approx(math.sqrt(variance))
    assert info.difference == pytest.approx(0.45)


def test_the_test_part_leaves_the_verdict_alone(clear: StudyRecord) -> None:
    without = replace(clear, trials=tuple(replace(t, test_score=None) for t in clear.trials))
    assert verdict(summary_info(clear)) == verdict(summary_info(without))


def test_a_small_difference_is_called_one(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(scored(trial(0, (0.7,), baseline=True), 0.71), scored(trial(1, (0.8,)), 0.7))
    assert scores_on_test_words(scores_on_test_info(record)) == (
        "On the test part of 600 examples, which the search never saw: winner 70.00%, "
        "baseline 71.00%, -1.00 points; less than 2 standard errors, so they can't be "
        "told apart there."
    )


def test_a_baseline_that_won_stands_alone(trial: MakeTrial, study: MakeStudy) -> None:
    info = scores_on_test_info(
        study(scored(trial(0, (0.7,), baseline=True), 0.6), trial(1, (0.5,)))
    )
    assert (info.baseline, info.difference, info.baseline_won) == (None, None, True)
    assert str(scores_on_test_words(info)).endswith("winner 60.00% (the baseline).")


def test_scores_on_other_files_are_not_compared(trial: MakeTrial, study: MakeStudy) -> None:
    old = scored(trial(0, (0.7,), baseline=True), 0.6, "older")
    info = scores_on_test_info(study(old, scored(trial(1, (0.8,)), 0.7)))
    assert info.winner is not None
    assert (info.baseline, info.difference) == (None, None)


def test_a_score_that_is_no_accuracy_has_no_error(clear: StudyRecord) -> None:
    info = scores_on_test_info(replace(clear, metric="f1"))
    assert info.winner is not None
    assert (info.winner.standard_error, info.winner.interval) == (None, None)
    assert (info.difference_error, info.distinguishable) == (None, None)


def test_what_could_not_be_scored_is_said(clear: StudyRecord) -> None:
    problem = "Trial 0 can't be scored: its model is no longer there."
    baseline, winner = clear.trials
    half = replace(
        clear, trials=(replace(baseline, test_score=None), winner), test_problem=problem
    )
    assert scores_on_test_words(scores_on_test_info(half)) == (
        "On the test part of 600 examples, which the search never saw: winner 78.00%. "
        f"On the test part: {problem}"
    )
    nothing = replace(
        half, trials=(replace(baseline, test_score=None), replace(winner, test_score=None))
    )
    assert scores_on_test_words(scores_on_test_info(nothing)) == f"On the test part: {problem}"
    assert scores_on_test_info(nothing).missing == problem


def test_a_study_without_a_test_part_says_nothing(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.7,), baseline=True))
    assert summary_info(record).test_score is None
    assert results_mapping(record)["test"] is None
    assert scores_on_test_words(scores_on_test_info(record)) is None
    assert "On the test part" not in " ".join(caveats(summary_info(record)))


def test_results_hold_the_comparison_and_each_score(clear: StudyRecord) -> None:
    results = results_mapping(clear)
    test = results["test"]
    assert isinstance(test, dict)
    assert (test["split"], test["examples"], test["note"]) == ("test", 600, NOTE)
    assert (test["winner"]["score"], test["baseline"]["score"]) == (0.78, 0.33)
    assert test["distinguishable"] is True
    trials = results["trials"]
    assert isinstance(trials, list)
    assert [t["test"] for t in trials] == [
        asdict(t.test_score) for t in clear.trials if t.test_score
    ]


def test_a_stopped_baseline_is_not_compared(trial: MakeTrial, study: MakeStudy) -> None:
    stopped = scored(trial(0, (0.3,), baseline=True, state=TrialState.PRUNED), 0.3)
    assert scores_on_test_info(study(stopped, scored(trial(1, (0.8,)), 0.7))).baseline is None


def test_the_figure_shows_both_scores_of_both_trials(clear: StudyRecord) -> None:
    drawn = scores_on_test_figure(scores_on_test_info(clear))
    assert [list(trace.x) for trace in drawn.data] == [[35.0], [33.0], [80.0], [78.0]]
