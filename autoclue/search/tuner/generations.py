"""A source of trials that asks whole generations, each once the one before it is through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from autoclue.records import Scalar, TrialState
from autoclue.search.sampling import (
    Beginning,
    Population,
    Proposer,
    Round,
    ask_again,
    ask_baseline,
    ask_point,
    start_of,
    values_at,
)
from autoclue.search.store import (
    Compared,
    Generation,
    Ledger,
    MemberPlace,
    Proposed,
    StoredTrial,
    StudyAttributes,
)
from autoclue.search.tuner.events import Done, Job, Wait
from autoclue.search.tuner.trial_source import Configurations
from autoclue.space import SearchSpace
from autoclue.space.optuna_adapter import distributions
from autoclue.training import TrialConfig


@dataclass(frozen=True, slots=True)
class Through:
    """A generation that is through.

    Attributes:
        proposed: Its members, in the order of their places.
        compared: How each did.
    """

    proposed: tuple[Proposed, ...]
    compared: tuple[Compared, ...]


class Breeder(Protocol):
    """Proposes generations. What it proposes follows from those that are through and the seed."""

    def propose(self, through: Sequence[Through]) -> tuple[Proposed, ...]:
        """Propose the generation after these."""


@dataclass(frozen=True, slots=True)
class PopulationBreeder:
    """Lets a population sampler propose in a space.

    Attributes:
        population: The sampler.
        space: What may be tried.
        begin: Where it begins.
    """

    population: Population
    space: SearchSpace
    begin: Beginning

    @classmethod
    def around(
        cls,
        population: Population,
        space: SearchSpace,
        known: Mapping[str, Scalar],
        *,
        size: int,
        seed: int,
    ) -> PopulationBreeder:
        """Begin around a space's initial values, and around known ones where it has none.

        Args:
            population: The sampler.
            space: What may be tried.
            known: The baseline's values.
            size: Members of a generation.
            seed: The study's root seed.
        """
        return cls(population, space, Beginning(start_of(space, known), size, seed))

    def propose(self, through: Sequence[Through]) -> tuple[Proposed, ...]:
        """Propose the next round; see ``Breeder``."""
        rounds = [
            Round(
                tuple(each.vector for each in one.proposed),
                tuple(each.score for each in one.compared),
            )
            for one in through
        ]
        vectors = self.population.propose(rounds, self.begin)
        return tuple(
            Proposed(
                values_at(self.space, self.population.inside(vector)),
                vector,
                drawn=f"{self.population.name}, from the random numbers of seed "
                f"{self.begin.seed}, round {len(through)}, place {place}",
            )
            for place, vector in enumerate(vectors)
        )


@dataclass(slots=True)
class GenerationSource:
    """The baseline first, and then a population, a generation after the other.

    A generation is decided once every member of it has ended, and written before any of the next
    is asked. A member whose settings have been asked already, by whichever trial, shares that
    trial: settings determine a training, so a second one would have the same score. A member
    without a score is the worst of its generation.

    Attributes:
        ledger: Where trials are asked.
        proposer: Knows the space, and under which names the ledger keeps it.
        plan: Makes trials of what is proposed, and knows the baseline.
        breeder: Proposes the generations.
        rounds: How many generations the study shall have in all.
        retry: Numbers of failed trials to ask again before any other.
    """

    ledger: Ledger
    proposer: Proposer
    plan: Configurations
    breeder: Breeder
    rounds: int
    retry: Sequence[int] = ()
    _baseline: int | None = None
    _left: list[int] = field(default_factory=list)  # failed trials to ask again
    _trials: dict[str, int] = field(default_factory=dict)  # by the key of their settings
    _generations: list[Generation] = field(default_factory=list)
    _configs: list[TrialConfig] = field(default_factory=list)  # of the last generation's members

    def restore(self) -> Done | None:
        """Read the generations and the trials of the ledger, and find its baseline."""
        committed = self.ledger.committed()
        again = {trial.attributes.retries for trial in committed} - {None}
        self._left = [number for number in self.retry if number not in again]
        found = [trial.number for trial in committed if trial.attributes.baseline]
        self._baseline = found[-1] if found else None
        self._trials = {key_asked(trial): trial.number for trial in committed}
        self._generations = [each for _, each in sorted(self.ledger.attributes.rounds.items())]
        self._configs = self._configs_of_last()
        return self._done()

    def next(self) -> Job | Wait | Done:
        """Ask for what failed, the baseline, a member, or wait until a generation is through."""
        if self._left and not self.ledger.has_proposal:
            return self._again(self._left.pop(0))
        if self._baseline is None:
            return self._ask_baseline()
        while True:
            for place, config in enumerate(self._configs):
                if config.key not in self._trials:
                    return self._ask(place, config)
            if self._runs():
                return Wait()
            done = self._done()
            if done is not None:
                return done
            self._breed()

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the baseline."""
        return number == self._baseline

    def needs_state(self, number: int) -> bool:
        """Return ``False``: every trial starts from the pretrained weights."""
        return False

    def _configs_of_last(self) -> list[TrialConfig]:
        last = self._generations[-1].proposed if self._generations else ()
        return [self.plan.configure(each.values) for each in last]

    def _members(self) -> list[StoredTrial]:
        """Return the trial of each member of the last generation."""
        return [self.ledger.trial(self._trials[config.key]) for config in self._configs]

    def _runs(self) -> bool:
        return any(trial.state is TrialState.RUNNING for trial in self._members())

    def _done(self) -> Done | None:
        asked = all(config.key in self._trials for config in self._configs)
        if self._left or self._baseline is None or len(self._generations) < self.rounds:
            return None
        return Done(f"all {self.rounds} rounds have been asked") if asked else None

    def _breed(self) -> None:
        """Decide the last generation, and write the next one."""
        compared = compare(self._members())
        found = [*(each.compared for each in self._generations[1:]), compared]
        through = [
            Through(each.proposed, scores)
            for each, scores in zip(self._generations, found, strict=False)  # none for the first
        ]
        bred = Generation(compared, self.breeder.propose(through))
        self.ledger.note(StudyAttributes(generations={len(self._generations): bred}))
        self._generations.append(bred)
        self._configs = self._configs_of_last()

    def _ask(self, place: int, config: TrialConfig) -> Job:
        names = distributions(self.proposer.space)
        values = self._generations[-1].proposed[place].values
        point = {name: value for name, value in values.items() if name in names}
        number, _ = ask_point(self.ledger, self.proposer, point)
        member = MemberPlace(len(self._generations) - 1, place)
        self.ledger.commit(number, config.model_dump(), config.key, member=member)
        self._trials[config.key] = number
        return Job(number, config)

    def _ask_baseline(self) -> Job:
        config = self.plan.baseline
        number = ask_baseline(self.ledger, self.proposer, self.plan.baseline_params)
        self.ledger.commit(number, config.model_dump(), config.key)
        self._baseline = number
        self._trials[config.key] = number
        return Job(number, config)

    def _again(self, failed: int) -> Job:
        number = ask_again(self.ledger, self.proposer, failed)
        before = self.ledger.trial(failed)
        config = TrialConfig.model_validate(before.config)
        self.ledger.commit(
            number,
            config.model_dump(),
            config.key,
            retries=failed,
            member=before.attributes.member,
        )
        self._trials[key_asked(before)] = number
        if failed == self._baseline:
            self._baseline = number
        return Job(number, config)


def key_asked(trial: StoredTrial) -> str:
    """Return the key of the settings that a trial was asked with, whatever changed later."""
    change = trial.attributes.change
    config = trial.config if change is None else change.before
    return TrialConfig.model_validate(config).key


def compare(members: Sequence[StoredTrial]) -> tuple[Compared, ...]:
    """Rank the members of a generation that is through.

    Args:
        members: The trial of each, in the order of their places.
    """
    scores = [trial.value if trial.state is TrialState.COMPLETE else None for trial in members]
    order = sorted(range(len(scores)), key=lambda place: _cost(scores[place]))
    ranks = {place: rank for rank, place in enumerate(order, start=1)}
    return tuple(
        Compared(trial.number, score, ranks[place])
        for place, (trial, score) in enumerate(zip(members, scores, strict=True))
    )


def _cost(score: float | None) -> float:
    return float("inf") if score is None else -score
