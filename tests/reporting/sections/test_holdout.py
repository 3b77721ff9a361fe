from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace

import pytest

from autoclue.intervals import wilson_interval
from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting import results_mapping, summary_info, trials_frame, verdict
from autoclue.reporting.conclusions.verdict import caveats
from autoclue.reporting.sections.holdout import holdout_figure, holdout_info, selection_bias_words

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
SETTINGS = {"holdout": 0.5, "dev_examples": 800, "holdout_examples": 400}


def held(trial: TrialRecord, *scores: float) -> TrialRecord:
    """The trial with held-out scores at its evaluations."""
    pairs = zip(trial.evaluations, scores, strict=True)
    return replace(trial, evaluations=tuple(replace(e, holdout_score=s) for e, s in pairs))


@pytest.fixture
def half(trial: MakeTrial, study: MakeStudy) -> StudyRecord:
    """The winner scored 0.8 where it was selected and 0.7 elsewhere, the baseline 0.6 and 0.65."""
    baseline = held(trial(0, (0.5, 0.6), baseline=True), 0.9, 0.65)
    return study(baseline, held(trial(1, (0.8, 0.7)), 0.7, 0.99), settings=SETTINGS)


def test_selection_bias_is_taken_at_the_evaluation_that_was_selected(half: StudyRecord) -> None:
    info = holdout_info(half)
    assert info.winner is not None
    assert info.baseline is not None
    assert info.winner.bias == pytest.approx(0.8 - 0.7)
    assert info.baseline.bias == pytest.approx(0.6 - 0.65)
    assert info.difference == pytest.approx(0.7 - 0.65)


def test_errors_of_parts_that_share_no_example_add_in_squares(half: StudyRecord) -> None:
    info = holdout_info(half)
    assert info.winner is not None
    assert info.winner.holdout_error == pytest.approx(math.sqrt(0.7 * 0.3 / 400))
    assert info.winner.bias_error == pytest.approx(math.sqrt((0.8 * 0.2 + 0.7 * 0.3) / 400))
    assert info.difference_error == pytest.approx(math.sqrt((0.7 * 0.3 + 0.65 * 0.35) / 400))


def test_the_verdict_goes_by_the_examples_that_chose_nothing(half: StudyRecord) -> None:
    assert verdict(summary_info(half)) == (
        "Trial 1 and the baseline can't be told apart on the held-out examples: "
        "70.00% against 65.00% is a difference of 5.00 points, less than 2 standard errors."
    )


def test_a_winner_that_loses_where_nothing_was_selected_is_not_called_better(
    trial: MakeTrial, study: MakeStudy
) -> None:
    baseline = held(trial(0, (0.6,), baseline=True), 0.6)
    record = study(baseline, held(trial(1, (0.8,)), 0.4), settings=SETTINGS)
    assert verdict(summary_info(record)) == (
        "Trial 1 does worse than the baseline by 20.00 points on the held-out "
        "examples: 40.00% against 60.00%."
    )


def test_selection_bias_is_written_with_its_error_beside_the_baselines(half: StudyRecord) -> None:
    said = (
        "Selection bias: the winner scores 80.00% on the 400 examples that chose it and "
        "70.00% (95% interval 65.34 to 74.28%) on the 400 examples that chose nothing, a bias of "
        "+10.00 points (standard error 3.04 points); the baseline's is -5.00 points (standard "
        "error 3.42 points)."
    )
    assert selection_bias_words(holdout_info(half)) == said
    assert caveats(summary_info(half))[0] == said
    assert "With 400 development examples" in caveats(summary_info(half))[-1]


def test_a_baseline_that_won_is_not_compared_with_itself(
    trial: MakeTrial, study: MakeStudy
) -> None:
    info = holdout_info(study(held(trial(0, (0.6,), baseline=True), 0.5), settings=SETTINGS))
    assert info.winner is not None
    assert (info.baseline, info.difference) == (None, None)


def test_an_unfinished_baseline_is_left_out(trial: MakeTrial, study: MakeStudy) -> None:
    running = held(trial(0, (0.6,), baseline=True, state=TrialState.RUNNING), 0.5)
    info = holdout_info(study(running, held(trial(1, (0.7,)), 0.5), settings=SETTINGS))
    assert info.baseline is None


def test_a_score_that_is_no_accuracy_has_no_binomial_error(half: StudyRecord) -> None:
    info = holdout_info(replace(half, metric="f1"))
    assert info.winner is not None
    assert (info.winner.holdout_error, info.winner.holdout_interval) == (None, None)
    assert (info.difference_error, info.distinguishable) == (None, None)
    assert "standard error" not in str(selection_bias_words(info))


def test_a_study_that_holds_nothing_out_says_how_to(demo: StudyRecord) -> None:
    info = holdout_info(demo)
    assert "--holdout 0.5" in str(info.missing)
    assert selection_bias_words(info) is None
    assert summary_info(demo).holdout is None


def test_numbers_and_table_hold_both_scores(half: StudyRecord) -> None:
    results = json.loads(json.dumps(results_mapping(half), allow_nan=False))
    assert results["holdout"]["winner"]["bias"] == pytest.approx(0.1)
    assert results["trials"][1]["evaluations"][0]["holdout_score"] == 0.7
    assert list(trials_frame(half)["holdout_score"]) == [0.65, 0.7]


def test_the_figure_draws_both_scores_of_both(half: StudyRecord) -> None:
    data = holdout_figure(holdout_info(half)).data
    assert [trace.x[0] for trace in data] == pytest.approx([60.0, 65.0, 80.0, 70.0])


@pytest.mark.parametrize("accuracy", [0.0, 0.3, 0.5, 1.0])
def test_wilson_bounds_are_where_the_score_test_just_rejects(accuracy: float) -> None:
    z, n = 1.959963984540054, 50
    for bound in wilson_interval(accuracy, n):
        assert (accuracy - bound) ** 2 == pytest.approx(z**2 * bound * (1 - bound) / n, abs=1e-12)
