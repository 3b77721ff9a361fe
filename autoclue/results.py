"""What the public functions return: a study with its files, or one training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.records import Evaluation, StudyRecord, TrialRecord

if TYPE_CHECKING:
    import pandas as pd

    from autoclue.training.config import TrialConfig


@dataclass(frozen=True, slots=True)
class StudyResult:
    """What a study found.

    Attributes:
        study: Everything the ledger holds, as plain records.
        folder: The study's folder.
        report: The page to open in a browser.
        results: The same numbers as JSON.
        model: Folder of the winner's model in PaddleNLP's form, if a trial has completed.
    """

    study: StudyRecord
    folder: Path
    report: Path
    results: Path
    model: Path | None

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


@dataclass(frozen=True, slots=True)
class TrainResult:
    """What one trial gave.

    Attributes:
        score: The best development score, in [0, 1], on the rows that select.
        best: The evaluation it comes from, with the score on the held-out rows if there are any.
        evaluations: All evaluations, in order.
        config: The trial's complete settings.
        folder: Log, ``result.json`` and ``best``, the kept model in PaddleNLP's form.
        synthetic: Whether autoclue generated the text, so that scores say nothing about real text.
    """

    score: float
    best: Evaluation
    evaluations: tuple[Evaluation, ...]
    config: TrialConfig
    folder: Path
    synthetic: bool
