"""A source of trials for a population whose members go on from each other's states.

A member's part between two boundaries is a trial. A boundary is decided once all members have come
to it or failed, as a pure function of the ledger and the study's seed; the decision is one write,
before any of the next parts is asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from autoclue.records import (
    CONTROL,
    MAIN,
    Boundary,
    Fate,
    Scalar,
    StateRef,
    TrialState,
    ValueChange,
)
from autoclue.search.sampling import (
    Course,
    Exchanger,
    Gain,
    MemberStanding,
    Proposer,
    Question,
    ask_baseline,
    ask_point,
    draws_of,
    fates_of,
    first_values,
    perturbable,
)
from autoclue.search.stopping import BEHIND, wobble_of
from autoclue.search.store import Ledger, MemberPlace, StoredTrial, StudyAttributes
from autoclue.search.tuner.events import Done, Job, Wait
from autoclue.search.tuner.parts import Parts
from autoclue.search.tuner.trial_source import Configurations
from autoclue.training import TrialConfig

FIRST_DRAW = 10**6
"""Stands for the boundary before the first part, in the draws of the first settings."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Members that are compared with each other.

    Attributes:
        name: ``main`` or ``control``.
        places: The places of its members.
        steps: Its boundaries.
        first_key: Number of its first decision in the ledger.
    """

    name: str
    places: range
    steps: tuple[int, ...]
    first_key: int

    def until(self, generation: int) -> int | None:
        return self.steps[generation] if generation < len(self.steps) else None


@dataclass(slots=True)
class SegmentSource:
    """The baseline first, then a population, from boundary to boundary.

    Attributes:
        ledger: Where trials are asked.
        proposer: Knows the space, and under which names the ledger keeps it.
        plan: Makes trials of settings, and knows the baseline.
        exchanger: Draws the settings of members that take over a state.
        course: How many members, and where they are compared.
        seed: The study's root seed.
    """

    ledger: Ledger
    proposer: Proposer
    plan: Configurations
    exchanger: Exchanger
    course: Course
    seed: int
    _baseline: int | None = None
    _parts: Parts | None = None
    _left: dict[tuple[str, int], list[int]] = field(default_factory=dict)  # places still to ask
    _running: dict[str, int] = field(default_factory=dict)  # one that ran when last looked for
    _firsts: list[dict[str, Scalar]] = field(default_factory=list)  # the members' first settings

    def restore(self) -> Done | None:
        """Find the baseline, the parts and the boundaries."""
        found = [t.number for t in self.ledger.committed() if t.attributes.baseline]
        self._baseline = found[-1] if found else None
        self._parts = None
        self._left.clear()
        self._running.clear()
        return None if self._baseline is None else self._over()

    def next(self) -> Job | Wait | Done:
        """Ask for the baseline, or for the next part of a member, once that can be known."""
        if self._baseline is None:
            number = ask_baseline(self.ledger, self.proposer, self.plan.baseline_params)
            config = self.plan.baseline
            self.ledger.commit(number, config.model_dump(), config.key)
            self._baseline = number
            return Job(number, config)
        said: Wait | Done | None = None
        for group in self._groups():
            found = self._next_of(group)
            if isinstance(found, Job):
                return found
            said = found if said is None or isinstance(found, Wait) else said
        return Wait() if said is None else said

    def _over(self) -> Done | None:
        for group in self._groups():
            if not self._is_over(group):
                return None
        return Done("all members have come to the end of their schedule")

    def _is_over(self, group: _Group) -> bool:
        last = len(group.steps)
        open_still = self._missing(group, last) or self._runs(group, last)
        return self._known.latest(group.places) == last and not open_still

    @property
    def _known(self) -> Parts:
        if self._parts is None:
            self._parts = Parts(self.ledger)
        return self._parts

    def _groups(self) -> list[_Group]:
        members, steps = self.course.members, self.course.steps
        groups = [_Group(MAIN, range(members), steps, 0)]
        if self.course.control:
            places = range(members, 2 * members)
            groups.append(_Group(CONTROL, places, self.course.control_steps, len(steps)))
        return groups

    def _numbers(self, group: _Group, generation: int) -> dict[int, int]:
        """Return the trials of a group's parts behind so many boundaries, by place."""
        found = ((place, self._known.numbers.get((generation, place))) for place in group.places)
        return {place: number for place, number in found if number is not None}

    def _asked(self, group: _Group, generation: int) -> dict[int, StoredTrial]:
        found = self._numbers(group, generation).items()
        return {place: self.ledger.trial(number) for place, number in found}

    def _is_running(self, number: int) -> bool:
        return self.ledger.trial(number).state is TrialState.RUNNING

    def _runs(self, group: _Group, generation: int) -> bool:
        """Return whether a part runs; after each report it is mostly the one found before."""
        known = self._running.get(group.name)
        if known is not None and self._is_running(known):
            return True
        numbers = self._numbers(group, generation).values()
        found = next((number for number in numbers if self._is_running(number)), None)
        if found is not None:
            self._running[group.name] = found
        return found is not None

    def _decided(self, group: _Group, generation: int) -> Boundary | None:
        return self._known.boundaries.get(group.first_key + generation)

    def _missing(self, group: _Group, generation: int) -> list[int]:
        """Return the places whose part behind so many boundaries isn't asked yet."""
        key = group.name, generation
        if key not in self._left:
            decided = self._decided(group, generation - 1) if generation else None
            if generation and decided is None:
                return []
            fates = () if decided is None else decided.fates
            places = [f.place for f in fates if not f.dropped] if generation else group.places
            asked = self._known.numbers
            self._left[key] = [place for place in places if (generation, place) not in asked]
        return self._left[key]

    def _next_of(self, group: _Group) -> Job | Wait | Done:
        generation = self._known.latest(group.places)
        if group.name == CONTROL and not self._first_parts_are_through():
            return Wait()
        missing = self._missing(group, generation)
        if missing:
            return self._ask(group, generation, missing[0])
        if self._runs(group, generation):
            return Wait()
        if generation == len(group.steps):
            return Done("all members have come to the end of their schedule")
        if self._decided(group, generation) is None:
            decision = self._decision(group, generation)
            number = group.first_key + generation
            self.ledger.note(StudyAttributes(generations={number: decision}))
            self._parts = Parts(self.ledger)  # what counts is what the ledger gives back
        missing = self._missing(group, generation + 1)
        if not missing:
            return Done("every member of the population has failed")
        return self._ask(group, generation + 1, missing[0])

    def _first_parts_are_through(self) -> bool:
        main = self._groups()[0]
        begun = not self._missing(main, 0)
        return begun and (self._known.latest(main.places) > 0 or not self._runs(main, 0))

    # Asking

    def _ask(self, group: _Group, generation: int, place: int) -> Job:
        until = group.until(generation)
        if generation == 0 and group.name == MAIN:
            values = self._first_values()[place]
            config, start = self.plan.configure(values), None
        elif generation == 0:
            origin = self.ledger.trial(self._known.numbers[0, place - self.course.members])
            values, config = self._values_of(origin), _config_of(origin)
            start = _state_of(origin, self.course.steps[0])
        else:
            fate = next(f for f in self._fates(group, generation - 1) if f.place == place)
            values, config, start = self._after(fate, group.steps[generation - 1])
        config = config.model_copy(update={"until_step": until})
        number, _ = ask_point(self.ledger, self.proposer, self._searched(values))
        member = MemberPlace(generation, place)
        self.ledger.commit(
            number, config.model_dump(), config.key, start_from=start, member=member
        )
        self._known.add(member, number, start)
        self._left[group.name, generation].remove(place)
        return Job(number, config, start_from=start)

    def _fates(self, group: _Group, generation: int) -> Sequence[Fate]:
        decided = self._decided(group, generation)
        return () if decided is None else decided.fates

    def _after(
        self, fate: Fate, step: int
    ) -> tuple[dict[str, Scalar], TrialConfig, StateRef | None]:
        number = fate.trial if fate.donor_trial is None else fate.donor_trial
        source = self.ledger.trial(number)
        new = {change.name: change.after for change in fate.changes}
        config = _config_of(source).changed(step, new)
        return {**self._values_of(source), **new}, config, _state_of(source, step)

    def _first_values(self) -> list[dict[str, Scalar]]:
        """Draw the members' first settings, none of them twice; once is enough."""
        if self._firsts:
            return self._firsts
        for attempt in range(64):
            rng = draws_of(self.seed, FIRST_DRAW, attempt)
            values = first_values(self.proposer.space, self.course.members, rng)
            keys = {self.plan.configure(each).key for each in values}
            if len(keys) == len(values):
                break
        self._firsts = values
        return values

    def _searched(self, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
        return {name: values[name] for name in self.proposer.space.parameters if name in values}

    def _values_of(self, trial: StoredTrial) -> dict[str, Scalar]:
        config = _config_of(trial)
        step = config.changes[-1].at_step if config.changes else 0
        now = config.at(step)
        known: dict[str, Scalar] = {**now.model_dump(), **now.strategy_params}
        return {name: known[name] for name in self.proposer.space.parameters if name in known}

    # Deciding

    def differing_boundaries(self) -> list[int]:
        """Decide every boundary of the ledger again; return the numbers of those that differ."""
        found = []
        for group in self._groups():
            for generation in range(len(group.steps)):
                decided = self._decided(group, generation)
                if decided is not None and decided != self._decision(group, generation):
                    found.append(group.first_key + generation)
        return found

    def _decision(self, group: _Group, generation: int) -> Boundary:
        """Decide a boundary by the members' parts up to it, whatever has come since."""
        asked, step = self._asked(group, generation), group.steps[generation]
        curves = [_scores(trial) for _, trial in sorted(asked.items())]
        wobble = wobble_of(curves)
        pending: list[dict[str, Scalar]] = []
        taken = {
            str(self.ledger.trial(number).attributes.key)
            for (part, place), number in self._known.numbers.items()
            if place in group.places and part <= generation
        }
        gains = self._gains(group, generation)

        def explore(donor: int, place: int, rng: object) -> tuple[ValueChange, ...]:
            source = asked[donor]
            config, now = _config_of(source), self._values_of(source)
            until = {"until_step": group.until(generation + 1)}

            def key_of(values: Mapping[str, Scalar]) -> str:
                return config.changed(step, values).model_copy(update=until).key

            question = Question(
                self.proposer.space,
                now,
                gains,
                pending,
                self._share(group.until(generation + 1)),
                lambda values: key_of(values) not in taken,
            )
            changes = self.exchanger.new_values(question, rng)  # type: ignore[arg-type]
            if changes:
                new = {change.name: change.after for change in changes}
                pending.append({**now, **new})
                taken.add(key_of(new))
            return changes

        margin = BEHIND * wobble
        fates = fates_of(
            [_standing(place, trial, step) for place, trial in sorted(asked.items())],
            quantile=self.exchanger.quantile,
            margin=margin,
            seed=self.seed,
            generation=group.first_key + generation,
            explore=explore,
        )
        return Boundary(group.name, generation, step, wobble, margin, fates)

    def _gains(self, group: _Group, generation: int) -> list[Gain]:
        """Return what the parts so far have gained, those behind the first boundary."""
        found = []
        for part in range(1, generation + 1):
            begin, end = group.steps[part - 1], group.steps[part]
            for _, trial in sorted(self._asked(group, part).items()):
                scores = _scores(trial)
                if begin in scores and end in scores:
                    values = {n: self._values_of(trial)[n] for n in self._names()}
                    length = self._share(end) - self._share(begin)
                    gain = scores[end] - scores[begin]
                    found.append(Gain(values, self._share(end), length, gain))
        return found

    def _names(self) -> list[str]:
        return list(perturbable(self.proposer.space))

    def _share(self, step: int | None) -> float:
        return 1.0 if step is None else step / self.course.total_steps

    # What the tuner asks

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the baseline."""
        return number == self._baseline

    def needs_state(self, number: int) -> bool:
        """Return whether a later part may start from a trial's state.

        It may until all parts are asked that could, and each of them has a state of its own.
        """
        trial = self.ledger.trial(number)
        member = trial.attributes.member
        if member is None or trial.state is not TrialState.COMPLETE:
            return False
        children = map(self.ledger.trial, self._known.starting_from(number))
        if any(t.state is TrialState.RUNNING and t.attributes.prepared is None for t in children):
            return True
        groups = self._groups()
        group = next(g for g in groups if member.place in g.places)
        waits = self._is_needed_by(group, member.generation)
        if member.generation == 0 and self.course.control and group.name == MAIN:
            waits = waits or bool(self._missing(groups[1], 0))
        return waits

    def _is_needed_by(self, group: _Group, generation: int) -> bool:
        if generation == len(group.steps):
            return False
        undecided = self._decided(group, generation) is None
        return undecided or bool(self._missing(group, generation + 1))


def _config_of(trial: StoredTrial) -> TrialConfig:
    """Return a trial's settings without its end."""
    found = TrialConfig.model_validate(trial.config)
    return found.model_copy(update={"until_step": None})


def _scores(trial: StoredTrial) -> dict[int, float]:
    return {each.evaluation.step: each.evaluation.score for each in trial.attributes.recorded}


def _standing(place: int, trial: StoredTrial, step: int) -> MemberStanding:
    score = _scores(trial).get(step) if trial.state is TrialState.COMPLETE else None
    return MemberStanding(place, trial.number, score, trial.attributes.failure)


def _state_of(trial: StoredTrial, step: int) -> StateRef | None:
    recorded = trial.attributes.evaluations.get(step)
    if recorded is None:
        return None
    state = recorded.state
    return StateRef(trial.number, at_step=step, sha256=None if state is None else state.sha256)
