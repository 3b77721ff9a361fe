"""A study's trials in memory, for the one process that may write them.

Optuna's own cache reads every trial that runs from the database again whenever a sampler looks at
the study, because another process could have changed it: with 1,000 of them an ask takes seconds.
A study that this process holds (see ``lease``) is changed by nobody else, so here each trial is
read once. A write goes to the database first, and into memory when that has succeeded.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable, Container, Iterator, Sequence
from typing import Any, TypeVar

from optuna.distributions import BaseDistribution
from optuna.storages import BaseStorage
from optuna.study import StudyDirection
from optuna.trial import FrozenTrial, TrialState

from autoclue.search.store.optuna_internals import (
    FrozenStudy,
    frozen_study_id,
    frozen_trial_id,
    one_transaction,
)

Result = TypeVar("Result")


class CachedStorage(BaseStorage):
    """A storage whose trials are read once; the framework imposes the base class.

    What it gives for a trial is never changed afterwards: a write puts a changed copy in its
    place. After a write that failed, nobody knows what the database holds, so all trials are read
    again. Only trials are kept; what belongs to a study itself is read from the database.
    """

    def __init__(self, backend: BaseStorage) -> None:
        """Stand before a storage that nobody else writes."""
        self._backend = backend
        self._trials: dict[int, dict[int, FrozenTrial]] = {}  # by study, by number, ascending
        self._places: dict[int, tuple[int, int]] = {}  # study and number, by trial

    # Trials: read once, written twice

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        """Return a study's trials in order of their number."""
        held = self._of(study_id).values()
        found = [t for t in held if states is None or t.state in states]
        return copy.deepcopy(found) if deepcopy else found

    def get_trial(self, trial_id: int) -> FrozenTrial:
        """Return one trial."""
        study_id, number = self._place(trial_id)
        return self._trials[study_id][number]

    def get_trial_id_from_study_id_trial_number(self, study_id: int, trial_number: int) -> int:
        """Return the key of a trial.

        Raises:
            KeyError: The study has no such trial.
        """
        return frozen_trial_id(self._of(study_id)[trial_number])

    def create_new_trial(self, study_id: int, template_trial: FrozenTrial | None = None) -> int:
        """Begin a trial."""
        self._of(study_id)
        trial_id = self._write(lambda: self._backend.create_new_trial(study_id, template_trial))
        self._read(study_id, trial_id)
        return trial_id

    def set_trial_state_values(
        self, trial_id: int, state: TrialState, values: Sequence[float] | None = None
    ) -> bool:
        """Begin, or close, a trial; the database sets the time."""
        study_id, _ = self._place(trial_id)
        done = self._write(
            lambda: self._backend.set_trial_state_values(trial_id, state=state, values=values)
        )
        self._read(study_id, trial_id)
        return done

    def set_trial_param(
        self,
        trial_id: int,
        param_name: str,
        param_value_internal: float,
        distribution: BaseDistribution,
    ) -> None:
        """Write the value of a parameter; one that stands already stays, as in the database."""
        self._place(trial_id)
        self._write(
            lambda: self._backend.set_trial_param(
                trial_id, param_name, param_value_internal, distribution
            )
        )
        trial = self._copied(trial_id)
        if param_name in trial.params:
            return
        value = distribution.to_external_repr(param_value_internal)
        trial.params = {**trial.params, param_name: value}
        trial.distributions = {**trial.distributions, param_name: distribution}

    def set_trial_intermediate_value(
        self, trial_id: int, step: int, intermediate_value: float
    ) -> None:
        """Write a score."""
        self._place(trial_id)
        self._write(
            lambda: self._backend.set_trial_intermediate_value(trial_id, step, intermediate_value)
        )
        trial = self._copied(trial_id)
        trial.intermediate_values = {**trial.intermediate_values, step: float(intermediate_value)}

    def set_trial_user_attr(self, trial_id: int, key: str, value: Any) -> None:
        """Write a fact about a trial, a JSON value."""
        self._place(trial_id)
        self._write(lambda: self._backend.set_trial_user_attr(trial_id, key, value))
        trial = self._copied(trial_id)
        trial.user_attrs = {**trial.user_attrs, key: _as_read(value)}

    def set_trial_system_attr(self, trial_id: int, key: str, value: Any) -> None:
        """Write a fact of a sampler about a trial, a JSON value."""
        self._place(trial_id)
        self._write(lambda: self._backend.set_trial_system_attr(trial_id, key, value))
        trial = self._copied(trial_id)
        trial.system_attrs = {**trial.system_attrs, key: _as_read(value)}

    def _of(self, study_id: int) -> dict[int, FrozenTrial]:
        if study_id not in self._trials:
            found = self._backend.get_all_trials(study_id, deepcopy=False)
            self._trials[study_id] = {trial.number: trial for trial in found}
            self._places |= {frozen_trial_id(t): (study_id, t.number) for t in found}
        return self._trials[study_id]

    def _place(self, trial_id: int) -> tuple[int, int]:
        """Find a trial; one of a study that isn't in memory brings its study there."""
        if trial_id not in self._places:
            for study in self._backend.get_all_studies():
                self._of(frozen_study_id(study))
        return self._places[trial_id]

    def _copied(self, trial_id: int) -> FrozenTrial:
        """Put a copy in the place of a trial, and give it to be changed."""
        study_id, number = self._place(trial_id)
        trials = self._trials[study_id]
        trials[number] = copy.copy(trials[number])
        return trials[number]

    def _read(self, study_id: int, trial_id: int) -> None:
        trial = self._backend.get_trial(trial_id)
        self._trials[study_id][trial.number] = trial
        self._places[trial_id] = (study_id, trial.number)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Commit what is written meanwhile all at once, or nothing of it."""
        with self._forgetting(), one_transaction(self._backend):
            yield

    def _write(self, write: Callable[[], Result]) -> Result:
        with self._forgetting():
            return write()

    @contextlib.contextmanager
    def _forgetting(self) -> Iterator[None]:
        """Read all trials again after a failure."""
        try:
            yield
        except BaseException:
            self._trials.clear()
            self._places.clear()
            raise

    # Studies: the database's own business

    def create_new_study(
        self, directions: Sequence[StudyDirection], study_name: str | None = None
    ) -> int:
        """Begin a study."""
        return self._backend.create_new_study(directions, study_name)

    def delete_study(self, study_id: int) -> None:
        """Remove a study with its trials."""
        self._write(lambda: self._backend.delete_study(study_id))
        self._trials.pop(study_id, None)
        self._places = {t: at for t, at in self._places.items() if at[0] != study_id}

    def set_study_user_attr(self, study_id: int, key: str, value: Any) -> None:
        """Write a fact about a study."""
        self._backend.set_study_user_attr(study_id, key, value)

    def set_study_system_attr(self, study_id: int, key: str, value: Any) -> None:
        """Write a fact of a sampler about a study."""
        self._backend.set_study_system_attr(study_id, key, value)

    def get_study_id_from_name(self, study_name: str) -> int:
        """Return the key of a study."""
        return self._backend.get_study_id_from_name(study_name)

    def get_study_name_from_id(self, study_id: int) -> str:
        """Return the name of a study."""
        return self._backend.get_study_name_from_id(study_id)

    def get_study_directions(self, study_id: int) -> list[StudyDirection]:
        """Return whether higher is better."""
        return self._backend.get_study_directions(study_id)

    def get_study_user_attrs(self, study_id: int) -> dict[str, Any]:
        """Return the facts about a study."""
        return self._backend.get_study_user_attrs(study_id)

    def get_study_system_attrs(self, study_id: int) -> dict[str, Any]:
        """Return what samplers wrote about a study."""
        return self._backend.get_study_system_attrs(study_id)

    def get_all_studies(self) -> list[FrozenStudy]:
        """Return every study of the database."""
        return self._backend.get_all_studies()


def _as_read(value: Any) -> Any:
    """Return a JSON value as the database gives it back: a tuple comes back as a list."""
    return json.loads(json.dumps(value))
