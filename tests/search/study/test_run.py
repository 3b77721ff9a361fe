"""What a search asks of every machine before anything trains."""

from __future__ import annotations

from pathlib import Path

from autoclue.options import StudySpec
from autoclue.search.spec import make_plan
from autoclue.search.study import expected_of


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
