from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from autoclue.records import Stop, TrialState
from autoclue.search.replay.simulator import InOrder, RecordedCurve, simulate
from autoclue.search.stopping import Asha, Board

STEPS = tuple(range(100, 1000, 100))


def curve(
    number: int,
    top: float,
    *,
    steps: Sequence[int] = STEPS,
    seconds: float = 1.0,
    baseline: bool = False,
    end: TrialState = TrialState.COMPLETE,
) -> RecordedCurve:
    """A straight line up to its top at update 900; an evaluation takes so many seconds."""
    return RecordedCurve(
        number=number,
        total_steps=900.0,
        evaluation_steps=STEPS,
        steps=tuple(steps),
        scores=tuple(top * step / 900 for step in steps),
        times_s=tuple(seconds * (i + 1) for i in range(len(steps))),
        baseline=baseline,
        end=end,
    )


@dataclass
class Spy:
    """A rule that writes down what it is asked and stops one trial."""

    victim: int = -1
    asked: list[tuple[int, int | None]] = field(default_factory=list)
    name: str = "spy"
    rungs: tuple[float, ...] = (0.5,)

    def decide(self, board: Board, number: int) -> Stop | None:
        step = board[number].last_step
        self.asked.append((number, step))
        if number != self.victim or step is None:
            return None
        return Stop("no", 0.5, step, 0.0, 1.0, 3)


def test_without_a_rule_everything_runs_to_its_end() -> None:
    found = simulate(InOrder([curve(0, 0.9), curve(1, 0.5)]), None, workers=2)

    assert [(t.number, t.state, t.steps_taken) for t in found.trials] == [
        (0, TrialState.COMPLETE, 900),
        (1, TrialState.COMPLETE, 900),
    ]
    assert (found.steps_taken, found.time_s) == (1800, 9.0)


@pytest.mark.parametrize(("workers", "seconds"), [(1, 36.0), (2, 18.0), (3, 18.0), (4, 9.0)])
def test_workers_share_the_trials(workers: int, seconds: float) -> None:
    found = simulate(InOrder([curve(n, 0.5) for n in range(4)]), None, workers=workers)

    assert (found.steps_taken, found.time_s) == (3600, seconds)


def test_a_freed_worker_takes_the_next_trial_at_once() -> None:
    slow, quick, last = curve(0, 0.5, seconds=10), curve(1, 0.6), curve(2, 0.7)

    found = simulate(InOrder([slow, quick, last]), None, workers=2)

    assert [trial.ended_s for trial in found.trials] == [90.0, 9.0, 18.0]


def test_a_rule_is_asked_after_every_evaluation_but_the_last_and_never_of_the_baseline() -> None:
    spy = Spy()
    short = curve(2, 0.5, steps=STEPS[:3], end=TrialState.FAIL)

    simulate(InOrder([curve(0, 0.9, baseline=True), curve(1, 0.5), short]), spy, workers=1)

    assert spy.asked == [*((1, step) for step in STEPS[:-1]), (2, 100), (2, 200)]


def test_a_stopped_trial_costs_what_it_has_done_and_makes_room() -> None:
    found = simulate(InOrder([curve(n, 0.5) for n in range(3)]), Spy(victim=1), workers=1)

    assert [(t.state, t.steps_taken) for t in found.trials] == [
        (TrialState.COMPLETE, 900),
        (TrialState.PRUNED, 100),
        (TrialState.COMPLETE, 900),
    ]
    assert found.trials[1].stop is not None
    assert (found.steps_taken, found.time_s) == (1900, 19.0)


def test_the_real_rule_stops_who_falls_behind() -> None:
    tops = [0.9, 0.8, 0.7, 0.6, 0.2]
    found = simulate(InOrder([curve(n, top) for n, top in enumerate(tops)]), Asha(), workers=1)

    assert [t.number for t in found.trials if t.stop] == [3, 4]
    assert {t.steps_taken for t in found.trials if t.stop} == {100}


def test_progress_gives_the_best_score_for_the_updates_spent() -> None:
    found = simulate(InOrder([curve(0, 0.45), curve(1, 0.9)]), None, workers=1)

    assert [p.steps_taken for p in found.progress] == [*STEPS, *(900 + s for s in STEPS[4:])]
    assert found.best_after(99) is None
    assert found.best_after(900) == pytest.approx(0.45)
    assert found.best_after(1500) == pytest.approx(0.6)
    assert found.best_after(10**6) == pytest.approx(0.9)


def test_a_budget_ends_everything() -> None:
    found = simulate(InOrder([curve(n, 0.5) for n in range(9)]), None, workers=2, budget=1000)

    assert found.steps_taken == 1000
    assert [(t.number, t.state, t.steps_taken) for t in found.trials] == [
        (0, TrialState.RUNNING, 500),
        (1, TrialState.RUNNING, 500),
    ]


def test_a_record_keeps_how_it_ends() -> None:
    ends = [TrialState.COMPLETE, TrialState.FAIL, TrialState.PRUNED]
    curves = [curve(n, 0.5, steps=STEPS[: 9 - n], end=end) for n, end in enumerate(ends)]

    found = simulate(InOrder(curves), None, workers=1)

    assert [(t.state, t.steps_taken) for t in found.trials] == list(
        zip(ends, (900, 800, 700), strict=True)
    )


def test_a_record_cut_short_by_a_stop_is_decided_again_at_its_end() -> None:
    cut = curve(1, 0.1, steps=STEPS[:1], end=TrialState.PRUNED)
    spies = Spy(), Spy(victim=1)

    found = [simulate(InOrder([curve(0, 0.9), cut]), spy, workers=1).trials[1] for spy in spies]

    assert [spy.asked[-1] for spy in spies] == [(1, 100)] * 2
    assert [trial.stop is None for trial in found] == [True, False]
    assert [trial.state for trial in found] == [TrialState.PRUNED] * 2


def test_a_trial_without_any_evaluation_is_skipped() -> None:
    found = simulate(InOrder([curve(0, 0.5, steps=()), curve(1, 0.5)]), None, workers=1)

    assert [trial.number for trial in found.trials] == [1]
