"""Searches over scripted curves, driven as an executor drives them; no Ray, no Paddle."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import optuna

from autoclue.records import Evaluation, Scalar
from autoclue.search.replay.replay import Replay, replay_study
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.stopping import make_scheduler
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.param_names import stored_names
from autoclue.search.store.reader import read_study
from autoclue.search.store.schema import Prepared, StudyAttributes
from autoclue.search.study.confirmation import make_request, read_confirmation, trainings
from autoclue.search.tuner import Silent
from autoclue.search.tuner.trial_source import FixedConfigurations, ListSource, SearchSource
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace, space_from_mapping
from autoclue.training import TrialConfig
from tests.golden.seam import (
    STRATEGY,
    Plain,
    normal,
    plain_confirmation,
    plain_events,
    plain_settings,
    plain_stop,
    plain_study,
    theirs,
)

Happening = tuple[int, float] | str
"""What a scripted trial does next: a step and its score, or ``fails``, ``dies`` or ``memory``."""

Script = Callable[[Plain, int], Iterator[Happening]]
"""Gives what a trial does, by its settings and by how often it has begun, from 1."""

SCHEDULERS = ("adaptive", "asha", "median", "hyperband", "none")
EVERY = 100
"""Updates between the evaluations of a scripted trial."""

UPDATES_A_PASS = 400
FACTS = StudyAttributes(
    question={"seed": 7},
    metric="accuracy",
    synthetic=True,
    created_at="2026-01-01T00:00:00+00:00",
)


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
    ledger.note(FACTS)
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
    step_budget: int | None = None
    time_budget: int | None = None
    changed: bool = False


def search(asking: Asking, script: Script, ledger: Ledger) -> Plain:
    """Run a search, or go on with it, and give its study."""
    names = stored_names(asking.space, ledger.known_distributions()) if asking.changed else {}
    proposer = Proposer(
        asking.space, asking.sampler, asking.seed, names=names, changed=asking.changed
    )
    params = theirs(asking.baseline)
    plan = FixedConfigurations(_configure, _configure(params), params)
    source = SearchSource(ledger, proposer, plan, asking.trials)
    ticks = iter(range(10**9))
    tuner = Tuner(
        ledger=ledger,
        source=source,
        scheduler=make_scheduler(asking.scheduler, seed=asking.seed),
        parallel=asking.parallel,
        listeners=(Silent(),),
        step_budget=asking.step_budget,
        deadline_s=None if asking.time_budget is None else float(asking.time_budget),
        clock=lambda: float(next(ticks)),
    )
    _drive(tuner, script)
    return plain_study(read_study(ledger), ledger)


def confirm(search_ledger: Ledger, script: Script, *, best: int, seeds: int) -> Plain:
    """Train the best of a search again with other seeds; return what that found."""
    study, ledger = read_study(search_ledger), open_ledger()
    request = make_request(study, best, seeds)
    ledger.note(StudyAttributes(request=request))
    planned = trainings(study, request)
    source = ListSource(
        ledger, [each.config for each in planned], [each.repeats for each in planned]
    )
    _drive(Tuner(ledger, source, None, 2, (Silent(),)), script)
    found = plain_confirmation(read_confirmation(study, ledger))
    return normal({**found, "events": plain_events(ledger)})


def replays(ledger: Ledger, *, workers: int) -> list[Plain]:
    """Replay every scheduler over a search's curves."""
    study = read_study(ledger)
    found = [replay_study(study, scheduler=name, workers=workers)[0] for name in SCHEDULERS]
    return [normal(_replay(each)) for each in found]


def _replay(found: Replay) -> Plain:
    return {
        "scheduler": found.scheduler,
        "trials": [found.trials, found.whole, found.failed, found.cut_short],
        "beyond": found.beyond,
        "stops": [
            [s.number, plain_stop(s.stop), s.recorded_best, s.saved_steps] for s in found.stops
        ],
        "winner": [found.winner, found.winner_score, found.winner_survives],
        "best": found.best_score,
        "updates": [found.recorded_steps, found.steps_taken],
        "seconds": [found.recorded_s, found.seconds],
    }


def _configure(params: Mapping[str, Scalar]) -> TrialConfig:
    own = {name: value for name, value in params.items() if name in STRATEGY.values()}
    rest = {name: value for name, value in params.items() if name not in own}
    fixed = {"task": "xnli", "model": "builtin", "epochs": 3, "max_length_tokens": 128}
    return TrialConfig.model_validate({**fixed, **rest, "strategy_params": own})


def _drive(tuner: Tuner, script: Script) -> None:
    """Run a search as an executor does, one happening of each live trial in turn."""
    tuner.restore()
    live: dict[int, Iterator[Happening]] = {}
    begun: dict[int, int] = {}
    while True:
        while (asked := tuner.next_trial()) is not None:
            number = asked.number
            begun[number] = begun.get(number, 0) + 1
            happenings = script(plain_settings(asked.config.model_dump()), begun[number])
            live[number] = _behind(happenings, asked.after_step)
            tuner.prepared(number, _prepared(asked.config.epochs))
        if not live:
            return
        for number in list(live):
            if _advance(tuner, number, next(live[number], None)):
                del live[number]


def _behind(happenings: Iterator[Happening], step: int) -> Iterator[Happening]:
    return (each for each in happenings if isinstance(each, str) or each[0] > step)


def _prepared(passes: int) -> Prepared:
    total = UPDATES_A_PASS * passes
    return Prepared(float(total), tuple(range(EVERY, total + 1, EVERY)), ())


def _advance(tuner: Tuner, number: int, happening: Happening | None) -> bool:
    """Carry what a trial does to the tuner; true when nothing more of it is to come."""
    if happening is None:
        tuner.ended(number)
    elif happening == "fails":
        tuner.failed(number, "It blew up.")
    elif happening == "dies":
        tuner.died(number, "Its process was killed.")
    elif happening == "memory":
        tuner.out_of_memory(number, "Memory ran out.")
    else:
        assert not isinstance(happening, str), happening
        return tuner.evaluated(number, _evaluation(*happening)) is not None
    return True


def _evaluation(step: int, score: float) -> Evaluation:
    return Evaluation(
        step=step,
        score=score,
        dev_loss=1 - score / 2,
        train_loss=0.5,
        learning_rate=1e-5,
        steps_per_s=10.0,
        eval_s=0.5,
        elapsed_s=step / 10,
        epoch=1 + (step - 1) // UPDATES_A_PASS,
    )
