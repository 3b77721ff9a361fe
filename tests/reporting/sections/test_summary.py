from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from autoclue.intervals import wilson_interval
from autoclue.records import Stop, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.summary import summary_figure, summary_info
from autoclue.reporting.statistics.sampling_error import standard_error
from autoclue.reporting.wording import BINOMIAL, MetricScale

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
ACCURACY = MetricScale("accuracy", "%", BINOMIAL)


@pytest.fixture
def pair(trial: MakeTrial, study: MakeStudy) -> Callable[..., StudyRecord]:
    def build(baseline: float, winner: float, **settings: object) -> StudyRecord:
        trials = trial(0, (baseline,), baseline=True), trial(1, (winner,))
        return study(*trials, settings=settings)

    return build


def test_standard_error_is_the_binomial_one() -> None:
    assert standard_error(ACCURACY, 0.5, 100) == pytest.approx(0.05)
    assert standard_error(ACCURACY, 1.0, 100) == 0
    assert standard_error(MetricScale("f1"), 0.5, 100) is None
    assert standard_error(ACCURACY, 0.5, None) is None


def test_the_error_of_a_difference_adds_in_squares(pair: Callable[..., StudyRecord]) -> None:
    info = summary_info(pair(0.5, 0.6, dev_examples=100))

    expected = math.sqrt(0.5 * 0.5 / 100 + 0.6 * 0.4 / 100)
    assert info.difference == pytest.approx(0.1)
    assert info.difference_standard_error == pytest.approx(expected)


@pytest.mark.parametrize(
    ("examples", "distinguishable"), [(100, False), (180, False), (220, True), (1000, True)]
)
def test_two_standard_errors_decide(
    pair: Callable[..., StudyRecord], examples: int, distinguishable: bool
) -> None:
    info = summary_info(pair(0.5, 0.6, dev_examples=examples))

    assert info.distinguishable is distinguishable


@pytest.mark.parametrize("examples", [None, 0, "2490", True])
def test_without_a_number_of_examples_nothing_is_claimed(
    pair: Callable[..., StudyRecord], examples: object
) -> None:
    info = summary_info(pair(0.5, 0.6, dev_examples=examples))

    assert info.dev_examples is None
    assert info.distinguishable is None
    assert info.difference == pytest.approx(0.1)


def test_only_an_accuracy_has_a_binomial_error(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,), baseline=True), trial(1, (0.6,)), metric="f1")

    assert summary_info(record).difference_standard_error is None


def test_a_baseline_that_did_not_finish_is_no_rival(trial: MakeTrial, study: MakeStudy) -> None:
    baseline = trial(0, (0.5,), baseline=True, state=TrialState.PRUNED)
    info = summary_info(study(baseline, trial(1, (0.6,))))

    assert info.baseline is not None
    assert info.baseline_state == "PRUNED"
    assert info.difference is None


def test_a_baseline_that_wins_is_not_compared_with_itself(
    pair: Callable[..., StudyRecord],
) -> None:
    info = summary_info(pair(0.7, 0.6, dev_examples=100))

    assert info.winner == info.baseline
    assert (info.difference, info.distinguishable) == (None, None)


def test_seeds_count_complete_runs_of_the_winning_settings(
    trial: MakeTrial, study: MakeStudy
) -> None:
    same = [trial(i, (0.6,), config={"seed": seed}) for i, seed in enumerate((1, 2, 2))]
    failed = trial(3, config={"seed": 9}, state=TrialState.FAIL)
    other = trial(4, (0.5,), params={"learning_rate": 1e-4}, config={"seed": 7})

    assert summary_info(study(*same, failed, other)).seeds == 2


def test_settings_stand_side_by_side_with_whatever_else_differs(
    trial: MakeTrial, study: MakeStudy
) -> None:
    common = {"seed": 1, "epochs": 3}
    baseline = trial(0, (0.5,), baseline=True, params={"x": 1}, config={**common, "plan": "a"})
    winner = trial(1, (0.6,), params={"x": 1}, config={**common, "plan": "b"})

    rows = summary_info(study(baseline, winner)).settings

    assert [(r.name, r.winner, r.baseline, r.differs) for r in rows] == [
        ("x", 1, 1, False),
        ("plan", "b", "a", True),
    ]


def test_steps_spent_are_set_against_the_schedules_of_trials_that_ended(
    trial: MakeTrial, study: MakeStudy
) -> None:
    stop = Stop("low", 0.25, 100, 0.3, 0.4, 3)
    info = summary_info(
        study(
            trial(0, (0.3,) * 4, total_steps=400),
            trial(1, (0.3,), total_steps=400, state=TrialState.PRUNED, stop=stop),
            trial(2, (0.3,) * 2, total_steps=400, state=TrialState.RUNNING),
        )
    )

    assert (info.steps, info.ended_steps, info.scheduled_steps) == (700, 500, 800)
    assert info.seconds == pytest.approx(46.0 + 11.5 + 23.0)


def test_the_demo_has_the_planned_outcome(demo: StudyRecord) -> None:
    info = summary_info(demo)

    assert info.counts == {"RUNNING": 0, "COMPLETE": 8, "PRUNED": 7, "FAIL": 1}
    assert info.seeds == 1
    assert info.missing is None


def test_the_figure_shows_the_winner_at_its_score(pair: Callable[..., StudyRecord]) -> None:
    figure = summary_figure(summary_info(pair(0.5, 0.6, dev_examples=100)))

    assert [tuple(trace.x) for trace in figure.data] == [(50.0, 60.0), (50.0,), (60.0,)]
    low, high = wilson_interval(0.6, 100)
    assert figure.data[2].error_x.array[0] == pytest.approx(100 * (high - 0.6))
    assert figure.data[2].error_x.arrayminus[0] == pytest.approx(100 * (0.6 - low))
