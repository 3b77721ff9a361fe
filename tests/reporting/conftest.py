"""Studies with scripted curves: no model, no clock, the same numbers every time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from autoclue.records import (
    Confirmation,
    ConfirmationTrial,
    Evaluation,
    LayerRate,
    Scalar,
    Stop,
    StudyRecord,
    TestScore,
    TrialRecord,
    TrialState,
)

TOTAL_STEPS = 1800
EVERY = 100
RUNGS = (1 / 9, 1 / 3)
DEFAULTS: dict[str, Scalar] = {
    "learning_rate": 3e-5, "batch_size": 32, "factor": 1.0, "frozen_blocks": 0, "dropout": 0.1,
}  # fmt: skip
SPACE: dict[str, object] = {
    "name": "discriminative",
    "parameters": {
        "learning_rate": {"float": [1e-5, 5e-4], "log": True},
        "batch_size": {"choice": [16, 32, 64]},
        "factor": {"float": [1.0, 2.6]},
        "frozen_blocks": {"int": [0, 4]},
        "dropout": {"float": [0.0, 0.3], "step": 0.1},
        "epochs": 3,
    },
}
SETTINGS: dict[str, object] = {
    "task": "xnli",
    "model": "ernie-3.0-nano-zh",
    "data": "the publishers' files",
    "strategy": "discriminative",
    "space": "discriminative",
    "sampler": "tpe",
    "scheduler": "asha",
    "seed": 42,
    "protocol": "clue",
    "dev_examples": 2490,
    "command": "autoclue tune --task xnli --strategy discriminative --trials 16 --seed 42",
}

TrialFactory = Callable[..., TrialRecord]
StudyFactory = Callable[..., StudyRecord]


def evaluation(step: int, score: float) -> Evaluation:
    """One evaluation of a trial that does ten updates a second."""
    return Evaluation(
        step=step,
        score=score,
        dev_loss=1.1 - score,
        train_loss=1.0 - score,
        learning_rate=1e-5,
        steps_per_s=10.0,
        eval_s=1.5,
        elapsed_s=step / 10 + 1.5 * step / EVERY,
        epoch=1 + step // 600,
    )


def make_trial(
    number: int,
    scores: tuple[float, ...] = (),
    *,
    state: TrialState = TrialState.COMPLETE,
    total_steps: float | None = TOTAL_STEPS,
    baseline: bool = False,
    params: dict[str, Scalar] | None = None,
    stop: Stop | None = None,
    failure: str | None = None,
    layer_rates: tuple[LayerRate, ...] = (),
    ended_at: str | None = None,
    config: dict[str, object] | None = None,
) -> TrialRecord:
    """A trial that was evaluated every hundred updates with these scores."""
    chosen = DEFAULTS if params is None else params
    return TrialRecord(
        number=number,
        state=state,
        params=chosen,
        config={**chosen, "seed": 42, "epochs": 3} if config is None else config,
        evaluations=tuple(evaluation(EVERY * i, s) for i, s in enumerate(scores, start=1)),
        total_steps=total_steps,
        baseline=baseline,
        stop=stop,
        failure=failure,
        layer_rates=layer_rates,
        ended_at=ended_at,
    )


def make_study(
    *trials: TrialRecord,
    name: str = "xnli-discriminative",
    settings: dict[str, object] | None = None,
    synthetic: bool = False,
    metric: str = "accuracy",
    rungs: tuple[float, ...] = RUNGS,
    space: dict[str, object] | None = None,
) -> StudyRecord:
    """A study with these trials."""
    return StudyRecord(
        name=name,
        settings=SETTINGS if settings is None else settings,
        metric=metric,
        synthetic=synthetic,
        space=SPACE if space is None else space,
        rungs=rungs,
        versions={"python": "3.11.9", "paddlepaddle": "3.3.1", "optuna": "5.0.0"},
        created_at="2026-01-05T08:00:00+00:00",
        trials=trials,
    )


def layer_rates(params: dict[str, Scalar], *, layers: int = 6) -> tuple[LayerRate, ...]:
    """Rates that fall by the factor from one depth to the next below."""
    factor, frozen = float(params["factor"] or 1.0), int(params["frozen_blocks"] or 0)
    names = ["embeddings", *(f"layer {k}" for k in range(1, layers + 1)), "head"]
    return tuple(
        LayerRate(
            depth=depth,
            label=name,
            lr_scale_low=factor ** (depth - layers - 1),
            lr_scale_high=factor ** (depth - layers - 0.6)
            if 0 < depth <= layers
            else factor ** (depth - layers - 1),
            trains=depth >= frozen,
            parameters=12_000_000 if depth == 0 else 1_770_000,
        )
        for depth, name in enumerate(names)
    )


def quality(params: dict[str, Scalar]) -> float:
    """Best reachable score of a scripted trial; the learning rate matters most."""
    rate, factor = float(params["learning_rate"] or 0.0), float(params["factor"] or 0.0)
    distance = abs(math.log10(rate / 9e-5))
    return (
        0.735
        - 0.07 * math.pow(distance, 1.5)
        - 0.02 * abs(factor - 1.4)
        - 0.008 * float(params["frozen_blocks"] or 0)
    )


def curve(
    params: dict[str, Scalar], evaluations: int, rng: np.random.Generator
) -> tuple[float, ...]:
    """A saturating curve from chance (1/3) to the trial's quality, with evaluation noise."""
    reach = quality(params)
    steps = np.arange(1, evaluations + 1)
    noise = rng.normal(0.0, 0.004, evaluations)
    return tuple(float(s) for s in 1 / 3 + (reach - 1 / 3) * (1 - np.exp(-steps / 3.5)) + noise)


def draw_params(rng: np.random.Generator) -> dict[str, Scalar]:
    """One configuration from the space."""
    return {
        "learning_rate": float(10 ** rng.uniform(-5, math.log10(5e-4))),
        "batch_size": int(rng.choice([16, 32, 64])),
        "factor": float(rng.uniform(1.0, 2.6)),
        "frozen_blocks": int(rng.integers(0, 5)),
        "dropout": float(rng.choice([0.0, 0.1, 0.2, 0.3])),
    }


def pruned(
    number: int, params: dict[str, Scalar], scores: tuple[float, ...], rung: float
) -> TrialRecord:
    """The trial as the scheduler leaves it after stopping it at a rung."""
    step = EVERY * math.ceil(rung * TOTAL_STEPS / EVERY)
    seen = scores[: step // EVERY]
    reason = f"Stopped at step {step}: {max(seen):.4f} is below the cutoff of the rung."
    stop = Stop(reason, rung, step, max(seen), max(seen) + 0.02, 5)
    return make_trial(
        number, seen, state=TrialState.PRUNED, params=params, stop=stop, ended_at=_clock(number)
    )


def _clock(number: int) -> str:
    return f"2026-01-05T{8 + number // 60:02d}:{number % 60:02d}:00+00:00"


def demo_study(trials: int = 16, *, name: str = "xnli-discriminative") -> StudyRecord:
    """A baseline, complete trials, trials stopped at both rungs, and one failure."""
    rng = np.random.default_rng(7)
    records = [_finished(0, DEFAULTS, rng, baseline=True)]
    for number in range(1, trials):
        params = draw_params(rng)
        scores = curve(params, TOTAL_STEPS // EVERY, rng)
        records.append(_outcome(number, params, scores, rng))
    return make_study(*records, name=name)


def _outcome(
    number: int, params: dict[str, Scalar], scores: tuple[float, ...], rng: np.random.Generator
) -> TrialRecord:
    if number == 9:
        return _failed(number, params, scores)
    if quality(params) < 0.66:
        return pruned(number, params, scores, RUNGS[0])
    if quality(params) < 0.69:
        return pruned(number, params, scores, RUNGS[1])
    return _finished(number, params, rng)


def _finished(
    number: int, params: dict[str, Scalar], rng: np.random.Generator, *, baseline: bool = False
) -> TrialRecord:
    return make_trial(
        number,
        curve(params, TOTAL_STEPS // EVERY, rng),
        params=params,
        baseline=baseline,
        layer_rates=layer_rates(params),
        ended_at=_clock(number),
    )


def _failed(number: int, params: dict[str, Scalar], scores: tuple[float, ...]) -> TrialRecord:
    reason = (
        "train_loss is nan at step 417: the loss left the finite numbers right after the warm-up; "
        "lower the largest learning rate of the search space, or lengthen the warm-up. "
        "训练损失不是有限数。"
    )
    return make_trial(
        number, scores[:4], state=TrialState.FAIL, params=params, failure=reason,
        ended_at=_clock(number),
    )  # fmt: skip


def halved(trial: TrialRecord) -> TrialRecord:
    """The trial with held-out scores a little below the others."""
    found = tuple(replace(e, holdout_score=0.98 * e.score) for e in trial.evaluations)
    return replace(trial, evaluations=found)


def tested(trial: TrialRecord) -> TrialRecord:
    """The trial with a score on the test part a little below its own."""
    if trial.state is not TrialState.COMPLETE or trial.best_score is None:
        return trial
    return replace(trial, test_score=TestScore("test", 0.97 * trial.best_score, 0.7, 5010, "sha"))


def full_study() -> StudyRecord:
    """The demo with scores elsewhere, and its best two and the baseline trained again."""
    demo = demo_study()
    trials = tuple(tested(halved(trial)) for trial in demo.trials)
    candidates = (14, 12, 0)
    runs = tuple(
        ConfirmationTrial(
            of,
            seed,
            halved(make_trial(i, (0.4, quality(dict(trials[of].params)) + 0.004 * (i % 4)))),
        )
        for i, (seed, of) in enumerate((s, n) for s in (71, 72, 73) for n in candidates)
    )
    return replace(
        demo,
        settings={**SETTINGS, "holdout": 0.5, "holdout_examples": 1245},
        trials=trials,
        confirmation=Confirmation(2, (71, 72, 73), candidates, 0, runs),
    )


@pytest.fixture(scope="session")
def full() -> StudyRecord:
    return full_study()


@pytest.fixture(scope="session")
def demo() -> StudyRecord:
    return demo_study()


@pytest.fixture
def trial() -> TrialFactory:
    return make_trial


@pytest.fixture
def study() -> StudyFactory:
    return make_study
