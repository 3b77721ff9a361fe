"""Write the runs of a suite as logs of PaddleNLP's ``grid_search_tools``."""

from __future__ import annotations

import json
from pathlib import Path

from autoclue.records import Evaluation, SuiteRecord, TrialRecord

READING = ("c3", "chid")


def write_old_logs(suite: SuiteRecord, folder: Path) -> int:
    """Write a log for each complete run, ``<task>/<lr>_<batch size>_<dropout>.log``.

    Args:
        suite: The suite.
        folder: The folder of its model's logs.

    Returns:
        How many were written.
    """
    count = 0
    for each in suite.studies:
        for trial in each.study.complete:
            names = ("learning_rate", "batch_size", "dropout")
            rate, size, dropout = (trial.config[name] for name in names)
            path = folder / each.task / f"{rate}_{size}_{dropout}.log"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(old_log(each.task, trial), encoding="utf-8")
            count += 1
    return count


def old_log(task: str, trial: TrialRecord) -> str:
    """Return the log of a run as the published scripts write it."""
    lines = [line for each in trial.evaluations for line in _lines(task, trial, each)]
    best = trial.best
    assert best is not None
    figures = (best.scores["em"], best.scores["f1"]) if task == "cmrc2018" else (best.score,)
    shown = "/".join(f"{100 * figure:.2f}" for figure in figures)
    return "\n".join([*lines, f"best_result: {shown}"]) + "\n"


def _lines(task: str, trial: TrialRecord, found: Evaluation) -> list[str]:
    total = trial.total_steps or found.step
    progress = (
        f"global step {found.step}/{total:g}, epoch: {found.epoch - 1}, batch: 0, rank_id: 0, "
        f"loss: {found.train_loss:f}, lr: {found.learning_rate:.10f}, "
        f"speed: {found.steps_per_s:.4f} step/s"
    )
    if task == "cmrc2018":
        exact, f1 = 100 * found.scores["em"], 100 * found.scores["f1"]
        return [progress, *json.dumps({"exact": exact, "f1": f1}, indent=2).split("\n")]
    if task in READING:
        return [progress, f"eval acc: {found.score:.5f}, eval done total : {found.eval_s} s"]
    evaluated = (
        f"eval loss: {found.dev_loss:f}, acc: {found.score:.5f}, "
        f"eval done total : {found.eval_s} s"
    )
    return [progress, evaluated]
