"""The study is the ledger: one Optuna study holds all that was asked, reported, stopped and won.

Every fact is written the moment it is known. A trial counts as asked once its complete settings
stand in it; one that an interruption left without them is asked again under the same number, and
one that it left running is run again under the same number with the same settings.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone

import optuna
import sqlalchemy
import sqlalchemy.exc
from optuna.trial import FrozenTrial
from optuna.trial import TrialState as OptunaState

from autoclue.errors import AutoclueError, UsageError
from autoclue.records import Evaluation, LayerRate, Scalar, Stop, TrialState
from autoclue.search.proposer import Proposer
from autoclue.space import Parameter, SearchSpace
from autoclue.space.optuna_adapter import suggest

FORMAT = 1
EVALUATION_PREFIX = "evaluation:"
URL_HINT = "; write it like sqlite:///study.db or postgresql://user@host/database"


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
    """Give the time as the ledger writes it: ISO 8601 in UTC, to the second."""
    return datetime.now(timezone.utc).isoformat(timespec="seconds")


class Ledger:
    """Writes one study, fact by fact. Only one driver writes at a time."""

    def __init__(self, study: optuna.Study) -> None:
        """Wrap a study that ``create`` or ``open`` has found."""
        self._study = study

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
        with _understood(storage):
            study = optuna.create_study(
                study_name=name, storage=_open(storage), direction="maximize"
            )
            for key, value in {**facts, "created_at": now(), "format": FORMAT}.items():
                study.set_user_attr(key, value)
        return cls(study)

    @classmethod
    def open(cls, storage: str, name: str) -> Ledger:
        """Open a study.

        Raises:
            UsageError: There is none, it wasn't made by autoclue, or by another version of it.
        """
        with _understood(storage):
            opened = _open(storage)
            if name not in optuna.get_all_study_names(opened):
                raise UsageError(f"The storage {_public(storage)} holds no study {name!r}.")
            study = optuna.load_study(study_name=name, storage=opened)
            written = study.user_attrs.get("format")
        if written is None:
            raise _foreign(storage, name)
        if written != FORMAT:
            raise UsageError(
                f"The study {name!r} has ledger format {written}, and this autoclue reads "
                f"{FORMAT}; open it with the autoclue that made it."
            )
        return cls(study)

    @classmethod
    def exists(cls, storage: str, name: str) -> bool:
        """Tell whether a storage holds a complete study of this name.

        One that an interruption left half made, before any trial, is removed.

        Raises:
            UsageError: The storage can't be used, or holds a study of this name that somebody
                else made.
        """
        with _understood(storage):
            opened = _open(storage)
            if name not in optuna.get_all_study_names(opened):
                return False
            study = optuna.load_study(study_name=name, storage=opened)
            if "format" not in study.user_attrs:
                if study.get_trials(deepcopy=False):
                    raise _foreign(storage, name)
                optuna.delete_study(study_name=name, storage=opened)
                return False
        return True

    @property
    def name(self) -> str:
        """The study's name."""
        return self._study.study_name

    @property
    def facts(self) -> Mapping[str, object]:
        """What was written about the study itself."""
        return dict(self._study.user_attrs)

    def note(self, key: str, value: object) -> None:
        """Write a fact about the study itself."""
        self._study.set_user_attr(key, value)

    def trials(self) -> list[FrozenTrial]:
        """Give every trial, in order of its number, as Optuna holds it."""
        return self._study.get_trials(deepcopy=False)

    def exhausted(self, proposer: Proposer) -> bool:
        """Tell whether nothing is left to ask."""
        return self._unsettled() is None and proposer.exhausted(self._study)

    def ask(self, proposer: Proposer) -> tuple[int, dict[str, Scalar]]:
        """Begin a trial with proposed settings.

        Returns:
            Its number, and its settings with the space's fixed ones. ``settle`` completes it.
        """
        trial = self._begin(proposer)
        return trial.number, suggest(proposer.space, trial)

    def ask_baseline(self, proposer: Proposer, params: Mapping[str, Scalar]) -> int:
        """Begin the trial of the published default.

        Args:
            proposer: Knows the space.
            params: The baseline's values of the space's parameters, fixed ones included. One that
                the space doesn't hold is left out, and the samplers then leave the trial aside.

        Returns:
            Its number. ``settle`` completes it.
        """
        space = proposer.space
        inside = {
            name: value
            for name, value in params.items()
            if name in space.parameters and space.parameters[name].contains(value)
        }
        proposer.forced = inside
        try:
            trial = self._begin(proposer)
            asked = suggest(replace(space, parameters=_restricted(space, inside)), trial)
        finally:
            proposer.forced = None
        trial.set_user_attr("baseline", True)
        trial.set_user_attr("outside_space", not space.contains(asked))
        return trial.number

    def settle(self, number: int, config: Mapping[str, object], key: str) -> None:
        """Write a trial's complete settings; from here on it has been asked."""
        trial = self._trial(number)
        trial.set_user_attr("key", key)
        trial.set_user_attr("config", dict(config))

    def restart(self, number: int) -> None:
        """Note that a trial which was left running begins again."""
        trial = self._trial(number)
        trial.set_user_attr("restarts", int(trial.user_attrs.get("restarts", 0)) + 1)

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Write what a trial knows before its first update."""
        self._trial(number).set_user_attr("prepared", asdict(prepared))

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Write an evaluation; one at the same step, from before a restart, is replaced."""
        storage, trial_id = self._study._storage, self._id(number)
        storage.set_trial_user_attr(
            trial_id, f"{EVALUATION_PREFIX}{evaluation.step}", asdict(evaluation)
        )
        storage.set_trial_intermediate_value(trial_id, evaluation.step, evaluation.score)

    def completed(self, number: int, score: float) -> None:
        """Close a trial that has run its whole schedule, with its best score."""
        self._study.tell(number, score)

    def pruned(self, number: int, stop: Stop) -> None:
        """Close a trial that was stopped, with the reason."""
        self._trial(number).set_user_attr("stop", asdict(stop))
        self._study.tell(number, state=OptunaState.PRUNED)

    def failed(self, number: int, reason: str) -> None:
        """Close a trial that failed, with the reason."""
        self._trial(number).set_user_attr("failure", reason)
        self._study.tell(number, state=OptunaState.FAIL)

    def _begin(self, proposer: Proposer) -> optuna.trial.Trial:
        self._study.sampler = proposer
        unsettled = self._unsettled()
        if unsettled is not None:
            return optuna.trial.Trial(self._study, unsettled._trial_id)
        return self._study.ask()

    def _unsettled(self) -> FrozenTrial | None:
        running = self._study.get_trials(deepcopy=False, states=(OptunaState.RUNNING,))
        return next((t for t in running if "config" not in t.user_attrs), None)

    def _id(self, number: int) -> int:
        storage = self._study._storage
        return storage.get_trial_id_from_study_id_trial_number(self._study._study_id, number)

    def _trial(self, number: int) -> optuna.trial.Trial:
        return optuna.trial.Trial(self._study, self._id(number))


def state_of(trial: FrozenTrial) -> TrialState:
    """Translate a trial's state."""
    return TrialState(trial.state.name)


def _restricted(space: SearchSpace, names: Collection[str]) -> dict[str, Parameter]:
    return {name: p for name, p in space.parameters.items() if name in names}


@contextlib.contextmanager
def _understood(storage: str) -> Iterator[None]:
    """Turn what a database says into one sentence."""
    try:
        yield
    except sqlalchemy.exc.ArgumentError as error:
        raise _unusable(storage, error, hint=URL_HINT) from error
    except (sqlalchemy.exc.SQLAlchemyError, optuna.exceptions.StorageInternalError) as error:
        cause = error.__cause__ or error
        raise _unusable(storage, getattr(cause, "orig", None) or cause) from error
    except optuna.exceptions.DuplicatedStudyError as error:
        raise AutoclueError(str(error)) from error


def _open(storage: str) -> optuna.storages.BaseStorage:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        return optuna.storages.get_storage(storage)
    except ImportError as error:
        missing = error.__cause__ if isinstance(error.__cause__, ImportError) else error
        raise UsageError(
            f"The storage {_public(storage)} needs a Python package that is not installed: "
            f"{missing.name or missing}."
        ) from error
    except ValueError as error:
        raise _unusable(storage, error, hint=URL_HINT) from error
    except RuntimeError as error:  # the tables of another Optuna
        raise _unusable(storage, error) from error


def _unusable(storage: str, error: BaseException, *, hint: str = "") -> UsageError:
    reason = " ".join(str(error).split()).rstrip(".")
    return UsageError(f"The storage {_public(storage)} can't be used: {reason}{hint}.")


def _public(storage: str) -> str:
    """Write a storage's URL without its password."""
    try:
        return sqlalchemy.engine.make_url(storage).render_as_string(hide_password=True)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        return re.sub(r"(//[^/@:]*:)[^/@]*@", r"\1***@", storage)


def _foreign(storage: str, name: str) -> UsageError:
    return UsageError(
        f"The study {name!r} in {_public(storage)} was not made by autoclue; give another name "
        "with --study."
    )
