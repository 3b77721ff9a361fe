"""The report while a search runs: written again and again, as a page that reloads itself."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from autoclue.errors import AutoclueError

if TYPE_CHECKING:
    from autoclue.search.study import Place

RELOAD_S = 15.0
"""Seconds between two pages, and between two looks of a browser."""

LEAST_REST = 10.0
"""Writing a page takes at most one part in so many of the time, however large the study is."""


@contextlib.contextmanager
def live_report(place: Place, *, wanted: bool, reload_s: float = RELOAD_S) -> Iterator[None]:
    """Write a study's report again and again while the context lasts.

    The page is read from the ledger, as any other report is; whoever runs the search writes the
    last one, which doesn't reload itself.

    Args:
        place: Where the study is kept.
        wanted: Whether to do so at all.
        reload_s: Seconds between two pages at least.
    """
    if not wanted:
        yield
        return
    over = threading.Event()
    thread = threading.Thread(
        target=_write_on, args=(place, over, reload_s), name="autoclue-live-report", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _write_on(place: Place, over: threading.Event, reload_s: float) -> None:
    rest_s = reload_s
    while not over.wait(rest_s):
        began_s = time.monotonic()
        # A database that is away, or a full disk, is the search's matter, and it says so.
        with contextlib.suppress(AutoclueError):
            _write(place, reload_s)
        rest_s = max(reload_s, LEAST_REST * (time.monotonic() - began_s))


def _write(place: Place, reload_s: float) -> None:
    from autoclue.reporting import write_report
    from autoclue.search.study import load_study

    study = load_study(place)
    if study.trials:
        write_report(study, place.folder, reload_s=reload_s)
