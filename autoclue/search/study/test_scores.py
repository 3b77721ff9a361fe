"""Score the winner and the baseline on a test part that the search has never seen.

It happens once a search has ended, in this process, and the scores stand in the ledger. The
baseline's model is kept for it beside the winner's, and dropped once it has been scored. A kill at
any instant leaves either the score or the model, and the next run of the study makes up for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from autoclue.errors import AutoclueError, UsageError, last_line
from autoclue.records import StudyRecord, TestScore, TrialRecord, TrialState
from autoclue.search.execution import Resources, find_kept_model, keep_best_model
from autoclue.search.store import Ledger, StudyAttributes, read_study
from autoclue.search.tuner import Listener
from autoclue.tasks import TaskData
from autoclue.training.evaluate import SplitScore, can_score, score_model

SPLIT = "test"


class Score(Protocol):
    """Scores a kept model on a split, as ``score_model`` does."""

    def __call__(self, folder: Path, split: str, *, device: str) -> SplitScore:
        """Return the score."""


def fingerprint_test_part(data: TaskData) -> str | None:
    """Identify the test part of a task's data.

    Returns:
        The sha256 of its files; ``None`` where there is none with labels, or where it is a copy of
        a file that the search reads.

    Raises:
        UsageError: One of its files can't be read.
    """
    if not can_score(data, SPLIT):
        return None
    labels = data.labels_path(SPLIT)
    content = _content(data, SPLIT)
    cut = data.spec.split
    if cut is not None and SPLIT in cut.shares:
        return hashlib.sha256(content + cut.model_dump_json().encode()).hexdigest()
    if any(content == _content(data, split) for split in data.splits if split != SPLIT):
        return None
    return hashlib.sha256(content + (b"" if labels is None else _read(labels))).hexdigest()


def _content(data: TaskData, split: str) -> bytes:
    return b"".join(_read(path) for path in data.stored(split))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path} can't be read ({error.strerror or error}); make it readable or move it "
            "out of the data."
        ) from error


def unscored(study: StudyRecord, fingerprint: str | None) -> tuple[TrialRecord, ...]:
    """Return the winner and the baseline, as far as they are complete and have no score yet.

    Args:
        study: The study.
        fingerprint: Identifies the test part; ``None`` where there is none.
    """
    if fingerprint is None:
        return ()
    chosen = {t.number: t for t in (study.winner, study.baseline) if t is not None}
    return tuple(
        trial
        for trial in chosen.values()
        if trial.state is TrialState.COMPLETE
        and (trial.test_score is None or trial.test_score.fingerprint != fingerprint)
    )


def device_of(resources: Resources) -> str:
    """Choose what scores: what trials ran on, or what there is where they ran elsewhere."""
    if resources.address is not None:
        return "auto"
    return "gpu" if resources.on_gpu else "cpu"


def score_test_part(
    ledger: Ledger,
    folder: Path,
    fingerprint: str,
    *,
    device: str,
    listener: Listener,
    check: Callable[[], None] = lambda: None,
    score: Score = score_model,
) -> StudyRecord:
    """Score the winner and the baseline, and drop the models that are needed no longer.

    What can't be scored is no reason to lose a search: the ledger holds why, and the next run of
    the study tries again.

    Args:
        ledger: The study's ledger; its search has ended.
        folder: The study's folder, with the models that ``keep_best_model`` has left.
        fingerprint: Identifies the test part.
        device: ``auto``, ``cpu`` or ``gpu``.
        listener: Is told what is scored.
        check: Is called before anything is written; raises where this process may not write.
        score: Scores a kept model.

    Returns:
        The study as the ledger holds it now.
    """
    study = read_study(ledger)
    problems = []
    for trial in unscored(study, fingerprint):
        listener.scoring(trial.number, SPLIT)
        try:
            found = _score(trial, folder, fingerprint, device, score)
        except Exception as error:  # whatever Paddle raises
            problems.append(f"Trial {trial.number} can't be scored: {cause_words(error)}")
        else:
            check()
            ledger.note_test_score(trial.number, found)
    problem = " ".join(problems) or None
    if problem != study.test_problem:
        check()
        ledger.note(StudyAttributes(test_problem=problem))
    study = read_study(ledger)
    keep_best_model(study, folder, spare=[t.number for t in unscored(study, fingerprint)])
    return study


def _score(
    trial: TrialRecord, folder: Path, fingerprint: str, device: str, score: Score
) -> TestScore:
    model = find_kept_model(folder, trial)
    if model is None:
        raise AutoclueError("its model is no longer there.")
    found = score(model, SPLIT, device=device)
    return TestScore(SPLIT, found.score, found.loss, found.rows, fingerprint, dict(found.scores))


def cause_words(error: Exception) -> str:
    """Say in a sentence why a model could not answer."""
    if isinstance(error, AutoclueError):
        return str(error)
    return f"{type(error).__name__}: {last_line(str(error))}."
