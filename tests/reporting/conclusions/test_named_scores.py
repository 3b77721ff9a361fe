from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from autoclue.records import StudyRecord, TestScore, TrialRecord
from autoclue.reporting import results_mapping, summary_info
from autoclue.reporting.conclusions.named_scores import named_scores_words
from autoclue.reporting.conclusions.verdict import caveats, closing_sentences
from autoclue.reporting.page.view import columns, row

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


def scored(trial: TrialRecord, *, em: float, f1: float) -> TrialRecord:
    """Give a trial's only evaluation a second score, and its model one on the test part."""
    (found,) = trial.evaluations
    scores = {"em": em, "f1": f1}
    test = TestScore("test", em / 2, 1.0, 100, "x", {"em": em / 2, "f1": f1 / 2})
    evaluation = replace(found, score=em, scores=scores)
    return replace(trial, evaluations=(evaluation,), test_score=test)


def two_scores(trial: MakeTrial, study: MakeStudy) -> StudyRecord:
    baseline = scored(trial(0, (0.2,), baseline=True), em=0.2, f1=0.4)
    winner = scored(trial(1, (0.3,)), em=0.3, f1=0.5)
    made: StudyRecord = study(baseline, winner, metric="cmrc2018")
    return made


def test_all_scores_are_told_by_name_at_the_end_and_on_the_page(
    trial: MakeTrial, study: MakeStudy
) -> None:
    record = two_scores(trial, study)
    words = (
        "Score by score: winner em 30.00%, f1 50.00%; baseline em 20.00%, f1 40.00%; "
        "winner on the test part em 15.00%, f1 25.00%."
    )
    assert words in closing_sentences(record)
    assert words in caveats(summary_info(record))


def test_each_further_score_has_a_column(trial: MakeTrial, study: MakeStudy) -> None:
    record = two_scores(trial, study)
    rows = [row(record, each) for each in record.trials]
    place = [name for name, _ in columns(record, rows)].index("f1")
    assert [each.cells[place].text for each in rows] == ["40.00%", "50.00%"]


def test_the_results_hold_all_scores(trial: MakeTrial, study: MakeStudy) -> None:
    found = results_mapping(two_scores(trial, study))
    winner, trials = found["winner"], found["trials"]
    assert isinstance(winner, dict)
    assert isinstance(trials, list)
    assert winner["scores"] == trials[1]["scores"] == {"em": 0.3, "f1": 0.5}


def test_a_metric_with_one_score_has_nothing_to_add(trial: MakeTrial, study: MakeStudy) -> None:
    record = study(trial(0, (0.5,), baseline=True), trial(1, (0.6,)))
    assert named_scores_words(summary_info(record)) is None
