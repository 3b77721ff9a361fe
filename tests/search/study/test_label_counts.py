"""Counting the winner's answers by label, with models that are only described."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from autoclue.records import Evaluation, LabelCounts, StudyRecord
from autoclue.search.execution.artifacts import trial_folder
from autoclue.search.store.ledger import Ledger
from autoclue.search.study.label_counts import count_by_label
from autoclue.search.tuner.events import Silent
from autoclue.search.tuner.tuner import Tuner
from autoclue.training import TrialConfig

COUNTS = LabelCounts(("yes", "no"), 2, (1, 1), (2, 0), (1, 0), ((0, 0, 1), (1, 0, 1)))
Evaluate = Callable[..., Evaluation]


@dataclass
class Scripted(Silent):
    """Counts the same of every model, after as many errors as it is told; hears what is told."""

    errors: int = 0
    folders: list[Path] = field(default_factory=list)
    told: list[tuple[int, str]] = field(default_factory=list)

    def scoring(self, number: int, split: str) -> None:
        self.told.append((number, split))

    def __call__(self, folder: Path, *, device: str) -> LabelCounts:
        self.folders.append(folder)
        if len(self.folders) <= self.errors:
            raise RuntimeError("C++ trace\nno memory")
        return COUNTS


@pytest.fixture
def ledger(
    tmp_path: Path,
    make_tuner: Callable[..., Tuner],
    open_in_memory: Callable[..., Ledger],
    evaluate: Evaluate,
    run: Callable[..., StudyRecord],
) -> Ledger:
    """A search of two trials, of which the second has won and left its model."""
    found, scores = open_in_memory(), iter((0.4, 0.7))

    def curve(config: TrialConfig) -> Iterator[Evaluation]:
        yield evaluate(900, next(scores))

    study = run(make_tuner(ledger=found, trials=2, scheduler=None), curve)
    kept = trial_folder(tmp_path, 1) / "best"
    kept.mkdir(parents=True)
    told = json.dumps({"evaluation": asdict(study.trials[1].evaluations[0])})
    (kept / "autoclue.json").write_text(told, encoding="utf-8")
    return found


def count(ledger: Ledger, folder: Path, by: Scripted) -> StudyRecord:
    return count_by_label(ledger, folder, device="cpu", listener=by, count=by)


def test_the_winner_is_counted_once_and_stands_in_the_ledger(
    ledger: Ledger, tmp_path: Path
) -> None:
    by = Scripted()
    study = count(ledger, tmp_path, by)
    assert [trial.label_counts for trial in study.trials] == [None, COUNTS]
    assert count(ledger, tmp_path, by) == study
    assert by.told == [(1, "dev")]
    assert by.folders == [trial_folder(tmp_path, 1) / "best"]


def test_what_fails_is_said_and_tried_again(ledger: Ledger, tmp_path: Path) -> None:
    by = Scripted(errors=1)
    said = "Trial 1 can't be looked at by label: RuntimeError: no memory."
    assert count(ledger, tmp_path, by).label_problem == said
    study = count(ledger, tmp_path, by)
    assert (study.label_problem, study.trials[1].label_counts) == (None, COUNTS)


def test_a_model_that_is_gone_is_said(ledger: Ledger, tmp_path: Path) -> None:
    study = count(ledger, tmp_path / "elsewhere", Scripted())
    assert str(study.label_problem).endswith("by label: its model is no longer there.")


def test_a_search_without_a_winner_has_nothing_to_count(
    open_in_memory: Callable[..., Ledger], tmp_path: Path
) -> None:
    by = Scripted()
    assert count(open_in_memory(), tmp_path, by).trials == ()
    assert by.told == []
