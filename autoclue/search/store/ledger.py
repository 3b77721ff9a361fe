"""The study is the ledger: one Optuna study holds all that was asked, reported, stopped and won.

Every fact is written the moment it is known, and facts that belong together in one write: a
trial's settings, or an evaluation with the decision that followed it. What is known at one moment
is one transaction of the database, since each waits for the disk. Asks, evaluations and ends
are numbered in the order in which the driver made them, so that a study can be replayed. A trial
counts as asked once its complete settings stand in it; one that an interruption left without them
is asked again under the same number, with the values that were proposed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from functools import partial

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from autoclue.errors import UsageError
from autoclue.records import Evaluation, StateRef, Stop, StoredState, TestScore, TrialState
from autoclue.search.store.cached_storage import CachedStorage
from autoclue.search.store.ended_trial import EndedTrial
from autoclue.search.store.optuna_internals import (
    continued_trial,
    storage_of,
    trial_id,
    trials_of,
)
from autoclue.search.store.schema import (
    FORMAT,
    Change,
    Death,
    DeathCounter,
    MemberPlace,
    Prepared,
    Proposal,
    RecordedEvaluation,
    Repetition,
    StudyAttributes,
    TrialAttributes,
    is_committed,
    now,
    refuse_other_format,
    written_format,
)
from autoclue.search.store.storage import open_storage, public, understood
from autoclue.search.store.stored_trial import StoredTrial, TrialReader, stored_trial
from autoclue.search.store.transactions import Transactions


class Ledger:
    """Writes one study, fact by fact. Only one driver writes at a time (see ``lease``)."""

    def __init__(self, study: optuna.Study) -> None:
        """Wrap a study that ``create`` or ``open`` has found."""
        self._study = study
        self._writing = Transactions(storage_of(study))
        self._persist = self._writing.persist
        self._reader = TrialReader()
        self._sequence = 1 + max((t.attributes.last_sequence for t in self.trials()), default=0)

    @classmethod
    def create(cls, storage: str, name: str, attributes: StudyAttributes) -> Ledger:
        """Make a new study.

        Args:
            storage: URL of a relational database.
            name: The study's name in it.
            attributes: What describes the study; the time and the format are added.

        Raises:
            UsageError: The storage can't be opened or written, or holds a study of this name.
        """
        with understood(storage):
            held = CachedStorage(open_storage(storage))
            study = optuna.create_study(study_name=name, storage=held, direction="maximize")
            made = StudyAttributes(created_at=now(), format=FORMAT)
            for key, value in {**attributes.entries(), **made.entries()}.items():
                study.set_user_attr(key, value)
            return cls(study)

    @classmethod
    def open(
        cls, storage: str, name: str, *, held: bool = False, read_only: bool = False
    ) -> Ledger:
        """Open a study.

        Args:
            storage: URL of a relational database.
            name: The study's name in it.
            held: Whether this process holds the study (see ``lease``): its trials are read once.
            read_only: Whether nothing is made or changed.

        Raises:
            UsageError: There is none, it wasn't made by autoclue, or by another version of it.
        """
        with understood(storage):
            plain = open_storage(storage, read_only=read_only)
            study = _find(name, CachedStorage(plain) if held else plain)
            if study is None:
                raise UsageError(f"The storage {public(storage)} holds no study {name!r}.")
            refuse_other_format(study, place=public(storage))
            return cls(study)

    @classmethod
    def exists(cls, storage: str, name: str) -> bool:
        """Return whether a storage holds a complete study of this name.

        One that an interruption left half made, before any trial, is removed.

        Raises:
            UsageError: The storage can't be used, or holds a study of this name that somebody
                else made.
        """
        with understood(storage):
            opened = open_storage(storage)
            study = _find(name, opened)
            if study is None or written_format(study) is not None:
                return study is not None
            if study.get_trials(deepcopy=False):
                refuse_other_format(study, place=public(storage))
            optuna.delete_study(study_name=name, storage=opened)
            return False

    @classmethod
    def delete(cls, storage: str, name: str) -> None:
        """Delete a study of autoclue's from a storage, if it holds one of this name.

        Raises:
            UsageError: The storage can't be used, or holds a study of this name that somebody
                else made.
        """
        if cls.exists(storage, name):
            with understood(storage):
                optuna.delete_study(study_name=name, storage=open_storage(storage))

    @classmethod
    def readable(cls, storage: str, name: str) -> bool:
        """Return whether a storage that can be used holds a complete study of this name."""
        with understood(storage):
            study = _find(name, open_storage(storage, read_only=True))
            return study is not None and written_format(study) is not None

    @property
    def name(self) -> str:
        """The study's name."""
        return self._study.study_name

    @property
    def attributes(self) -> StudyAttributes:
        """What is written about the study itself."""
        return self._persist(lambda: StudyAttributes.read(self._study.user_attrs))

    def note(self, attributes: StudyAttributes) -> None:
        """Write about the study itself those attributes that are set, each by itself."""
        for entry in attributes.entries().items():
            self._persist(partial(self._study.set_user_attr, *entry))

    def trials(self) -> list[StoredTrial]:
        """Return every trial, in order of its number."""
        return [stored_trial(trial) for trial in self._trials()]

    def committed(self) -> list[StoredTrial]:
        """Return every trial that has been asked with its complete settings."""
        return [stored_trial(trial) for trial in self._trials() if is_committed(trial)]

    def trial(self, number: int) -> StoredTrial:
        """Return one trial.

        Raises:
            KeyError: There is none of this number.
        """
        storage, own = storage_of(self._study), self._id(number)
        return self._reader.read(self._persist(lambda: storage.get_trial(own)))

    @property
    def n_asked(self) -> int:
        """How many trials have been asked; one that is asked again after it failed counts once."""
        return sum(trial.attributes.retries is None for trial in self.committed())

    @property
    def failed_to_retry(self) -> tuple[int, ...]:
        """Numbers of the failed trials to ask again: those left by an earlier command, or all."""
        found = self.committed()
        again = {trial.attributes.retries for trial in found}
        told = tuple(n for n in self.attributes.retrying if n not in again)
        failed = (t.number for t in found if t.state is TrialState.FAIL and t.number not in again)
        return told or tuple(failed)

    @property
    def n_trials(self) -> int:
        """How many trials there are, those that were never completely asked included."""
        return len(self._trials())

    def _trials(self) -> list[FrozenTrial]:
        return self._persist(lambda: self._study.get_trials(deepcopy=False))

    def known_distributions(self) -> dict[str, BaseDistribution]:
        """Return a distribution of every parameter that some trial holds, by its stored name."""
        found: dict[str, BaseDistribution] = {}
        for trial in self._trials():
            found.update(trial.distributions)
        return found

    @property
    def study(self) -> optuna.Study:
        """Optuna's study behind this ledger, for samplers to read."""
        return self._study

    def begin(self, sampler: BaseSampler) -> optuna.trial.Trial:
        """Begin a trial whose values a sampler proposes; ``commit`` completes it.

        A trial that an interruption left without complete settings is taken up again.
        """
        self._study.sampler, left = sampler, self._uncommitted()
        return self._study.ask() if left is None else continued_trial(self._study, left)

    def note_proposal(self, number: int, values: Mapping[str, object]) -> None:
        """Write what a sampler has proposed for a trial, with its place in the study's order."""
        self._write(number, TrialAttributes(proposal=Proposal(dict(values), self._next())))

    def note_given(self, number: int, *, baseline: bool, outside_space: bool) -> None:
        """Write of a trial that no sampler proposed whether the space holds its values.

        Args:
            number: The trial.
            baseline: Whether it is the baseline.
            outside_space: Whether the space doesn't hold its values.
        """
        self._write(number, TrialAttributes(baseline=baseline, outside_space=outside_space))

    @property
    def has_proposal(self) -> bool:
        """Whether an interruption left a trial with a sampler's proposal and nothing else."""
        found = self._persist(self._uncommitted)
        return found is not None and stored_trial(found).attributes.proposal is not None

    @property
    def has_uncommitted(self) -> bool:
        """Whether an interruption left a trial without complete settings."""
        return self._persist(lambda: self._uncommitted() is not None)

    def drop_uncommitted(self) -> None:
        """Close a trial that was never completely asked: its proposal fits no longer."""
        uncommitted = self._uncommitted()
        if uncommitted is not None:
            self._close(uncommitted.number, OptunaState.FAIL, None)

    def ask_without_parameters(self) -> int:
        """Begin a trial whose settings don't come from a space; ``commit`` completes it."""
        return self._persist(lambda: (self._uncommitted() or self._study.ask()).number)

    def commit(
        self,
        number: int,
        config: Mapping[str, object],
        key: str,
        *,
        repeats: Repetition | None = None,
        retries: int | None = None,
        start: int | None = None,
        start_from: StateRef | None = None,
        member: MemberPlace | None = None,
    ) -> None:
        """Write a trial's complete settings; from here on it has been asked.

        Args:
            number: The trial.
            config: Its complete settings.
            key: Their identity.
            repeats: Which configuration it trains again, in a confirmation.
            retries: The failed trial that it is asked in place of.
            start: Its place among the settings that the search was told to start from.
            start_from: The state of another trial that it may start from.
            member: Which member of a population it is.
        """
        origin = {"repeats": repeats, "retries": retries, "start": start, "start_from": start_from}
        own = {"member": member, "key": key, "asked": self._next(), "config": dict(config)}
        about = {name: v for name, v in {**origin, **own}.items() if v is not None}
        self._write(number, TrialAttributes.model_validate(about))

    def add_ended(self, trial: EndedTrial) -> None:
        """Add a trial that was trained elsewhere, whole and in one write."""
        frozen = trial.frozen(self._next)
        self._persist(lambda: self._study.add_trial(frozen))

    def restart(self, number: int) -> None:
        """Note that a trial which was left running begins again."""
        self._write(number, TrialAttributes(restarts=self._about(number).restarts + 1))

    def died(self, number: int, reason: str, *, counter: DeathCounter = "deaths") -> int:
        """Note that a trial's worker process died, and return how often that has happened."""
        times = (*getattr(self._about(number), counter), Death(reason, now()))
        self._write(number, TrialAttributes.model_validate({counter: times}))
        return len(times)

    def changed(self, number: int, config: Mapping[str, object], key: str, *, reason: str) -> None:
        """Replace a trial's settings, and note why."""
        change = Change(reason, dict(self._about(number).config or {}), now())
        settings = TrialAttributes(key=key, config=dict(config))
        self._write(number, TrialAttributes(change=change), settings)

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Write what a trial knows before its first step."""
        self._write(number, TrialAttributes(prepared=prepared))

    def evaluated(
        self,
        number: int,
        evaluation: Evaluation,
        stop: Stop | None = None,
        *,
        state: StoredState | None = None,
        closes: bool = False,
    ) -> None:
        """Write an evaluation, the decision that followed it and the state there, in one piece.

        Where the decision ``closes`` the trial, that is a part of it, as ``pruned`` would write.
        """
        recorded = RecordedEvaluation(evaluation, self._next(), stop, state)

        def write() -> None:
            self._write(number, TrialAttributes(evaluations={evaluation.step: recorded}))
            self.tell_score(number, evaluation)
            if closes:
                self.pruned(number)

        self._writing.at_once(write)

    def tell_score(self, number: int, evaluation: Evaluation) -> None:
        """Let samplers know the score of an evaluation that has been written."""
        storage, own, step = storage_of(self._study), self._id(number), evaluation.step
        self._persist(lambda: storage.set_trial_intermediate_value(own, step, evaluation.score))

    def completed(self, number: int, score: float) -> None:
        """Close a trial that has run its whole schedule, with its best score."""
        self._close(number, OptunaState.COMPLETE, score)

    def pruned(self, number: int) -> None:
        """Close a trial whose last evaluation was written with a stop."""
        self._close(number, OptunaState.PRUNED, None)

    def failed(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Close a trial that failed, with the reason and the place of its log."""
        about = {"failure": reason} if log is None else {"failure": reason, "log": log}
        self._close(number, OptunaState.FAIL, None, **about)

    def note_test_score(self, number: int, score: TestScore) -> None:
        """Write how the kept model of a complete trial does on the test part."""
        self.note(StudyAttributes(test_scores={number: score}))

    def _close(self, number: int, state: OptunaState, value: float | None, **about: str) -> None:
        closed = TrialAttributes.model_validate({**about, "closed": self._next()})

        def write() -> None:
            self._write(number, closed)
            self._study.tell(number, value, state=state, skip_if_finished=True)

        self._writing.at_once(write)

    def _uncommitted(self) -> FrozenTrial | None:
        running = trials_of(self._study, (OptunaState.RUNNING,))
        return next((trial for trial in running if not is_committed(trial)), None)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence - 1

    def _about(self, number: int) -> TrialAttributes:
        return self.trial(number).attributes

    def _write(self, number: int, *facts: TrialAttributes) -> None:
        """Write those attributes of a trial that are set, in one transaction."""
        storage, own = storage_of(self._study), self._id(number)
        entries = [entry for each in facts for entry in each.entries().items()]

        def write() -> None:
            for key, value in entries:
                storage.set_trial_user_attr(own, key, value)

        self._writing.at_once(write)

    def together(self) -> AbstractContextManager[None]:
        """Commit what is written meanwhile all at once. After a failure nothing of it stands."""
        return self._writing.together()

    def _id(self, number: int) -> int:
        return self._persist(lambda: trial_id(self._study, number))


def _find(name: str, storage: BaseStorage) -> optuna.Study | None:
    known = optuna.get_all_study_names(storage)
    return optuna.load_study(study_name=name, storage=storage) if name in known else None
