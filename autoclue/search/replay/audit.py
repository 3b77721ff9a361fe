"""Replay a study's own history: were its trials asked as its sampler and seed ask them?

The ledger numbers every ask, evaluation and end in the order in which the driver made them. What a
sampler proposes depends on the root seed, the trial's number and what the ledger held at that
moment, so the same order in an empty ledger must give the same trials, with any number of workers
and after any number of crashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import optuna
from optuna.trial import FrozenTrial

from autoclue.records import Scalar, TrialState
from autoclue.search.sampling import Proposer, ask, ask_baseline
from autoclue.search.spec import question_of
from autoclue.search.store import (
    EVALUATION_PREFIX,
    Ledger,
    plain_name,
    recorded_evaluations,
    stored_names,
)
from autoclue.space import space_from_mapping


@dataclass(frozen=True, slots=True)
class Deviation:
    """A trial that the replay asks otherwise.

    Attributes:
        number: The trial.
        recorded: The searched settings that the ledger holds.
        replayed: Those that the sampler proposes.
    """

    number: int
    recorded: Mapping[str, Scalar]
    replayed: Mapping[str, Scalar]


def replay_asks(ledger: Ledger) -> list[Deviation]:
    """Ask a study's trials again, in memory and in their recorded order.

    Args:
        ledger: The study; it stays as it is.

    Returns:
        The trials that come out otherwise; none, unless another version of the sampler made
        them or the ledger was edited.
    """
    facts: Mapping[str, Any] = ledger.facts
    question, _ = question_of(facts)
    spaces = [
        (int(each["since_trial"]), space_from_mapping(each["space"], origin="the study's ledger"))
        for each in facts["spaces"]
    ]
    study = optuna.create_study(direction="maximize")
    copy = Ledger(study)
    trials = {trial.number: trial for trial in ledger.trials() if "asked" in trial.user_attrs}
    deviations: list[Deviation] = []
    for _, what, number in sorted(event for t in trials.values() for event in _events(t)):
        trial = trials[number]
        if what == "asked":
            since, space = [each for each in spaces if each[0] <= number][-1]
            proposer = Proposer(
                space,
                question.sampler,
                question.seed,
                names=stored_names(space, copy.known_distributions()),
                changed=since > 0,
            )
            deviations += _ask(copy, trial, proposer)
        elif what == "closed":
            _close(copy, trial)
        else:
            evaluations = {e.step: (e, stop) for e, stop in recorded_evaluations(trial)}
            copy.evaluated(number, *evaluations[int(what.removeprefix(EVALUATION_PREFIX))])
    return deviations


def _events(trial: FrozenTrial) -> Iterator[tuple[int, str, int]]:
    """Yield what happened to a trial, each with its place in the study's order."""
    baseline = trial.user_attrs.get("baseline", False)
    for key, value in trial.user_attrs.items():
        if key == "closed" or (key == "asked" and baseline):
            yield int(value), key, trial.number
        elif key == "proposal":
            yield int(value["sequence"]), "asked", trial.number
        elif key.startswith(EVALUATION_PREFIX):
            yield int(value["sequence"]), key, trial.number


def _ask(copy: Ledger, trial: FrozenTrial, proposer: Proposer) -> Iterator[Deviation]:
    recorded = _plain(trial.params)
    if trial.user_attrs.get("baseline", False):
        number = ask_baseline(copy, proposer, recorded)
    else:
        number, _ = ask(copy, proposer)
    replayed = _plain(copy.trials()[number].params)
    copy.commit(number, trial.user_attrs["config"], trial.user_attrs["key"])
    if number != trial.number or replayed != recorded:
        yield Deviation(trial.number, recorded, replayed)


def _close(copy: Ledger, trial: FrozenTrial) -> None:
    if trial.state.name == TrialState.COMPLETE:
        copy.completed(trial.number, float(trial.value or 0.0))
    elif trial.state.name == TrialState.PRUNED:
        copy.pruned(trial.number)
    elif trial.state.name == TrialState.FAIL:
        copy.failed(trial.number, trial.user_attrs["failure"])


def _plain(params: Mapping[str, Scalar]) -> dict[str, Scalar]:
    return {plain_name(stored): value for stored, value in params.items()}
