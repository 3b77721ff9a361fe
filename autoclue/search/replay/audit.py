"""Replay a study's own history: were its trials asked as its sampler and seed ask them?

The ledger numbers every ask, evaluation and end in the order in which the driver made them. What a
sampler proposes depends on the root seed, the trial's number and what the ledger held at that
moment, so the same order in an empty ledger must give the same trials, with any number of workers
and after any number of crashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import optuna

from autoclue.options import DEFAULT_POPULATION, StudySpec
from autoclue.records import Scalar, TrialState
from autoclue.search.sampling import (
    Population,
    Proposer,
    ask,
    ask_again,
    ask_baseline,
    ask_start,
    find_population,
)
from autoclue.search.spec import question_of
from autoclue.search.store import Ledger, StoredTrial, stored_names
from autoclue.search.tuner import PopulationBreeder, Through
from autoclue.space import SearchSpace, space_from_mapping


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


@dataclass(frozen=True, slots=True, order=True)
class _Event:
    """What happened to a trial, by its place in the study's order."""

    sequence: int
    trial: int
    what: Literal["asked", "evaluated", "closed"]
    step: int = 0


def replay_asks(ledger: Ledger) -> list[Deviation]:
    """Ask a study's trials again, in memory and in their recorded order.

    Args:
        ledger: The study; it stays as it is.

    Returns:
        The trials that come out otherwise; none, unless another version of the sampler made
        them or the ledger was edited.
    """
    found = ledger.attributes
    question, _ = question_of(found)
    spaces = [
        (each.since_trial, space_from_mapping(each.space, origin="the study's ledger"))
        for each in found.spaces
    ]
    population = find_population(question.sampler)
    if population is not None:
        return list(_replay_rounds(ledger, population, question, spaces[-1][1]))
    copy = Ledger(optuna.create_study(direction="maximize"))
    trials = {trial.number: trial for trial in ledger.committed()}
    deviations: list[Deviation] = []
    for event in sorted(event for trial in trials.values() for event in _events(trial)):
        trial = trials[event.trial]
        if event.what == "asked":
            since, space = [each for each in spaces if each[0] <= event.trial][-1]
            proposer = Proposer(
                space,
                question.sampler,
                question.seed,
                names=stored_names(space, copy.known_distributions()),
                changed=since > 0,
            )
            deviations += _ask(copy, trial, proposer)
        elif event.what == "closed":
            _close(copy, trial)
        else:
            recorded = trial.attributes.evaluations[event.step]
            copy.evaluated(event.trial, recorded.evaluation, recorded.stop)
    return deviations


def _replay_rounds(
    ledger: Ledger, population: Population, question: StudySpec, space: SearchSpace
) -> Iterator[Deviation]:
    """Propose the rounds of a population again, each from what is recorded of those before it."""
    committed, generations = ledger.committed(), ledger.attributes.rounds
    known = next((trial.params for trial in committed if trial.attributes.baseline), {})
    size = len(generations[0].proposed) if generations else DEFAULT_POPULATION
    breeder = PopulationBreeder.around(population, space, known, size=size, seed=question.seed)
    through: list[Through] = []
    for number, each in sorted(generations.items()):
        if number:
            through.append(Through(generations[number - 1].proposed, each.compared))
        proposed = breeder.propose(through)
        for trial in committed:
            member = trial.attributes.member
            if member is None or member.generation != number:
                continue
            replayed = {
                n: v for n, v in proposed[member.place].values.items() if n in trial.params
            }
            if replayed != trial.params:
                yield Deviation(trial.number, trial.params, replayed)


def _events(trial: StoredTrial) -> Iterator[_Event]:
    """Yield what happened to a trial, each with its place in the study's order."""
    found = trial.attributes
    asked = found.asked if found.proposal is None else found.proposal.sequence
    if asked is not None:
        yield _Event(asked, trial.number, "asked")
    for step, recorded in found.evaluations.items():
        yield _Event(recorded.sequence, trial.number, "evaluated", step)
    if found.closed is not None:
        yield _Event(found.closed, trial.number, "closed")


def _ask(copy: Ledger, trial: StoredTrial, proposer: Proposer) -> Iterator[Deviation]:
    if trial.attributes.baseline:
        number = ask_baseline(copy, proposer, trial.params)
    elif trial.attributes.retries is not None:
        number = ask_again(copy, proposer, trial.attributes.retries)
    elif trial.attributes.start is not None:
        whole = not trial.attributes.outside_space
        number = ask_start(copy, proposer, trial.params, whole=whole)
    else:
        number, _ = ask(copy, proposer)
    replayed = copy.trial(number).params
    copy.commit(number, trial.config, str(trial.attributes.key))
    if number != trial.number or replayed != trial.params:
        yield Deviation(trial.number, trial.params, replayed)


def _close(copy: Ledger, trial: StoredTrial) -> None:
    if trial.state is TrialState.COMPLETE and trial.value is not None:
        copy.completed(trial.number, trial.value)
    elif trial.state is TrialState.PRUNED:
        copy.pruned(trial.number)
    elif trial.state is TrialState.FAIL:
        copy.failed(trial.number, trial.attributes.failure or "")
