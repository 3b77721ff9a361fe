"""The parts of Optuna and of ``cmaes`` that they don't publish, and what autoclue takes of them.

Optuna 5.0 is what they were read in. A new version is tried here: what follows names each private
member once, and the tests of samplers and of the ledger fail where one has changed.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import optuna
from optuna._transform import _SearchSpaceTransform as SpaceTransform
from optuna.distributions import BaseDistribution
from optuna.samplers import TPESampler
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator
from optuna.storages import BaseStorage, RDBStorage
from optuna.storages._rdb.storage import _create_scoped_session
from optuna.study import Study
from optuna.study._frozen import FrozenStudy
from optuna.trial import FrozenTrial, TrialState

__all__ = [
    "FilteringTpe",
    "FrozenStudy",
    "Samples",
    "SpaceTransform",
    "StudyView",
    "cma_after",
    "continued_trial",
    "frozen_study_id",
    "frozen_trial_id",
    "note_of_sampler",
    "noted_by_sampler",
    "one_transaction",
    "seed_cma",
    "storage_of",
    "study_id",
    "trial_id",
    "trials_of",
    "unit_cube",
]

Samples = Mapping[str, "np.ndarray[Any, Any]"]
"""Candidates by parameter, each an array ``[candidates]`` of internal values."""


def storage_of(study: Study) -> BaseStorage:
    """Return where a study is kept."""
    return study._storage


class _JoinedSession:
    """A session in which others write, and that only its owner commits and closes."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self.broken = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    def commit(self) -> None:
        self._session.flush()

    def rollback(self) -> None:
        self.broken = True
        self._session.rollback()

    def close(self) -> None:
        """Leave it open."""


@contextlib.contextmanager
def one_transaction(storage: BaseStorage) -> Iterator[None]:
    """Make one transaction of all that this thread writes to a storage meanwhile.

    Optuna commits each write by itself. A storage that isn't a relational database does so here
    too.

    Args:
        storage: What ``optuna.storages.get_storage`` gives.

    Raises:
        StorageInternalError: A write has failed, and nothing was written.
    """
    database = getattr(storage, "_backend", storage)
    if not isinstance(database, RDBStorage):
        yield
        return
    sessions, own = database.scoped_session, threading.get_ident()
    with _create_scoped_session(sessions) as session:
        joined = _JoinedSession(session)

        def chosen() -> Any:
            return joined if threading.get_ident() == own else sessions()

        database.scoped_session = chosen  # type: ignore[assignment]
        try:
            yield
        finally:
            database.scoped_session = sessions
        if joined.broken:  # Optuna takes some failures for the work of another process
            raise optuna.exceptions.StorageInternalError("a write of several has failed")


def study_id(study: Study) -> int:
    """Return the storage's key of a study."""
    return study._study_id


def frozen_study_id(study: FrozenStudy) -> int:
    """Return the storage's key of a study as the storage gives it."""
    return study._study_id


def frozen_trial_id(trial: FrozenTrial) -> int:
    """Return the storage's key of a trial."""
    return trial._trial_id


def trial_id(study: Study, number: int) -> int:
    """Return the storage's key of a trial, by its number.

    Raises:
        KeyError: The study has no such trial.
    """
    return study._storage.get_trial_id_from_study_id_trial_number(study._study_id, number)


def trials_of(
    study: Study, states: Iterable[TrialState], *, as_asked: bool = False
) -> list[FrozenTrial]:
    """Return a study's trials in some states, not copied.

    Args:
        study: Optuna's study, or a view of it.
        states: Which.
        as_asked: As they were when the ask at hand began.
    """
    return study._get_trials(deepcopy=False, states=tuple(states), use_cache=as_asked)


def continued_trial(study: Study, trial: FrozenTrial) -> optuna.trial.Trial:
    """Take up a trial that was begun before, so that its parameters can be suggested."""
    return optuna.trial.Trial(study, trial._trial_id)


def note_of_sampler(study: Study, trial: FrozenTrial, key: str, value: int) -> None:
    """Write a number of a sampler about a trial."""
    study._storage.set_trial_system_attr(trial._trial_id, key, value)


def noted_by_sampler(trial: FrozenTrial, key: str) -> Any:
    """Return what a sampler has written about a trial; ``None`` where it has written nothing."""
    return trial.system_attrs.get(key)


class StudyView:
    """A study of which samplers see what ``shown`` leaves."""

    def __init__(self, study: Study) -> None:
        self._study = study

    def __getattr__(self, name: str) -> Any:
        return getattr(self._study, name)

    def _get_trials(self, *arguments: Any, **options: Any) -> list[FrozenTrial]:
        return self.shown(self._study._get_trials(*arguments, **options))

    def shown(self, trials: list[FrozenTrial]) -> list[FrozenTrial]:
        """Return what samplers see."""
        return trials


class FilteringTpe(TPESampler):
    """Optuna's TPE whose candidates are rated once more by ``rate``."""

    def rate(self, samples: Samples, rated: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Rate candidates.

        Args:
            samples: The candidates.
            rated: What TPE makes of them, ``[candidates]``; the highest is proposed.
        """
        return rated

    def _compute_acquisition_func(
        self,
        samples: dict[str, np.ndarray],
        mpe_below: _ParzenEstimator,
        mpe_above: _ParzenEstimator,
    ) -> np.ndarray:
        return self.rate(samples, super()._compute_acquisition_func(samples, mpe_below, mpe_above))


def unit_cube(space: Mapping[str, BaseDistribution]) -> SpaceTransform:
    """Return the transform between values of numeric parameters and the unit cube."""
    return SpaceTransform(dict(space), transform_0_1=True)


class _Cma(Protocol):
    _rng: np.random.RandomState


def seed_cma(optimizer: _Cma, seed: int) -> None:
    """Let an optimizer of the package ``cmaes`` draw from a seed from now on."""
    optimizer._rng.seed(seed)


def cma_after(
    mean: np.ndarray[Any, Any],
    sigma: float,
    rounds: Sequence[tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]],
    *,
    population: int,
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Tell CMA-ES without bounds some rounds, and return the distribution that it has then.

    Args:
        mean: Where it begins.
        sigma: Spread of its first round in each direction.
        rounds: The points of each ``[members x parameters]``, and what is minimised ``[members]``.
        population: Members of a round, at least 2.

    Returns:
        Its mean, and the symmetric root of its covariance, which is the same whatever signs or
        order the eigenvectors have.
    """
    import cmaes

    with np.errstate(divide="ignore"):  # a population of 2 or 3 has no rank-mu update
        optimizer = cmaes.CMA(
            mean=np.asarray(mean), sigma=sigma, population_size=population, seed=0
        )
    for points, costs in rounds:
        optimizer.tell(list(zip(points, costs, strict=True)))
    values, vectors = np.linalg.eigh((optimizer._C + optimizer._C.T) / 2)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return np.array(optimizer.mean), optimizer._sigma * root
