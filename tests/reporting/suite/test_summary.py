"""The summary of a suite in the form of the published tools."""

from __future__ import annotations

from autoclue.reporting import summary_text
from autoclue.reporting.suite.best import BestResult, WinningRun


def result(task: str) -> BestResult:
    return BestResult("m", task, {"accuracy": 80.0}, (), 1, complete=1, failed=0, published={})


def test_tasks_stand_in_the_published_order_and_others_behind_them() -> None:
    """A suite whose files were changed can name any task."""
    text = summary_text([result("unheard-of"), result("c3"), result("afqmc")])
    assert text.splitlines()[0] == "AFQMC\tC3\tUNHEARD-OF"


def test_sampled_settings_have_four_digits_and_published_ones_look_as_published() -> None:
    winners = (
        WinningRun(0, learning_rate=0.00012363979294587095, batch_size=16, dropout=0.0, step=1),
        WinningRun(1, learning_rate=3e-05, batch_size=16, dropout=0.1, step=1),
    )
    assert [each.settings for each in winners] == ["(0.0001236,16,0.0)", "(3e-05,16,0.1)"]
