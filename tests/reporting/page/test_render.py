from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

import pytest

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting import SECTIONS, render_page, summary_info, verdict
from autoclue.reporting.drawing import TRACES, plotly_source

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]


class Reader(HTMLParser):
    """Collects the tags, the visible text and the embedded figures of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.figures: list[dict[str, Any]] = []
        self._inside: tuple[str, dict[str, str | None]] = ("", {})
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = (tag, dict(attrs))
        self.tags.append(self._inside)

    def handle_data(self, data: str) -> None:
        tag, attributes = self._inside
        if attributes.get("type") == "application/json" and data.strip():
            self.figures.append(json.loads(data))
        elif tag not in ("script", "style"):
            self.text += data


@pytest.fixture(scope="module")
def page(full: StudyRecord) -> str:
    return render_page(full)


def test_nothing_is_fetched_from_anywhere(page: str) -> None:
    tags = Reader(page).tags
    addresses = [a.get(key) for _, a in tags for key in ("src", "href", "action", "data")]

    assert {tag for tag, _ in tags}.isdisjoint({"link", "iframe", "img", "base", "form"})
    assert all(str(address).startswith("#") for address in addresses if address is not None)
    assert "default-src 'none'" in page


def test_outside_of_plotly_no_address_occurs_at_all(page: str) -> None:
    own = page.replace(plotly_source(), "")

    assert len(own) < len(page) / 2
    assert re.findall(r"https?:|//cdn|@import|url\(", own) == []


def test_plotly_is_inlined_once_and_its_upload_button_is_off(page: str) -> None:
    assert page.count("* plotly.js v") == 1
    assert "showSendToCloud: false" in page
    assert "modeBarButtons:" in page


def test_every_section_stands_on_the_page_with_its_explanation(
    page: str, full: StudyRecord
) -> None:
    text = Reader(page).text

    assert all(section.title in text for section in SECTIONS)
    drawn = [section for section in SECTIONS if section.info(full).missing is None]
    assert all(section.reading in text for section in drawn)
    assert [s.key for s in SECTIONS if f'id="{s.key}"' not in page] == []


def test_every_figure_is_valid_json_for_plotly(page: str, full: StudyRecord) -> None:
    figures = Reader(page).figures

    drawn = [s for s in SECTIONS if s.key != "failures" and s.info(full).missing is None]
    assert len(figures) == len(drawn) >= 8
    assert all(figure.keys() >= {"data", "layout"} for figure in figures)


def test_figures_are_points_lines_and_bars(page: str) -> None:
    traces = [trace for figure in Reader(page).figures for trace in figure["data"]]

    assert {trace["type"] for trace in traces} == TRACES


def test_the_page_is_hardly_larger_than_plotly(page: str) -> None:
    assert len(page.encode()) < len(plotly_source().encode()) + 400_000


def test_the_verdict_and_the_command_are_shown(page: str, full: StudyRecord) -> None:
    text = Reader(page).text

    assert verdict(summary_info(full)) in text
    assert str(full.settings["command"]) in text
    assert "训练损失不是有限数" in text


def test_user_text_is_escaped_everywhere(trial: MakeTrial, study: MakeStudy) -> None:
    evil = "</script><script>alert(1)</script>"
    failed = trial(0, state=TrialState.FAIL, failure=evil, params={evil: evil, "x": 1})
    trials = failed, *(trial(i, (0.1 * i,), params={evil: f"{evil}{i}", "x": i}) for i in (1, 2))

    page = render_page(
        study(*trials, name=evil, settings={"task": evil, "command": evil, evil: 1})
    )

    assert "<script>alert" not in page
    assert [a for tag, a in Reader(page).tags if tag == "script" and a] == [
        {"type": "application/json", "id": f"figure-{key}-data"}
        for key in ("summary", "history", "curves", "training", "slices", "pairs", "parallel")
    ]


@pytest.mark.parametrize("synthetic", [True, False])
def test_generated_data_is_announced(study: MakeStudy, synthetic: bool) -> None:
    page = render_page(study(synthetic=synthetic))

    assert ("scores say nothing about real text" in page) is synthetic


@pytest.mark.parametrize(("state", "told"), [(TrialState.RUNNING, True), (TrialState.FAIL, False)])
def test_a_running_study_says_so(
    trial: MakeTrial, study: MakeStudy, state: TrialState, told: bool
) -> None:
    assert ("Still running." in render_page(study(trial(0, state=state)))) is told


def test_an_empty_study_still_makes_a_page(study: MakeStudy) -> None:
    reader = Reader(render_page(study()))

    assert "No trial has started yet." in reader.text
    assert reader.figures == []


def test_the_trials_table_can_be_sorted_by_values_and_not_by_their_text(page: str) -> None:
    keys = [json.loads(a["data-sort"] or "") for _, a in Reader(page).tags if "data-sort" in a]

    assert len(keys) == 16 * 12
    assert keys[:4] == [0, "COMPLETE", pytest.approx(0.7029, abs=1e-4), 1600]


def test_a_command_given_as_a_list_can_be_pasted_into_a_shell(
    study: MakeStudy,
) -> None:
    page = render_page(study(settings={"command": ["autoclue", "tune", "--data", "my data"]}))

    assert "autoclue tune --data 'my data'" in Reader(page).text


def test_the_same_study_gives_the_same_page(full: StudyRecord, page: str) -> None:
    assert render_page(dataclasses.replace(full)) == page


def test_a_section_without_numbers_takes_one_line(trial: MakeTrial, study: MakeStudy) -> None:
    page = render_page(study(trial(0, (0.5,), baseline=True)))

    assert '<section id="holdout" class="empty">' in page
    assert '<section id="summary">' in page


def test_time_is_said_to_be_a_sum(page: str) -> None:
    assert "summed over all trials" in Reader(page).text


def test_the_table_shows_a_baseline_outside_the_space(trial: MakeTrial, study: MakeStudy) -> None:
    config = {"learning_rate": 0.0123, "seed": 42}
    baseline = trial(0, (0.5,), params={}, config=config, baseline=True)
    other = trial(1, (0.6,), params={"learning_rate": 1e-4})

    assert ">0.0123</td>" in render_page(study(baseline, other)).partition('id="trials"')[2]


def test_a_live_page_reloads_itself_and_the_last_one_does_not(demo: StudyRecord) -> None:
    live, last = render_page(demo, reload_s=15.0), render_page(demo)
    assert '<meta http-equiv="refresh" content="15">' in live
    assert "this page reloads itself" in live
    assert "refresh" not in last.partition("<style>")[0]
