"""The study is the ledger: one Optuna study holds all that was asked, reported, stopped and won.

Every fact is written the moment it is known, and facts that belong together in one write: a
trial's settings, or an evaluation with the decision that followed it. Asks, evaluations and ends
are numbered in the order in which the driver made them, so that a study can be replayed. A trial
counts as asked once its complete settings stand in it; one that an interruption left without them
is asked again under the same number, with the values that were proposed before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from autoclue.errors import UsageError
from autoclue.records import Evaluation, LayerRate, Stop, TestScore
from autoclue.search.store.cached_storage import Mirror
from autoclue.search.store.storage import open_storage, persist, public, understood

FORMAT = 2
EVALUATION_PREFIX = "evaluation:"
TEST_SCORE_PREFIX = "test_score:"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a trial knows of itself before its first update.

    Attributes:
        total_steps: Length of its schedule in updates; fractional where the recipe is.
        evaluation_steps: Updates after which it is evaluated, ascending.
        layer_rates: Learning rates by depth.
    """

    total_steps: float
    evaluation_steps: tuple[int, ...]
    layer_rates: tuple[LayerRate, ...]


def now() -> str:
    """Return the time as the ledger writes it: ISO 8601 in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Ledger:
    """Writes one study, fact by fact. Only one driver writes at a time (see ``lease``)."""

    def __init__(self, study: optuna.Study) -> None:
        """Wrap a study that ``create`` or ``open`` has found."""
        self._study = study
        self._sequence = 1 + max(map(_last_sequence, self.trials()), default=0)

    @classmethod
    def create(cls, storage: str, name: str, facts: Mapping[str, object]) -> Ledger:
        """Make a new study.

        Args:
            storage: URL of a relational database.
            name: The study's name in it.
            facts: JSON values that describe the study: ``settings``, ``metric``, ``synthetic``,
                ``space``, ``rungs`` and ``versions``.

        Raises:
            UsageError: The storage can't be opened or written, or holds a study of this name.
        """
        with understood(storage):
            study = optuna.create_study(
                study_name=name, storage=Mirror(open_storage(storage)), direction="maximize"
            )
            for key, value in {**facts, "created_at": now(), "format": FORMAT}.items():
                study.set_user_attr(key, value)
            return cls(study)

    @classmethod
    def open(cls, storage: str, name: str, *, held: bool = False) -> Ledger:
        """Open a study.

        Args:
            storage: URL of a relational database.
            name: The study's name in it.
            held: Whether this process holds the study (see ``lease``): its trials are then read
                once. A new study is held by whoever makes it.

        Raises:
            UsageError: There is none, it wasn't made by autoclue, or by another version of it.
        """
        with understood(storage):
            opened = Mirror(open_storage(storage)) if held else open_storage(storage)
            if name not in optuna.get_all_study_names(opened):
                raise UsageError(f"The storage {public(storage)} holds no study {name!r}.")
            study = optuna.load_study(study_name=name, storage=opened)
            written = study.user_attrs.get("format")
            if written is None:
                raise _foreign(storage, name)
            if written != FORMAT:
                versions = study.user_attrs.get("versions", {})
                raise UsageError(
                    f"The study {name!r} has ledger format {written}, written by autoclue "
                    f"{versions.get('autoclue', 'of another version')}, and this autoclue reads "
                    f"{FORMAT}; open it with the autoclue that made it, or begin a new study with "
                    "--study."
                )
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
            if name not in optuna.get_all_study_names(opened):
                return False
            study = optuna.load_study(study_name=name, storage=opened)
            if "format" not in study.user_attrs:
                if study.get_trials(deepcopy=False):
                    raise _foreign(storage, name)
                optuna.delete_study(study_name=name, storage=opened)
                return False
        return True

    @classmethod
    def readable(cls, storage: str, name: str) -> bool:
        """Return whether a storage holds a complete study of this name; nothing is changed.

        Raises:
            UsageError: The storage can't be used.
        """
        with understood(storage):
            opened = open_storage(storage)
            if name not in optuna.get_all_study_names(opened):
                return False
            return "format" in optuna.load_study(study_name=name, storage=opened).user_attrs

    @property
    def name(self) -> str:
        """The study's name."""
        return self._study.study_name

    @property
    def facts(self) -> Mapping[str, object]:
        """What was written about the study itself."""
        return persist(lambda: dict(self._study.user_attrs))

    def note(self, key: str, value: object) -> None:
        """Write a fact about the study itself."""
        persist(lambda: self._study.set_user_attr(key, value))

    def trials(self) -> list[FrozenTrial]:
        """Return every trial, in order of its number, as Optuna holds it."""
        return persist(lambda: self._study.get_trials(deepcopy=False))

    def attributes(self, number: int) -> dict[str, Any]:
        """Return what is written about one trial."""
        trial_id = self._id(number)
        return persist(lambda: dict(self._study._storage.get_trial(trial_id).user_attrs))

    def known_distributions(self) -> dict[str, BaseDistribution]:
        """Return a distribution of every parameter that some trial holds, by its stored name."""
        found: dict[str, BaseDistribution] = {}
        for trial in self.trials():
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
        self._study.sampler = sampler
        uncommitted = self._uncommitted()
        if uncommitted is not None:
            return optuna.trial.Trial(self._study, uncommitted._trial_id)
        return self._study.ask()

    def note_proposal(self, trial: optuna.trial.Trial) -> None:
        """Write what a sampler has proposed for a trial, with its place in the study's order."""
        proposal = {"values": trial.relative_params, "sequence": self._next()}
        trial.set_user_attr("proposal", proposal)

    def note_baseline(self, trial: optuna.trial.Trial, *, outside_space: bool) -> None:
        """Write that a trial is the baseline, and whether the space holds its values."""
        trial.set_user_attr("baseline", True)
        trial.set_user_attr("outside_space", outside_space)

    @property
    def has_uncommitted(self) -> bool:
        """Whether an interruption left a trial without complete settings."""
        return persist(lambda: self._uncommitted() is not None)

    def drop_uncommitted(self) -> None:
        """Close a trial that was never completely asked: its proposal fits no longer."""
        uncommitted = self._uncommitted()
        if uncommitted is not None:
            self._close(uncommitted.number, OptunaState.FAIL, None)

    def ask_without_parameters(self) -> int:
        """Begin a trial whose settings don't come from a space; ``commit`` completes it."""

        def begin() -> int:
            uncommitted = self._uncommitted()
            return self._study.ask().number if uncommitted is None else uncommitted.number

        return persist(begin)

    def commit(
        self,
        number: int,
        config: Mapping[str, object],
        key: str,
        *,
        about: Mapping[str, object] | None = None,
    ) -> None:
        """Write a trial's complete settings; from here on it has been asked.

        Args:
            number: The trial.
            config: Its complete settings.
            key: Their identity.
            about: Further attributes of the trial, as JSON values.
        """
        for name, value in {**(about or {}), "key": key}.items():
            self._set(number, name, value)
        self._set(number, "asked", self._next())
        self._set(number, "config", dict(config))

    def restart(self, number: int) -> None:
        """Note that a trial which was left running begins again."""
        restarts = int(self.attributes(number).get("restarts", 0)) + 1
        self._set(number, "restarts", restarts)

    def died(self, number: int, reason: str) -> int:
        """Note that a trial's worker process died, and give how often that has happened."""
        deaths = [*self.attributes(number).get("deaths", ()), {"reason": reason, "at": now()}]
        self._set(number, "deaths", deaths)
        return len(deaths)

    def changed(self, number: int, config: Mapping[str, object], key: str, *, reason: str) -> None:
        """Replace a trial's settings, and note why."""
        before = self.attributes(number)["config"]
        self._set(number, "change", {"reason": reason, "before": before, "at": now()})
        self._set(number, "key", key)
        self._set(number, "config", dict(config))

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Write what a trial knows before its first update."""
        self._set(number, "prepared", asdict(prepared))

    def evaluated(self, number: int, evaluation: Evaluation, stop: Stop | None = None) -> None:
        """Write an evaluation together with the decision that followed it, in one piece."""
        entry = {**asdict(evaluation), "sequence": self._next()}
        if stop is not None:
            entry["stop"] = asdict(stop)
        self._set(number, f"{EVALUATION_PREFIX}{evaluation.step}", entry)
        self.tell_score(number, evaluation)

    def tell_score(self, number: int, evaluation: Evaluation) -> None:
        """Let samplers know the score of an evaluation that has been written."""
        storage, trial_id = self._study._storage, self._id(number)
        persist(
            lambda: storage.set_trial_intermediate_value(
                trial_id, evaluation.step, evaluation.score
            )
        )

    def completed(self, number: int, score: float) -> None:
        """Close a trial that has run its whole schedule, with its best score."""
        self._close(number, OptunaState.COMPLETE, score)

    def pruned(self, number: int) -> None:
        """Close a trial whose last evaluation was written with a stop."""
        self._close(number, OptunaState.PRUNED, None)

    def failed(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Close a trial that failed, with the reason and the place of its log."""
        self._set(number, "failure", reason)
        if log is not None:
            self._set(number, "log", log)
        self._close(number, OptunaState.FAIL, None)

    def note_test_score(self, number: int, score: TestScore) -> None:
        """Write how the kept model of a complete trial does on the test part.

        It is a fact about the study, because Optuna lets nothing be added to a closed trial.
        """
        self.note(f"{TEST_SCORE_PREFIX}{number}", asdict(score))

    def _close(self, number: int, state: OptunaState, value: float | None) -> None:
        self._set(number, "closed", self._next())
        persist(lambda: self._study.tell(number, value, state=state, skip_if_finished=True))

    def _uncommitted(self) -> FrozenTrial | None:
        running = self._study.get_trials(deepcopy=False, states=(OptunaState.RUNNING,))
        return next((t for t in running if "config" not in t.user_attrs), None)

    def _next(self) -> int:
        self._sequence += 1
        return self._sequence - 1

    def _set(self, number: int, key: str, value: object) -> None:
        trial_id = self._id(number)
        persist(lambda: self._study._storage.set_trial_user_attr(trial_id, key, value))

    def _id(self, number: int) -> int:
        storage, study = self._study._storage, self._study._study_id
        return persist(lambda: storage.get_trial_id_from_study_id_trial_number(study, number))


def _last_sequence(trial: FrozenTrial) -> int:
    attrs = trial.user_attrs
    evaluations = [v["sequence"] for k, v in attrs.items() if k.startswith(EVALUATION_PREFIX)]
    proposed = attrs.get("proposal", {}).get("sequence", 0)
    found = [proposed, attrs.get("started", 0), attrs.get("closed", 0), *evaluations]
    return max(map(int, found))


def _foreign(storage: str, name: str) -> UsageError:
    return UsageError(
        f"The study {name!r} in {public(storage)} was not made by autoclue; give another name "
        "with --study."
    )
