"""Read a study out of the ledger as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from optuna.trial import FrozenTrial

from autoclue.records import (
    Evaluation,
    LayerRate,
    Stop,
    StudyRecord,
    TrialRecord,
    TrialState,
)
from autoclue.search.ledger import EVALUATION_PREFIX, Ledger


def read_study(ledger: Ledger) -> StudyRecord:
    """Give everything that the ledger holds, trials that were never fully asked left out."""
    facts: Mapping[str, Any] = ledger.facts
    return StudyRecord(
        name=ledger.name,
        settings=facts["settings"],
        metric=facts["metric"],
        synthetic=facts["synthetic"],
        space=facts["space"],
        rungs=tuple(facts["rungs"]),
        versions=facts["versions"],
        created_at=facts["created_at"],
        trials=tuple(read_trial(t) for t in ledger.trials() if "config" in t.user_attrs),
    )


def read_trial(trial: FrozenTrial) -> TrialRecord:
    """Translate one trial."""
    attrs: Mapping[str, Any] = trial.user_attrs
    prepared = attrs.get("prepared")
    stop = _stop_of(trial)
    return TrialRecord(
        number=trial.number,
        state=TrialState(trial.state.name),
        params=dict(trial.params),
        config=attrs["config"],
        evaluations=evaluations_of(trial),
        total_steps=None if prepared is None else prepared["total_steps"],
        baseline=bool(attrs.get("baseline", False)),
        stop=stop,
        failure=attrs.get("failure") if trial.state.name == TrialState.FAIL else None,
        layer_rates=()
        if prepared is None
        else tuple(LayerRate(**rate) for rate in prepared["layer_rates"]),
        started_at=_utc(trial.datetime_start),
        ended_at=_utc(trial.datetime_complete),
        restarts=int(attrs.get("restarts", 0)),
    )


def evaluations_of(trial: FrozenTrial) -> tuple[Evaluation, ...]:
    """Give a trial's evaluations in order of their step.

    Those after its stop, if it was stopped, are of a run before a restart that came further.
    """
    found = [
        Evaluation(**value)
        for key, value in trial.user_attrs.items()
        if key.startswith(EVALUATION_PREFIX)
    ]
    stop = _stop_of(trial)
    kept = [e for e in found if stop is None or e.step <= stop.step]
    return tuple(sorted(kept, key=lambda evaluation: evaluation.step))


def _stop_of(trial: FrozenTrial) -> Stop | None:
    """Give a trial's stop; one that an interruption cut off from its state doesn't count."""
    stop = trial.user_attrs.get("stop")
    return Stop(**stop) if stop is not None and trial.state.name == TrialState.PRUNED else None


def _utc(moment: datetime | None) -> str | None:
    """Optuna keeps local time without saying so."""
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")
