from __future__ import annotations

from autoclue.records import TrialState
from autoclue.reporting import SECTIONS
from benchmarks.report_page.made_study import made_study
from benchmarks.report_page.many_trials import tasks_ms

NAMED = {"name": "thread_name", "pid": 1, "tid": 7, "args": {"name": "CrRendererMain"}}


def event(**more: object) -> dict[str, object]:
    return {"name": "ThreadControllerImpl::RunTask", "ph": "X", "pid": 1, "tid": 7, **more}


def test_the_study_has_trials_of_every_end_and_its_curves_are_drawn() -> None:
    study = made_study(120)
    assert study.baseline is study.trials[0]
    states = [trial.state for trial in study.trials]
    assert states.count(TrialState.FAIL) == 1
    assert min(states.count(state) for state in (TrialState.COMPLETE, TrialState.PRUNED)) > 30
    drawn = {s.key for s in SECTIONS if s.key != "importance" and s.info(study).missing is None}
    assert drawn >= {"summary", "history", "curves", "slices", "pairs", "parallel", "timeline"}


def test_the_same_seed_makes_the_same_study() -> None:
    assert made_study(20, seed=3) == made_study(20, seed=3)
    assert made_study(20, seed=3) != made_study(20, seed=4)


def test_tasks_of_other_threads_and_parts_of_tasks_are_not_timed() -> None:
    events = [
        NAMED,
        event(tdur=60_000),
        event(tdur=4_000),
        event(tid=8, tdur=90_000),
        event(name="Layout", tdur=50_000),
        event(ph="I"),
    ]
    assert tasks_ms(events) == [60.0, 4.0]
