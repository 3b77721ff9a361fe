"""Signals that ask for an end: the first one counts, and all of them end a command cleanly."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue.cli import app
from autoclue.cli.clean_end import PATIENCE_S, Heard, one_clean_end
from autoclue.search.execution.resources import Resources
from autoclue.search.tuner.tuner import Tuner
from autoclue.system import ENDING, answered_afterwards, handlers_kept

Cli = Callable[..., CompletedProcess[str]]
Runner = Callable[[Tuner, Path, Resources], None]


@pytest.fixture(autouse=True)
def _stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaving at once must not end the tests."""

    def leave(code: int) -> None:
        raise SystemExit(code)

    monkeypatch.setattr(app, "leave_now", leave)


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [
        (signal.SIGINT, 130, "Interrupted."),
        (signal.SIGTERM, 143, "Interrupted by SIGTERM."),
        (signal.SIGHUP, 129, "Interrupted by SIGHUP."),
    ],
)
def test_each_signal_is_one_clean_end(
    number: int, code: int, said: str, tune: Cli, execute_with: Callable[[Runner], None]
) -> None:
    def runs(tuner: Tuner, folder: Path, resources: Resources) -> None:
        tuner.next_trial()
        try:
            os.kill(os.getpid(), number)
        finally:
            for later in (signal.SIGINT, signal.SIGTERM, signal.SIGINT):
                os.kill(os.getpid(), later)  # while it is wound up

    execute_with(runs)
    done = tune("--trials", "2")
    *_, farewell, last = done.stderr.splitlines()
    assert done.returncode == code
    assert "Stopping the study mine" in farewell
    assert last == f"autoclue: {said} Run the same command again to go on."
    assert Path("studies/mine/report.html").is_file()


def test_a_signal_that_a_library_makes_another_error_of_is_the_same_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Paddle does, where it arrives in Python that the backward pass calls."""

    def command(*given: object, **named: object) -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt:
            raise OSError("(External) KeyboardInterrupt: <EMPTY MESSAGE>") from None
        return 0

    monkeypatch.setattr(app, "app", command)
    with pytest.raises(SystemExit, match="130"):
        app.run_command_line(["train"])
    said = capsys.readouterr().err
    assert said == "autoclue: Interrupted. Run the same command again to go on.\n"


def test_the_answers_to_signals_are_what_they_were_afterwards() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with one_clean_end():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in ENDING] == before


def test_a_signal_that_is_ignored_stays_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with one_clean_end() as heard:
            os.kill(os.getpid(), signal.SIGHUP)
        assert heard.number is None
    finally:
        signal.signal(signal.SIGHUP, before)


def test_only_a_later_ctrl_c_is_impatient() -> None:
    now_s, left = [10.0], list[int]()
    heard = Heard(clock=lambda: now_s[0], leave=left.append)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        heard.hear(signal.SIGTERM, None)
    heard.hear(signal.SIGINT, None)
    now_s[0] += PATIENCE_S
    heard.hear(signal.SIGTERM, None)
    assert left == []
    heard.hear(signal.SIGINT, None)
    assert left == [143]


def test_a_library_that_takes_the_signals_gives_them_back() -> None:
    before = [signal.getsignal(number) for number in ENDING]
    with handlers_kept():
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    assert [signal.getsignal(number) for number in ENDING] == before


def test_a_signal_that_was_put_off_is_answered_after_the_block() -> None:
    done = []

    def call_into_a_library() -> None:
        with answered_afterwards():
            signal.raise_signal(signal.SIGTERM)
            done.append("the block's end")

    with one_clean_end() as heard, pytest.raises(KeyboardInterrupt, match=r"^$"):
        call_into_a_library()
    assert done == ["the block's end"]
    assert heard.number == signal.SIGTERM
