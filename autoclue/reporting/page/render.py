"""One self-contained HTML page: everything inlined, nothing fetched, all user text escaped."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord
from autoclue.reporting.conclusions import caveats, verdict
from autoclue.reporting.drawing import FONT_STACK, plotly_source
from autoclue.reporting.page import view
from autoclue.reporting.page.machine import machine
from autoclue.reporting.sections import SECTIONS, Info, Section, summary_info
from autoclue.reporting.wording import scale_of, value_text

if TYPE_CHECKING:
    from markupsafe import Markup


MOST_ROWS = 60
"""A longer table of trials scrolls in a frame of its own."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One section with its numbers and its figure as JSON (``None`` when there is nothing)."""

    section: Section
    info: Info
    figure: str | None


def render_page(study: StudyRecord, *, reload_s: float | None = None) -> str:
    """Render the report of a study as one HTML document that needs no network.

    The same record always gives the same text.

    Args:
        study: The study.
        reload_s: Seconds after which a browser loads the page again; ``None`` for never.
    """
    from jinja2 import Environment, StrictUndefined

    scale = scale_of(study)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["setting"] = value_text
    environment.filters["score"] = lambda score: "" if score is None else scale.text(score)
    environment.filters["deviation"] = lambda d: "" if d is None else scale.size(d)
    environment.filters["part"] = lambda share: "" if share is None else f"{share:.1%}"
    summary = summary_info(study)
    rows = [view.row(study, trial) for trial in study.trials]
    return environment.from_string(_resource("template.html.j2")).render(
        study=study,
        reload_s=reload_s,
        subtitle=view.subtitle(study),
        summary=summary,
        verdict=verdict(summary),
        caveats=caveats(summary),
        cards=view.cards(study, summary),
        panels=[_panel(section, study) for section in SECTIONS],
        columns=view.columns(study, rows),
        rows=rows,
        most_rows=MOST_ROWS,
        made=view.made(study),
        space=view.space(study),
        machine=machine(study),
        commands=view.commands(study),
        **page_parts(),
    )


def page_parts() -> dict[str, Markup]:
    """Return what every page holds: its style, its script, Plotly's and the fonts."""
    from markupsafe import Markup

    return {
        "css": Markup(_resource("page.css")),
        "script": Markup(_resource("page.js")),
        "plotly": Markup(plotly_source()),
        "font": Markup(FONT_STACK),
    }


def _resource(name: str) -> str:
    return files("autoclue.reporting.page").joinpath(name).read_text(encoding="utf-8")


def _panel(section: Section, study: StudyRecord) -> Panel:
    from autoclue.reporting.drawing.plotly_adapter import figure_json

    info = section.info(study)
    drawn = info.missing is None and section.draws
    return Panel(section, info, figure_json(section.figure(info)) if drawn else None)
