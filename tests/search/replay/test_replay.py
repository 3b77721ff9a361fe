from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autoclue.errors import UsageError
from autoclue.records import Boundary, StudyRecord, TrialState
from autoclue.search.replay.replay import recorded_curves, replay_study
from autoclue.search.stopping import SCHEDULERS
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace

Run = Callable[..., StudyRecord]
MakeTuner = Callable[..., Tuner]


@pytest.fixture
def whole(make_tuner: MakeTuner, wide_space: SearchSpace, run: Run) -> StudyRecord:
    """Twenty trials of which nothing was stopped; a few fail."""
    return run(make_tuner(space=wide_space, trials=20, sampler="random", scheduler=None))


@pytest.fixture
def stopped(make_tuner: MakeTuner, wide_space: SearchSpace, run: Run) -> StudyRecord:
    """The same, stopped by asha."""
    return run(make_tuner(space=wide_space, trials=20, sampler="random"))


def test_replaying_none_changes_nothing(whole: StudyRecord) -> None:
    (found,) = replay_study(whole, scheduler="none", workers=1)

    assert (found.stops, found.saved_share, found.winner_survives) == ((), 0, True)
    assert found.winner_score == found.best_score
    assert found.winner == (whole.winner.number if whole.winner else None)
    assert found.steps_taken == sum(t.evaluations[-1].step for t in whole.trials if t.evaluations)


def test_replaying_asha_over_whole_curves_stops_whom_asha_stopped(
    whole: StudyRecord, stopped: StudyRecord
) -> None:
    (found,) = replay_study(whole, scheduler="asha", workers=1)

    cut = {t.number: t.stop for t in stopped.trials if t.stop is not None}
    assert {each.number: each.stop for each in found.stops} == cut
    assert len(cut) >= 5
    assert found.steps_taken == sum(
        t.evaluations[-1].step for t in stopped.trials if t.evaluations
    )
    assert found.winner_survives


def test_what_was_saved_adds_up(whole: StudyRecord) -> None:
    for found in replay_study(whole, scheduler="all", workers=3):
        saved = sum(each.saved_steps for each in found.stops)
        assert found.recorded_steps - found.steps_taken == saved
        assert 0 <= found.saved_share < 1
        assert found.seconds <= found.recorded_s


def test_all_compares_every_scheduler(whole: StudyRecord) -> None:
    found = replay_study(whole, scheduler="all", workers=1)

    assert [each.scheduler for each in found] == SCHEDULERS.names()
    assert len({(each.trials, each.whole, each.recorded_steps) for each in found}) == 1


def test_curves_that_were_cut_short_are_counted_apart(stopped: StudyRecord) -> None:
    (found,) = replay_study(stopped, scheduler="none", workers=1)

    cut = [t.number for t in stopped.trials if t.state is TrialState.PRUNED]
    assert found.beyond == tuple(cut)
    assert found.cut_short == len(cut)
    assert found.whole + found.failed + found.cut_short == found.trials
    assert found.saved_share == 0
    assert found.saved_share_at_most == found.study_saved_share > 0.2


def test_who_stopped_them_would_stop_them_again(stopped: StudyRecord) -> None:
    (found,) = replay_study(stopped, scheduler="asha", workers=1)

    recorded = {t.number: t.stop for t in stopped.trials if t.stop is not None}
    assert {each.number: each.stop for each in found.stops} == recorded
    assert found.beyond == ()
    assert found.saved_share == found.saved_share_at_most == found.study_saved_share > 0.2


def test_savings_are_those_against_a_search_that_stops_nothing(
    whole: StudyRecord, stopped: StudyRecord
) -> None:
    (known,) = replay_study(whole, scheduler="asha", workers=1)
    (found,) = replay_study(stopped, scheduler="asha", workers=1)

    assert found.whole_steps == known.whole_steps == known.recorded_steps
    assert found.saved_share == known.saved_share
    assert found.whole_s == pytest.approx(known.whole_s)


def test_a_replay_is_repeatable(whole: StudyRecord) -> None:
    first = replay_study(whole, scheduler="all", workers=4)

    assert replay_study(whole, scheduler="all", workers=4) == first


def test_the_planned_evaluations_are_known_of_a_stopped_trial(stopped: StudyRecord) -> None:
    curves = {c.number: c for c in recorded_curves(stopped)}
    cut = [t for t in stopped.trials if t.stop is not None]

    assert all(curves[t.number].evaluation_steps == (100, 300, 600, 900) for t in cut)
    assert all(curves[t.number].steps[-1] < 900 for t in cut)
    assert curves[0].baseline


def test_a_study_without_curves_can_not_be_replayed(whole: StudyRecord) -> None:
    empty = replace(whole, trials=())

    with pytest.raises(UsageError, match=r"No trial of study has been evaluated"):
        replay_study(empty, scheduler="asha", workers=1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"workers": 0}, "workers is 0, but must be at least 1"),
        ({"scheduler": "ahsa"}, "Unknown scheduler 'ahsa'"),
    ],
)
def test_a_wrong_argument_is_refused(
    whole: StudyRecord, changes: dict[str, object], message: str
) -> None:
    arguments: dict[str, object] = {"scheduler": "asha", "workers": 1, **changes}

    with pytest.raises(UsageError, match=message):
        replay_study(whole, **arguments)  # type: ignore[arg-type]


def test_members_that_go_on_from_each_other_can_not_be_replayed(whole: StudyRecord) -> None:
    members = replace(whole, boundaries=(Boundary("main", 0, 300, 0.0, 0.0, ()),))
    with pytest.raises(UsageError, match=r"go on from each other's states, so that no trial"):
        replay_study(members, scheduler="asha", workers=1)
