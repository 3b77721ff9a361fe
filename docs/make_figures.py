"""Draw the pictures of the README: the demo's terminal, and a figure of its report.

    python docs/make_figures.py

runs the demo of the Makefile in a folder of its own and draws both. A run that has been recorded
before, with ``--folder``, is drawn again without training anything:

    python docs/make_figures.py --folder demo
    python docs/make_figures.py --study demo/autoclue-studies/NAME --log demo/demo.log

The terminal is what the command printed on one, as an SVG. The figure is the report's own, drawn
by Plotly in a headless Chromium. Any section of the report can be asked for; the README shows
``curves``.
"""

from __future__ import annotations

import argparse
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from terminal_picture import draw, record, screen

from autoclue.reporting import SECTIONS
from autoclue.search.study.location import find_study, load_study, study_names

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
WIDTH_PX, HEIGHT_PX = 960, 460
RUNTIME_MS = 10_000
OFFLINE = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
LOG = "demo.log"


def main() -> None:
    """Read the command line and write ``docs/images/demo.svg`` and ``docs/images/SECTION.png``."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="where the demo runs, or has run before")
    parser.add_argument("--study", help="folder of a study, to draw without running anything")
    parser.add_argument("--log", type=Path, help="what a terminal was sent while that study ran")
    parser.add_argument("--section", default="curves", choices=[s.key for s in SECTIONS])
    parser.add_argument("--browser", default="chromium", help="a Chromium or Chrome on the PATH")
    given = parser.parse_args()
    if given.study is not None:
        make_pictures(given.study, given.log, given.section, given.browser)
    elif given.log is not None:
        raise SystemExit("--log goes with --study; the demo's own log lies in its --folder.")
    elif given.folder is not None:
        make_pictures(*run_demo(given.folder), given.section, given.browser)
    else:
        with tempfile.TemporaryDirectory(prefix="autoclue-demo-") as folder:
            make_pictures(*run_demo(Path(folder)), given.section, given.browser)


def demo_command() -> list[str]:
    """Return the command that ``make demo`` runs, without the folder of the program."""
    done = subprocess.run(
        ["make", "--dry-run", "--always-make", "demo"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    command = shlex.split(done.stdout.strip().splitlines()[-1])
    return ["autoclue", *command[1:]]


def run_demo(folder: Path) -> tuple[str, Path]:
    """Run the demo in a folder, or find it there.

    Args:
        folder: Where its study and its log lie.

    Returns:
        The folder of its study, and the log.

    Raises:
        SystemExit: The demo failed.
    """
    log, studies = folder / LOG, folder / "autoclue-studies"
    if not log.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        command = demo_command()
        program = str(Path(sys.executable).with_name(command[0]))
        printed, status = record([program, *command[1:]], folder)
        if status != 0:
            raise SystemExit(f"The demo ended with {status}:\n{printed}")
        log.write_text(f"$ {shlex.join(command)}\n{printed}", encoding="utf-8", newline="")
    (name,) = study_names(studies)
    return str(studies / name), log


def make_pictures(study: str, log: Path | None, section: str, browser: str) -> None:
    """Write the terminal, where there is a log, and the figure.

    Args:
        study: The study's folder.
        log: What a terminal was sent while it ran.
        section: Key of the section that is drawn.
        browser: Name or path of a Chromium.
    """
    IMAGES.mkdir(parents=True, exist_ok=True)
    figure = IMAGES / f"{section}.png"
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "figure.html"
        page.write_text(figure_page(study, section), encoding="utf-8")
        photograph(page, figure, browser)
    made = [figure]
    if log is not None:
        made.append(IMAGES / "demo.svg")
        lines = screen(log.read_bytes().decode("utf-8", errors="replace"))
        made[-1].write_text(draw(lines, title="make demo"), encoding="utf-8")
    for path in made:
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1024:.0f} KiB")


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
