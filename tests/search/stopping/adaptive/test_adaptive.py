from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.records import Stop, TrialState
from autoclue.search.replay.simulator import InOrder, RecordedCurve, Simulation, simulate
from autoclue.search.stopping import SCHEDULERS, Adaptive, Board, make_scheduler
from autoclue.search.stopping.adaptive.evidence import LATENESS, RUNGS, Evidence
from autoclue.search.stopping.adaptive.posterior import (
    FAMILY,
    SHARES,
    Trust,
    distribution_functions,
    trust_in,
)
from autoclue.search.stopping.board import rung_of
from autoclue.search.stopping.curve import Standing

LENGTH = 30
STEPS = tuple(range(1, LENGTH + 1))
FLAT = FAMILY.index((1.0, 1.0))
Curve = Callable[[float, random.Random], list[float]]
Reached = Mapping[int, Standing]


def early_tells_all(top: float, draw: random.Random) -> list[float]:
    return [top * (1 - 0.8**step) for step in STEPS]


def early_misleads(top: float, draw: random.Random) -> list[float]:
    """The better in the end, the worse until a third of the schedule."""
    return [top if step > 10 else 0.5 - 0.5 * top for step in STEPS]


def early_says_nothing(top: float, draw: random.Random) -> list[float]:
    return [top if step > 10 else draw.random() * 0.1 for step in STEPS]


def board_of(curve: Curve, trials: int, *, seed: int = 1) -> Board:
    """Complete trials, all with a curve of one kind."""
    board, draw = Board(), random.Random(seed)
    for number in range(trials):
        board.open(number, total_steps=LENGTH, evaluation_steps=STEPS)
        for step, score in zip(STEPS, curve(draw.random(), draw), strict=True):
            board.report(number, step, score)
        board.close(number, TrialState.COMPLETE)
    return board


def trust_of(board: Board, rung: float = RUNGS[0], without: int = -1) -> Trust:
    reached, evidence = board.reached(rung, LATENESS), board.statistic(Evidence)
    return trust_in(board, evidence, rung, reached, without=without)


def at_least(count: int, *, of: int, chance: float) -> float:
    """The probability of so many successes at least."""
    each = (math.comb(of, k) * chance**k * (1 - chance) ** (of - k) for k in range(count, of + 1))
    return math.fsum(each)


def mean_of(density: tuple[float, float]) -> float:
    return density[0] / sum(density)


def mean_share(trust: Trust) -> float:
    return sum(trust.share((i + 0.5) / 100) for i in range(100)) / 100


def search(curve: Curve, seed: int, *, trials: int = 60) -> Simulation:
    """Simulate a search of which the first trial is the best in the end."""
    draw = random.Random(seed)
    tops = [draw.random() * 0.9 for _ in range(trials)]
    curves = [
        RecordedCurve(n, float(LENGTH), STEPS, STEPS, tuple(curve(top, draw)), tuple(STEPS))
        for n, top in enumerate(tops)
    ]
    return simulate(InOrder(curves), Adaptive(seed), workers=4)


def test_distributions_are_those_of_their_beta_densities() -> None:
    """Of (1, 1) that is v itself, of (5, 5) the chance that 5 of 9 draws are below v."""
    flat, even = (
        distribution_functions()[FAMILY.index(each)] for each in ((1.0, 1.0), (5.0, 5.0))
    )

    assert flat == pytest.approx(SHARES, abs=1e-12)
    assert even == pytest.approx([at_least(5, of=9, chance=v) for v in SHARES], abs=1e-12)


@pytest.mark.parametrize("at", range(len(FAMILY)))
def test_distributions_rise_to_one(at: int) -> None:
    values = distribution_functions()[at]

    assert all(high >= low for low, high in pairwise(values))
    assert 0 <= values[0] <= values[-1] == 1


def test_the_prior_trusts_no_early_rung() -> None:
    shares = [mean_share(trust_of(board_of(early_says_nothing, 1), rung)) for rung in RUNGS]

    assert min(shares[:2]) > 0.9
    assert max(shares[2:5]) < 0.6


@pytest.mark.parametrize("rung", RUNGS[:3])
def test_where_early_scores_inform_less_is_kept(rung: float) -> None:
    few, many = (mean_share(trust_of(board_of(early_tells_all, n), rung)) for n in (1, 20))

    assert many < min(few, 0.35)
    assert (few > 0.9) == (rung < RUNGS[2])


@pytest.mark.parametrize("curve", [early_misleads, early_says_nothing])
def test_where_they_do_not_nearly_all_is_kept(curve: Curve) -> None:
    assert mean_share(trust_of(board_of(curve, 20))) > 0.85


def test_misleading_scores_are_known_from_few_trials() -> None:
    misled = trust_of(board_of(early_misleads, 5))
    informed = trust_of(board_of(early_tells_all, 5))

    behind = sum(w for w, (a, b) in zip(misled.weights, FAMILY, strict=True) if a > b)
    front = sum(w for w, (a, b) in zip(informed.weights, FAMILY, strict=True) if a > b)
    assert behind > 0.8
    assert front < 0.2


@given(st.integers(0, 40), st.integers(0, 5), st.sampled_from(RUNGS))
def test_weights_are_probabilities_and_shares_are_allowed(
    trials: int, seed: int, rung: float
) -> None:
    trust = trust_of(board_of(early_says_nothing, trials + 1, seed=seed), rung)

    assert math.isclose(math.fsum(trust.weights), 1)
    assert {trust.share(draw) for draw in (0.0, 0.3, 0.999)} <= set(SHARES)
    assert trust.cost >= rung - 1e-9


def test_certainty_leaves_nothing_to_the_draw() -> None:
    weights = tuple(float(i == 0) for i in range(len(FAMILY)))
    sure = Trust(weights, far=9, cost=0.03, rest=0.97)

    kept = {sure.share(draw / 10) for draw in range(10)}
    assert len(kept) == 1
    assert SHARES[0] <= kept.pop() < 0.4


def test_a_rank_that_tells_nothing_keeps_all() -> None:
    weights = tuple(float(i == FLAT) for i in range(len(FAMILY)))

    assert Trust(weights, far=9, cost=0.03, rest=0.97).share(0.5) >= 0.9


def test_half_of_the_draws_believe_one_density_and_the_others_their_mean() -> None:
    front, back = FAMILY.index(min(FAMILY, key=mean_of)), FAMILY.index(max(FAMILY, key=mean_of))
    weights = tuple(0.5 if i in (front, back) else 0.0 for i in range(len(FAMILY)))
    torn = Trust(weights, far=2, cost=0.1, rest=0.9)

    kept = [torn.share((i + 0.5) / 80) for i in range(80)]
    assert sorted(kept[:40]) == 20 * [SHARES[0]] + 20 * [SHARES[-1]]
    assert len(set(kept[40:])) == 1


def test_a_trial_is_no_evidence_about_itself() -> None:
    board = board_of(early_tells_all, 4)

    assert (trust_of(board).far, trust_of(board, without=2).far) == (4, 3)


def test_a_running_trial_counts_once_it_has_gone_far() -> None:
    board = board_of(early_tells_all, 3)
    board.open(3, total_steps=LENGTH, evaluation_steps=STEPS)
    found = []
    for step in STEPS[:-1]:
        board.report(3, step, 0.01 * step)
        found.append(trust_of(board).far)

    assert found == [3 if step < 21 else 4 for step in STEPS[:-1]]


@pytest.mark.parametrize("seed", range(4))
def test_a_search_with_telling_curves_is_much_cheaper_and_keeps_its_winner(seed: int) -> None:
    found = search(early_tells_all, seed)

    best = max(found.trials, key=lambda trial: trial.best)
    assert best.state is TrialState.COMPLETE
    assert found.steps_taken < 0.6 * 60 * LENGTH


@pytest.mark.parametrize("seed", range(4))
def test_a_search_with_misleading_curves_cuts_hardly_anything_early(seed: int) -> None:
    found = search(early_misleads, seed)

    early: list[Stop] = [t.stop for t in found.trials if t.stop and t.stop.step <= 10]
    assert len(early) <= 12


def test_the_seed_decides_whom_doubt_lets_through() -> None:
    board = board_of(early_says_nothing, 8)
    board.open(8, total_steps=LENGTH, evaluation_steps=STEPS)
    board.report(8, 1, 0.01)
    decided = [Adaptive(seed).decide(board, 8) is None for seed in range(60)]

    assert any(decided)
    assert decided == [Adaptive(seed).decide(board, 8) is None for seed in range(60)]


@pytest.mark.parametrize("seed", range(10))
def test_no_study_waits_long_for_a_trial_that_doubts(seed: int) -> None:
    passed = []
    for number in range(8, 108):
        board = Board()
        for each in (*range(8), number):
            board.open(each, total_steps=LENGTH, evaluation_steps=STEPS)
            for step in STEPS[:3]:
                board.report(each, step, 0.1 if each == number else 0.2 + 0.01 * each)
        passed.append(Adaptive(seed).decide(board, number) is None)

    assert 4 <= sum(passed) <= 8  # of a hundred; independent draws sometimes let fifty go by
    assert all(any(passed[at : at + 34]) for at in range(len(passed) - 33))


@pytest.mark.parametrize("others", [1, 2, 3])
def test_of_three_trials_only_the_leader_is_sure_to_go_on(others: int) -> None:
    board = board_of(early_tells_all, others)
    board.open(others, total_steps=LENGTH, evaluation_steps=STEPS)
    for step in STEPS[:3]:
        board.report(others, step, 0.001 * step)
    stops = [stop for seed in range(20) if (stop := Adaptive(seed).decide(board, others))]

    assert bool(stops) == (others >= 2)
    assert all(stop.comparators == others for stop in stops)


@pytest.mark.parametrize(("wobble", "goes_on"), [(0.0, False), (0.002, False), (0.2, True)])
def test_who_is_behind_by_less_than_scores_wobble_goes_on(wobble: float, goes_on: bool) -> None:
    def wobbling(top: float, draw: random.Random) -> list[float]:
        return [score + draw.gauss(0, wobble) for score in early_tells_all(top, draw)]

    board = board_of(wobbling, 20)
    cutoff = board.statistic(Evidence).ranked(RUNGS[2])[-7]
    board.open(20, total_steps=LENGTH, evaluation_steps=STEPS)
    for step in STEPS[:3]:
        board.report(20, step, cutoff - 0.02)

    assert (Adaptive().decide(board, 20) is None) == goes_on


def test_a_reason_says_what_it_was_learned_from() -> None:
    board = board_of(early_tells_all, 20)
    board.open(20, total_steps=LENGTH, evaluation_steps=STEPS)
    board.report(20, 1, 0.001)

    stop = Adaptive().decide(board, 20)

    assert stop is not None
    assert (stop.rung, stop.comparators) == (RUNGS[0], 20)
    assert stop.reason.startswith("0.0010 at 3% of its schedule is below ")
    assert "of 21 seen there; how many go on is learned from 20 that have gone far" in (
        stop.reason
    )


def test_without_a_seed_of_its_own_it_has_the_study_s() -> None:
    assert make_scheduler("adaptive", seed=3) == Adaptive(3)
    assert make_scheduler("adaptive:seed=5", seed=3) == Adaptive(5)
    assert SCHEDULERS.normal("adaptive") == "adaptive"


def test_cutting_without_a_comparator_is_refused() -> None:
    with pytest.raises(UsageError, match="min_comparators is 0; it must be at least 1"):
        make_scheduler("adaptive:min_comparators=0", seed=0)


def decided_by_all_the_evidence(board: Board, number: int, rung: float) -> bool:
    """Decide as the rule says, whatever may be known without the share to keep."""
    scheduler, evidence = Adaptive(seed=0), board.statistic(Evidence)
    ranked, own = evidence.ranked(rung), board.reached(rung, LATENESS)[number].best
    if len(ranked) <= scheduler.min_comparators or own == ranked[-1]:
        return False
    share = trust_of(board, rung, without=number).share(scheduler._draw(number))
    cutoff = ranked[-math.ceil(share * len(ranked) - 1e-9)]
    return own < cutoff and cutoff - own >= math.sqrt(0.5) * evidence.noise()


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("wobble", [0.0, 0.02, 0.2])
def test_what_is_decided_early_is_what_all_the_evidence_says(seed: int, wobble: float) -> None:
    board, draw = board_of(early_tells_all, seed, seed=seed), random.Random(seed)
    decided = []
    for number in range(100, 160):
        board.open(number, total_steps=LENGTH, evaluation_steps=STEPS)
        top = draw.choice((0.2, 0.5, draw.random()))  # some are equal
        for step in STEPS[: draw.randint(1, LENGTH - 1)]:
            score = top * (1 - 0.8**step) + wobble * draw.random()
            board.report(number, step, score)
            rung = rung_of(board, number, RUNGS, LATENESS)
            if rung is not None:
                stop = Adaptive(seed=0).decide(board, number)
                decided.append(
                    (stop is not None, decided_by_all_the_evidence(board, number, rung))
                )

    assert all(early == late for early, late in decided)
    assert {late for _, late in decided} == {True, False}


def test_who_is_among_the_best_third_needs_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def noted(
        board: Board, evidence: Evidence, rung: float, reached: Reached, *, without: int
    ) -> Trust:
        asked.append(without)
        return trust_in(board, evidence, rung, reached, without=without)

    board = board_of(early_tells_all, 12)
    for number in range(12, 24):
        board.open(number, total_steps=LENGTH, evaluation_steps=STEPS)
        board.report(number, 1, 0.2 * (1 + number % 12))
    monkeypatch.setattr(f"{Adaptive.__module__}.trust_in", noted)
    for number in range(12, 24):
        Adaptive(seed=0).decide(board, number)

    ranked = board.statistic(Evidence).ranked(RUNGS[0])
    behind = [n for n in range(12, 24) if board[n].scores[0] < ranked[-8]]
    assert asked == behind
    assert 0 < len(behind) < 12


def test_the_evidence_is_found_without_looking_at_those_who_are_on_their_way(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    board = board_of(early_tells_all, 3)
    for number in range(3, 60):
        board.open(number, total_steps=LENGTH, evaluation_steps=STEPS)
        board.report(number, 1, 0.01 * number)
    assert trust_of(board).far == 3
    looked: set[int] = set()
    look = Board.__getitem__

    def noted(board: Board, number: int) -> object:
        looked.add(number)
        return look(board, number)

    monkeypatch.setattr(Board, "__getitem__", noted)

    assert trust_of(board).far == 3
    assert looked == {0, 1, 2}
