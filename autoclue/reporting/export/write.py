"""Write a study's report: ``report.html`` for people and ``results.json`` for programs."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autoclue.errors import AutoclueError, FolderError, one_door
from autoclue.outside import quoted
from autoclue.records import StudyRecord
from autoclue.reporting.export.results import results_mapping
from autoclue.reporting.page import render_page
from autoclue.system import remove_abandoned, scratch_name


@dataclass(frozen=True, slots=True)
class ReportFiles:
    """Where the two files of a report lie."""

    html: Path
    results: Path


def report_files(folder: Path) -> ReportFiles:
    """Return where a study's report lies once it is written."""
    return ReportFiles(html=folder / "report.html", results=folder / "results.json")


def write_report(
    study: StudyRecord, folder: Path, *, reload_s: float | None = None
) -> ReportFiles:
    """Write ``report.html`` and ``results.json`` into a folder, which is created if need be.

    A reader sees each file either as it was or as it is now, never half written.

    Args:
        study: The study.
        folder: Where the files go.
        reload_s: Seconds after which a browser loads the page again; ``None`` for never.

    Raises:
        FolderError: The folder can't be created or written to.
        AutoclueError: The ledger doesn't hold what a report is made of.
    """
    files = report_files(folder)
    with one_door(partial(_not_drawn, study)):  # a ledger may hold what nobody has written
        results = json.dumps(results_mapping(study), ensure_ascii=False, allow_nan=False, indent=2)
        page = render_page(study, reload_s=reload_s)
    put_report(files, page, results)
    return files


def put_report(files: ReportFiles, page: str, results: str) -> None:
    """Put the two files of a report in place, each in one go.

    Args:
        files: Where they lie; the folder is made if need be.
        page: The page for people.
        results: The JSON for programs.

    Raises:
        FolderError: The folder can't be created or written to.
    """
    folder = files.html.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        remove_abandoned(folder, *map(_prefix, (files.results, files.html)))
        _replace(files.results, f"{results}\n")
        _replace(files.html, page)
    except OSError as error:
        raise FolderError.writing("The report", folder, error) from error


def _not_drawn(study: StudyRecord, reason: str) -> AutoclueError:
    return AutoclueError(
        f"The report of {quoted(study.name)} can't be made of what its ledger holds ({reason}). "
        "Was the ledger changed or damaged? Put back a copy of it, or begin a new study."
    )


def _prefix(path: Path) -> str:
    """Return how the names begin that a file has while it is being written."""
    return f".{path.name}-"


def _replace(path: Path, text: str) -> None:
    """Write beside the file, then put it in place in one go."""
    scratch = path.with_name(scratch_name(_prefix(path)))
    try:
        scratch.unlink(missing_ok=True)  # what stands there may be a link to elsewhere
        with scratch.open("x", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        os.replace(scratch, path)
    finally:
        scratch.unlink(missing_ok=True)
