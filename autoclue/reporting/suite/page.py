"""The page of a suite: one self-contained HTML document, and the same numbers as JSON."""

from __future__ import annotations

import json
from functools import partial
from importlib.resources import files
from pathlib import Path

from autoclue.errors import AutoclueError, one_door
from autoclue.outside import quoted
from autoclue.records import SuiteRecord
from autoclue.reporting.export import ReportFiles, plain, put_report, report_files
from autoclue.reporting.page import page_parts
from autoclue.reporting.suite import view
from autoclue.reporting.suite.best import best_results, mean_percent
from autoclue.reporting.suite.conclusions import suite_caveats, suite_verdicts
from autoclue.reporting.suite.heat_map import make_heat_map
from autoclue.reporting.suite.summary import result_rows

FORMAT = 1
"""Version of the layout of ``results.json``."""


def write_suite_report(suite: SuiteRecord, folder: Path) -> ReportFiles:
    """Write ``report.html`` and ``results.json`` of a suite into its folder.

    Args:
        suite: The suite.
        folder: Where the files go.

    Raises:
        FolderError: The folder can't be written.
        AutoclueError: The ledgers don't hold what a report is made of.
    """
    found = report_files(folder)
    with one_door(partial(_not_drawn, suite)):  # a ledger may hold what nobody has written
        results = json.dumps(suite_mapping(suite), ensure_ascii=False, allow_nan=False, indent=2)
        page = render_suite_page(suite)
    put_report(found, page, results)
    return found


def _not_drawn(suite: SuiteRecord, reason: str) -> AutoclueError:
    return AutoclueError(
        f"The report of {quoted(suite.name)} can't be made of what its ledgers hold ({reason})."
    )


def suite_mapping(suite: SuiteRecord) -> dict[str, object]:
    """Return a suite's results as plain JSON values."""
    results = view.in_table_order(best_results(suite))
    means = {
        model: mean_percent([each for each in results if each.model == model])
        for model in suite.models
    }
    mapping: dict[str, object] = {
        "format": FORMAT,
        "suite": suite.name,
        "synthetic": any(each.study.synthetic for each in suite.studies),
        "verdicts": suite_verdicts(results),
        "caveats": suite_caveats(suite, results),
        "mean_percent": means,
        "results": result_rows(results),
        "versions": view.suite_versions(suite),
    }
    return {key: plain(value) for key, value in mapping.items()}


def render_suite_page(suite: SuiteRecord) -> str:
    """Render the report of a suite as one HTML document that needs no network."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    results = view.in_table_order(best_results(suite))
    synthetic = any(each.study.synthetic for each in suite.studies)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_text("template.html.j2")).render(
        suite=suite,
        synthetic=synthetic,
        verdicts=suite_verdicts(results),
        caveats=suite_caveats(suite, results),
        cards=view.suite_cards(results),
        heat=make_heat_map(results, real=not synthetic),
        rows=view.best_rows(results),
        compared=any(each.beyond_published is not None for each in results),
        costs=view.cost_rows(results),
        forecast=any(each.forecast is not None for each in results),
        curves=view.curves_of(suite),
        facts=view.suite_facts(suite),
        command=view.command_of_suite(suite),
        versions=view.suite_versions(suite),
        own_css=Markup(_text("suite.css")),
        **page_parts(),
    )


def _text(name: str) -> str:
    return files("autoclue.reporting.suite").joinpath(name).read_text(encoding="utf-8")
