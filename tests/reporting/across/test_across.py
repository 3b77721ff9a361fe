from __future__ import annotations

from dataclasses import replace

import pytest

from autoclue.records import StudyRecord, TestScore, TrialRecord
from autoclue.reporting.across import comparison_sentences, study_line, write_table
from autoclue.reporting.across.study_line import DEV, HELD_OUT, SEEDS, TEST


def with_test(study: StudyRecord, score: float, *, fingerprint: str = "sha") -> StudyRecord:
    """The study with its winner scored on a test part of 5,000 examples."""

    def scored(trial: TrialRecord) -> TrialRecord:
        if study.winner is None or trial.number != study.winner.number:
            return trial
        return replace(trial, test_score=TestScore("test", score, 0.7, 5000, fingerprint))

    return replace(study, trials=tuple(map(scored, study.trials)))


def test_a_line_holds_scores_seeds_and_the_best_ground(full: StudyRecord) -> None:
    line = study_line(full)
    assert (line.task, line.strategy, line.model) == (
        "xnli",
        "discriminative",
        "ernie-3.0-nano-zh",
    )
    assert full.winner is not None
    assert full.baseline is not None
    assert (line.winner, line.baseline) == (full.winner.best_score, full.baseline.best_score)
    assert (line.seeds, line.winner_number) == (3, full.winner.number)
    assert line.judgement is not None
    assert line.judgement.ground == SEEDS


@pytest.mark.parametrize(
    ("without", "ground"), [(("confirmation",), TEST), (("confirmation", "test"), HELD_OUT)]
)
def test_the_judgement_rests_on_the_next_best_ground(
    without: tuple[str, ...], ground: str, full: StudyRecord
) -> None:
    study = replace(full, confirmation=None)
    if "test" in without:
        study = replace(study, trials=tuple(replace(t, test_score=None) for t in study.trials))
    judged = study_line(study).judgement
    assert judged is not None
    assert judged.ground == ground


def test_a_plain_search_is_judged_on_the_development_set(demo: StudyRecord) -> None:
    judged = study_line(demo).judgement
    assert judged is not None
    assert judged.ground == DEV


@pytest.mark.parametrize(
    ("score", "said"),
    [
        (0.70, "one is the best on the test part (80.00%), by more than 2 standard errors."),
        (0.795, "and can't be told apart from two (79.50%)."),
    ],
)
def test_winners_on_the_same_test_part_are_compared(
    score: float, said: str, demo: StudyRecord
) -> None:
    one = study_line(with_test(replace(demo, name="one"), 0.8))
    two = study_line(with_test(replace(demo, name="two"), score))
    assert any(said in sentence for sentence in comparison_sentences([two, one]))


def test_winners_on_other_examples_are_not_compared(demo: StudyRecord) -> None:
    one = study_line(with_test(replace(demo, name="one"), 0.8))
    two = study_line(with_test(replace(demo, name="two"), 0.7, fingerprint="other"))
    said = comparison_sentences([one, two])
    assert any("not measured on the same examples" in sentence for sentence in said)


def test_synthetic_text_is_called_that(demo: StudyRecord) -> None:
    said = comparison_sentences([study_line(replace(demo, synthetic=True))])
    assert said[-1] == "Scores on text that autoclue generated say nothing about real text."


def test_a_study_without_a_complete_trial_has_an_empty_line(demo: StudyRecord) -> None:
    line = study_line(replace(demo, trials=()))
    assert (line.winner, line.judgement, line.measured) == (None, None, ())
    assert comparison_sentences([line]) == []
    assert write_table([line], "markdown").count("\n") == 3


def test_names_are_safe_in_every_form(demo: StudyRecord) -> None:
    line = study_line(replace(demo, name='a_b|50%, "c" & \\d'))
    assert r"a_b\|50%" in write_table([line], "markdown")
    assert '"a_b|50%, ""c"" & \\d"' in write_table([line], "csv")
    assert r"a\_b|50\%, " in write_table([line], "latex")
    assert r"\& \textbackslash{}d" in write_table([line], "latex")
