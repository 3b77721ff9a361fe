"""A source of trials that asks whole generations, each once the one before it is through."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from autoclue.records import Scalar, StateRef, TrialState
from autoclue.search.sampling import (
    Beginning,
    Population,
    Proposer,
    Round,
    ask_again,
    ask_baseline,
    ask_point,
    better_half,
    origins,
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
from autoclue.training import Carry, TrialConfig


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


@dataclass(frozen=True, slots=True)
class GoingOn:
    """How members go on from the better half of the round before.

    Attributes:
        epochs: Length of a member's schedule from round 1 on; ``None`` for that of round 0.
        carry: What a member takes over.
    """

    epochs: int | None
    carry: Carry = "weights"

    def configure(self, config: TrialConfig, parent: TrialConfig) -> TrialConfig:
        """Return a member's settings on top of what another one has come to."""
        own = {} if self.epochs is None else {"epochs": self.epochs}
        return config.model_copy(update=own).going_on_from(parent, carry=self.carry)


@dataclass(slots=True)
class GenerationSource:
    """The baseline first, and then a population, a generation after the other.

    A generation is decided once every member of it has ended, and written before any of the next
    is asked. A member whose settings have been asked already, by whichever trial, shares that
    trial: settings determine a training, so a second one would have the same score. A member
    without a score is the worst of its generation.

    Where members go on from each other, their scores are those of their last evaluations, which
    is where others go on.

    Attributes:
        ledger: Where trials are asked.
        proposer: Knows the space, and under which names the ledger keeps it.
        plan: Makes trials of what is proposed, and knows the baseline.
        breeder: Proposes the generations.
        rounds: How many generations the study shall have in all.
        retry: Numbers of failed trials to ask again before any other.
        going_on: How members go on from the round before; ``None`` trains each from the pretrained
            weights.
    """

    ledger: Ledger
    proposer: Proposer
    plan: Configurations
    breeder: Breeder
    rounds: int
    retry: Sequence[int] = ()
    going_on: GoingOn | None = None
    _baseline: int | None = None
    _left: list[int] = field(default_factory=list)  # failed trials to ask again
    _trials: dict[str, int] = field(default_factory=dict)  # by the key of their settings
    _generations: list[Generation] = field(default_factory=list)
    _configs: list[TrialConfig] = field(default_factory=list)  # of the last generation's members
    _keys: list[str] = field(default_factory=list)  # of those
    _ahead: deque[int] = field(default_factory=deque)  # places that may still have to be asked
    _running: int | None = None  # one of the members that ran when somebody last looked

    def restore(self) -> Done | None:
        """Read the generations and the trials of the ledger, and find its baseline."""
        committed = self.ledger.committed()
        again = {trial.attributes.retries for trial in committed} - {None}
        self._left = [number for number in self.retry if number not in again]
        found = [trial.number for trial in committed if trial.attributes.baseline]
        self._baseline = found[-1] if found else None
        self._trials = {key_asked(trial): trial.number for trial in committed}
        self._generations = [each for _, each in sorted(self.ledger.attributes.rounds.items())]
        self._take_up_last()
        return self._done()

    def next(self) -> Job | Wait | Done:
        """Ask for what failed, the baseline, a member, or wait until a generation is through."""
        if self._left and not self.ledger.has_proposal:
            return self._again(self._left.pop(0))
        if self._baseline is None:
            return self._ask_baseline()
        while True:
            if not self._all_asked():
                return self._ask(self._ahead.popleft())
            if self._runs():
                return Wait()
            done = self._done()
            if done is not None:
                return done
            self._breed()  # which the loop then asks for

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the baseline."""
        return number == self._baseline

    def needs_state(self, number: int) -> bool:
        """Return whether a later member may go on from a trial's end.

        It may while the trial's round isn't decided and another one follows, and as long as a
        member that goes on from it has no state of its own.
        """
        if self.going_on is None or not self._generations:
            return False
        asked = [self._trials.get(key) for key in self._keys]
        if number in asked:
            complete = self.ledger.trial(number).state is TrialState.COMPLETE
            return complete and len(self._generations) < self.rounds
        return any(
            parent == number and (child is None or self._has_no_state(child))
            for parent, child in zip(self._generations[-1].parents, asked, strict=False)
        )

    def _has_no_state(self, number: int) -> bool:
        trial = self.ledger.trial(number)
        return trial.state is TrialState.RUNNING and not trial.attributes.recorded

    def _take_up_last(self) -> None:
        """Find the settings of the last generation's members, and who isn't asked yet."""
        self._configs = self._configs_of_last()
        self._keys = [config.key for config in self._configs]
        self._ahead = deque(range(len(self._configs)))

    def _all_asked(self) -> bool:
        while self._ahead and self._keys[self._ahead[0]] in self._trials:
            self._ahead.popleft()
        return not self._ahead

    def _configs_of_last(self) -> list[TrialConfig]:
        if not self._generations:
            return []
        last = self._generations[-1]
        found = [self.plan.configure(each.values) for each in last.proposed]
        if self.going_on is None or not last.parents:
            return found
        return [
            self.going_on.configure(own, TrialConfig.model_validate(self.ledger.trial(n).config))
            for own, n in zip(found, last.parents, strict=True)
        ]

    def _members(self) -> list[StoredTrial]:
        """Return the trial of each member of the last generation."""
        return [self.ledger.trial(self._trials[key]) for key in self._keys]

    def _runs(self) -> bool:
        """Return whether a member runs; after each report it is mostly the one found before."""
        if self._running is None or not self._is_running(self._running):
            numbers = (self._trials[key] for key in self._keys)
            self._running = next((n for n in numbers if self._is_running(n)), None)
        return self._running is not None

    def _is_running(self, number: int) -> bool:
        return self.ledger.trial(number).state is TrialState.RUNNING

    def _done(self) -> Done | None:
        if self._left or self._baseline is None or not self._all_asked():
            return None
        if len(self._generations) >= self.rounds:
            return Done(f"all {self.rounds} rounds have been asked")
        if self.going_on is not None and self._generations and not self._runs():
            scores = [each.score for each in self._compared()]
            if not better_half(scores):
                return Done("no member of the last round has come to an end to go on from")
        return None

    def _compared(self) -> tuple[Compared, ...]:
        return compare(self._members(), at_end=self.going_on is not None)

    def _parents(self, compared: Sequence[Compared]) -> tuple[int, ...]:
        """Return the trial that each member of the next generation goes on from."""
        if self.going_on is None or not compared:
            return ()
        scores = [each.score for each in compared]
        places = origins(scores, generation=len(self._generations))
        return tuple(compared[place].trial for place in places)

    def _breed(self) -> None:
        """Decide the last generation, and write the next one."""
        compared = self._compared()
        found = [*(each.compared for each in self._generations[1:]), compared]
        through = [
            Through(each.proposed, scores)
            for each, scores in zip(self._generations, found, strict=False)  # none for the first
        ]
        proposed = self.breeder.propose(through)
        bred = Generation(compared, proposed, self._parents(compared))
        self.ledger.note(StudyAttributes(generations={len(self._generations): bred}))
        self._generations.append(bred)
        self._take_up_last()

    def _ask(self, place: int) -> Job:
        config, key = self._configs[place], self._keys[place]
        names = distributions(self.proposer.space)
        values = self._generations[-1].proposed[place].values
        point = {name: value for name, value in values.items() if name in names}
        number, _ = ask_point(self.ledger, self.proposer, point)
        member = MemberPlace(len(self._generations) - 1, place)
        parents = self._generations[-1].parents
        start = _end_of(self.ledger.trial(parents[place])) if parents else None
        self.ledger.commit(number, config.model_dump(), key, start_from=start, member=member)
        self._trials[key] = number
        return Job(number, config, start_from=start)

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
        start = before.attributes.start_from
        config = TrialConfig.model_validate(before.config)
        self.ledger.commit(
            number,
            config.model_dump(),
            config.key,
            retries=failed,
            start_from=start,
            member=before.attributes.member,
        )
        self._trials[key_asked(before)] = number
        if failed == self._baseline:
            self._baseline = number
        return Job(number, config, start_from=start)


def _end_of(trial: StoredTrial) -> StateRef:
    """Return what a trial has left at its last evaluation; its steps count as its own."""
    state = trial.attributes.recorded[-1].state
    return StateRef(trial.number, sha256=None if state is None else state.sha256)


def key_asked(trial: StoredTrial) -> str:
    """Return the key of the settings that a trial was asked with, whatever changed later."""
    change = trial.attributes.change
    config = trial.config if change is None else change.before
    return TrialConfig.model_validate(config).key


def compare(members: Sequence[StoredTrial], *, at_end: bool = False) -> tuple[Compared, ...]:
    """Rank the members of a generation that is through.

    Args:
        members: The trial of each, in the order of their places.
        at_end: Whether the score of the last evaluation counts instead of the best one.
    """
    scores = [_score(trial, at_end=at_end) for trial in members]
    order = sorted(range(len(scores)), key=lambda place: _cost(scores[place]))
    ranks = {place: rank for rank, place in enumerate(order, start=1)}
    return tuple(
        Compared(trial.number, score, ranks[place])
        for place, (trial, score) in enumerate(zip(members, scores, strict=True))
    )


def _score(trial: StoredTrial, *, at_end: bool) -> float | None:
    if trial.state is not TrialState.COMPLETE:
        return None
    return trial.attributes.recorded[-1].evaluation.score if at_end else trial.value


def _cost(score: float | None) -> float:
    return float("inf") if score is None else -score
