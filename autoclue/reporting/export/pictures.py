"""Every figure of the report as a picture: SVG, and a PNG that is large enough to print."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.errors import AutoclueError, FolderError, UsageError, last_line
from autoclue.records import StudyRecord
from autoclue.reporting.drawing import plotly_bundle
from autoclue.reporting.sections import SECTIONS

if TYPE_CHECKING:
    import plotly.graph_objects as go

WIDTH_PX = 1000
PNG_SCALE = 3
"""Pixels of a PNG for each one of the SVG."""


def write_pictures(study: StudyRecord, folder: Path) -> tuple[Path, ...]:
    """Write every figure of a study's report as ``NAME.svg`` and ``NAME.png``.

    They are drawn by a Chromium or Chrome that Kaleido drives, with the page's own plotly.js and
    without a network. Sections that have nothing to draw, or a table instead, have no picture.

    Args:
        study: The study.
        folder: Where the files go; it is created if need be.

    Returns:
        The files, in the order of the page.

    Raises:
        UsageError: Kaleido or a browser is missing.
        FolderError: The folder can't be created or written to.
        AutoclueError: The browser could not draw them.
    """
    infos = [(section, section.info(study)) for section in SECTIONS]
    drawn = [
        (section.key, section.figure(info))
        for section, info in infos
        if info.missing is None and section.draws
    ]
    wanted = [
        (figure, folder / f"{name}.{form}") for name, figure in drawn for form in ("svg", "png")
    ]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".figures-", dir=folder) as scratch:
            _draw([(figure, Path(scratch) / path.name) for figure, path in wanted])
            for _, path in wanted:
                os.replace(Path(scratch) / path.name, path)
    except OSError as error:
        raise FolderError.writing("The figures", folder, error) from error
    return tuple(path for _, path in wanted)


def _draw(wanted: Sequence[tuple[go.Figure, Path]]) -> None:
    """Have one browser draw all figures."""
    try:
        import kaleido
        from choreographer.errors import ChromeNotFoundError
    except ImportError as error:
        raise UsageError(
            "Pictures of figures need Kaleido; run: pip install 'autoclue[figures]'. The page has "
            "a button for each figure that needs nothing."
        ) from error
    page = kaleido.PageGenerator(plotly=plotly_bundle().as_uri(), mathjax=False)
    tasks = [_task(figure, path) for figure, path in wanted]
    try:
        kaleido.write_fig_from_object_sync(
            tasks, kopts={"page_generator": page, "n": 1}, cancel_on_error=True
        )
    except ChromeNotFoundError as error:
        raise UsageError(
            "Pictures of figures are drawn by Chromium or Chrome, and there is neither on the "
            "PATH; install one, or set BROWSER_PATH to its file."
        ) from error
    except Exception as error:  # whatever the browser and its driver say
        raise AutoclueError(
            f"The browser could not draw the figures: {last_line(str(error)) or repr(error)}"
        ) from error


def _task(figure: go.Figure, path: Path) -> dict[str, object]:
    form = path.suffix.removeprefix(".")
    size = {"width": WIDTH_PX, "height": figure.layout.height}
    opts = {"format": form, "scale": PNG_SCALE if form == "png" else 1, **size}
    return {"fig": figure, "path": path, "opts": opts}
