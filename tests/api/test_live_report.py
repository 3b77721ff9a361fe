"""The report while a search runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from autoclue.api import live_report as module
from autoclue.api.live_report import live_report
from autoclue.errors import AutoclueError
from autoclue.search.study import Place

PLACE = Place(Path("study"), "sqlite:///study/ledger.db", "study")


def wait_for(done: list[str], count: int) -> None:
    """Wait until something has been done so often, for ten seconds at most."""
    deadline_s = time.monotonic() + 10
    while len(done) < count and time.monotonic() < deadline_s:
        time.sleep(0.01)


def test_pages_are_written_until_the_search_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(module, "_write", lambda place, reload_s: written.append(place.name))
    with live_report(PLACE, wanted=True, reload_s=0.02):
        wait_for(written, 2)
    count = len(written)
    assert count >= 2
    time.sleep(0.1)
    assert len(written) == count


def test_a_page_that_can_not_be_written_does_not_end_the_search(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: list[str] = []

    def fail(place: Place, reload_s: float) -> None:
        tried.append(place.name)
        raise AutoclueError("The disk is full.")

    monkeypatch.setattr(module, "_write", fail)
    with live_report(PLACE, wanted=True, reload_s=0.02):
        wait_for(tried, 2)
    assert len(tried) >= 2


def test_nothing_is_written_unless_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(module, "_write", lambda place, reload_s: written.append(place.name))
    with live_report(PLACE, wanted=False, reload_s=0.0):
        time.sleep(0.05)
    assert written == []
