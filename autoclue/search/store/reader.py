"""Read a study out of the ledger as plain records."""

from __future__ import annotations

from autoclue.outside import hide_secrets, hide_secrets_in
from autoclue.records import (
    Boundary,
    Segment,
    StateRef,
    StudyRecord,
    TestScore,
    TrialRecord,
    TrialState,
)
from autoclue.search.store.generations import MemberPlace
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.stored_trial import StoredTrial


def read_study(ledger: Ledger) -> StudyRecord:
    """Return everything that the ledger holds, trials that were never fully asked left out."""
    found = ledger.attributes
    return StudyRecord(
        name=ledger.name,
        settings={name: hide_secrets_in(each) for name, each in found.settings.items()},
        metric=found.metric,
        synthetic=found.synthetic,
        space=found.space,
        rungs=found.rungs,
        versions=found.versions,
        created_at=found.created_at,
        trials=tuple(
            read_trial(trial, test_score=found.test_scores.get(trial.number))
            for trial in ledger.committed()
        ),
        test_problem=found.test_problem,
        ending=found.ending,
        target_trials=None if found.limits is None else found.limits.trials,
        chance_score=found.chance_score,
        boundaries=tuple(
            each for _, each in sorted(found.generations.items()) if isinstance(each, Boundary)
        ),
    )


def read_trial(trial: StoredTrial, *, test_score: TestScore | None = None) -> TrialRecord:
    """Translate one trial.

    Args:
        trial: As the ledger holds it.
        test_score: The score of its kept model on the test part, if it has been scored there.
    """
    found, prepared = trial.attributes, trial.attributes.prepared
    failed, stopped = trial.state is TrialState.FAIL, trial.state is TrialState.PRUNED
    stops = [each.stop for each in found.recorded if each.stop is not None]
    return TrialRecord(
        number=trial.number,
        state=trial.state,
        params=trial.params,
        config=trial.config,
        evaluations=tuple(each.evaluation for each in found.recorded),
        total_steps=None if prepared is None else prepared.total_steps,
        baseline=found.baseline,
        stop=stops[0] if stops and stopped else None,
        failure=hide_secrets(found.failure) if failed and found.failure else None,
        log=found.log if failed else None,
        change=None if found.change is None else found.change.reason,
        layer_rates=() if prepared is None else prepared.layer_rates,
        started_at=trial.started_at,
        ended_at=trial.ended_at,
        restarts=found.restarts,
        deaths=tuple(death.reason for death in found.deaths),
        evaluation_steps=() if prepared is None else prepared.evaluation_steps,
        test_score=test_score,
        retries=found.retries,
        segment=None if found.member is None else _segment(found.member, found.start_from),
    )


def _segment(member: MemberPlace, start: StateRef | None) -> Segment:
    if start is None:
        return Segment(member.generation, member.place)
    return Segment(member.generation, member.place, start.trial, start.at_step)
