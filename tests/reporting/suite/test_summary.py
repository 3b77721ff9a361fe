"""The summary of a suite in the form of the published tools."""

from __future__ import annotations

from autoclue.reporting import summary_text
from autoclue.reporting.suite.best import BestResult


def result(task: str) -> BestResult:
    return BestResult("m", task, {"accuracy": 80.0}, (), 1, complete=1, failed=0, published={})


def test_tasks_stand_in_the_published_order_and_others_behind_them() -> None:
    """A suite whose files were changed can name any task."""
    text = summary_text([result("unheard-of"), result("c3"), result("afqmc")])
    assert text.splitlines()[0] == "AFQMC\tC3\tUNHEARD-OF"
