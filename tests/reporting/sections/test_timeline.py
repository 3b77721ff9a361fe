from __future__ import annotations

from dataclasses import replace

import pytest

from autoclue.records import StudyRecord, TrialState
from autoclue.reporting.sections.timeline import timeline_figure, timeline_info


@pytest.fixture
def timed(demo: StudyRecord) -> StudyRecord:
    """The demo, each trial begun two minutes before it ended; the last one still runs."""
    trials = [
        replace(t, started_at=f"2026-01-05T07:{58 + t.number:02d}:00+00:00")
        if t.number < 2
        else replace(t, started_at=f"2026-01-05T08:{t.number - 2:02d}:00+00:00")
        for t in demo.trials
    ]
    trials[-1] = replace(trials[-1], state=TrialState.RUNNING, ended_at=None, restarts=2)
    return replace(demo, trials=tuple(trials))


def test_bars_reach_from_beginning_to_end(timed: StudyRecord) -> None:
    info = timeline_info(timed)
    assert [bar.start_s for bar in info.bars] == [60.0 * n for n in range(16)]
    assert {bar.length_s for bar in info.bars[:-1]} == {120.0}
    assert info.missing is None


def test_a_running_trial_reaches_to_the_last_known_moment(timed: StudyRecord) -> None:
    info = timeline_info(timed)
    last = info.bars[-1]
    assert last.start_s + last.length_s == pytest.approx(info.end_s)
    assert last.length_s >= timed.trials[-1].seconds


def test_every_state_has_its_bars(timed: StudyRecord) -> None:
    figure = timeline_figure(timeline_info(timed))
    assert {trace.name for trace in figure.data} == {
        "complete", "stopped early", "failed", "running",
    }  # fmt: skip
    assert figure.layout.xaxis.title.text.startswith("minutes since")
    hovers = [text for trace in figure.data for text in trace.hovertext]
    assert sum("taken up again 2 times" in text for text in hovers) == 1


def test_trials_without_times_draw_nothing(demo: StudyRecord) -> None:
    assert timeline_info(demo).missing == "No trial says when it began."
