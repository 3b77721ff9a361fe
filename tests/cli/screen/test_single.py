from __future__ import annotations

import io
import logging

import pytest
from rich.console import Console

from autoclue.screen import single
from autoclue.training.logs import StepProgress

PROGRESS = StepProgress(40, 100.0, 2.0)


def test_a_terminal_gets_a_bar_below_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100, highlight=False)
    monkeypatch.setattr(single, "progress_console", lambda: console)
    monkeypatch.setenv("TERM", "xterm")
    with single.watch_training() as shown:
        shown.log.info("a line of [the] log")
        shown.tell(PROGRESS)
        shown.log.error("said by the command itself")
    drawn = console.file.getvalue()  # type: ignore[attr-defined]
    assert "a line of [the] log" in drawn
    assert "step 40/100" in drawn
    assert "2.0 steps/s, about 30 s left" in drawn
    assert "said by the command itself" not in drawn


def test_after_the_last_step_nothing_is_left() -> None:
    assert single.speed_words(StepProgress(100, 100.0, 2.0)) == "2.0 steps/s"


def test_a_pipe_gets_the_lines_of_the_log_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with single.watch_training() as shown:
        shown.log.info("a line")
        shown.tell(PROGRESS)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "a line\n")


def test_where_nothing_is_drawn_a_line_a_minute_says_how_far_it_is(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now_s = 0.0
    log = logging.getLogger("pace")
    tell = single.minute_lines(log, clock=lambda: now_s)
    with caplog.at_level(logging.INFO, logger="pace"):
        for now_s in (30, 61, 90, 125):  # noqa: B007
            tell(PROGRESS)
    assert caplog.messages == ["step 40/100, 2.0 steps/s, about 30 s left"] * 2
