from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from autoclue.records import Scalar, Stop, StudyRecord, TrialRecord, TrialState
from autoclue.reporting.sections.importance import (
    common_fraction,
    importance_figure,
    importance_info,
    importance_text,
)

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


@pytest.fixture
def graded(trial: MakeTrial, study: MakeStudy) -> Callable[..., StudyRecord]:
    """Trials whose score depends on ``matters`` alone."""

    def build(count: int, *, space: dict[str, object] | None = None) -> StudyRecord:
        rng = np.random.default_rng(3)
        trials = []
        for number in range(count):
            matters = float(rng.uniform(0, 1))
            params: dict[str, Scalar] = {"matters": matters, "idle": float(rng.uniform(0, 1))}
            trials.append(trial(number, (0.4 + 0.3 * matters,), total_steps=100, params=params))
        return study(*trials, space=space or {})

    return build


def stopped(trial: MakeTrial, number: int, rung: float, score: float) -> TrialRecord:
    step = round(900 * rung)
    evaluations = (score,) * (step // 100)
    stop = Stop("low", rung, step, score, 1.0, 3)
    return trial(number, evaluations, total_steps=900, state=TrialState.PRUNED, stop=stop)


def test_the_parameter_that_makes_the_score_comes_first(
    graded: Callable[..., StudyRecord],
) -> None:
    info = importance_info(graded(30))

    assert [row.name for row in info.rows] == ["matters", "idle"]
    assert info.rows[0].share > 0.9
    assert sum(row.share for row in info.rows) == pytest.approx(1)
    assert (info.evaluator, info.trials, info.fraction) == ("fANOVA", 30, 1.0)


def test_few_trials_come_with_a_warning(graded: Callable[..., StudyRecord]) -> None:
    few, many = importance_info(graded(19)).note, importance_info(graded(20)).note

    assert few is not None
    assert many is not None
    assert "rough guide" in few
    assert "rough guide" not in many


@pytest.mark.parametrize(("complete", "fraction"), [(10, 1.0), (8, 1 / 3), (0, 1 / 9)])
def test_the_budget_is_the_largest_that_two_thirds_reached(
    trial: MakeTrial, study: MakeStudy, complete: int, fraction: float
) -> None:
    thirds = {10: 0, 8: 4, 0: 3}[complete]
    rungs = [1 / 3] * thirds + [1 / 9] * (12 - complete - thirds)
    trials = [trial(i, (0.5,) * 9, total_steps=900) for i in range(complete)]
    trials += [stopped(trial, complete + i, rung, 0.4) for i, rung in enumerate(rungs)]

    assert common_fraction(study(*trials)) == fraction


def test_scores_are_taken_at_the_common_budget_and_not_at_the_end(
    trial: MakeTrial, study: MakeStudy
) -> None:
    late = [0.4 + 0.05 * i for i in range(6)]
    trials = [
        trial(i, (0.5 - 0.01 * i, 0.1, *([s] * 7)), total_steps=900, params={"x": i, "y": -i % 2})
        for i, s in enumerate(late)
    ]
    trials += [stopped(trial, 6 + i, 1 / 9, 0.3) for i in range(6)]

    info = importance_info(study(*trials, space={}))

    assert (info.fraction, info.trials) == (1 / 9, 12)


def test_trials_stopped_before_the_budget_are_mentioned(
    trial: MakeTrial, graded: Callable[..., StudyRecord]
) -> None:
    record = graded(20)
    early = tuple(replace(stopped(trial, 20 + i, 1 / 9, 0.3), params={}) for i in range(2))
    info = importance_info(replace(record, trials=(*record.trials, *early)))

    assert (info.fraction, info.trials) == (1.0, 20)
    assert "2 trials stopped before that point" in (info.note or "")


def test_an_order_that_the_trials_do_not_carry_is_withheld(demo: StudyRecord) -> None:
    info = importance_info(demo)

    assert info.rows == ()
    assert "can't tell which setting matters more" in str(info.missing)


@pytest.mark.parametrize("left_out", range(4))
def test_one_trial_less_never_turns_a_certain_order_round(
    left_out: int, graded: Callable[..., StudyRecord]
) -> None:
    record = graded(13)
    trials = tuple(t for t in record.trials if t.number != left_out)

    assert importance_info(replace(record, trials=trials)).rows[0].name == "matters"


def cycled(number: int, names: str) -> dict[str, Scalar]:
    """Settings that differ from trial to trial, each in a cycle of its own."""
    return {name: (number * place) % 7 for place, name in enumerate(names, start=1)}


def test_many_parameters_need_more_trials(trial: MakeTrial, study: MakeStudy) -> None:
    names = "abcdef"
    trials = (
        trial(
            i,
            (0.05 * i,),
            total_steps=100,
            params={n: (i * (k + 1)) % 7 for k, n in enumerate(names)},
        )
        for i in range(12)
    )

    assert "at least 18 must have reached" in str(importance_info(study(*trials)).missing)


def test_fewer_than_ten_trials_are_not_enough(graded: Callable[..., StudyRecord]) -> None:
    info = importance_info(graded(9))

    assert info.rows == ()
    assert info.missing == (
        "Not enough trials: 9 trials with a score, and at least 10 must have reached the same "
        "part of their schedules."
    )


def test_settings_that_never_differ_have_no_importance(trial: MakeTrial, study: MakeStudy) -> None:
    info = importance_info(study(*(trial(i, (0.1 * i,), total_steps=100) for i in range(11))))

    assert info.missing == "No searched setting differs between the trials."
    assert "learning_rate" in info.constant


def test_equal_scores_have_nothing_to_explain(trial: MakeTrial, study: MakeStudy) -> None:
    trials = (trial(i, (0.5,), total_steps=100, params={"x": i}) for i in range(12))

    assert importance_info(study(*trials)).missing == (
        "All trials scored the same at the common budget."
    )


def test_a_conditional_parameter_is_judged_by_ped_anova(
    trial: MakeTrial, study: MakeStudy
) -> None:
    base: list[dict[str, Scalar]] = [
        {"x": i, **({"only": i * 5 % 7} if i % 2 else {})} for i in range(24)
    ]
    trials = (trial(i, (0.03 * i,), total_steps=100, params=p) for i, p in enumerate(base))

    info = importance_info(study(*trials, space={}))

    assert info.evaluator == "PED-ANOVA"
    assert {row.name for row in info.rows} == {"x", "only"}


def test_without_scikit_learn_ped_anova_answers(
    graded: Callable[..., StudyRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    info = importance_info(graded(30))

    assert info.evaluator == "PED-ANOVA"
    assert info.rows[0].name == "matters"


def test_a_baseline_outside_the_declared_range_is_still_counted(
    graded: Callable[..., StudyRecord],
) -> None:
    space = {"parameters": {"matters": {"float": [0.4, 0.6]}, "idle": {"choice": [0.5]}}}

    assert importance_info(graded(12, space=space)).trials == 12


def test_tiny_values_are_not_printed_as_zero() -> None:
    assert [importance_text(v) for v in (0.0, 0.009, 0.01, 0.456)] == [
        "<0.01", "<0.01", "0.01", "0.46",
    ]  # fmt: skip


def test_the_figure_has_the_most_important_bar_at_the_top(
    graded: Callable[..., StudyRecord],
) -> None:
    figure = importance_figure(importance_info(graded(10)))

    assert list(figure.layout.yaxis.ticktext) == ["idle  2.", "matters  1."]


def test_optuna_stays_as_talkative_as_it_was(graded: Callable[..., StudyRecord]) -> None:
    import optuna

    before = optuna.logging.get_verbosity()
    importance_info(graded(6))

    assert optuna.logging.get_verbosity() == before


def test_baseline_outside_the_space_is_left_out(
    trial: MakeTrial, graded: Callable[..., StudyRecord]
) -> None:
    inside = graded(12)
    outsider = trial(99, (0.1,), baseline=True, params={"idle": 0.5})
    info = importance_info(replace(inside, trials=(*inside.trials, outsider)))
    assert info == importance_info(inside)
