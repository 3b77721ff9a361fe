from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from autoclue.cli.screen.live import LiveListener, PlainListener, settings_line
from autoclue.records import Evaluation, TrialState
from autoclue.search.store.ledger import Prepared
from autoclue.training import TrialConfig

MakeEvaluation = Callable[..., Evaluation]


def config(**changes: object) -> TrialConfig:
    """Settings of a trial."""
    given = {"task": "xnli", "model": "builtin", "learning_rate": 3e-5, "batch_size": 32}
    return TrialConfig.model_validate({**given, "epochs": 3, "max_length_tokens": 128, **changes})


def terminal(width: int = 100) -> Console:
    """A terminal that keeps what is drawn on it."""
    return Console(file=io.StringIO(), record=True, force_terminal=True, width=width)


def drawn(listener: LiveListener) -> list[str]:
    """The lines that the listener draws as it stands, without colours."""
    with listener.console.capture() as capture:
        listener.console.print(listener.render())
    plain = Console(file=io.StringIO(), record=True, width=listener.console.width)
    plain.print(listener.render())
    assert capture.get()
    return [line.rstrip() for line in plain.export_text().splitlines()]


@pytest.fixture
def many(evaluation: MakeEvaluation, prepared: Prepared) -> LiveListener:
    """A search of 60 trials: 40 have ended, two run."""
    listener = LiveListener(terminal(), trials=60)
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


def test_settings_are_told_in_a_few_words() -> None:
    made = config(dropout=0.2, strategy_params={"factor": 1.123456, "blocks": None})
    assert settings_line(made) == "lr 3e-05, batch 32, dropout 0.2, factor 1.123, blocks None"


def test_table_shows_running_trials_and_the_latest_that_ended(many: LiveListener) -> None:
    numbers = [int(line.split()[0]) for line in drawn(many)[1:-1]]
    assert numbers == list(range(30, 42))


def test_row_tells_state_progress_scores_and_settings(many: LiveListener) -> None:
    row = next(line for line in drawn(many) if line.split()[0] == "40")
    assert row.split()[:5] == ["40", "running", "33%", "0.4000", "0.4000"]
    assert "lr 3e-05" in row


def test_reason_with_brackets_is_shown_as_it_is(many: LiveListener) -> None:
    row = next(line for line in drawn(many) if line.split()[0] == "39")
    assert "[too] weak" in row


def test_bar_counts_the_trials_that_ended(many: LiveListener) -> None:
    assert "40/60" in drawn(many)[-1]
    assert "best so far 0.3900" in drawn(many)[-1]


def test_bar_begins_where_an_earlier_run_ended() -> None:
    listener = LiveListener(terminal(), trials=10, ended_before=8)
    assert "8/10" in drawn(listener)[-1]


def test_running_trials_are_all_shown_however_many(prepared: Prepared) -> None:
    listener = LiveListener(terminal(), trials=60)
    for number in range(30):
        listener.started(number, config())
    assert len(drawn(listener)) == 30 + 2


@pytest.mark.parametrize("width", [30, 40, 60, 80, 110, 200])
def test_every_row_keeps_to_one_line_of_the_terminal(width: int, many: LiveListener) -> None:
    many.console.width = width
    lines = drawn(many)
    assert max(len(line) for line in lines) <= width
    assert [line.split()[0] for line in lines[1:13]] == [str(n) for n in range(30, 42)]
    assert lines[0].startswith("trial  state ")
    assert lines[-3].split()[1] == "running"


def test_display_ends_with_the_last_state(evaluation: MakeEvaluation, prepared: Prepared) -> None:
    console = terminal()
    with LiveListener(console, trials=1) as listener:
        listener.started(0, config())
        listener.prepared(0, prepared)
        listener.evaluated(0, evaluation(30, 0.5))
        listener.ended(0, TrialState.COMPLETE, score=0.5, reason=None)
    assert "1/1" in console.export_text()


def test_display_is_given_back_after_an_interruption() -> None:
    console = terminal()
    with pytest.raises(KeyboardInterrupt, match="pressed"), LiveListener(console, trials=1):
        raise KeyboardInterrupt("pressed")
    assert console._live_stack == []


def test_plain_lines_tell_a_trial_from_its_beginning_to_its_end(
    evaluation: MakeEvaluation, prepared: Prepared
) -> None:
    console = Console(file=io.StringIO(), record=True, width=20)
    listener = PlainListener(console)
    listener.started(3, config())
    listener.prepared(3, prepared)
    listener.evaluated(3, evaluation(10, 0.5))
    listener.ended(3, TrialState.PRUNED, score=0.5, reason="0.5 is [far] below")
    listener.ended(4, TrialState.FAIL, score=None, reason="loss is nan")
    assert console.export_text().splitlines() == [
        "trial 3 begins: lr 3e-05, batch 32",
        "trial 3 step 10/30: score 0.5000, loss 0.6000, 10.0 updates/s",
        "trial 3 PRUNED: best 0.5000 (0.5 is [far] below)",
        "trial 4 FAIL: no score (loss is nan)",
    ]


def test_what_is_scored_on_the_test_part_is_shown_until_the_display_ends(
    many: LiveListener,
) -> None:
    told = drawn(many)[-1]
    with many:
        many.scoring(39)
        assert drawn(many)[-1].endswith("trial 39 is scored on the test part")
    assert drawn(many)[-1] == told


def test_what_is_scored_on_the_test_part_is_printed() -> None:
    console = Console(file=io.StringIO(), record=True)
    PlainListener(console).scoring(3)
    assert console.export_text() == "trial 3 is scored on the test part\n"
