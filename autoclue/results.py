"""What the public functions return: a study with its files, or one training."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.errors import unknown_name
from autoclue.records import Evaluation, StudyRecord, SuiteRecord, TrialRecord

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from autoclue.reporting import BestResult
    from autoclue.training.config import TrialConfig


BEST_ROWS = 5
"""Trials that a notebook shows of a study, the best first."""


@dataclass(frozen=True, slots=True, repr=False)
class StudyResult:
    """What a study found.

    Attributes:
        study: Everything the ledger holds, as plain records.
        folder: The study's folder.
        report: The page to open in a browser.
        results: The same numbers as JSON.
        model: Folder of the winner's model in PaddleNLP's form, if a trial has completed.
        evaluation: The score of that model, read back, where predictions were asked for.
        predictions: What it predicts, where that was asked for.
        figures: The figures of the report as pictures, where they were asked for.
    """

    study: StudyRecord
    folder: Path
    report: Path
    results: Path
    model: Path | None
    evaluation: EvaluateResult | None = None
    predictions: PredictResult | None = None
    figures: tuple[Path, ...] = ()

    @property
    def best(self) -> TrialRecord | None:
        """The complete trial with the highest score."""
        return self.study.winner

    @property
    def baseline(self) -> TrialRecord | None:
        """The trial of the default configuration."""
        return self.study.baseline

    @property
    def best_settings(self) -> Mapping[str, object] | None:
        """The winner's complete settings."""
        return None if self.best is None else self.best.config

    @property
    def trials(self) -> pd.DataFrame:
        """All trials, one row each."""
        from autoclue.reporting import trials_frame

        return trials_frame(self.study)

    def figure(self, name: str) -> go.Figure:
        """Draw a figure of the report, to show or to change.

        Args:
            name: The section's anchor on the page: ``curves``, ``history``, ``importance``, ...

        Raises:
            UsageError: The report has no such section; the message names those that it has.
        """
        from autoclue.reporting import SECTIONS

        found = {section.key: section for section in SECTIONS}
        if name not in found:
            raise unknown_name("figure", name, found)
        return found[name].figure(found[name].info(self.study))

    def __repr__(self) -> str:
        """Name the study, count its trials, and give the best and the baseline's score."""
        study = self.study
        parts = ["1 trial" if len(study.trials) == 1 else f"{len(study.trials)} trials"]
        for word, trial in (("best", self.best), ("baseline", self.baseline)):
            if trial is not None and trial.best_score is not None:
                parts.append(f"{word} {trial.best_score:.4f} (trial {trial.number})")
        return f"<StudyResult {study.name}: {', '.join(parts)}; {_shortened(self.folder)}>"

    def _repr_html_(self) -> str:
        """Show in a notebook what the search found, and its best trials."""
        from autoclue.reporting import closing_sentences

        said = "".join(f"<li>{html.escape(each)}</li>" for each in closing_sentences(self.study))
        best = self.trials.sort_values("score", ascending=False).head(BEST_ROWS)
        table = best.dropna(axis="columns", how="all").to_html(index=False)
        page = html.escape(str(self.report))
        return f"<b>{html.escape(self.study.name)}</b><ul>{said}</ul>{table}<p>{page}</p>"


@dataclass(frozen=True, slots=True, repr=False)
class TrainResult:
    """What one trial gave.

    Attributes:
        score: The best development score, in [0, 1], on the rows that select.
        best: The evaluation it comes from, with the score on the held-out rows if there are any.
        evaluations: All evaluations, in order.
        config: The trial's complete settings.
        folder: Log, ``result.json`` and ``best``, the kept model in PaddleNLP's form.
        synthetic: Whether autoclue generated the text, so that scores say nothing about real text.
        evaluation: The score of the best model, read back, where predictions were asked for.
        predictions: What it predicts, where that was asked for.
    """

    score: float
    best: Evaluation
    evaluations: tuple[Evaluation, ...]
    config: TrialConfig
    folder: Path
    synthetic: bool
    evaluation: EvaluateResult | None = None
    predictions: PredictResult | None = None

    def __repr__(self) -> str:
        """Give the score, the step it was reached at, and the folder."""
        found = f"score {self.score:.4f} at step {self.best.step}"
        return f"<TrainResult {self.config.task}: {found}; {_shortened(self.folder)}>"


@dataclass(frozen=True, slots=True)
class PredictResult:
    """What a fine-tuned model predicts, or several together.

    Attributes:
        task: Name of the task.
        files: The prediction files.
        arrays: The npz files of logits and probabilities, where these were asked for.
        rows: By split, how many rows were predicted.
        scores: By split, the scores of what was predicted, where the answers are known.
        data: Where the rows come from, for people.
        synthetic: Whether autoclue generated the text.
    """

    task: str
    files: tuple[Path, ...]
    arrays: tuple[Path, ...]
    rows: Mapping[str, int]
    scores: Mapping[str, Mapping[str, float]]
    data: str
    synthetic: bool


@dataclass(frozen=True, slots=True)
class EvaluateResult:
    """How well a fine-tuned model does on a split, or several together.

    Attributes:
        task: Name of the task.
        split: Name of the split.
        metric: Name of the metric.
        rows: How many examples were scored.
        scores: The scores by name, the primary one first, each in [0, 1].
        intervals: The 95 % interval of each score that has one.
        loss: Mean loss over all features, in nats.
        parts: Where the training held a part of the development set out: by name, how many rows
            the part that selected (``selection``) and the held-out one (``held_out``) have, and
            their scores. What the training reported as its score is that of ``selection``.
        data: Where the rows come from, for people.
        synthetic: Whether autoclue generated the text.
    """

    task: str
    split: str
    metric: str
    rows: int
    scores: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    loss: float
    parts: Mapping[str, tuple[int, Mapping[str, float]]]
    data: str
    synthetic: bool

    @property
    def score(self) -> float:
        """The primary score."""
        return next(iter(self.scores.values()))


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """An archive of prediction files.

    Attributes:
        archive: The archive.
        files: The names of the files in it.
        missing: The names of files that the benchmark takes too.
    """

    archive: Path
    files: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class SuiteResult:
    """What the studies of a suite found.

    Attributes:
        suite: Everything their ledgers hold, as plain records.
        folder: The suite's folder, which holds those of its studies.
        report: The page to open in a browser.
        results: The same numbers as JSON.
        best: The best result of each task of each model, with every setting that reaches it.
        predictions: What the best model of each task predicts, by the name of its study, where
            that was asked for.
        submission: The archive of them, where that was asked for.
        problems: By task, why it has no result, in a sentence.
    """

    suite: SuiteRecord
    folder: Path
    report: Path
    results: Path
    best: tuple[BestResult, ...]
    predictions: Mapping[str, PredictResult] = field(default_factory=dict)
    submission: SubmitResult | None = None
    problems: Mapping[str, str] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Runs that have failed and were not complete since."""
        return sum(each.failed for each in self.best)

    def summary(self, *, as_published: bool = False) -> str:
        """Return the best results in the form of the published tools, model by model.

        Args:
            as_published: Whether to cut figures and to resolve ties as the published script does.
        """
        from autoclue.reporting import summary_text

        parts = []
        for model in self.suite.models:
            own = [each for each in self.best if each.model == model]
            text = summary_text(own, as_published=as_published)
            parts.append(text if len(self.suite.models) == 1 else f"{model}\n{text}")
        return "\n".join(parts)

    def __repr__(self) -> str:
        """Name the suite, and count its studies and runs."""
        complete, runs = (sum(getattr(b, n) for b in self.best) for n in ("complete", "runs"))
        studies = len(self.suite.studies)
        within = "1 study" if studies == 1 else f"{studies} studies"
        told = f"{within}, {complete} of {runs} runs complete"
        return f"<SuiteResult {self.suite.name}: {told}; {_shortened(self.folder)}>"


def _shortened(path: Path) -> str:
    """Write a path as seen from the current folder where that is shorter."""
    return min(str(path), os.path.relpath(path), key=len)
