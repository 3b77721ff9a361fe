from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.records import Evaluation, StudyRecord
from autoclue.reporting import SECTIONS
from autoclue.results import StudyResult, TrainResult
from autoclue.training import TrialConfig


def result_of(study: StudyRecord) -> StudyResult:
    folder = Path("studies") / study.name
    return StudyResult(study, folder, folder / "report.html", folder / "results.json", None)


def test_a_result_is_one_short_line(demo: StudyRecord) -> None:
    assert demo.winner is not None
    assert demo.baseline is not None
    said = repr(result_of(demo))
    assert said.startswith("<StudyResult xnli-discriminative: 16 trials, best 0.")
    assert f"(trial {demo.winner.number}), baseline {demo.baseline.best_score:.4f}" in said
    assert said.endswith("; studies/xnli-discriminative>")
    assert len(said) < 150


def test_a_result_without_trials_is_shown_too(demo: StudyRecord) -> None:
    empty = result_of(replace(demo, trials=()))
    assert (
        repr(empty) == "<StudyResult xnli-discriminative: 0 trials; studies/xnli-discriminative>"
    )
    assert "No trial has started yet." in empty._repr_html_()


def test_a_notebook_shows_what_was_found_and_hostile_names_stay_text(demo: StudyRecord) -> None:
    shown = result_of(replace(demo, name="<script>alert(1)</script>"))._repr_html_()
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert shown.count("<tr") == 6
    assert "the baseline" in shown


@pytest.mark.parametrize("name", [section.key for section in SECTIONS])
def test_every_figure_of_the_report_can_be_drawn(name: str, demo: StudyRecord) -> None:
    assert result_of(demo).figure(name).layout is not None


def test_an_unknown_figure_is_refused_with_a_guess(demo: StudyRecord) -> None:
    with pytest.raises(UsageError, match=r"Unknown figure 'curvs'\. Did you mean curves"):
        result_of(demo).figure("curvs")


def test_a_training_is_one_short_line() -> None:
    evaluation = Evaluation(40, 0.7, 0.5, 0.6, 1e-5, 10.0, 0.1, 4.0, 1)
    config = TrialConfig(
        task="ocnli", model="m", learning_rate=1e-3, batch_size=16, epochs=1, max_length_tokens=32
    )
    done = TrainResult(0.7, evaluation, (evaluation,), config, Path("run"), False)
    assert repr(done) == "<TrainResult ocnli: score 0.7000 at step 40; run>"
