from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting import results_mapping, summary_info, verdict
from autoclue.reporting.export.results import plain

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def test_the_file_holds_the_numbers_of_the_page(demo: StudyRecord) -> None:
    summary = summary_info(demo)

    results = json.loads(json.dumps(results_mapping(demo), allow_nan=False))

    assert results["format"] == 1
    assert results["verdict"] == verdict(summary)
    assert results["counts"] == summary.counts
    assert results["difference"]["score"] == summary.difference
    assert results["winner"]["number"] == 14
    assert results["importance"]["fraction"] == pytest.approx(1 / 9)
    assert results["versions"]["optuna"] == "5.0.0"


def test_every_trial_is_there_with_all_its_evaluations(demo: StudyRecord) -> None:
    results = json.loads(json.dumps(results_mapping(demo)))

    assert [trial["number"] for trial in results["trials"]] == list(range(16))
    assert [len(trial["evaluations"]) for trial in results["trials"]] == [
        len(trial.evaluations) for trial in demo.trials
    ]
    assert results["trials"][3]["stop"]["rung"] == pytest.approx(1 / 9)
    assert "train_loss is nan" in results["trials"][9]["failure"]


def test_numbers_that_are_not_finite_become_null(trial: MakeTrial, study: MakeStudy) -> None:
    failed = trial(0, (0.5, float("nan")), state=TrialState.FAIL, failure="score is nan")

    results = json.loads(json.dumps(results_mapping(study(failed)), allow_nan=False))

    assert results["trials"][0]["evaluations"][1]["score"] is None
    assert results["trials"][0]["score"] == 0.5


def test_an_empty_study_has_results_too(study: MakeStudy) -> None:
    results = results_mapping(study())

    assert (results["winner"], results["baseline"], results["trials"]) == (None, None, [])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("inf"), None),
        (TrialState.FAIL, "FAIL"),
        ({1: (1, 2.5)}, {"1": [1, 2.5]}),
        (Path("a/b"), "a/b"),
        (True, True),
    ],
)
def test_values_become_what_json_can_hold(value: object, expected: object) -> None:
    assert plain(value) == expected
