"""The numbers of the page as one JSON mapping: ``results.json``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from enum import Enum

from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting.conclusions import caveats, verdict
from autoclue.reporting.sections import SummaryInfo, by_label_info, importance_info, summary_info
from autoclue.reporting.statistics import first_beginning, last_end, role, steps_done

FORMAT = 1
"""Version of the file's layout; it grows when a key changes its meaning or goes away."""


def results_mapping(study: StudyRecord) -> dict[str, object]:
    """Return the study's results as plain JSON values without NaN (they become ``null``).

    Scores are in [0, 1]. Trials are in order of their number.
    """
    summary = summary_info(study)
    mapping = {
        "format": FORMAT,
        "study": _study_facts(study),
        "verdict": verdict(summary),
        "caveats": caveats(summary),
        "counts": summary.counts,
        "spent": {
            "steps": summary.steps,
            "scheduled_steps_of_ended_trials": summary.scheduled_steps,
            "steps_of_ended_trials": summary.ended_steps,
            "seconds": summary.seconds,
        },
        "forecast": None if study.forecast is None else asdict(study.forecast),
        "winner": None if summary.winner is None else asdict(summary.winner),
        "baseline": None if summary.baseline is None else asdict(summary.baseline),
        "difference": _difference(summary),
        "holdout": None if summary.holdout is None else asdict(summary.holdout),
        "confirmation": _confirmation(study, summary),
        "population": None if summary.population is None else asdict(summary.population),
        "test": None if summary.test_score is None else asdict(summary.test_score),
        "labels": _labels(study),
        "importance": asdict(importance_info(study)),
        "rounds": [[asdict(each) for each in members] for members in study.rounds],
        "trials": [_trial(study, trial) for trial in study.trials],
        "versions": study.versions,
        "hardware": study.hardware,
        "gpus": [asdict(each) for each in study.cards],
        "gpu_sharing": None if study.sharing is None else asdict(study.sharing),
    }
    return {key: plain(value) for key, value in mapping.items()}


def plain(value: object) -> object:
    """Turn a value into what JSON can hold: numbers that are not finite become ``None``."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return str(value)


def _study_facts(study: StudyRecord) -> dict[str, object]:
    return {
        "name": study.name,
        "metric": study.metric,
        "synthetic": study.synthetic,
        "created_at": study.created_at,
        "began_at": first_beginning(study),
        "ended_at": last_end(study),
        "rungs": study.rungs,
        "ending": study.ending,
        "target_trials": study.target_trials,
        "chance_score": study.chance_score,
        "settings": study.settings,
        "space": study.space,
    }


def _difference(summary: SummaryInfo) -> dict[str, object]:
    return {
        "score": summary.difference,
        "standard_error": summary.difference_standard_error,
        "distinguishable": summary.distinguishable,
        "seeds": summary.seeds,
        "dev_examples": summary.dev_examples,
    }


def _labels(study: StudyRecord) -> dict[str, object] | None:
    info = by_label_info(study)
    counts = None if study.winner is None else study.winner.label_counts
    if counts is None:
        return None
    confused = [
        {"label": counts.labels[right], "predicted": counts.labels[given], "examples": many}
        for right, given, many in counts.confused
    ]
    return {
        "trial": info.number,
        "split": "dev",
        "examples": info.examples,
        "by_label": [asdict(row) for row in info.rows],
        "confusion": confused,
    }


def _confirmation(study: StudyRecord, summary: SummaryInfo) -> dict[str, object] | None:
    if study.confirmation is None or summary.confirmation is None:
        return None
    runs = [
        {"of": run.of, "seed": run.seed, **_trial(study, run.trial), "role": None}
        for run in study.confirmation.runs
    ]
    return {**asdict(summary.confirmation), "runs": runs}


def _trial(study: StudyRecord, trial: TrialRecord) -> dict[str, object]:
    found = trial.best
    return {
        "number": trial.number,
        "state": trial.state,
        "role": role(study, trial) or None,
        "baseline": trial.baseline,
        "params": trial.params,
        "config": trial.config,
        "score": None if found is None else found.score,
        "scores": {} if found is None else dict(found.scores),
        "best_step": None if found is None else found.step,
        "steps": steps_done(trial),
        "total_steps": trial.total_steps,
        "seconds": trial.seconds,
        "started_at": trial.started_at,
        "ended_at": trial.ended_at,
        "restarts": trial.restarts,
        "stop": None if trial.stop is None else asdict(trial.stop),
        "test": None if trial.test_score is None else asdict(trial.test_score),
        "failure": trial.failure,
        "log": trial.log,
        "change": trial.change,
        "deaths": trial.deaths,
        "layer_rates": [asdict(rate) for rate in trial.layer_rates],
        "evaluations": [asdict(evaluation) for evaluation in trial.evaluations],
    }
