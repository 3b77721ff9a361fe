from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.over_settings.slices import slices_figure, slices_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
SPACE = {"parameters": {"x": {"float": [0.0, 1.0]}, "bs": {"choice": [8, 16]}}}


@pytest.fixture
def record(trial: MakeTrial, study: MakeStudy) -> StudyRecord:
    """A baseline, a winner and a trial that was stopped."""
    return study(
        trial(0, (0.5,), params={"x": 0.25, "bs": 8}, baseline=True),
        trial(1, (0.8,), params={"x": 0.5, "bs": 16}),
        trial(2, (0.4,), params={"x": 1.0, "bs": 16}, state=TrialState.PRUNED),
        space=SPACE,
    )


def test_trials_lie_at_their_settings(record: StudyRecord) -> None:
    info = slices_info(record)
    assert info.names == ("x", "bs")
    assert [point.positions for point in info.points] == [(0.25, 0.0), (0.5, 1.0), (1.0, 1.0)]
    assert [point.score for point in info.points] == [0.5, 0.8, 0.4]


def test_a_trial_that_was_stopped_is_hollow(record: StudyRecord) -> None:
    symbols = {t.name: t.marker.symbol for t in slices_figure(slices_info(record)).data}
    assert symbols["stopped early"] == ("triangle-down-open",)
    assert symbols["winner"] == ("star",)
    assert symbols["baseline"] == ("diamond",)


def test_every_setting_has_a_plot_of_its_own(record: StudyRecord) -> None:
    figure = slices_figure(slices_info(record))
    assert {trace.xaxis for trace in figure.data} == {"x", "x2"}
    assert figure.layout.xaxis2.title.text == "bs"


def test_a_setting_that_never_changes_has_no_plot(trial: MakeTrial, study: MakeStudy) -> None:
    same = [trial(i, (0.5,), params={"x": i, "same": 3}) for i in range(2)]
    assert slices_info(study(*same)).names == ("x",)


def test_one_trial_has_nothing_to_compare(trial: MakeTrial, study: MakeStudy) -> None:
    assert "At least two trials" in str(slices_info(study(trial(0, (0.5,)))).missing)
