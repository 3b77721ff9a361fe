"""A suite's index is written by us, and may have been written by anybody."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.search.suite import SuiteEntry, add_to_index, read_index

ENTRY = {"model": "m", "task": "tnews", "study": "tnews-m"}


def test_an_index_is_read_as_it_was_written(tmp_path: Path) -> None:
    add_to_index(tmp_path, [SuiteEntry(**ENTRY)])
    assert read_index(tmp_path).entries == (SuiteEntry(**ENTRY),)


@pytest.mark.parametrize(
    ("study", "told"),
    [
        ({**ENTRY, "model": [1]}, r"model must be text, not \[1\]"),
        ({**ENTRY, "task": "\ud800"}, "task must be text"),
        ({**ENTRY, "more": "x"}, "each study has model, study, task, and nothing else"),
        ("x", "each study has model, study, task, and nothing else"),
        ({**ENTRY, "study": "../x"}, "can't name a study"),
    ],
)
def test_an_index_that_is_not_as_it_was_written_is_refused(
    tmp_path: Path, study: object, told: str
) -> None:
    (tmp_path / "suite.json").write_text(json.dumps({"format": 1, "studies": [study]}))
    with pytest.raises(UsageError, match=told):
        read_index(tmp_path)
