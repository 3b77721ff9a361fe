"""What a search asks of every machine before anything trains."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.options import StudySpec
from autoclue.records import TrialState
from autoclue.search.spec import make_plan
from autoclue.search.study import expected_of
from autoclue.search.study.location import Place
from autoclue.search.study.run import LedgerCopy
from tests.clock import Clock


def test_several_searches_ask_for_each_data_set_and_model_once(tmp_path: Path) -> None:
    first = make_plan(StudySpec(task="tnews", data="builtin", builtin_size="tiny"))
    other = make_plan(StudySpec(task="afqmc", data="builtin", builtin_size="tiny"))

    found = expected_of([first, other, first], tmp_path)

    assert [each.task for each in found.inputs.data] == ["tnews", "afqmc"]
    assert [each.fingerprint for each in found.inputs.data] == [
        first.data_fingerprint,
        other.data_fingerprint,
    ]
    assert len(found.inputs.models) <= 1
    assert found.folder == str(tmp_path.resolve())


def test_a_ledger_that_takes_long_to_copy_is_copied_seldom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, copied = Clock(), []

    def copy(place: Place) -> None:
        copied.append(clock())
        clock.now_s += 0.5

    monkeypatch.setattr("autoclue.search.study.run.back_up_ledger", copy)
    copies = LedgerCopy(Place(tmp_path, "study", f"sqlite:///{tmp_path}/ledger.db"), clock)
    for _ in range(100):
        copies.ended(1, TrialState.COMPLETE, score=0.5, reason=None)
        clock.now_s += 1.0

    assert copied == [0.0, 25.5, 51.0, 76.5]
