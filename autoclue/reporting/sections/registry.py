"""The sections of the page, in order: one list that the page, the tests and a newcomer read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from autoclue.records import StudyRecord
from autoclue.reporting.sections.by_label import by_label_figure, by_label_info
from autoclue.reporting.sections.confirmation import confirmation_figure, confirmation_info
from autoclue.reporting.sections.curves import (
    learning_curves_figure,
    learning_curves_info,
    training_curves_figure,
    training_curves_info,
)
from autoclue.reporting.sections.failures import failures_figure, failures_info
from autoclue.reporting.sections.history import history_figure, history_info
from autoclue.reporting.sections.holdout import holdout_figure, holdout_info
from autoclue.reporting.sections.importance import importance_figure, importance_info
from autoclue.reporting.sections.layer_rates import layer_rates_figure, layer_rates_info
from autoclue.reporting.sections.over_settings import (
    pairs_figure,
    pairs_info,
    slices_figure,
    slices_info,
)
from autoclue.reporting.sections.parallel import parallel_figure, parallel_info
from autoclue.reporting.sections.populations import (
    population_figure,
    population_info,
    rounds_figure,
    rounds_info,
)
from autoclue.reporting.sections.summary import summary_figure, summary_info
from autoclue.reporting.sections.test_scores import scores_on_test_figure, scores_on_test_info
from autoclue.reporting.sections.timeline import timeline_figure, timeline_info

if TYPE_CHECKING:
    import plotly.graph_objects as go


class Info(Protocol):
    """What every section's numbers have in common."""

    @property
    def missing(self) -> str | None:
        """Why there is nothing to draw, or ``None``."""

    @property
    def note(self) -> str | None:
        """What else a reader should know about the figure, or ``None``."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page.

    Attributes:
        key: Its anchor on the page.
        menu: Its name in the menu at the top.
        title: Its heading.
        reading: One sentence or two on how to read the figure.
        info: Computes the numbers from the study alone.
        figure: Draws those numbers and nothing else.
        draws: Whether the page shows the figure; otherwise it has a table of the same.
    """

    key: str
    menu: str
    title: str
    reading: str
    info: Callable[[StudyRecord], Info]
    figure: Callable[[Any], go.Figure]
    draws: bool = True


SECTIONS = (
    Section(
        "summary",
        "Summary",
        "Winner and baseline",
        "Each blue tick is one complete trial; the bars around the winner and the baseline "
        "are their 95% intervals, where those are known.",
        summary_info,
        summary_figure,
    ),
    Section(
        "test",
        "Test part",
        "On the test part",
        "The open marker is the best development score, which chose the model; the filled one is "
        "the same model's score on the test part, which the search never saw, with its 95% "
        "interval.",
        scores_on_test_info,
        scores_on_test_figure,
    ),
    Section(
        "holdout",
        "Selection bias",
        "Selection bias",
        "The open marker is the score on the examples that chose the trial and its evaluation, "
        "the filled one the same network's score on the held-out examples, which chose nothing, "
        "with its 95% interval.",
        holdout_info,
        holdout_figure,
    ),
    Section(
        "confirmation",
        "Other seeds",
        "The best, trained again with other seeds",
        "Each tick is one training, the marker their mean with its 95% interval. Intervals that "
        "overlap may still belong to configurations that can be told apart: the same seeds are "
        "compared pair by pair.",
        confirmation_info,
        confirmation_figure,
    ),
    Section(
        "labels",
        "Labels",
        "The winner label by label",
        "Of the examples that got a label, precision says how many have it; of those that have "
        "it, recall says how many got it. In the matrix, where there is one, every row is a right "
        "label: blue are right answers, orange wrong ones, the stronger the more of the row.",
        by_label_info,
        by_label_figure,
    ),
    Section(
        "history",
        "History",
        "History",
        "Each point is one trial, in the order in which they ended; the green staircase is the "
        "best complete trial so far, the dashed line the baseline. A trial that was stopped early "
        "shows the best score of its shorter run.",
        history_info,
        history_figure,
    ),
    Section(
        "rounds",
        "Rounds",
        "Rounds of the population",
        "Each point is a member of a round at the score that its round was decided by; hover it "
        "for its settings and rank. The line is the best score so far.",
        rounds_info,
        rounds_figure,
    ),
    Section(
        "population",
        "Population",
        "Who went on from whom",
        "Above, each line is a member of the population; where it comes from another row, it goes "
        "on from that member's state with other settings. Below are the settings over the "
        "schedule. Dark is the lineage of the winner, which is its recipe.",
        population_info,
        population_figure,
    ),
    Section(
        "curves",
        "Curves",
        "Learning curves",
        "Each line is one trial's development score along its own schedule. At the dotted lines "
        "trials are compared and the weak ones stopped; hover a triangle to read why.",
        learning_curves_info,
        learning_curves_figure,
    ),
    Section(
        "training",
        "Training",
        "How winner and baseline trained",
        "Each point is an evaluation. A loss on the development set that rises while the one in "
        "training falls is overfitting; the score may still rise for a while.",
        training_curves_info,
        training_curves_figure,
    ),
    Section(
        "importance",
        "Importance",
        "What mattered",
        "A longer bar means that this setting explains more of the differences between the "
        "trials' scores; its line is how uncertain that is, the number its rank. All scores are "
        "taken at the same part of the schedule, so that trials that were stopped early are "
        "compared fairly.",
        importance_info,
        importance_figure,
    ),
    Section(
        "slices",
        "Score by setting",
        "Score over each setting",
        "Each point is one trial. Hollow ones did not finish: their scores belong to shorter "
        "runs. The other settings differ from point to point too.",
        slices_info,
        slices_figure,
    ),
    Section(
        "pairs",
        "Two settings",
        "Score over two settings",
        "Each point is one trial at two of its settings, the lighter the better; the star is the "
        "winner, the diamond the baseline, triangles did not finish. The other settings differ "
        "from point to point too.",
        pairs_info,
        pairs_figure,
    ),
    Section(
        "parallel",
        "Settings and scores",
        "Settings and scores",
        "Follow a line from left to right: it crosses each axis at one trial's setting and ends "
        "at its score. Where the strong lines run together, the good settings lie. Dotted lines "
        "are trials that did not finish: their scores belong to shorter runs.",
        parallel_info,
        parallel_figure,
    ),
    Section(
        "layers",
        "Layer rates",
        "The winner's learning rate by layer",
        "One bar for each layer, from the embeddings at the bottom to the head at the top, at the "
        "start of training; the dashed line is the baseline.",
        layer_rates_info,
        layer_rates_figure,
    ),
    Section(
        "timeline",
        "Timeline",
        "When each trial ran",
        "Each bar is one trial from its beginning to its end, coloured by how it ended. Gaps are "
        "time in which a device had nothing to do.",
        timeline_info,
        timeline_figure,
    ),
    Section(
        "failures",
        "Failures",
        "Failures",
        "Trials that ended with an error instead of a score; they are never counted as results.",
        failures_info,
        failures_figure,
        draws=False,
    ),
)
"""Every section; a new one adds itself here and is tested by the contract suite."""
