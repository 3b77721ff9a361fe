"""Draw the picture of the README: one figure of a study's report, as a PNG.

    python docs/make_figures.py STUDY_FOLDER [--section curves] [--browser chromium]

The figure is the report's own, drawn by Plotly in a headless Chromium. Any section of the report
can be asked for; the README shows ``curves``.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path

from autoclue.reporting import SECTIONS
from autoclue.search.place import find_study, load_study

IMAGES = Path(__file__).parent / "images"
WIDTH_PX, HEIGHT_PX = 960, 460
RUNTIME_MS = 10_000
OFFLINE = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


def main() -> None:
    """Read the command line and write ``docs/images/SECTION.png``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("study", help="a study's folder")
    parser.add_argument("--section", default="curves", choices=[s.key for s in SECTIONS])
    parser.add_argument("--browser", default="chromium", help="a Chromium or Chrome on the PATH")
    arguments = parser.parse_args()
    target = IMAGES / f"{arguments.section}.png"
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "figure.html"
        page.write_text(figure_page(arguments.study, arguments.section), encoding="utf-8")
        photograph(page, target, arguments.browser)
    print(f"{target}: {target.stat().st_size / 1024:.0f} KiB")


def figure_page(study: str, section: str) -> str:
    """Draw one section of a study's report as a page of its own.

    Args:
        study: The study's folder.
        section: Key of the section.
    """
    record = load_study(find_study(Path(study).parent, study))
    chosen = next(s for s in SECTIONS if s.key == section)
    figure = chosen.figure(chosen.info(record))
    figure.update_layout(width=WIDTH_PX, height=HEIGHT_PX, paper_bgcolor="white")
    page: str = figure.to_html(include_plotlyjs=True, config={"staticPlot": True})
    return page.replace("<body>", '<body style="margin: 0; background: white">')


def photograph(page: Path, target: Path, browser: str) -> None:
    """Let a headless browser draw a page and keep the picture.

    Args:
        page: The page.
        target: Where the PNG goes.
        browser: Name or path of a Chromium.

    Raises:
        SystemExit: There is no such browser, or it draws nothing.
    """
    found = shutil.which(browser)
    if found is None:
        raise SystemExit(f"There is no {browser!r} on the PATH; name one with --browser.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [
            found, "--headless", "--no-sandbox", "--disable-gpu", *OFFLINE,
            f"--user-data-dir={profile}", f"--window-size={WIDTH_PX},{HEIGHT_PX}",
            "--force-device-scale-factor=2", f"--virtual-time-budget={RUNTIME_MS}",
            f"--screenshot={target}", page.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0 or not target.is_file():
        raise SystemExit(f"{browser} drew nothing: {done.stderr.strip()[-500:]}")


if __name__ == "__main__":
    main()
