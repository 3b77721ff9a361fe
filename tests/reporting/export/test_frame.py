from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting import trials_frame

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_one_row_a_trial_with_its_settings_as_columns(demo: StudyRecord) -> None:
    frame = trials_frame(demo)

    assert list(frame.columns) == [
        "number", "state", "score", "difference", "holdout_score", "best_step", "steps",
        "total_steps", "seconds", "baseline",
        "learning_rate", "batch_size", "factor", "frozen_blocks", "dropout",
        "stop_reason", "failure",
    ]  # fmt: skip
    assert list(frame["number"]) == list(range(16))
    assert frame["number"][frame["score"].argmax()] == 14


def test_whole_numbers_stay_whole_when_some_are_missing(
    trial: MakeTrial, study: MakeStudy
) -> None:
    frame = trials_frame(study(trial(0, (0.5, 0.6)), trial(1, total_steps=None)))

    assert frame["best_step"].dtype == "Int64"
    assert frame["best_step"][0] == 200
    assert frame["best_step"][1] is pd.NA


def test_a_parameter_named_like_a_fact_gets_a_prefix(trial: MakeTrial, study: MakeStudy) -> None:
    frame = trials_frame(study(trial(0, (0.5,), params={"steps": 7})))

    assert frame["steps"][0] == 100
    assert frame["param_steps"][0] == 7


def test_an_empty_study_is_an_empty_table(study: MakeStudy) -> None:
    frame = trials_frame(study())

    assert frame.empty
    assert "score" in frame.columns


def test_fractional_schedules_are_kept(trial: MakeTrial, study: MakeStudy) -> None:
    frame = trials_frame(study(trial(0, (0.5, 0.6), total_steps=1562.5)))
    assert frame["total_steps"].tolist() == [1562.5]


def test_a_baseline_outside_the_space_has_its_settings(trial: MakeTrial, study: MakeStudy) -> None:
    config = {"learning_rate": 0.5, "seed": 42}
    baseline = trial(0, (0.5,), params={}, config=config, baseline=True)
    other = trial(1, (0.6,), params={"learning_rate": 1e-4})

    assert trials_frame(study(baseline, other))["learning_rate"].tolist() == [0.5, 1e-4]
