"""All trials as a pandas table."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting.statistics import searched, searched_values, steps_done

if TYPE_CHECKING:
    import pandas as pd

FACTS = (
    "number", "state", "score", "difference", "holdout_score",
    "best_step", "steps", "total_steps", "seconds", "baseline",
)  # fmt: skip
WHOLE = ("number", "best_step", "steps")
REASONS = ("stop_reason", "failure")


def trials_frame(study: StudyRecord) -> pd.DataFrame:
    """Return one row a trial, in order of number.

    Columns are ``number``, ``state``, ``score`` (in [0, 1]), ``difference`` (to the baseline's
    score), ``holdout_score`` (at the same evaluation), ``best_step``, ``steps``, ``total_steps``,
    ``seconds``, ``baseline``, then one for each searched parameter, then ``stop_reason`` and
    ``failure``. A parameter that is named like one of these columns gets ``param_`` before its
    name. A value that a trial does not have is missing.
    """
    import pandas as pd

    names = searched(study)
    columns = [*FACTS, *(column(name) for name in names), *REASONS]
    frame = pd.DataFrame([_row(study, trial, names) for trial in study.trials], columns=columns)
    types: dict[Hashable, str] = {
        "holdout_score": "float64",
        "difference": "float64",
        **dict.fromkeys(WHOLE, "Int64"),
    }
    typed: pd.DataFrame = frame.astype(types)
    return typed


def column(name: str) -> str:
    """Return the name of a parameter's column."""
    return f"param_{name}" if name in FACTS or name in REASONS else name


def _difference(study: StudyRecord, trial: TrialRecord) -> float | None:
    rival = None if study.baseline is None else study.baseline.best_score
    return None if trial.best_score is None or rival is None else trial.best_score - rival


def _row(study: StudyRecord, trial: TrialRecord, names: list[str]) -> dict[str, object]:
    found, held = trial.best, searched_values(study, trial)
    return {
        "number": trial.number,
        "state": trial.state.value,
        "score": None if found is None else found.score,
        "difference": _difference(study, trial),
        "holdout_score": None if found is None else found.holdout_score,
        "best_step": None if found is None else found.step,
        "steps": steps_done(trial),
        "total_steps": trial.total_steps,
        "seconds": trial.seconds,
        "baseline": trial.baseline,
        **{column(name): held.get(name) for name in names},
        "stop_reason": None if trial.stop is None else trial.stop.reason,
        "failure": trial.failure,
    }
