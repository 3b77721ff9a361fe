"""Through which source a search asks for its trials: one question after the other, or rounds."""

from __future__ import annotations

from autoclue.options import DEFAULT_POPULATION, DEFAULT_ROUNDS, POPULATION_BASED
from autoclue.search.sampling import Proposer, find_exchanger, find_population
from autoclue.search.spec import Plan
from autoclue.search.store import Ledger, StoredLimits, stored_names
from autoclue.search.tuner import (
    GenerationSource,
    GoingOn,
    PopulationBreeder,
    SearchSource,
    SegmentSource,
    TrialSource,
)
from autoclue.training import Carry


def source_of(plan: Plan, ledger: Ledger, limits: StoredLimits, *, changed: bool) -> TrialSource:
    """Return the source of a study's trials, by the kind of its sampler.

    Args:
        plan: What is searched.
        ledger: Holds what has been asked.
        limits: How many trials or rounds there shall be.
        changed: Whether the space is another than the study's first.
    """
    question = plan.question
    proposer = Proposer(
        plan.space,
        question.sampler,
        question.seed,
        names=stored_names(plan.space, ledger.known_distributions()),
        changed=changed,
    )
    exchanger, course = find_exchanger(question.sampler), plan.course
    if exchanger is not None and course is not None:
        return SegmentSource(ledger, proposer, plan, exchanger, course, question.seed)
    retry = ledger.attributes.retrying
    population = find_population(question.sampler)
    if population is not None:
        breeder = PopulationBreeder.around(
            population,
            plan.space,
            plan.baseline_params,
            size=question.population or DEFAULT_POPULATION,
            seed=question.seed,
        )
        rounds = limits.rounds or DEFAULT_ROUNDS
        return GenerationSource(ledger, proposer, plan, breeder, rounds, retry, going_on_of(plan))
    starts = [each.settings for each in ledger.attributes.starts]
    return SearchSource(ledger, proposer, plan, limits.trials, retry, starts)


def going_on_of(plan: Plan) -> GoingOn | None:
    """Return how members of a round go on from those of the one before, if they do."""
    asked = plan.question
    if asked.evaluator != POPULATION_BASED:
        return None
    carry: Carry = "optimizer" if asked.carry == "optimizer" else "weights"
    return GoingOn(asked.epochs_per_round, carry)
