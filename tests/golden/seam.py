"""The only file of the golden tests that knows names of autoclue: it translates both ways.

What the others see are plain JSON values under names of their own, so that a name which changes
in the package changes here and in no record. Left out is whatever may rightly differ between two
runs or be worded anew: times, speeds, identities, paths, sentences.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import optuna

from autoclue.records import (
    Confirmation,
    Evaluation,
    LayerRate,
    Scalar,
    Stop,
    StudyRecord,
    TrialRecord,
)
from autoclue.search.conductor import Conductor
from autoclue.search.confirm import make_request, read_confirmation, trainings
from autoclue.search.ledger import EVALUATION_PREFIX, Ledger, Prepared
from autoclue.search.names import stored_names
from autoclue.search.proposer import Proposer
from autoclue.search.reading import read_study
from autoclue.search.replay import Replay, replay_study
from autoclue.search.source import ListSource, SearchSource
from autoclue.search.stopping import make_rule
from autoclue.session import Silent
from autoclue.space import SearchSpace, space_from_mapping
from autoclue.training import TrialConfig

Plain = dict[str, Any]
"""JSON values under names of the golden tests."""

Happening = tuple[int, float] | str
"""What a scripted trial does next: a step and its score, or ``fails``, ``dies`` or ``memory``."""

Script = Callable[[Plain, int], Iterator[Happening]]
"""Gives what a trial does, by its settings and by how often it has begun, from 1."""

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
EVERY = 100
"""Updates between the evaluations of a scripted trial."""

UPDATES_A_PASS = 400
FACTS: Mapping[str, object] = {
    "settings": {"seed": 7},
    "metric": "accuracy",
    "synthetic": True,
    "space": {},
    "rungs": [],
    "versions": {},
    "created_at": "2026-01-01T00:00:00+00:00",
}


# From autoclue to plain values


def theirs(own: Mapping[str, object]) -> dict[str, Any]:
    """Give settings under autoclue's names."""
    names = {**SETTINGS, **STRATEGY}
    return {names[name]: value for name, value in own.items()}


def ours(values: Mapping[str, object]) -> Plain:
    """Give settings under names of the golden tests."""
    names = {name: own for own, name in {**SETTINGS, **STRATEGY}.items()}
    return {names[name]: value for name, value in values.items() if name in names}


def plain_settings(config: Mapping[str, Any]) -> Plain:
    """Give complete settings; names of task, model and data are left out, as they may be paths."""
    own = {**config, **config["strategy_params"]}
    return {"strategy": config["strategy"], **ours(own)}


def plain_study(study: StudyRecord, ledger: Ledger | None = None) -> Plain:
    """Give all that must not change in a study, and its order of events if there is a ledger."""
    return normal(
        {
            "metric": study.metric,
            "rungs": study.rungs,
            "baseline": None if study.baseline is None else study.baseline.number,
            "winner": None if study.winner is None else study.winner.number,
            "trials": _short(_trial(trial) for trial in study.trials),
            "confirmed": None if study.confirmation is None else _confirmed(study.confirmation),
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
    unseen = trial.unseen
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
        "stop": None if trial.stop is None else _stop(trial.stop),
        "failed with a reason": trial.failure is not None,
        "settings changed": trial.change is not None,
        "begun again": trial.restarts,
        "deaths": len(trial.deaths),
        "test": None if unseen is None else [unseen.split, unseen.score, unseen.loss],
        "test examples": None if unseen is None else unseen.examples,
    }


def plain_curve(evaluations: Iterable[Evaluation]) -> list[list[object]]:
    """Give evaluations without what was measured by a clock.

    Each is its step, pass, score, held-out score, dev loss, train loss and learning rate.
    """
    return [
        [e.step, e.epoch, e.score, e.holdout_score, e.dev_loss, e.train_loss, e.learning_rate]
        for e in evaluations
    ]


def _layer(rate: LayerRate) -> list[object]:
    scales = [rate.lr_scale_low, rate.lr_scale_high]
    return [rate.depth, rate.label, *scales, rate.trains, rate.parameters]


def _stop(stop: Stop) -> Plain:
    return {
        "rung": stop.rung,
        "step": stop.step,
        "score": stop.score,
        "cut-off": stop.cutoff,
        "compared with": stop.comparators,
    }


def _confirmed(found: Confirmation) -> Plain:
    return {
        "best": found.best,
        "seeds": found.seeds,
        "candidates": found.candidates,
        "baseline": found.baseline,
        "finished": found.finished,
        "runs": _short({"of": r.of, "with": r.seed, **_trial(r.trial)} for r in found.runs),
    }


def plain_events(ledger: Ledger) -> list[str]:
    """Give the raw order of a ledger's events: place, what, trial, and the step if it has one."""
    found: list[tuple[int, str]] = []
    for trial in ledger.trials():
        attrs: Mapping[str, Any] = trial.user_attrs
        places = {"proposed": attrs.get("proposal", {}).get("sequence")}
        places |= {"asked": attrs.get("asked"), "closed": attrs.get("closed")}
        for key, value in attrs.items():
            if key.startswith(EVALUATION_PREFIX):
                places[f"evaluated at {value['step']}"] = value["sequence"]
        found += [(at, f"{at} trial {trial.number} {what}") for what, at in places.items() if at]
    return [text for _, text in sorted(found)]


def normal(value: Plain) -> Plain:
    """Give a value as it comes back from a JSON file."""
    found: Plain = json.loads(json.dumps(value, allow_nan=False))
    return found


# A search on scripted curves


def make_space(parameters: Mapping[str, object]) -> SearchSpace:
    """Make a search space, its parameters under names of the golden tests."""
    return space_from_mapping({"name": "golden", "parameters": theirs(parameters)}, origin="test")


def open_ledger(backend: optuna.storages.BaseStorage | str | None = None) -> Ledger:
    """Open the study of a storage, or make it; a new storage in memory if none is given."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=optuna.storages.InMemoryStorage() if backend is None else backend,
        study_name="golden",
        direction="maximize",
        load_if_exists=True,
    )
    ledger = Ledger(study)
    for key, value in FACTS.items():
        ledger.note(key, value)
    return ledger


@dataclass(frozen=True, slots=True)
class Asking:
    """A search over scripted curves.

    Attributes:
        space: What may be tried.
        sampler: Proposes.
        scheduler: Stops.
        baseline: The first trial's values of the space's parameters.
        trials: Trials in all.
        parallel: Trials at once.
        seed: The root seed.
        update_budget: Updates in all.
        time_budget: Evaluations in all, each of which takes a second.
        changed: Whether the study was begun with another space.
    """

    space: SearchSpace
    sampler: str
    scheduler: str
    baseline: Mapping[str, Scalar]
    trials: int
    parallel: int = 1
    seed: int = 7
    update_budget: int | None = None
    time_budget: int | None = None
    changed: bool = False


def search(asking: Asking, script: Script, ledger: Ledger) -> Plain:
    """Run a search, or go on with it, and give its study."""
    names = stored_names(asking.space, ledger.known_distributions()) if asking.changed else {}
    proposer = Proposer(
        asking.space, asking.sampler, asking.seed, names=names, changed=asking.changed
    )
    params = theirs(asking.baseline)
    source = SearchSource(
        ledger, proposer, _configure, _configure(params), params, trials=asking.trials
    )
    ticks = iter(range(10**9))
    conductor = Conductor(
        ledger=ledger,
        source=source,
        rule=make_rule(asking.scheduler, seed=asking.seed),
        parallel=asking.parallel,
        listener=Silent(),
        update_budget=asking.update_budget,
        deadline_s=None if asking.time_budget is None else float(asking.time_budget),
        clock=lambda: float(next(ticks)),
    )
    _drive(conductor, script)
    return plain_study(read_study(ledger), ledger)


def confirm(search_ledger: Ledger, script: Script, *, best: int, seeds: int) -> Plain:
    """Train the best of a search again with other seeds; gives what that found."""
    study, ledger = read_study(search_ledger), open_ledger()
    request = make_request(study, best, seeds)
    ledger.note("request", request.to_mapping())
    planned = trainings(study, request)
    source = ListSource(
        ledger, [each.config for each in planned], [each.about for each in planned]
    )
    _drive(Conductor(ledger, source, None, 2, Silent()), script)
    found = _confirmed(read_confirmation(study, ledger))
    return normal({**found, "events": plain_events(ledger)})


def replays(ledger: Ledger, *, workers: int) -> list[Plain]:
    """Replay every scheduler over a search's curves."""
    found = replay_study(read_study(ledger), scheduler="all", workers=workers)
    return [normal(_replay(each)) for each in found]


def _replay(found: Replay) -> Plain:
    return {
        "scheduler": found.scheduler,
        "trials": [found.trials, found.whole, found.failed, found.cut_short],
        "beyond": found.beyond,
        "stops": [
            [s.number, _stop(s.stop), s.recorded_best, s.saved_updates] for s in found.stops
        ],
        "winner": [found.winner, found.winner_score, found.winner_survives],
        "best": found.best_score,
        "updates": [found.recorded_updates, found.updates],
        "seconds": [found.recorded_s, found.seconds],
    }


def _configure(params: Mapping[str, Scalar]) -> TrialConfig:
    own = {name: value for name, value in params.items() if name in STRATEGY.values()}
    rest = {name: value for name, value in params.items() if name not in own}
    fixed = {"task": "xnli", "model": "builtin", "epochs": 3, "max_length_tokens": 128}
    return TrialConfig.model_validate({**fixed, **rest, "strategy_params": own})


def _drive(conductor: Conductor, script: Script) -> None:
    """Run a search as an executor does, one happening of each live trial in turn."""
    conductor.restore()
    live: dict[int, Iterator[Happening]] = {}
    begun: dict[int, int] = {}
    while True:
        while (asked := conductor.next_trial()) is not None:
            number = asked.number
            begun[number] = begun.get(number, 0) + 1
            happenings = script(plain_settings(asked.config.model_dump()), begun[number])
            live[number] = _behind(happenings, asked.after_step)
            conductor.prepared(number, _prepared(asked.config.epochs))
        if not live:
            return
        for number in list(live):
            if _advance(conductor, number, next(live[number], None)):
                del live[number]


def _behind(happenings: Iterator[Happening], step: int) -> Iterator[Happening]:
    return (each for each in happenings if isinstance(each, str) or each[0] > step)


def _prepared(passes: int) -> Prepared:
    total = UPDATES_A_PASS * passes
    return Prepared(float(total), tuple(range(EVERY, total + 1, EVERY)), ())


def _advance(conductor: Conductor, number: int, happening: Happening | None) -> bool:
    """Carry what a trial does to the conductor; true when nothing more of it is to come."""
    if happening is None:
        conductor.ended(number)
    elif happening == "fails":
        conductor.failed(number, "It blew up.")
    elif happening == "dies":
        conductor.died(number, "Its process was killed.")
    elif happening == "memory":
        conductor.out_of_memory(number, "Memory ran out.")
    else:
        assert not isinstance(happening, str), happening
        return conductor.evaluated(number, _evaluation(*happening)) is not None
    return True


def _evaluation(step: int, score: float) -> Evaluation:
    return Evaluation(
        step=step,
        score=score,
        dev_loss=1 - score / 2,
        train_loss=0.5,
        learning_rate=1e-5,
        updates_per_s=10.0,
        eval_s=0.5,
        elapsed_s=step / 10,
        epoch=1 + (step - 1) // UPDATES_A_PASS,
    )


def unfinished(study: Plain) -> Sequence[Plain]:
    """Give a study's trials without how often they began: what an interruption may not change."""
    return [{k: v for k, v in t.items() if k != "begun again"} for t in study["trials"]]
