"""Read a study out of the ledger as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import datetime, timezone
from typing import Any

from optuna.trial import FrozenTrial

from autoclue.records import (
    Evaluation,
    LayerRate,
    Stop,
    StudyRecord,
    TestScore,
    TrialRecord,
    TrialState,
)
from autoclue.search.store.ledger import EVALUATION_PREFIX, TEST_SCORE_PREFIX, Ledger, Prepared
from autoclue.search.store.param_names import plain_name

_MEASURED = frozenset(field.name for field in fields(Evaluation))


def read_study(ledger: Ledger) -> StudyRecord:
    """Return everything that the ledger holds, without trials that were never committed."""
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
        trials=tuple(
            replace(read_trial(t), test_score=_test_score(facts, t.number))
            for t in ledger.trials()
            if "config" in t.user_attrs
        ),
        test_problem=facts.get("test_problem"),
    )


def _test_score(facts: Mapping[str, Any], number: int) -> TestScore | None:
    found = facts.get(f"{TEST_SCORE_PREFIX}{number}")
    return None if found is None else TestScore(**found)


def read_trial(trial: FrozenTrial) -> TrialRecord:
    """Translate one trial."""
    attrs: Mapping[str, Any] = trial.user_attrs
    prepared = prepared_of(trial)
    recorded = recorded_evaluations(trial)
    failed = trial.state.name == TrialState.FAIL
    stopped = trial.state.name == TrialState.PRUNED
    return TrialRecord(
        number=trial.number,
        state=TrialState(trial.state.name),
        params={plain_name(stored): value for stored, value in trial.params.items()},
        config=attrs["config"],
        evaluations=tuple(evaluation for evaluation, _ in recorded),
        total_steps=None if prepared is None else prepared.total_steps,
        baseline=bool(attrs.get("baseline", False)),
        stop=next((stop for _, stop in recorded if stop is not None and stopped), None),
        failure=attrs.get("failure") if failed else None,
        log=attrs.get("log") if failed else None,
        change=attrs["change"]["reason"] if "change" in attrs else None,
        layer_rates=() if prepared is None else prepared.layer_rates,
        started_at=_utc(trial.datetime_start),
        ended_at=_utc(trial.datetime_complete),
        restarts=int(attrs.get("restarts", 0)),
        deaths=tuple(death["reason"] for death in attrs.get("deaths", ())),
        evaluation_steps=() if prepared is None else prepared.evaluation_steps,
    )


def prepared_of(trial: FrozenTrial) -> Prepared | None:
    """Return what a trial knows of itself, once it does."""
    found = trial.user_attrs.get("prepared")
    if found is None:
        return None
    return Prepared(
        total_steps=found["total_steps"],
        evaluation_steps=tuple(found["evaluation_steps"]),
        layer_rates=tuple(LayerRate(**rate) for rate in found["layer_rates"]),
    )


def recorded_evaluations(trial: FrozenTrial) -> list[tuple[Evaluation, Stop | None]]:
    """Return a trial's evaluations in order of their step, each with the stop that it brought."""
    entries = [v for k, v in trial.user_attrs.items() if k.startswith(EVALUATION_PREFIX)]
    found = []
    for entry in sorted(entries, key=lambda entry: int(entry["step"])):
        evaluation = Evaluation(**{k: v for k, v in entry.items() if k in _MEASURED})
        stop = entry.get("stop")
        found.append((evaluation, None if stop is None else Stop(**stop)))
    return found


def _utc(moment: datetime | None) -> str | None:
    """Optuna keeps local time without saying so."""
    if moment is None:
        return None
    return moment.astimezone(timezone.utc).isoformat(timespec="seconds")
