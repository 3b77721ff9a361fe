"""The page of a suite, of studies whose curves are scripted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models import find_model, models
from autoclue.records import Forecast, StudyRecord, SuiteRecord, SuiteStudy
from autoclue.reporting import best_results, render_suite_page, suite_mapping, write_suite_report
from autoclue.reporting.suite import make_heat_map, suite_caveats, suite_verdicts
from autoclue.reporting.suite.view import cost_rows, difference_of
from tests.reporting.conftest import make_study, make_trial

MODEL = "ernie-3.0-base-zh"
PUBLISHED_CSL = 0.8263


def settings(task: str, model: str = MODEL) -> dict[str, object]:
    return {"task": task, "model": model, "protocol": "clue", "dev_examples": 3000}


def study(task: str, *scores: float, model: str = MODEL, synthetic: bool = False) -> StudyRecord:
    trials = [make_trial(i, (0.5, score)) for i, score in enumerate(scores)]
    own = [
        replace(t, params={**t.params, "batch_size": 16 * (i + 1)}) for i, t in enumerate(trials)
    ]
    return make_study(*own, settings=settings(task, model), synthetic=synthetic, name=task)


def suite_of(*studies: StudyRecord) -> SuiteRecord:
    return SuiteRecord(
        "mine",
        tuple(SuiteStudy(str(s.settings["model"]), str(s.settings["task"]), s) for s in studies),
    )


@pytest.mark.parametrize(
    ("score", "kind"),
    [(PUBLISHED_CSL + 0.03, "above"), (PUBLISHED_CSL - 0.03, "below"), (0.83, "same")],
)
def test_a_difference_is_judged_by_the_sampling_error_of_both(score: float, kind: str) -> None:
    (best,) = best_results(suite_of(study("csl", score)))
    assert best.beyond_published == pytest.approx(100 * (score - PUBLISHED_CSL))
    assert best.margin == pytest.approx(1.9, abs=0.15)
    assert difference_of(best).kind == kind


def test_published_rows_stand_beside_the_suite_by_the_mean_of_its_tasks() -> None:
    results = best_results(suite_of(study("csl", 0.99), study("afqmc", 0.99)))
    heat = make_heat_map(results, real=True)
    assert heat.tasks == ("afqmc", "csl")
    assert len(heat.rows) == 1 + len(models())
    own, best = heat.rows[0], heat.rows[1]
    assert [cell.shade for cell in own.cells] == [8, 8]
    large = find_model("ernie-1.0-large-zh-cw")
    assert large is not None
    expected = (large.primary_percent("afqmc") + large.primary_percent("csl")) / 2
    assert max(row.mean.percent or 0 for row in heat.rows[1:]) == best.mean.percent
    assert expected <= (best.mean.percent or 0)


def test_generated_text_is_compared_with_nothing_published() -> None:
    suite = suite_of(study("csl", 0.9, synthetic=True))
    results = best_results(suite)
    assert results[0].published == {}
    assert not make_heat_map(results, real=False).has_published
    assert "stand beside no published ones" in render_suite_page(suite)


def test_the_verdict_counts_what_is_told_apart() -> None:
    results = best_results(suite_of(study("csl", 0.80), study("afqmc", 0.76)))
    (told,) = suite_verdicts(results)
    assert "the mean of 2 tasks is 78.00%, published 79.28% (-1.28 points)" in told
    assert "of 2 tasks 0 above, 1 below, 1 not told apart" in told


def test_ties_failures_and_what_is_left_are_said() -> None:
    suite = suite_of(replace(study("csl", 0.8, 0.8), target_trials=5))
    (best,) = best_results(suite)
    assert [run.batch_size for run in best.winners] == [32, 32]
    assert "3 runs of 5 are left to do." in suite_caveats(suite, [best])


def test_a_forecast_stands_beside_what_it_took() -> None:
    told = Forecast(12, 9000, 90, 3600.0, 60.0, 5 * 2**30, "2026-01-05T08:00:00+00:00")
    suite = suite_of(replace(study("csl", 0.8), forecast=told))
    row = cost_rows(best_results(suite))[0]
    assert (row.forecast_steps, row.forecast_time, row.memory) == (
        "9,000", "1 h 0 min", "5.0 GiB",
    )  # fmt: skip
    assert "time, forecast" in render_suite_page(suite)


def test_the_page_is_whole_and_escapes_what_users_wrote(tmp_path: Path) -> None:
    suite = suite_of(study("csl", 0.8, model="<b>&"), study("csl", 0.81))
    page = render_suite_page(suite)
    assert page == render_suite_page(suite)
    assert "<b>&" not in page
    assert page.count('<details class="curves">') == 2
    assert "http://" not in page.partition("<script>")[0]
    files = write_suite_report(suite, tmp_path / "mine")
    assert files.html.read_text(encoding="utf-8") == page
    assert suite_mapping(suite)["mean_percent"] == {"<b>&": 80.0, MODEL: 81.0}


def test_settings_that_are_not_as_written_are_told_with_their_trial() -> None:
    found = study("csl", 0.8)
    trial = found.trials[0]
    damaged = replace(found, trials=(replace(trial, config={**trial.config, "batch_size": "x"}),))
    with pytest.raises(UsageError, match=r"settings of trial 0 of the study 'csl' aren't as they"):
        best_results(suite_of(damaged))
