from __future__ import annotations

from collections.abc import Callable

import pytest

from autoclue.records import Evaluation, StudyRecord, TrialRecord, TrialState
from autoclue.screen.tally import Chance, Tally, settings_summary
from autoclue.training import TrialConfig

MakeConfig = Callable[..., TrialConfig]
MakeEvaluation = Callable[..., Evaluation]
COMPLETE, PRUNED = TrialState.COMPLETE, TrialState.PRUNED


@pytest.fixture
def tally(config: MakeConfig) -> Tally:
    """A baseline at 0.5 that is complete, a better trial that was stopped and one that runs."""
    made = Tally(10, baseline=config())
    for number, score in enumerate((0.5, 0.8, 0.625)):
        made.begin(number, config(learning_rate=3e-5 * (1 + number)))
        made.score(number, score)
    made.end(0, COMPLETE)
    made.end(1, PRUNED)
    return made


def test_settings_are_summed_up_in_a_few_words(config: MakeConfig) -> None:
    made = config(dropout=0.2, strategy_params={"factor": 1.123456, "blocks": None})
    assert settings_summary(made) == "lr 3e-05, batch 32, dropout 0.2, factor 1.123, blocks None"


def test_best_so_far_has_its_number_and_its_lead_and_never_is_a_stopped_trial(
    tally: Tally,
) -> None:
    said = "best so far 0.6250 (trial 2, running), +0.1250 over the baseline"
    assert tally.best_words() == said


def test_a_baseline_in_the_lead_is_called_that(tally: Tally) -> None:
    tally.score(0, 0.7)
    assert tally.best_words() == "best so far 0.7000 (trial 0), the baseline"


def test_a_negative_score_is_a_score_like_any_other(config: MakeConfig) -> None:
    tally = Tally(2)
    tally.begin(0, config())
    tally.score(0, -0.5)
    assert tally.best_words() == "best so far -0.5000 (trial 0, running)"


def test_trials_are_counted_by_state(tally: Tally) -> None:
    assert tally.counts() == "1 complete, 1 stopped early, 1 running"
    assert tally.n_ended == 2


def test_earlier_runs_count(evaluation: MakeEvaluation) -> None:
    tally = Tally(10)
    trials = (
        TrialRecord(0, COMPLETE, {}, {}, (evaluation(10, 0.5),), baseline=True),
        TrialRecord(1, COMPLETE, {}, {}, (evaluation(10, 0.6),)),
    )
    tally.recall(StudyRecord("s", {}, "accuracy", False, {}, (), {}, "now", trials))
    assert tally.n_ended == 2
    assert tally.best_words() == "best so far 0.6000 (trial 1), +0.1000 over the baseline"


@pytest.mark.parametrize(("score", "warned"), [(0.30, True), (0.42, True), (0.45, False)])
def test_trials_at_chance_are_called_that(score: float, warned: bool, config: MakeConfig) -> None:
    tally = Tally(4, chance=Chance(1 / 3, 100))
    tally.begin(0, config())
    tally.score(0, score)
    assert tally.chance_words() is None
    tally.end(0, COMPLETE)
    assert ("chance yet (0.3333" in str(tally.chance_words())) is warned


def test_every_searched_setting_stands_in_a_trials_line(config: MakeConfig) -> None:
    made = config(epochs=4, weight_decay=0.02)
    assert settings_summary(made, ("learning_rate", "epochs", "weight_decay", "factor")) == (
        "lr 3e-05, batch 32, epochs 4, weight_decay 0.02"
    )
