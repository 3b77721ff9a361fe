"""The page in a real browser: Chromium from the system's packages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from autoclue.records import StudyRecord
from autoclue.reporting import SECTIONS, render_page, render_suite_page
from tests.reporting.page.conftest import Chromium, ShownPage
from tests.reporting.suite.test_page import study, suite_of

WIDTHS = """Array.from(document.querySelectorAll(".figure"), (figure) =>
  Number(figure.querySelector(".main-svg").getAttribute("width")))"""
PRINT = 'window.dispatchEvent(new Event("beforeprint")); '
GROUNDS = """[...new Set(Array.from(document.querySelectorAll(".figure"), (figure) =>
  figure.querySelector(".main-svg").style.background))]"""
GROUND = "getComputedStyle(document.body).backgroundColor"
WIDEST = "document.documentElement.scrollWidth"
SAVED = """new Promise((done) => {
  const look = () => saved.length > 1 ? done() : setTimeout(look, 20);
  look();
})"""
HOSTILE = """<img src=x onerror="window.hurt = 1"></script><script>window.hurt = 1</script>"""

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def html(full: StudyRecord) -> str:
    return render_page(full)


@pytest.fixture(scope="module")
def page(chromium: Chromium, html: str) -> ShownPage:
    return chromium.show(html)


def test_every_figure_is_drawn(page: ShownPage, full: StudyRecord) -> None:
    drawn = [s for s in SECTIONS if s.key != "failures" and s.info(full).missing is None]
    widths = page.value(WIDTHS)
    assert len(widths) == len(drawn)
    assert min(widths) > 900


def test_nothing_is_asked_of_a_network(page: ShownPage) -> None:
    assert page.requests == []


def test_figures_fit_the_paper_before_printing_goes_on(chromium: Chromium, html: str) -> None:
    assert set(chromium.show(html).value(PRINT + WIDTHS)) == {620}


def test_what_is_printed_at_once_is_drawn_first(chromium: Chromium, html: str) -> None:
    seen = f"<script>{PRINT} window.seen = {WIDTHS};</script></body>"
    shown = chromium.show(html.replace("</body>", seen))
    assert set(shown.value("window.seen")) == {620}


def test_nothing_moves_while_figures_are_drawn(chromium: Chromium, html: str) -> None:
    height = "document.documentElement.scrollHeight"
    seen = f"<script>window.seen = {height};</script></body>"
    shown = chromium.show(html.replace("</body>", seen))
    assert shown.value("window.seen") == shown.value(height)


def test_a_study_fits_a_phone(chromium: Chromium, html: str) -> None:
    assert chromium.show(html, width=390).value(WIDEST) <= 390


def test_hostile_names_stay_text(chromium: Chromium, demo: StudyRecord) -> None:
    trials = [replace(t, failure=t.failure and HOSTILE) for t in demo.trials]
    settings = {**demo.settings, "task": HOSTILE, "model": HOSTILE, "command": HOSTILE}
    hostile = replace(demo, name=HOSTILE, settings=settings, trials=tuple(trials))
    shown = chromium.show(render_page(hostile))
    assert shown.value("[window.hurt ?? 0, document.images.length]") == [0, 0]
    assert shown.value("document.querySelector('h1').textContent") == HOSTILE


def test_commands_are_copied_by_their_buttons(chromium: Chromium, demo: StudyRecord) -> None:
    shown = chromium.show(render_page(demo))
    shown.value(
        """Object.defineProperty(navigator, "clipboard",
          { value: { writeText: async (text) => { window.copied = text; } } }); 0"""
    )
    assert shown.value("document.querySelectorAll('.copy').length") == 2
    shown.value("Array.from(document.querySelectorAll('.copy')).at(-1).click()")
    assert shown.value("window.copied") == (
        "autoclue confirm xnli-discriminative --confirm 3 --seeds 5"
    )
    last = "Array.from(document.querySelectorAll('.copy')).at(-1).textContent"
    assert shown.value(last) == "copied"


def test_a_dark_screen_gets_dark_figures_and_paper_light_ones(
    chromium: Chromium, html: str
) -> None:
    shown = chromium.show(html, dark=True)
    assert shown.value(GROUND) == "rgb(15, 19, 23)"
    assert shown.value(GROUNDS) == ["rgb(23, 28, 34)"]
    assert shown.value(PRINT + GROUNDS) == ["rgb(255, 255, 255)"]


def test_every_figure_is_saved_as_svg_and_png_by_its_buttons(page: ShownPage) -> None:
    page.value(
        """window.saved = [];
        HTMLAnchorElement.prototype.click = function () {
          saved.push([this.download, this.href.slice(0, 30), this.href.length > 9000]);
        };
        for (const button of document.querySelectorAll("#curves .picture")) button.click(); 0"""
    )
    count = "document.querySelectorAll('{}').length"
    assert page.value(count.format(".picture")) == 2 * page.value(count.format(".figure"))
    page.value(SAVED)
    assert page.value("saved.sort()") == [
        ["curves.png", "data:image/png;base64,iVBORw0K", True],
        ["curves.svg", "data:image/svg+xml,%3Csvg%20cl", True],
    ]


def test_a_suite_fits_a_phone_and_draws_curves_when_they_are_opened(chromium: Chromium) -> None:
    suite = suite_of(study("csl", 0.8, 0.82), study("afqmc", 0.7), study("csl", 0.7, model="own"))
    shown = chromium.show(render_suite_page(suite), width=390)
    drawn = "document.querySelectorAll('.js-plotly-plot').length"
    assert shown.value(drawn) == 0
    shown.value("document.querySelector('details').open = true")
    shown.value("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert shown.value(drawn) == 1
    assert shown.value(WIDEST) <= 390
