from __future__ import annotations

from dataclasses import replace

from autoclue.records import TrialRecord
from benchmarks.whole_grid.old_form import old_log
from tests.reporting.conftest import make_trial


def scored(**scores: float) -> TrialRecord:
    trial = make_trial(0, (0.25, next(iter(scores.values()))))
    first, last = trial.evaluations
    return replace(
        trial, evaluations=(replace(first, scores=scores), replace(last, scores=scores))
    )


def test_a_log_ends_with_the_best_result_in_percent() -> None:
    lines = old_log("csl", make_trial(0, (0.25, 0.5))).splitlines()
    assert lines[0].startswith("global step 100/1800, epoch: 0")
    assert lines[-2].startswith("eval loss: 0.600000, acc: 0.50000, eval done total : ")
    assert lines[-1] == "best_result: 50.00"


def test_a_log_of_cmrc2018_has_both_figures() -> None:
    log = old_log("cmrc2018", scored(em=0.5, f1=0.75))
    assert '"exact": 50.0' in log
    assert log.endswith("best_result: 50.00/75.00\n")
