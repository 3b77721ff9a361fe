"""A study of any length with curves, made from a formula: nothing is trained."""

from __future__ import annotations

import math
from datetime import datetime, timedelta, timezone

import numpy as np

from autoclue.records import (
    Evaluation,
    LayerRate,
    Scalar,
    Stop,
    StudyRecord,
    TrialRecord,
    TrialState,
)

BEGAN = datetime(2026, 1, 5, 8, tzinfo=timezone.utc)
STEPS, EVERY = 2000, 100
RUNGS = (0.1, 0.3)
LAYERS = 6
FAILURE_EVERY = 97
SPACE: dict[str, object] = {
    "learning_rate": {"float": [1e-5, 5e-4], "log": True},
    "batch_size": {"choice": [16, 32, 64]},
    "factor": {"float": [1.0, 2.6]},
    "frozen_blocks": {"int": [0, 4]},
    "dropout": {"choice": [0.0, 0.1, 0.2, 0.3]},
}
BASELINE: dict[str, Scalar] = {
    "learning_rate": 3e-5,
    "batch_size": 32,
    "factor": 1.0,
    "frozen_blocks": 0,
    "dropout": 0.1,
}


def made_study(trials: int, *, seed: int = 0) -> StudyRecord:
    """Make a study of which about half the trials were stopped early and a few failed.

    Args:
        trials: How many trials it has, the baseline among them.
        seed: Of everything that is drawn.
    """
    rng = np.random.default_rng(seed)
    drawn = [BASELINE, *(_settings(rng) for _ in range(1, trials))]
    return StudyRecord(
        name=f"made-{trials}",
        settings={
            "task": "xnli",
            "model": "none",
            "data": "none",
            "strategy": "discriminative",
            "protocol": "clue",
            "dev_examples": 2490,
            "command": f"autoclue tune --task xnli --trials {trials}",
        },
        metric="accuracy",
        synthetic=True,
        space={"name": "made", "parameters": SPACE},
        rungs=RUNGS,
        versions={},
        created_at=BEGAN.isoformat(),
        trials=tuple(_trial(number, params, rng) for number, params in enumerate(drawn)),
    )


def _settings(rng: np.random.Generator) -> dict[str, Scalar]:
    return {
        "learning_rate": float(10 ** rng.uniform(-5, math.log10(5e-4))),
        "batch_size": int(rng.choice([16, 32, 64])),
        "factor": float(rng.uniform(1.0, 2.6)),
        "frozen_blocks": int(rng.integers(0, 5)),
        "dropout": float(rng.choice([0.0, 0.1, 0.2, 0.3])),
    }


def _trial(number: int, params: dict[str, Scalar], rng: np.random.Generator) -> TrialRecord:
    rate, factor = float(str(params["learning_rate"])), float(str(params["factor"]))
    reach = 0.74 - 0.07 * abs(math.log10(rate / 9e-5)) ** 1.5 - 0.02 * abs(factor - 1.4)
    rung = None if number == 0 or reach > 0.7 else RUNGS[0] if reach < 0.67 else RUNGS[1]
    failed = number > 0 and number % FAILURE_EVERY == 0
    steps = 4 * EVERY if failed else math.ceil((rung or 1.0) * STEPS / EVERY) * EVERY
    seen = tuple(_evaluation(step, reach, rng) for step in range(EVERY, steps + 1, EVERY))
    best = max(each.score for each in seen)
    why = f"Stopped at step {steps}: {best:.4f} is below the cutoff of the rung."
    stop = None if rung is None or failed else Stop(why, rung, steps, best, best + 0.02, 5)
    began = BEGAN + timedelta(minutes=4 * (number // 2))
    return TrialRecord(
        number=number,
        state=TrialState.FAIL if failed else TrialState.PRUNED if stop else TrialState.COMPLETE,
        params=params,
        config={**params, "task": "xnli", "seed": 42, "epochs": 3},
        evaluations=seen,
        total_steps=STEPS,
        baseline=number == 0,
        stop=stop,
        failure="train_loss is nan at step 417" if failed else None,
        layer_rates=_layer_rates(factor, int(str(params["frozen_blocks"]))),
        started_at=began.isoformat(),
        ended_at=(began + timedelta(seconds=seen[-1].elapsed_s)).isoformat(),
    )


def _evaluation(step: int, reach: float, rng: np.random.Generator) -> Evaluation:
    score = 1 / 3 + (reach - 1 / 3) * (1 - math.exp(-step / 350)) + float(rng.normal(0, 0.004))
    return Evaluation(
        step=step,
        score=score,
        dev_loss=1.1 - score,
        train_loss=1.0 - score + float(rng.normal(0, 0.02)),
        learning_rate=1e-5 * (1 - step / STEPS),
        steps_per_s=10.0 + float(rng.normal(0, 0.2)),
        eval_s=1.5,
        elapsed_s=step / 10 + 1.5 * step / EVERY,
        epoch=1 + step // 700,
    )


def _layer_rates(factor: float, frozen_blocks: int) -> tuple[LayerRate, ...]:
    names = ["embeddings", *(f"layer {k}" for k in range(1, LAYERS + 1)), "head"]
    return tuple(
        LayerRate(depth, name, factor**-above, factor**-above, depth >= frozen_blocks, 1_000_000)
        for depth, name in enumerate(names)
        for above in [LAYERS + 1 - depth]
    )
