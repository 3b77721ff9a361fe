from __future__ import annotations

import io
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from autoclue.screen import listening, text
from autoclue.screen.listening import resume_words
from autoclue.screen.live import LiveListener
from autoclue.screen.plain import PlainListener
from autoclue.screen.tally import Tally

Terminal = Callable[..., Console]
FAREWELL = "Stopping the study mine."


@pytest.mark.parametrize(("term", "display"), [("dumb", PlainListener), ("xterm", LiveListener)])
def test_a_terminal_that_cannot_redraw_gets_plain_lines(
    term: str, display: type, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    assert type(listening._listener(terminal(), Tally(1), "trial")) is display


def test_a_pipe_gets_plain_lines(pipe: Console) -> None:
    assert type(listening._listener(pipe, Tally(1), "trial")) is PlainListener


@pytest.fixture
def piped(pipe: Console, monkeypatch: pytest.MonkeyPatch) -> Console:
    """A pipe in place of the terminal."""
    monkeypatch.setattr(listening, "progress_console", lambda: pipe)
    return pipe


def test_ctrl_c_is_answered_before_anything_is_wound_up(piped: Console) -> None:
    seen: list[str] = []

    def search() -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        finally:
            seen.append(piped.export_text(clear=False))

    with (
        pytest.raises(KeyboardInterrupt, match=r"^$"),
        listening.display_of(Tally(1), "trial", FAREWELL),
    ):
        search()
    assert FAREWELL in seen[0]
    assert piped.export_text().count(FAREWELL) == 1


def test_the_answer_to_ctrl_c_is_what_it_was_once_the_display_is_over(piped: Console) -> None:
    before = signal.getsignal(signal.SIGINT)
    with listening.display_of(Tally(1), "trial", FAREWELL):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
    assert FAREWELL not in piped.export_text()


def test_how_to_go_on_names_the_study_or_its_folder(tmp_path: Path) -> None:
    usual = resume_words("mine", Path("autoclue-studies") / "mine")
    assert usual.endswith("To go on: autoclue resume mine")
    elsewhere = resume_words("mine", tmp_path / "my studies" / "mine")
    assert elsewhere.endswith("To go on: autoclue resume 'my studies/mine'")


@pytest.mark.parametrize(
    ("widgets", "shown"), [(None, PlainListener), (object(), LiveListener)], ids=["none", "some"]
)
def test_a_notebook_is_drawn_anew_only_with_widgets(
    widgets: object, shown: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text, "find_spec", lambda name: widgets)
    console = Console(file=io.StringIO(), force_jupyter=True)
    assert isinstance(listening._listener(console, Tally(3), "trial"), shown)


def test_python_shows_progress_unless_told_otherwise() -> None:
    from autoclue.api import studies

    assert studies.watching(None, progress=True) is listening.watch
    silent = studies.watching(None, progress=False)
    with silent(None) as listener:  # type: ignore[arg-type]
        assert type(listener).__name__ == "Silent"
