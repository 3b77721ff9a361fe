"""What the golden tests know of autoclue's names, together with ``driving``, which runs searches.

What the others see are plain JSON values under names of their own, so that a name which changes
in the package changes here and in no record. Left out is whatever may rightly differ between two
runs or be worded anew: times, speeds, identities, paths, sentences.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from autoclue.records import (
    Confirmation,
    Evaluation,
    LayerRate,
    Stop,
    StudyRecord,
    TrialRecord,
)
from autoclue.results import StudyResult
from autoclue.search.execution.ray.quiet import VARIABLES
from autoclue.search.store.ledger import Ledger
from autoclue.search.study.location import find_study
from autoclue.search.study.location import open_ledger as open_study
from autoclue.search.tuner import Silent
from benchmarks.crashes.kills import kill_all, living

Plain = dict[str, Any]
"""JSON values under names of the golden tests."""

SETTINGS: Mapping[str, str] = {
    "rate": "learning_rate",
    "batch": "batch_size",
    "dropout": "dropout",
    "passes": "epochs",
    "length": "max_length_tokens",
    "warm-up": "warmup_proportion",
    "decay": "weight_decay",
    "epsilon": "adam_epsilon",
    "clip": "max_grad_norm",
    "parts": "gradient_accumulation_steps",
    "shape": "schedule",
    "seed": "seed",
    "updates": "max_steps",
    "every": "eval_every_steps",
    "held out": "holdout",
}
STRATEGY: Mapping[str, str] = {
    "factor": "factor",
    "blocks": "blocks",
    "frozen": "frozen_blocks",
    "grouping": "grouping",
}


# From autoclue to plain values


def theirs(own: Mapping[str, object]) -> dict[str, Any]:
    """Return settings under autoclue's names."""
    names = {**SETTINGS, **STRATEGY}
    return {names[name]: value for name, value in own.items()}


def ours(values: Mapping[str, object]) -> Plain:
    """Return settings under names of the golden tests."""
    names = {name: own for own, name in {**SETTINGS, **STRATEGY}.items()}
    return {names[name]: value for name, value in values.items() if name in names}


def plain_settings(config: Mapping[str, Any]) -> Plain:
    """Return complete settings without task, model and data, which may be paths."""
    own = {**config, **config["strategy_params"]}
    return {"strategy": config["strategy"], **ours(own)}


def plain_study(study: StudyRecord, ledger: Ledger | None = None) -> Plain:
    """Return all that must not change in a study, and its order of events if there is a ledger."""
    return normal(
        {
            "metric": study.metric,
            "rungs": study.rungs,
            "baseline": None if study.baseline is None else study.baseline.number,
            "winner": None if study.winner is None else study.winner.number,
            "trials": _short(_trial(trial) for trial in study.trials),
            "confirmed": None
            if study.confirmation is None
            else plain_confirmation(study.confirmation),
            "events": [] if ledger is None else plain_events(ledger),
        }
    )


def _short(trials: Iterable[Plain]) -> list[Plain]:
    """Leave out of each trial's settings what is as in the first one."""
    found = list(trials)
    first = found[0]["settings"] if found else {}
    for trial in found[1:]:
        changed = {k: v for k, v in trial["settings"].items() if first.get(k, ...) != v}
        trial["settings"] = {**changed, **{k: "none" for k in first if k not in trial["settings"]}}
    return found


def _trial(trial: TrialRecord) -> Plain:
    test_score = trial.test_score
    return {
        "number": trial.number,
        "state": trial.state.value,
        "is baseline": trial.baseline,
        "asked": ours(trial.params),
        "settings": plain_settings(trial.config),
        "schedule": trial.total_steps,
        "evaluated after": trial.evaluation_steps,
        "layers": [_layer(rate) for rate in trial.layer_rates],
        "evaluations": plain_curve(trial.evaluations),
        "best": trial.best_score,
        "stop": None if trial.stop is None else plain_stop(trial.stop),
        "failed with a reason": trial.failure is not None,
        "settings changed": trial.change is not None,
        "begun again": trial.restarts,
        "deaths": len(trial.deaths),
        "test": None
        if test_score is None
        else [test_score.split, test_score.score, test_score.loss],
        "test examples": None if test_score is None else test_score.examples,
    }


def plain_curve(evaluations: Iterable[Evaluation]) -> list[list[object]]:
    """Return evaluations without what was measured by a clock.

    Each is its step, pass, score, held-out score, dev loss, train loss and learning rate.
    """
    return [
        [e.step, e.epoch, e.score, e.holdout_score, e.dev_loss, e.train_loss, e.learning_rate]
        for e in evaluations
    ]


def _layer(rate: LayerRate) -> list[object]:
    return [rate.depth, rate.lr_scale_low, rate.lr_scale_high, rate.trains, rate.parameters]


def plain_stop(stop: Stop) -> Plain:
    return {
        "rung": stop.rung,
        "step": stop.step,
        "score": stop.score,
        "cut-off": stop.cutoff,
        "compared with": stop.comparators,
    }


def plain_confirmation(found: Confirmation) -> Plain:
    return {
        "best": found.best,
        "seeds": found.seeds,
        "candidates": found.candidates,
        "baseline": found.baseline,
        "finished": found.finished,
        "runs": _short({"of": r.of, "with": r.seed, **_trial(r.trial)} for r in found.runs),
    }


def plain_events(ledger: Ledger) -> list[str]:
    """Return the raw order of a ledger's events: place, what, trial, and the step if any."""
    found: list[tuple[int, str]] = []
    for trial in ledger.trials():
        known = trial.attributes
        places = {"proposed": None if known.proposal is None else known.proposal.sequence}
        places |= {"asked": known.asked, "closed": known.closed}
        for step, recorded in known.evaluations.items():
            places[f"evaluated at {step}"] = recorded.sequence
        found += [(at, f"{at} trial {trial.number} {what}") for what, at in places.items() if at]
    return [text for _, text in sorted(found)]


def plain_result(found: StudyResult) -> Plain:
    """Return a real study, its order of events and that of its confirmation."""
    place = find_study(found.folder.parent, found.folder.name)
    again = found.study.confirmation and open_study(place.confirmation)
    events = plain_events(again) if again else []
    return {**plain_study(found.study, open_study(place)), "events of confirming": events}


def normal(value: Plain) -> Plain:
    """Return a value as a JSON file returns it."""
    found: Plain = json.loads(json.dumps(value, allow_nan=False))
    return found


def undisturbed(study: Plain) -> Plain:
    """Return what an interruption may not change: all but events and counts of beginnings."""
    trials = [{k: v for k, v in t.items() if k != "begun again"} for t in study["trials"]]
    return {**{k: v for k, v in study.items() if k != "events"}, "trials": trials}


# What real searches need beside the public functions


class Dying(Silent):
    """Kills this process, which began a session, and all of that after so many evaluations."""

    def __init__(self, evaluations: int) -> None:
        self.left = evaluations

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        self.left -= 1
        if self.left == 0:
            own = os.getpid()
            kill_all([*(pid for pid in living(own) if pid != own), own])


@contextlib.contextmanager
def shared_ray() -> Iterator[None]:
    """Let all searches of this process use one Ray."""
    import ray

    before = dict(os.environ)
    os.environ.update(VARIABLES)
    ray.init(address="local", num_cpus=1, include_dashboard=False, log_to_driver=False)
    try:
        yield
    finally:
        ray.shutdown()
        os.environ.clear()
        os.environ.update(before)
