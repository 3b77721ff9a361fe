from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from autoclue.records import Confirmation, ConfirmationTrial, StudyRecord, TrialRecord, TrialState
from autoclue.reporting import render_page, results_mapping, summary_info, verdict
from autoclue.reporting.conclusions.confirmation import confirmed_details, confirmed_verdict
from autoclue.reporting.conclusions.verdict import caveats
from autoclue.reporting.sections.confirmation import confirmation_figure, confirmation_info

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
MakeConfirmed = Callable[[Mapping[int, tuple[float | None, ...]]], StudyRecord]
SEEDS = (11, 12, 13)


@pytest.fixture
def confirmed(trial: MakeTrial, study: MakeStudy) -> MakeConfirmed:
    """A search that trial 2 has won before trial 1, with scores by configuration and seed."""

    def make(scores: Mapping[int, tuple[float | None, ...]]) -> StudyRecord:
        runs = [
            ConfirmationTrial(of, seed, _run(trial, score))
            for of, found in scores.items()
            for seed, score in zip(SEEDS, found, strict=False)
        ]
        record = study(trial(0, (0.5,), baseline=True), trial(1, (0.7,)), trial(2, (0.8,)))
        return replace(record, confirmation=Confirmation(2, SEEDS, (2, 1, 0), 0, tuple(runs)))

    return make


def _run(trial: MakeTrial, score: float | None) -> TrialRecord:
    if score is None:
        return trial(0, state=TrialState.FAIL, failure="train_loss is nan")
    return trial(0, (0.1, score))


@pytest.fixture
def turned(confirmed: MakeConfirmed) -> StudyRecord:
    """Trial 1 is better than trial 2 with other seeds."""
    return confirmed({0: (0.50, 0.51, 0.49), 1: (0.70, 0.72, 0.71), 2: (0.69, 0.73, 0.68)})


def test_the_best_mean_wins_and_the_searchs_winner_is_named_beside_it(turned: StudyRecord) -> None:
    info = confirmation_info(turned)
    assert (info.winner, info.runner_up, info.search_winner, info.baseline) == (1, 2, 2, 0)
    assert [row.number for row in info.rows] == [1, 2, 0]
    assert info.rows[0].scores == {11: 0.70, 12: 0.72, 13: 0.71}
    assert info.rows[0].search_score == 0.7
    assert (info.open, info.missing) == (0, None)


def test_differences_are_paired_over_seeds(turned: StudyRecord) -> None:
    info = confirmation_info(turned)
    assert info.against_runner_up is not None
    assert info.against_baseline is not None
    assert info.against_runner_up.mean == pytest.approx((0.01 - 0.01 + 0.03) / 3)
    assert info.against_runner_up.distinguishable is False
    assert info.against_baseline.mean == pytest.approx((0.20 + 0.21 + 0.22) / 3)
    assert info.against_baseline.distinguishable is True


def test_the_sentences_say_what_can_be_told_apart(turned: StudyRecord) -> None:
    info = confirmation_info(turned)
    assert confirmed_verdict(info) == (
        "Trained again with 3 other seeds each, trial 1 is the best with 71.00% on average; "
        "it beats the baseline over seeds (+21.00 points on average, 95% "
        "interval +18.52 to +23.48, 3 seeds)."
    )
    assert confirmed_details(info) == [
        "The search's own winner was trial 2, which now comes to 70.00% on average (standard "
        "deviation 2.65 points). The kept model is the search's own, trained with the search's "
        "seed.",
        "Trial 1 can't be told apart from the runner-up, trial 2 over seeds (+1.00 points on "
        "average, 95% interval -3.97 to +5.97, 3 seeds).",
    ]


def test_the_sentences_are_part_of_verdict_caveats_page_and_numbers(turned: StudyRecord) -> None:
    summary = summary_info(turned)
    assert verdict(summary).endswith(str(confirmed_verdict(confirmation_info(turned))))
    assert set(confirmed_details(confirmation_info(turned))) <= set(caveats(summary))
    assert not any("one seed" in sentence for sentence in caveats(summary))
    results = json.loads(json.dumps(results_mapping(turned), allow_nan=False))["confirmation"]
    assert results["rows"][0]["scores"] == {"11": 0.70, "12": 0.72, "13": 0.71}
    assert [(run["of"], run["seed"]) for run in results["runs"]][:2] == [(0, 11), (0, 12)]
    assert '<th class="number">seed 12</th>' in render_page(turned)


def test_a_winner_that_stays_is_said_to_have_won_the_search_too(confirmed: MakeConfirmed) -> None:
    info = confirmation_info(confirmed({0: (0.5, 0.5), 1: (0.6, 0.6), 2: (0.7, 0.71)}))
    assert confirmed_details(info)[0].startswith("Trial 2 won the search too.")


def test_a_baseline_that_wins_is_compared_with_the_runner_up_alone(
    confirmed: MakeConfirmed,
) -> None:
    info = confirmation_info(confirmed({0: (0.9, 0.91), 1: (0.6, 0.6), 2: (0.7, 0.71)}))
    assert (info.winner, info.against_baseline) == (0, None)
    assert "trial 0 (the baseline) is the best" in str(confirmed_verdict(info))
    assert "runner-up, trial 2" in confirmed_details(info)[1]


def test_a_baseline_in_second_place_is_compared_once(confirmed: MakeConfirmed) -> None:
    info = confirmation_info(confirmed({0: (0.65, 0.66), 1: (0.6, 0.6), 2: (0.7, 0.72)}))
    assert info.against_runner_up == info.against_baseline
    assert len(confirmed_details(info)) == 2  # the search's winner, and what is still open


def test_a_configuration_that_failed_is_not_ranked(confirmed: MakeConfirmed) -> None:
    scores = {0: (0.5, 0.5, 0.5), 1: (0.6, 0.61, 0.6), 2: (0.9, None, 0.9)}
    info = confirmation_info(confirmed(scores))
    assert (info.winner, info.runner_up, info.open) == (1, 0, 0)
    assert "Trial 2 failed with 1 seed and is not ranked." in confirmed_details(info)


def test_what_is_not_done_yet_is_counted(confirmed: MakeConfirmed) -> None:
    info = confirmation_info(confirmed({0: (0.5,), 1: (0.6,), 2: (0.7,)}))
    assert info.open == 6
    assert str(confirmed_verdict(info)).endswith(
        "; it differs from the baseline by +20.00 points, and one seed can't "
        "tell that from chance."
    )
    assert confirmed_details(info)[-1] == "6 more confirmation runs are still to be done."


def test_few_seeds_neither_win_nor_contradict_the_search(confirmed: MakeConfirmed) -> None:
    said = verdict(summary_info(confirmed({0: (0.33, 0.35), 1: (0.6, 0.6), 2: (0.80, 0.81)})))
    assert said == (
        "In the search, with one seed, trial 2 scored 80.00% and the baseline "
        "50.00%. Trained again with 2 other seeds each, trial 2 is the best with 80.50% on "
        "average; it differs from the baseline by +46.50 points, and 2 seeds "
        "are too few to tell that from chance."
    )


def test_an_interval_of_accuracies_stays_between_none_and_all(confirmed: MakeConfirmed) -> None:
    rows = confirmation_info(confirmed({0: (0.1, 0.4), 2: (0.9, 0.99)})).rows
    bounds = [bound for row in rows for bound in (row.spread.low, row.spread.high)]
    assert all(bound is None or 0 <= bound <= 1 for bound in bounds)


def test_before_any_score_there_is_no_winner(confirmed: MakeConfirmed) -> None:
    info = confirmation_info(confirmed({2: (None,)}))
    assert info.missing == "No confirmation run has a score yet."
    assert (confirmed_verdict(info), confirmed_details(info)) == (None, [])


def test_a_winner_found_since_is_not_claimed_to_be_confirmed(turned: StudyRecord) -> None:
    asked = replace(turned.confirmation, candidates=(1, 0))  # type: ignore[type-var]
    info = confirmation_info(replace(turned, confirmation=asked))
    assert info.search_winner is None
    assert "winner of today has not been trained again" in confirmed_details(info)[0]


def test_held_out_scores_are_compared_where_there_are_any(turned: StudyRecord) -> None:
    def held(trial: TrialRecord) -> TrialRecord:
        found = tuple(replace(e, holdout_score=e.score - 0.1) for e in trial.evaluations)
        return replace(trial, evaluations=found)

    asked = turned.confirmation
    assert asked is not None
    runs = tuple(replace(run, trial=held(run.trial)) for run in asked.runs)
    record = replace(
        turned,
        settings={**turned.settings, "holdout": 0.5},
        confirmation=replace(asked, runs=runs),
    )
    info = confirmation_info(record)
    assert info.rows[0].scores[11] == pytest.approx(0.60)
    assert "on the held-out examples" in str(confirmed_verdict(info))


def test_the_figure_draws_each_seed_and_each_mean(turned: StudyRecord) -> None:
    data = confirmation_figure(confirmation_info(turned)).data
    assert list(data[-2].x) == pytest.approx([70.0, 72.0, 71.0])
    assert list(data[-1].x) == pytest.approx([71.0])
    assert len(data) == 6


def test_a_study_that_was_not_asked_says_how_to(demo: StudyRecord) -> None:
    assert "--confirm 3 --seeds 5" in str(confirmation_info(demo).missing)
    assert summary_info(demo).confirmation is None
