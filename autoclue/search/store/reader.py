"""Read a study out of the ledger as plain records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from autoclue.outside import hide_secrets, hide_secrets_in
from autoclue.records import (
    LabelCounts,
    MemberRecord,
    Segment,
    StudyRecord,
    TestScore,
    TrialRecord,
    TrialState,
)
from autoclue.search.store.ledger import Ledger
from autoclue.search.store.schema import Generation, MemberPlace, Proposed, StudyAttributes
from autoclue.search.store.stored_trial import StoredTrial


def read_study(ledger: Ledger) -> StudyRecord:
    """Return everything that the ledger holds, trials that were never fully asked left out."""
    found = ledger.attributes
    trials = ledger.committed()
    rounds = tuple(_round(k, found.rounds, trials) for k in sorted(found.rounds))
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
            read_trial(
                trial,
                test_score=found.test_scores.get(trial.number),
                label_counts=found.label_counts.get(trial.number),
            )
            for trial in trials
        ),
        test_problem=found.test_problem,
        ending=found.ending,
        target_trials=_target(found, rounds),
        chance_score=found.chance_score,
        label_problem=found.label_problem,
        hardware=found.hardware,
        forecast=found.forecast,
        rounds=rounds,
        boundaries=found.boundaries,
        sharing=found.sharing,
        cards=found.cards,
    )


def _target(found: StudyAttributes, rounds: Sequence[Sequence[MemberRecord]]) -> int | None:
    """Return how many trials a study shall have in all; members that share one count once."""
    shared = sum(each.shared for members in rounds for each in members)
    return None if found.limits is None else found.limits.trials - shared


def _round(
    number: int, generations: Mapping[int, Generation], trials: Sequence[StoredTrial]
) -> tuple[MemberRecord, ...]:
    """Translate a round; what was compared, where it is decided, and what is known otherwise."""
    after, parents = generations.get(number + 1), generations[number].parents
    members = []
    for place, proposed in enumerate(generations[number].proposed):
        at = MemberPlace(number, place)
        own = [trial for trial in trials if trial.attributes.member == at]
        same = own or [trial for trial in trials if _has(trial, proposed)]
        compared = None if after is None else after.compared[place]
        trial = same[-1] if same else None
        found = trial.value if trial is not None else None
        members.append(
            MemberRecord(
                trial=compared.trial if compared else trial.number if trial else None,
                shared=not own and bool(same),
                values=proposed.values,
                score=compared.score if compared else found,
                rank=compared.rank if compared else None,
                drawn=proposed.drawn,
                parent=parents[place] if parents else None,
            )
        )
    return tuple(members)


def _has(trial: StoredTrial, proposed: Proposed) -> bool:
    if trial.attributes.outside_space or not trial.params:
        return False
    return all(proposed.values.get(name) == value for name, value in trial.params.items())


def read_trial(
    trial: StoredTrial,
    *,
    test_score: TestScore | None = None,
    label_counts: LabelCounts | None = None,
) -> TrialRecord:
    """Translate one trial.

    Args:
        trial: As the ledger holds it.
        test_score: The score of its kept model on the test part, if it has been scored there.
        label_counts: Its answers to the development set by label, if they have been counted.
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
        deaths=tuple(death.reason for death in (*found.deaths, *found.losses, *found.starvations)),
        evaluation_steps=() if prepared is None else prepared.evaluation_steps,
        test_score=test_score,
        retries=found.retries,
        label_counts=label_counts,
        segment=_segment(trial),
    )


def _segment(trial: StoredTrial) -> Segment | None:
    """Return which part of a member a trial is; a member that goes on from none is whole."""
    member, start = trial.attributes.member, trial.attributes.start_from
    if member is None or (start is None and (trial.config or {}).get("until_step") is None):
        return None
    if start is None:
        return Segment(member.generation, member.place)
    return Segment(member.generation, member.place, start.trial, start.at_step)
