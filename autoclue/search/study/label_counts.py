"""Count, once a search has ended, what the winner's model answers to the development set by label.

Nothing is chosen by it. It stands in the ledger, so that a report needs no model.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from autoclue.errors import AutoclueError
from autoclue.records import LabelCounts, StudyRecord, TrialRecord
from autoclue.search.execution import find_kept_model
from autoclue.search.store import Ledger, StudyAttributes, read_study
from autoclue.search.study.test_scores import cause_words
from autoclue.search.tuner import Listener
from autoclue.training.evaluate import count_labels

SPLIT = "dev"


class CountLabels(Protocol):
    """Counts a kept model's answers, as ``count_labels`` does."""

    def __call__(self, folder: Path, *, device: str) -> LabelCounts:
        """Return the counts."""


def count_by_label(
    ledger: Ledger,
    folder: Path,
    *,
    device: str,
    listener: Listener,
    check: Callable[[], None] = lambda: None,
    count: CountLabels = count_labels,
) -> StudyRecord:
    """Count the winner's answers, where that hasn't been done.

    What can't be counted is no reason to lose a search: the ledger holds why, and the next run of
    the study tries again.

    Args:
        ledger: The study's ledger; its search has ended, and its task has labels.
        folder: The study's folder, with the model of its winner.
        device: ``auto``, ``cpu`` or ``gpu``.
        listener: Is told of it.
        check: Is called before anything is written; raises where this process may not write.
        count: Counts a kept model's answers.

    Returns:
        The study as the ledger holds it now.
    """
    study = read_study(ledger)
    winner = study.winner
    if winner is None or winner.label_counts is not None:
        return study
    listener.scoring(winner.number, SPLIT)
    problem = None
    try:
        found = _count(winner, folder, device, count)
    except Exception as error:  # whatever Paddle raises
        problem = f"Trial {winner.number} can't be looked at by label: {cause_words(error)}"
    else:
        check()
        ledger.note(StudyAttributes(label_counts={winner.number: found}))
    if problem != study.label_problem:
        check()
        ledger.note(StudyAttributes(label_problem=problem))
    return read_study(ledger)


def _count(winner: TrialRecord, folder: Path, device: str, count: CountLabels) -> LabelCounts:
    model = find_kept_model(folder, winner)
    if model is None:
        raise AutoclueError("its model is no longer there.")
    return count(model, device=device)
