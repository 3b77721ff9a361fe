"""The page in a real browser: Chromium from the system's packages."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from autoclue.records import StudyRecord
from autoclue.reporting import SECTIONS, render_page, render_suite_page
from tests.reporting.suite.test_page import study, suite_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--virtual-time-budget=15000", "--window-size=1400,900", "--dump-dom"),
)
PROBE = """
<script>
const widths = () => Array.from(document.querySelectorAll(".figure"), (figure) =>
  figure.querySelector(".main-svg").getAttribute("width"));
const seen = [widths()];
window.dispatchEvent(new Event("beforeprint"));
seen.push(widths());
document.body.innerHTML = "";
document.title = JSON.stringify(seen);
</script>
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the PATH"),
]


def shown(page: str, folder: Path, *more: str) -> str:
    """What the browser makes of a page, as HTML; ``more`` are flags of the browser."""
    path = folder / "page.html"
    path.write_text(page, encoding="utf-8")
    done = subprocess.run(
        [str(CHROMIUM), *FLAGS, *more, f"--user-data-dir={folder / 'profile'}", path.as_uri()],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def widths(full: StudyRecord, tmp_path_factory: pytest.TempPathFactory) -> list[list[int]]:
    """The widths of all figures in pixels, on the screen and once printing has begun."""
    page = render_page(full).replace("</body>", f"{PROBE}</body>")
    dom = shown(page, tmp_path_factory.mktemp("browser"))
    found = re.search(r"<title>(\[.*?\])</title>", dom)
    assert found is not None, dom[:2000]
    return [[int(w) for w in re.findall(r"\d+", row)] for row in found[1].split("],")]


COPY = """
<script>
let copied = "";
Object.defineProperty(navigator, "clipboard",
  { value: { writeText: async (text) => { copied = text; } } });
const buttons = Array.from(document.querySelectorAll(".copy"));
buttons.at(-1).click();
setTimeout(() => {
  const seen = [buttons.length, copied, buttons.at(-1).textContent];
  document.body.innerHTML = "";
  document.title = JSON.stringify(seen);
}, 100);
</script>
"""


def test_commands_are_copied_by_their_buttons(demo: StudyRecord, tmp_path: Path) -> None:
    page = render_page(demo).replace("</body>", f"{COPY}</body>")
    found = re.search(r"<title>(\[.*?\])</title>", shown(page, tmp_path))
    assert found is not None
    command = "autoclue confirm xnli-discriminative --confirm 3 --seeds 5"
    assert json.loads(found[1]) == [2, command, "copied"]


COLOURS = """
<script>
const grounds = () => Array.from(document.querySelectorAll(".figure"), (figure) =>
  figure.querySelector(".main-svg").style.background);
const seen = [getComputedStyle(document.body).backgroundColor, [...new Set(grounds())]];
window.dispatchEvent(new Event("beforeprint"));
seen.push([...new Set(grounds())]);
document.body.innerHTML = "";
document.title = JSON.stringify(seen);
</script>
"""


def test_a_dark_screen_gets_dark_figures_and_paper_light_ones(
    full: StudyRecord, tmp_path: Path
) -> None:
    page = render_page(full).replace("</body>", f"{COLOURS}</body>")
    dom = shown(page, tmp_path, "--blink-settings=preferredColorScheme=0")
    found = re.search(r"<title>(\[.*?\])</title>", dom)
    assert found is not None, dom[:2000]
    assert json.loads(found[1]) == ["rgb(15, 19, 23)", ["rgb(23, 28, 34)"], ["rgb(255, 255, 255)"]]


def test_every_figure_is_drawn(widths: list[list[int]], full: StudyRecord) -> None:
    drawn = [s for s in SECTIONS if s.key != "failures" and s.info(full).missing is None]
    assert len(widths[0]) == len(drawn)
    assert min(widths[0]) > 900


def test_figures_fit_the_paper_before_printing_goes_on(widths: list[list[int]]) -> None:
    assert set(widths[1]) == {620}


PICTURES = """
<script>
const saved = [];
HTMLAnchorElement.prototype.click = function () {
  saved.push([this.download, this.href.slice(0, 30), this.href.length > 9000]);
};
const shown = document.querySelectorAll("#curves .picture");
for (const button of shown) button.click();
setTimeout(() => {
  const count = (kind) => document.querySelectorAll(kind).length;
  const all = [count(".picture"), count(".figure")];
  document.body.innerHTML = "";
  document.title = JSON.stringify([all, saved.sort()]);
}, 8000);
</script>
"""


def test_every_figure_is_saved_as_svg_and_png_by_its_buttons(
    full: StudyRecord, tmp_path: Path
) -> None:
    page = render_page(full).replace("</body>", f"{PICTURES}</body>")
    found = re.search(r"<title>(\[.*?\])</title>", shown(page, tmp_path))
    assert found is not None
    (buttons, figures), saved = json.loads(found[1])
    assert buttons == 2 * figures
    assert saved == [
        ["curves.png", "data:image/png;base64,iVBORw0K", True],
        ["curves.svg", "data:image/svg+xml,%3Csvg%20cl", True],
    ]


NARROW = """<!doctype html><title>none</title>
<iframe id="page" style="width: 390px; height: 3000px; border: 0"></iframe>
<script id="text" type="application/json">{page}</script>
<script>
const frame = document.getElementById("page");
frame.srcdoc = JSON.parse(document.getElementById("text").textContent);
frame.addEventListener("load", () => {{
  const inner = frame.contentDocument;
  const folds = Array.from(inner.querySelectorAll("details"));
  const before = inner.querySelectorAll(".main-svg").length;
  folds[0].open = true;
  setTimeout(() => {{
    const fits = inner.documentElement.scrollWidth <= 390;
    const drawn = inner.querySelectorAll(".js-plotly-plot").length;
    document.title = JSON.stringify([fits, before, drawn]);
    frame.remove();
    document.getElementById("text").remove();
  }}, 500);
}});
</script>
"""


def test_a_suite_fits_a_phone_and_draws_curves_when_they_are_opened(tmp_path: Path) -> None:
    suite = suite_of(study("csl", 0.8, 0.82), study("afqmc", 0.7), study("csl", 0.7, model="own"))
    text = json.dumps(render_suite_page(suite)).replace("</", "<\\/")
    dom = shown(NARROW.format(page=text), tmp_path)
    found = re.search(r"<title>(\[.*?\])</title>", dom)
    assert found is not None, dom[:2000]
    assert json.loads(found[1]) == [True, 0, 1]
