"""The family tree of a population, and what the verdict makes of its recipe."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoclue.records import (
    Boundary,
    Confirmation,
    ConfirmationTrial,
    Evaluation,
    Fate,
    Segment,
    StudyRecord,
    TrialRecord,
    TrialState,
    ValueChange,
)
from autoclue.reporting import SECTIONS, verdict
from autoclue.reporting.export.results import results_mapping
from autoclue.reporting.sections.importance import importance_info
from autoclue.reporting.sections.populations import population_info
from autoclue.reporting.sections.populations.lineage import MOST_TICKS
from autoclue.reporting.sections.summary import summary_info

SETTINGS = {"task": "xnli", "dev_examples": 2000, "sampler": "pbt"}
CHANGE = ValueChange("learning_rate", 1e-4, 1.2e-4, "times 1.2")


def trial(
    number: int, scores: tuple[float, ...], segment: Segment | None = None, **config: object
) -> TrialRecord:
    curve = tuple(
        Evaluation(10 * i, score, 1.0, 1.0, 1e-5, 1.0, 0.1, 10.0 * i, 1)
        for i, score in enumerate(scores, start=1)
    )
    rate = 1e-4 * (1 + number)
    given = {"task": "xnli", "model": "m", "epochs": 1, "batch_size": 8, "max_length_tokens": 8}
    return TrialRecord(
        number,
        TrialState.COMPLETE,
        {"learning_rate": rate},
        {**given, "learning_rate": rate, "seed": 1, **config},
        curve,
        total_steps=40.0,
        baseline=segment is None,
        segment=segment,
    )


def fate(place: int, score: float, donor: int | None = None) -> Fate:
    changes = () if donor is None else (CHANGE,)
    reason = "it isn't among the lowest" if donor is None else "it is behind member 1 by 0.2000"
    rank = 1 if donor is None else 2
    donor_trial = None if donor is None else 2
    return Fate(place, place + 1, score, rank, donor, donor_trial, changes, reason)


@pytest.fixture
def study() -> StudyRecord:
    """Member 0 goes on from member 1 at step 20, and wins."""
    changed = [{"at_step": 20, "settings": {"learning_rate": 1.2e-4}}]
    boundary = Boundary("main", 0, 20, 0.01, 0.007, (fate(0, 0.4, donor=1), fate(1, 0.6)))
    trials = (
        trial(0, (0.3, 0.4, 0.5, 0.5)),
        trial(1, (0.3, 0.4), Segment(0, 0), until_step=20),
        trial(2, (0.5, 0.6), Segment(0, 1), until_step=20),
        trial(3, (0.5, 0.6, 0.7, 0.8), Segment(1, 0, 2, 20), changes=changed),
        trial(4, (0.5, 0.6, 0.65, 0.7), Segment(1, 1, 2, 20)),
    )
    return StudyRecord(
        *("pbt", SETTINGS, "accuracy", False, {}, (), {}, "2026-01-01T00:00:00+00:00"),
        trials=trials,
        boundaries=(boundary,),
    )


def confirmed(study: StudyRecord, *, recipe: float, constant: float) -> StudyRecord:
    """Four seeds for recipe, constant member and baseline."""
    means = {3: recipe, 4: constant, 0: 0.5}
    runs = tuple(
        ConfirmationTrial(of, seed, trial(10 * of + seed, (mean + 0.002 * seed * (1 + of),)))
        for seed in range(4)
        for of, mean in means.items()
    )
    found = Confirmation(1, (0, 1, 2, 3), (3, 4, 0), 0, runs)
    return replace(study, confirmation=found)


def test_the_lineage_of_the_winner_is_followed_through_its_donor(study: StudyRecord) -> None:
    info = population_info(study)
    assert (info.recipe, info.lineage, info.constant) == (3, (2, 3), 4)
    assert [(p.place, p.begin, p.end, p.parent) for p in info.parts] == [
        (0, 0, 20, None),
        (1, 0, 20, None),
        (0, 20, 40, 1),
        (1, 20, 40, 1),
    ]
    assert (info.members, info.compared, info.exchanges) == (2, 1, 1)


def test_each_exchange_is_told_with_its_reason_and_its_values(study: StudyRecord) -> None:
    (reason,) = population_info(study).reasons
    assert reason == (
        "Step 20, member 0: it is behind member 1 by 0.2000; it goes on from there with "
        "learning_rate 1e-4 to 1.2e-4 (times 1.2)"
    )


def test_steps_of_a_shared_prefix_are_counted_once(study: StudyRecord) -> None:
    info = summary_info(study)
    assert info.steps == 40 + 20 + 20 + 20 + 20
    assert info.seconds == 120.0


def test_a_score_that_was_chosen_at_boundaries_is_called_no_figure(study: StudyRecord) -> None:
    said = verdict(summary_info(study))
    assert "was chosen at 1 boundary among 2 members, so it is no figure" in said
    assert "beats" not in said


def test_the_verdict_rests_on_the_recipe_trained_again(study: StudyRecord) -> None:
    said = verdict(summary_info(confirmed(study, recipe=0.8, constant=0.6)))
    assert "The recipe of trial 3, trained again from scratch, beats the best member whose" in said
    assert "Trained again with 4 other seeds each, trial 3 is the best" in said


def test_a_recipe_that_is_worth_nothing_is_said_to_be_so(study: StudyRecord) -> None:
    said = verdict(summary_info(confirmed(study, recipe=0.60, constant=0.601)))
    assert "trained again from scratch, can't be told apart from the best member whose" in said


def test_members_behind_the_baseline_are_told_of_as_members(study: StudyRecord) -> None:
    leading = replace(study.trials[0], evaluations=trial(0, (0.9,)).evaluations)
    said = verdict(summary_info(replace(study, trials=(leading, *study.trials[1:]))))
    assert said == (
        "The baseline leads with 90.00%. No member of the population does better than the "
        "baseline, of 2 that were compared at boundaries."
    )


def test_results_hold_the_population(study: StudyRecord) -> None:
    found = results_mapping(confirmed(study, recipe=0.8, constant=0.6))["population"]
    assert isinstance(found, dict)
    assert found["recipe"] == 3
    assert found["against_constant"]["n"] == 4
    assert found["boundaries"][0]["fates"][0]["donor"] == 1


def test_the_figure_draws_every_part_and_every_setting(study: StudyRecord) -> None:
    section = next(each for each in SECTIONS if each.key == "population")
    figure = section.figure(section.info(study))
    assert len(figure.data) == 2 * 4
    assert figure.layout.yaxis2.title.text == "learning_rate"
    assert figure.layout.yaxis2.nticks == MOST_TICKS


def test_a_study_without_such_a_population_says_so(study: StudyRecord) -> None:
    info = population_info(replace(study, boundaries=()))
    assert info.missing == "This study has no population whose members go on from each other."


def test_no_importance_is_claimed_where_settings_change_on_the_way(study: StudyRecord) -> None:
    assert importance_info(study).missing == (
        "Settings change while a member trains, so that no score belongs to one value."
    )


def test_segments_are_no_complete_trials(study: StudyRecord) -> None:
    assert summary_info(study).complete_scores == (0.5, 0.8, 0.7)
