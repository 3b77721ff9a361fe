from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from autoclue.records import Evaluation, TrialState
from autoclue.screen.live import LiveListener
from autoclue.screen.pace import SearchPace
from autoclue.screen.tally import Tally
from autoclue.search.store import Prepared
from autoclue.training import TrialConfig
from autoclue.training.logs import StepProgress, progress_writer

MakeConfig = Callable[..., TrialConfig]
MakeEvaluation = Callable[..., Evaluation]
Terminal = Callable[..., Console]


def drawn(listener: LiveListener) -> list[str]:
    """The lines that the listener draws as it stands, without colours."""
    with listener.console.capture() as capture:
        listener.console.print(listener.render())
    plain = Console(file=io.StringIO(), record=True, width=listener.console.width)
    plain.print(listener.render())
    assert capture.get()
    return [line.rstrip() for line in plain.export_text().splitlines()]


def test_a_row_names_all_scores_of_a_metric_with_several(
    terminal: Terminal, config: MakeConfig, evaluation: MakeEvaluation
) -> None:
    listener = LiveListener(terminal(200), Tally(2))
    listener.started(0, config())
    listener.evaluated(0, replace(evaluation(10, 0.25), scores={"em": 0.25, "f1": 0.5}))
    assert "em 0.2500, f1 0.5000" in drawn(listener)[1]


@pytest.fixture
def many(
    terminal: Terminal, config: MakeConfig, evaluation: MakeEvaluation, prepared: Prepared
) -> LiveListener:
    """A search of 60 trials: 40 have ended, two run."""
    listener = LiveListener(terminal(), Tally(60))
    for number in range(42):
        listener.started(number, config(strategy_params={"factor": 1.1}))
        listener.prepared(number, prepared)
        listener.evaluated(number, evaluation(10, number / 100))
    for number in range(40):
        state = TrialState.PRUNED if number % 2 else TrialState.COMPLETE
        listener.ended(
            number, state, score=number / 100, reason="[too] weak" if number % 2 else None
        )
    return listener


def numbers(listener: LiveListener) -> list[int]:
    """The numbers of the trials that the table shows."""
    rows = [line.split()[0] for line in drawn(listener)[1:]]
    return [int(first) for first in rows[: rows.index("trials")]]


def test_table_shows_running_trials_and_the_latest_that_ended(many: LiveListener) -> None:
    assert numbers(many) == list(range(30, 42))


@pytest.mark.parametrize("ended", range(1, 14))
def test_no_trial_that_ended_is_hidden_while_there_is_room(
    ended: int, terminal: Terminal, config: MakeConfig
) -> None:
    listener = LiveListener(terminal(), Tally(20))
    for number in range(ended):
        listener.started(number, config())
        listener.ended(number, TrialState.COMPLETE, score=0.5, reason=None)
    assert numbers(listener) == list(range(ended))[-12:]


def test_row_tells_state_progress_scores_and_settings(many: LiveListener) -> None:
    row = next(line for line in drawn(many) if line.split()[0] == "40")
    assert row.split()[:5] == ["40", "running", "33%", "0.4000", "0.4000"]
    assert "lr 3e-05" in row


def test_reason_with_brackets_is_shown_as_it_is(many: LiveListener) -> None:
    row = next(line for line in drawn(many) if line.split()[0] == "39")
    assert "[too] weak" in row


def test_lines_below_count_the_trials_and_name_the_best(many: LiveListener) -> None:
    bar, counts, best = drawn(many)[-3:]
    assert "40/60" in bar
    assert counts == "20 complete, 20 stopped early, 2 running"
    assert best == "best so far 0.4100 (trial 41, running)"


def test_bar_begins_where_an_earlier_run_ended(terminal: Terminal) -> None:
    tally = Tally(10, states=dict.fromkeys(range(8), TrialState.COMPLETE))
    assert "8/10" in drawn(LiveListener(terminal(), tally))[1]


def test_a_negative_best_is_not_shown_as_nought(
    terminal: Terminal, config: MakeConfig, evaluation: MakeEvaluation
) -> None:
    listener = LiveListener(terminal(), Tally(1))
    listener.started(0, config())
    listener.evaluated(0, evaluation(10, -0.25))
    assert drawn(listener)[1].split()[2:4] == ["-0.2500", "-0.2500"]


def test_as_many_running_trials_are_shown_as_the_terminal_has_room_for(
    terminal: Terminal, config: MakeConfig
) -> None:
    listener = LiveListener(terminal(), Tally(60))
    listener.console.height = 25
    for number in range(1000):
        listener.started(number, config())
    assert numbers(listener) == list(range(983, 1000))
    listener.console.height = 1008
    assert numbers(listener) == list(range(1000))
    assert listener.tally.counts() == "1000 running"


def test_interrupted_trials_are_no_longer_called_running(many: LiveListener) -> None:
    many.interrupted("Stopping the study mine.")
    rows = drawn(many)[1:13]
    assert [line.split()[1] for line in rows[-2:]] == ["interrupted", "interrupted"]
    assert many.tally.counts().endswith("2 interrupted")
    assert many.tally.pace_words() is None
    assert "Stopping the study mine." in many.console.export_text()


@pytest.mark.parametrize("width", [30, 40, 60, 80, 110, 200])
def test_every_row_keeps_to_one_line_of_the_terminal(width: int, many: LiveListener) -> None:
    many.console.width = width
    lines = drawn(many)
    assert max(len(line) for line in lines) <= width
    assert [line.split()[0] for line in lines[1:13]] == [str(n) for n in range(30, 42)]
    assert lines[0].startswith("trial  state ")
    assert lines[12].split()[1] == "running"


def test_display_ends_with_the_last_state(
    terminal: Terminal, config: MakeConfig, evaluation: MakeEvaluation, prepared: Prepared
) -> None:
    console = terminal()
    with LiveListener(console, Tally(1)) as listener:
        listener.started(0, config())
        listener.prepared(0, prepared)
        listener.evaluated(0, evaluation(30, 0.5))
        listener.ended(0, TrialState.COMPLETE, score=0.5, reason=None)
    assert "1/1" in console.export_text()


def test_display_is_given_back_after_an_interruption(terminal: Terminal) -> None:
    console = terminal()
    with pytest.raises(KeyboardInterrupt, match="pressed"), LiveListener(console, Tally(1)):
        raise KeyboardInterrupt("pressed")
    assert console._live_stack == []


def test_what_is_scored_on_the_test_part_is_shown_until_the_display_ends(
    many: LiveListener,
) -> None:
    before = drawn(many)[-1]
    with many:
        many.scoring(39, "test")
        assert drawn(many)[-1] == "trial 39 is scored on the test part"
    assert drawn(many)[-1] == before


def test_a_running_trial_moves_between_evaluations(
    terminal: Terminal, config: MakeConfig, prepared: Prepared, tmp_path: Path
) -> None:
    pace = SearchPace(3, lambda number: tmp_path / str(number))
    live = LiveListener(terminal(120), Tally(3, pace=pace))
    (tmp_path / "0").mkdir()
    live.started(0, config())
    live.prepared(0, prepared)
    progress_writer(tmp_path / "0")(StepProgress(12, 30.0, 2.0))
    row = next(line for line in drawn(live) if " running " in line)
    assert "40%" in row
    assert "9.0 s left, 2.0 steps/s" in row


def test_lines_below_say_how_the_gpus_stand_where_there_are_any(many: LiveListener) -> None:
    assert "GPU" not in "\n".join(many._standing())
    many.tally.devices = lambda: "GPU 0: 12.0 of 80.0 GiB, 97% busy"
    assert "GPU 0: 12.0 of 80.0 GiB, 97% busy" in many._standing()
    many.tally.devices = lambda: None
    assert "GPU" not in "\n".join(many._standing())
