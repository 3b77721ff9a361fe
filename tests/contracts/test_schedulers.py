"""What every scheduler must keep to. A new rule adds itself to CASES."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pytest

from autoclue.errors import UsageError
from autoclue.records import Stop, TrialState
from autoclue.search.stopping import SCHEDULERS, Board, Scheduler, make_scheduler

CASES = ("adaptive", "asha", "median", "hyperband")
COMPARATORS = {"adaptive": 2, "asha": 3, "median": 3, "hyperband": 3}
"""Other trials that each must have seen at a rung before it cuts."""
every_rule = pytest.mark.parametrize("name", CASES)
SCHEDULES = (
    (1000.0, tuple(range(50, 1001, 50))),
    (1000.5, tuple(range(100, 1001, 100))),
    (240.0, (100, 200, 240)),
    (90.0, (90,)),
    (1500.0, (1500,)),
    (400.0, (200, 400)),
)
"""Twenty evaluations of a trial, ten, three, one, one and two."""


@dataclass(frozen=True)
class Decision:
    """What a rule decided, and what it had seen."""

    number: int
    seen: Board
    stop: Stop | None


def rule_of(name: str, seed: int = 0) -> Scheduler:
    return make_scheduler(name, seed=seed)


def copied(board: Board) -> Board:
    """The board as a new process rebuilds it from a ledger."""
    again = Board()
    for curve in board.curves:
        again.open(
            curve.number,
            total_steps=curve.total_steps,
            evaluation_steps=curve.evaluation_steps,
            baseline=curve.baseline,
        )
        for step, score in zip(curve.steps, curve.scores, strict=True):
            again.report(curve.number, step, score)
        again.close(curve.number, curve.state)
    return again


def curve_of(draw: random.Random, evaluations: int) -> list[float]:
    """Rising, noisy, sometimes flat or falling; rounded, so that there are ties."""
    top, speed, noise = draw.random(), draw.uniform(0.5, 6), draw.choice([0.0, 0.05, 0.2])
    return [
        round(top * (1 - math.exp(-speed * (i + 1) / evaluations)) + noise * draw.random(), 2)
        for i in range(evaluations)
    ]


def search(
    scheduler: Scheduler, seed: int, *, trials: int = 40, workers: int = 4
) -> Iterator[Decision]:
    """Run scripted trials side by side, in an order of reports drawn by the seed."""
    draw = random.Random(seed)
    board, left = Board(), list(range(trials))
    live: dict[int, list[float]] = {}
    while left or live:
        while left and len(live) < workers:
            total, steps = SCHEDULES[draw.choices(range(6), [8, 8, 2, 1, 1, 1])[0]]
            number = left.pop(0)
            board.open(number, total_steps=total, evaluation_steps=steps, baseline=number == 0)
            live[number] = curve_of(draw, len(steps))
        number = draw.choice(sorted(live))
        curve = board[number]
        at = len(curve.steps)
        board.report(number, curve.evaluation_steps[at], live[number][at])
        last = at + 1 == len(curve.evaluation_steps)
        stop = None if last or curve.baseline else scheduler.decide(board, number)
        if not last and not curve.baseline:
            yield Decision(number, copied(board), stop)
        if last or stop is not None:
            board.close(number, TrialState.COMPLETE if last else TrialState.PRUNED)
            del live[number]


def even_board(whole: Sequence[Sequence[float]], begun: Sequence[float]) -> Board:
    """Complete trials of twenty evaluations, and one that has begun."""
    board, (total, steps) = Board(), SCHEDULES[0]
    for number, scores in enumerate([*whole, begun]):
        board.open(number, total_steps=total, evaluation_steps=steps)
        for step, score in zip(steps, scores, strict=False):
            board.report(number, step, score)
    for number in range(len(whole)):
        board.close(number, TrialState.COMPLETE)
    return board


def ranked_curves(count: int) -> list[list[float]]:
    """Curves that never cross, in mixed order."""
    tops = [0.5 + 0.4 * ((7 * i) % count) / count for i in range(count)]
    return [[top * (1 - 0.8 ** (i + 1)) for i in range(20)] for top in tops]


def stops_along(name: str, whole: Sequence[Sequence[float]], curve: Sequence[float]) -> list[Stop]:
    """Every stop that a curve would get, looked at after each evaluation but the last."""
    scheduler = rule_of(name)
    boards = [even_board(whole, curve[: i + 1]) for i in range(len(curve) - 1)]
    found = [scheduler.decide(board, len(whole)) for board in boards]
    return [stop for stop in found if stop is not None]


def test_every_scheduler_has_a_case() -> None:
    assert sorted([*CASES, "none"]) == SCHEDULERS.names()


def test_none_stops_nobody() -> None:
    assert rule_of("none").rungs == ()
    assert stops_along("none", ranked_curves(20), [0.01] * 20) == []


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(UsageError, match=r"Unknown scheduler 'asah'\. Did you mean asha\?"):
        make_scheduler("asah", seed=0)


@every_rule
def test_it_knows_its_name_and_its_rungs(name: str) -> None:
    scheduler = rule_of(name)

    assert scheduler.name == name
    assert scheduler.rungs
    assert all(0 < low < high < 1 for low, high in pairwise(scheduler.rungs))


@every_rule
def test_its_parameters_are_described_with_their_ranges(name: str) -> None:
    described = SCHEDULERS.parameters(name).values()

    assert described
    assert [p.name for p in described if len(p.doc) < 20 or not p.doc.endswith(".")] == []
    assert [p.name for p in described if not p.limits and p.name != "rungs"] == []


@every_rule
def test_a_hopeless_trial_is_stopped(name: str) -> None:
    """Some of ten in a row, because a rule may let a share of the trials run on."""
    found = [stops_along(name, ranked_curves(others), [0.01] * 20) for others in range(20, 30)]

    assert sum(bool(stops) for stops in found) >= 5


@every_rule
def test_a_trial_ahead_of_all_goes_on(name: str) -> None:
    ahead = [0.95 * (1 - 0.8 ** (i + 1)) for i in range(20)]

    assert stops_along(name, ranked_curves(20), ahead) == []


@every_rule
@pytest.mark.parametrize("curve", [[0.0] * 20, [0.3] * 20, [0.1 + 0.02 * i for i in range(20)]])
def test_a_tie_goes_on(name: str, curve: list[float]) -> None:
    assert stops_along(name, [curve] * 20, curve) == []


@every_rule
@pytest.mark.parametrize("missing", [1, 2, 3])
def test_nothing_is_cut_before_enough_others_are_seen(name: str, missing: int) -> None:
    others = max(COMPARATORS[name] - missing, 0)

    assert stops_along(name, ranked_curves(20)[:others], [0.01] * 20) == []


@every_rule
@pytest.mark.parametrize("seed", range(5))
def test_the_best_so_far_is_never_cut(name: str, seed: int) -> None:
    for decision in search(rule_of(name), seed):
        bests = [curve.best for curve in decision.seen.curves if curve.best is not None]
        leads = decision.seen[decision.number].best == max(bests)
        assert not (leads and decision.stop)


@every_rule
@pytest.mark.parametrize("seed", range(3))
def test_a_rebuilt_board_and_a_new_rule_decide_alike(name: str, seed: int) -> None:
    decisions = list(search(rule_of(name), seed))

    again = [rule_of(name).decide(d.seen, d.number) for d in decisions]

    assert again == [d.stop for d in decisions]
    assert any(again)


@every_rule
def test_asking_twice_changes_nothing(name: str) -> None:
    scheduler = rule_of(name)
    for decision in search(rule_of(name), 7):
        assert scheduler.decide(decision.seen, decision.number) == decision.stop
        assert scheduler.decide(decision.seen, decision.number) == decision.stop


@every_rule
def test_a_trial_with_nothing_left_to_save_goes_on(name: str) -> None:
    scheduler = rule_of(name)
    whole = ranked_curves(20)
    board = even_board(whole, [0.01] * 20)
    board.open(21, total_steps=90.0, evaluation_steps=(90,))
    board.report(21, 90, 0.0)

    assert scheduler.decide(board, 20) is None
    assert scheduler.decide(board, 21) is None


@every_rule
def test_a_stop_says_what_was_compared_with_what(name: str) -> None:
    found = [d for seed in range(5) for d in search(rule_of(name), seed) if d.stop is not None]

    assert found
    for decision in found:
        stop, curve = decision.stop, decision.seen[decision.number]
        assert stop is not None
        assert stop.cutoff is not None
        assert stop.rung in rule_of(name).rungs
        assert (stop.step, stop.score) == (curve.last_step, curve.best)
        assert stop.score < stop.cutoff
        assert stop.comparators >= COMPARATORS[name]
        assert f"{stop.score:.4f} at " in stop.reason
        assert f"{stop.cutoff:.4f}" in stop.reason


@every_rule
def test_scores_on_another_scale_are_judged_alike(name: str) -> None:
    whole = ranked_curves(20)
    weak = [0.7 * score for score in whole[3]]

    plain = stops_along(name, whole, weak)
    other = stops_along(name, [[5 * s for s in c] for c in whole], [5 * s for s in weak])

    assert [stop.step for stop in plain] == [stop.step for stop in other]
