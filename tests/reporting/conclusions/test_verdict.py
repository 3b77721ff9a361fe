from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting import summary_info, verdict
from autoclue.reporting.conclusions.verdict import caveats, closing_sentences

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def said(record: StudyRecord) -> str:
    return verdict(summary_info(record))


def test_a_clear_win_names_both_scores(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,), baseline=True), trial(1, (0.6,)))

    assert said(record) == ("Trial 1 beats the baseline by 10.00 points: 60.00% against 50.00%.")


def test_a_small_difference_is_not_called_a_win(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,), baseline=True), trial(1, (0.51,)))

    assert "can't be told apart" in said(record)
    assert "beats" not in said(record)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (TrialState.RUNNING, "the baseline is still running."),
        (TrialState.PRUNED, "the baseline was stopped early."),
        (TrialState.FAIL, "the baseline failed."),
    ],
)
def test_a_baseline_without_a_result_is_named(
    trial: MakeTrial, study: MakeStudy, state: TrialState, words: str
) -> None:
    record = study(trial(0, baseline=True, state=state), trial(1, (0.6,)))

    assert said(record) == f"Trial 1 is the best with 60.00%; it can't be compared: {words}"


def test_a_study_without_a_baseline_says_so(trial: MakeTrial, study: MakeStudy) -> None:
    assert "no baseline" in said(study(trial(0, (0.6,))))


def test_a_baseline_in_the_lead_is_said_plainly(trial: MakeTrial, study: MakeStudy) -> None:
    baseline = trial(0, (0.6,), baseline=True)

    assert "nothing else has been tried yet" in said(study(baseline))
    assert "none of 2 other trials have beaten" in said(
        study(baseline, trial(1, (0.5,)), trial(2, (0.4,)))
    )


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), "No trial has started yet."),
        ((TrialState.RUNNING,), "None of 1 trial is complete yet, so there is no winner."),
        ((TrialState.FAIL,), "The only trial failed; the reasons are listed below."),
        ((TrialState.FAIL,) * 3, "All 3 trials failed; the reasons are listed below."),
    ],
)
def test_a_study_without_a_winner_says_why(
    trial: MakeTrial, study: MakeStudy, states: tuple[TrialState, ...], words: str
) -> None:
    record = study(*(trial(i, state=state) for i, state in enumerate(states)))

    assert said(record) == words
    assert caveats(summary_info(record)) == []


def test_one_seed_is_called_out(trial: MakeTrial, study: MakeStudy) -> None:
    seeds = [trial(i, (0.6,), config={"seed": i}) for i in range(2)]

    assert any("One seed can't tell" in line for line in caveats(summary_info(study(seeds[0]))))
    assert not any("One seed" in line for line in caveats(summary_info(study(*seeds))))


def test_the_size_of_the_error_is_stated(demo: StudyRecord) -> None:
    lines = caveats(summary_info(demo))

    assert any("2,490 development examples" in line and "1.28 points" in line for line in lines)


@pytest.mark.parametrize(
    ("baseline", "winner", "words"),
    [
        (0.33, 0.34, "No complete trial is clearly above chance (33.33%, always"),
        (0.33, 0.60, "The baseline is at chance (33.33%, always"),
    ],
)
def test_scores_at_chance_are_called_that(
    trial: MakeTrial, study: MakeStudy, baseline: float, winner: float, words: str
) -> None:
    record = study(trial(0, (baseline,), baseline=True), trial(1, (winner,)))
    known = replace(record, chance_score=1 / 3)

    assert any(line.startswith(words) for line in caveats(summary_info(known)))
    assert any(line.startswith(words) for line in closing_sentences(known))
    assert not any("chance" in line for line in closing_sentences(record))


def test_scores_above_chance_are_not_warned_of(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,), baseline=True), trial(1, (0.6,)))

    assert not any("chance" in s for s in closing_sentences(replace(record, chance_score=1 / 3)))


def test_the_end_says_why_the_search_ended(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,), baseline=True), trial(1, (0.6,)))
    ended = replace(record, ending="the time budget is spent", target_trials=30)

    assert closing_sentences(ended)[-1] == (
        "The search ended after 2 of 30 trials: the time budget is spent."
    )
    assert not any("ended" in sentence for sentence in closing_sentences(record))
