"""What the verdict makes of members that go on from each other in rounds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoclue.records import (
    Confirmation,
    ConfirmationTrial,
    MemberRecord,
    Segment,
    StudyRecord,
    TrialRecord,
)
from autoclue.reporting import verdict
from autoclue.reporting.sections.importance import importance_info
from autoclue.reporting.sections.populations import population_info, rounds_info
from autoclue.reporting.sections.summary import summary_info
from tests.reporting.sections.populations.test_lineage import SETTINGS, trial


def member(number: int, score: float, parent: int | None = None) -> MemberRecord:
    return MemberRecord(number, False, {"learning_rate": 1e-4}, score, 1, "by hand", parent)


@pytest.fixture
def study() -> StudyRecord:
    """Two rounds of two: both members of round 1 go on from trial 2."""
    later = [trial(n, (0.5, 0.5 + n / 10), Segment(1, n - 3, 2), earlier=[{}]) for n in (3, 4)]
    first = [replace(trial(n, (0.4, 0.5 + n / 50)), baseline=n == 0) for n in (0, 1, 2)]
    rounds = (
        (member(1, 0.52), member(2, 0.54)),
        (member(3, 0.8, parent=2), member(4, 0.9, parent=2)),
    )
    return StudyRecord(
        "s", {**SETTINGS, "sampler": "pshe2"}, "accuracy", False, {}, (), {}, "2026-11-30",
        (*first, *later), rounds=rounds,
    )  # fmt: skip


def again(of: int, seed: int, score: float) -> ConfirmationTrial:
    found = replace(trial(0, (score,)), config={"seed": seed}, baseline=False)
    return ConfirmationTrial(of, seed, found)


def test_a_score_that_was_chosen_in_every_round_is_called_no_figure(study: StudyRecord) -> None:
    said = verdict(summary_info(study))

    assert "trial 4 was chosen in 2 rounds of 2 members, so it is no figure" in said
    assert "beats" not in said
    found = population_info(study)
    assert (found.recipe, found.constant, found.lineage) == (4, 2, (2, 4))
    assert found.missing is not None


def test_the_verdict_rests_on_the_recipe_trained_again(study: StudyRecord) -> None:
    runs = [again(of, seed, 0.6 + of / 100) for of in (0, 2, 4) for seed in (5, 6, 7)]
    found = replace(study, confirmation=Confirmation(1, (5, 6, 7), (4, 2, 0), 0, tuple(runs)))

    assert "whose settings never changed, trial 2" in verdict(summary_info(found))


def test_a_winner_that_was_trained_whole_is_judged_as_in_any_search(study: StudyRecord) -> None:
    winner: TrialRecord = replace(trial(2, (0.4, 0.95)), baseline=False)
    found = replace(study, trials=(*study.trials[:2], winner, *study.trials[3:]))

    assert "no figure" not in verdict(summary_info(found))
    assert "beats the baseline" in verdict(summary_info(found))


def test_a_round_says_from_whom_its_members_go_on(study: StudyRecord) -> None:
    parents = [[each.parent for each in row.members] for row in rounds_info(study).rounds]

    assert parents == [[None, None], [2, 2]]
    assert importance_info(study).missing is not None
