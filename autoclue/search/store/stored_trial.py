"""A trial of the ledger, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from optuna.trial import FrozenTrial

from autoclue.records import Scalar, TrialState
from autoclue.search.store.param_names import plain_name
from autoclue.search.store.schema import TrialAttributes


@dataclass(frozen=True, slots=True)
class StoredTrial:
    """A trial as the ledger holds it.

    Attributes:
        number: Its number.
        state: Where it stands.
        params: The searched values, by the parameters' own names.
        scores: What samplers have been told, by step.
        value: Its best score, once it is complete.
        started_at: ISO 8601 time in UTC.
        ended_at: ISO 8601 time in UTC, once it has ended.
        attributes: All else.
    """

    number: int
    state: TrialState
    params: Mapping[str, Scalar]
    scores: Mapping[int, float]
    value: float | None
    started_at: str | None
    ended_at: str | None
    attributes: TrialAttributes

    @property
    def config(self) -> Mapping[str, Any]:
        """The complete settings; empty where the trial isn't committed."""
        return self.attributes.config or {}


def stored_trial(trial: FrozenTrial) -> StoredTrial:
    """Read a trial of Optuna's.

    Raises:
        ValidationError: It was not written by this autoclue.
        ValueError: It was not, and its number or a step is no whole number.
    """
    for whole in (trial.number, *trial.intermediate_values):
        if not isinstance(whole, int):  # SQLite makes infinity of a text of many digits
            raise ValueError(f"{whole!r} stands where a trial's number or a step belongs")
    return StoredTrial(
        number=trial.number,
        state=TrialState(trial.state.name),
        params={plain_name(stored): value for stored, value in trial.params.items()},
        scores=trial.intermediate_values,
        value=trial.value,
        started_at=_utc(trial.datetime_start),
        ended_at=_utc(trial.datetime_complete),
        attributes=TrialAttributes.read(trial.user_attrs),
    )


class TrialReader:
    """Reads trials, each once for as long as nothing is written about it.

    A storage gives another object after every write, and never changes one that it has given.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self._known: dict[int, tuple[FrozenTrial, StoredTrial]] = {}

    def read(self, trial: FrozenTrial) -> StoredTrial:
        """Read a trial, as ``stored_trial`` does."""
        known = self._known.get(trial.number)
        if known is None or known[0] is not trial:
            known = self._known[trial.number] = trial, stored_trial(trial)
        return known[1]


def _utc(moment: datetime | None) -> str | None:
    """Optuna keeps local time without saying so."""
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")
