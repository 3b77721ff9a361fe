"""Scores by model and task beside the published ones, each shaded by its place in its column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from autoclue.models import models
from autoclue.reporting.suite.best import BestResult
from autoclue.reporting.suite.summary import COLUMNS

SHADES = 8
"""Shades of a column, by rank from its lowest score to its highest."""


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A score.

    Attributes:
        text: As it is shown; empty where there is none.
        percent: The primary score in percent, by which it is shaded.
        shade: Its rank among the scores of its column, from 0 to ``SHADES``; ``None`` where
            there is nothing to compare it with.
    """

    text: str
    percent: float | None
    shade: int | None = None


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A model.

    Attributes:
        model: What it is called.
        own: Whether it is one of the suite.
        cells: Its scores, in the order of the columns.
        mean: Its mean over the columns; ``None`` where it lacks one.
    """

    model: str
    own: bool
    cells: tuple[HeatCell, ...]
    mean: HeatCell


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Models by tasks.

    Attributes:
        tasks: The columns.
        rows: The suite's models in their order, and then the published ones, the best first.
    """

    tasks: tuple[str, ...]
    rows: tuple[HeatRow, ...]

    @property
    def has_published(self) -> bool:
        """Whether there is anything published beside the suite's models."""
        return any(not row.own for row in self.rows)


def make_heat_map(results: Sequence[BestResult], *, real: bool) -> HeatMap:
    """Put a suite's scores beside the published ones of all models.

    Args:
        results: The best result of each study.
        real: Whether the text is real; published scores on other text can't be compared.
    """
    found = {each.task for each in results}
    tasks = tuple(task for task in COLUMNS if task in found)
    own = [
        _row(model, [_own(results, model, task) for task in tasks], own=True)
        for model in dict.fromkeys(each.model for each in results)
    ]
    published = [
        _row(card.title, [card.scores_percent.get(task, {}) for task in tasks], own=False)
        for card in (models() if real else ())
    ]
    published.sort(key=lambda row: -(row.mean.percent or 0.0))
    return HeatMap(tasks, _shaded((*own, *published)))


def _own(results: Sequence[BestResult], model: str, task: str) -> Mapping[str, float]:
    found = (each for each in results if (each.model, each.task) == (model, task))
    return next((each.percents for each in found), {})


def _row(model: str, scores: Sequence[Mapping[str, float]], *, own: bool) -> HeatRow:
    cells = tuple(HeatCell(scores_text(each), next(iter(each.values()), None)) for each in scores)
    known = [cell.percent for cell in cells if cell.percent is not None]
    whole = len(known) == len(cells) and cells
    mean = sum(known) / len(known) if whole else None
    return HeatRow(model, own, cells, HeatCell("" if mean is None else f"{mean:.2f}", mean))


def scores_text(percents: Mapping[str, float]) -> str:
    """Write scores in percent with two decimals: ``75.93``, or ``70.71/90.41``."""
    return "/".join(f"{percent:.2f}" for percent in percents.values())


def _shaded(rows: Sequence[HeatRow]) -> tuple[HeatRow, ...]:
    """Shade each column by itself."""
    columns = list(zip(*((*row.cells, row.mean) for row in rows), strict=True))
    shaded = [_shaded_column(column) for column in columns]
    return tuple(
        HeatRow(row.model, row.own, tuple(c[i] for c in shaded[:-1]), shaded[-1][i])
        for i, row in enumerate(rows)
    )


def _shaded_column(cells: Sequence[HeatCell]) -> list[HeatCell]:
    """Shade by rank: a few models far below would leave no shades for the others."""
    known = sorted({cell.percent for cell in cells if cell.percent is not None})
    if len(known) < 2:
        return list(cells)
    shades = {percent: round(SHADES * i / (len(known) - 1)) for i, percent in enumerate(known)}
    return [
        cell if cell.percent is None else replace(cell, shade=shades[cell.percent])
        for cell in cells
    ]
