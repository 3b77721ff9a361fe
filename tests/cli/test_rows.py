"""Tables of the command line on terminals of any width."""

from __future__ import annotations

import re

import pytest

from autoclue.cli.rows import print_rows

ROWS: list[dict[str, object]] = [
    {"model": "RoBERTa-large-clue", "tnews": 58.38, "iflytek": 63.58, "document": "large"},
    {"model": "小模型", "tnews": None, "iflytek": 57.31, "document": "small"},
]
STYLE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 40 characters."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "40")


def printed(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The lines that were printed, without style and without spaces at their ends."""
    return [STYLE.sub("", line).rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.mark.usefixtures("narrow")
def test_a_table_that_is_too_wide_goes_on_below_with_its_first_column(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_rows("scores", ROWS, as_json=False, whole=True)
    assert printed(capsys) == [
        "model               tnews  iflytek",
        "RoBERTa-large-clue  58.38  63.58",
        "小模型                     57.31",
        "",
        "model               document",
        "RoBERTa-large-clue  large",
        "小模型              small",
    ]


def test_a_pipe_gets_one_table_however_wide(capsys: pytest.CaptureFixture[str]) -> None:
    print_rows("scores", ROWS, as_json=False, whole=True)
    lines = printed(capsys)
    assert len(lines) == 3
    assert lines[1].split() == ["RoBERTa-large-clue", "58.38", "63.58", "large"]


@pytest.mark.usefixtures("narrow")
@pytest.mark.parametrize("whole", [True, False])
def test_where_there_are_no_rows_a_sentence_says_so(
    whole: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    print_rows("scores", [], as_json=False, whole=whole)
    assert printed(capsys) == ["No scores."]
