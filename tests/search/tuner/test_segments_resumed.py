"""Populations that a budget paused go on, and their boundaries are decided alike again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from autoclue.records import Evaluation, StudyRecord, TrialState
from autoclue.search.sampling import Pbt
from autoclue.search.store import read_study
from tests.search.tuner import test_segment_source
from tests.search.tuner.test_segment_source import KINDS, OpenInMemory, run, source_of, whole


@pytest.fixture
def study(open_in_memory: OpenInMemory) -> StudyRecord:
    return read_study(run(open_in_memory()).ledger)


def test_a_budget_pauses_members_and_the_next_run_goes_on_with_them(
    study: StudyRecord, open_in_memory: OpenInMemory
) -> None:
    ledger = open_in_memory()
    first = run(ledger, parallel=3, step_budget=85)
    paused = [t for t in read_study(ledger).trials if t.state is TrialState.RUNNING]
    assert first.ending == "the budget of 85 steps is spent"
    assert paused
    assert all(trial.stop is None for trial in read_study(ledger).trials)
    run(ledger)
    assert whole(read_study(ledger)) == whole(study)


def test_rows_that_are_held_out_choose_nobody(
    study: StudyRecord, open_in_memory: OpenInMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = test_segment_source.curve

    def held_out(*given: Any) -> Iterator[Evaluation]:
        return (replace(each, holdout_score=1 - each.score) for each in plain(*given))

    monkeypatch.setattr(test_segment_source, "curve", held_out)
    found = read_study(run(open_in_memory()).ledger)

    assert found.boundaries == study.boundaries
    assert found.trials[-1].evaluations[-1].holdout_score is not None


@pytest.mark.parametrize("kind", ["pbt", "failures", "pb2", "control"])
def test_every_boundary_is_decided_alike_again_from_the_finished_ledger(
    kind: str, open_in_memory: OpenInMemory
) -> None:
    given = dict(KINDS[kind])
    ledger = run(open_in_memory(), **given).ledger
    given.pop("fails", None)
    assert len(ledger.attributes.generations) >= 3
    assert source_of(ledger, **given).differing_boundaries() == []
    given.pop("exchanger", None)
    assert source_of(ledger, Pbt(resample=1.0), **given).differing_boundaries() != []
