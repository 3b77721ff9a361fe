from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import AutoclueError, FolderError, UsageError
from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting import write_pictures

MakeTrial = Callable[..., TrialRecord]
MakeStudy = Callable[..., StudyRecord]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture
def small(trial: MakeTrial, study: MakeStudy) -> StudyRecord:
    """A study of which three figures can be drawn."""
    return study(trial(0, (0.4, 0.5), baseline=True))


def scripted(error: Exception | None = None) -> Callable[..., None]:
    """What stands for the browser: it writes empty files, or raises."""

    def draw(tasks: list[dict[str, Any]], **_: object) -> None:
        if error is not None:
            raise error
        for task in tasks:
            task["path"].write_text(str(task["opts"]), encoding="utf-8")

    return draw


def test_every_figure_is_an_svg_and_a_png_of_three_times_the_pixels(
    small: StudyRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kaleido.write_fig_from_object_sync", scripted())
    written = write_pictures(small, tmp_path / "new" / "figures")
    assert [path.name for path in written][:4] == [
        "summary.svg", "summary.png", "history.svg", "history.png",
    ]  # fmt: skip
    assert "'scale': 1, 'width': 1000" in written[0].read_text()
    assert "'scale': 3, 'width': 1000" in written[1].read_text()
    assert sorted(p.name for p in (tmp_path / "new" / "figures").iterdir()) == sorted(
        path.name for path in written
    )


def test_without_kaleido_the_way_out_is_told(
    small: StudyRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "kaleido", None)
    with pytest.raises(UsageError, match=r"need Kaleido; run: pip install 'autoclue\[figures\]'"):
        write_pictures(small, tmp_path)


def test_without_a_browser_the_way_out_is_told(
    small: StudyRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors = pytest.importorskip("choreographer.errors")
    missing = scripted(errors.ChromeNotFoundError("none"))
    monkeypatch.setattr("kaleido.write_fig_from_object_sync", missing)
    with pytest.raises(UsageError, match=r"Chromium or Chrome, and there is neither on the PATH"):
        write_pictures(small, tmp_path)


def test_what_the_browser_says_ends_in_a_sentence_and_no_files(
    small: StudyRecord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing = scripted(RuntimeError("first\nit has crashed"))
    monkeypatch.setattr("kaleido.write_fig_from_object_sync", failing)
    with pytest.raises(AutoclueError, match=r"could not draw the figures: it has crashed"):
        write_pictures(small, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_is_told(small: StudyRecord, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(FolderError, match=r"The figures can't be written to .*file"):
        write_pictures(small, tmp_path / "file")


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on the PATH")
def test_a_browser_draws_them(small: StudyRecord, tmp_path: Path) -> None:
    svg, png, *_ = write_pictures(small, tmp_path)
    assert svg.read_text(encoding="utf-8").startswith("<svg ")
    assert png.read_bytes()[:4] == b"\x89PNG"
    assert int.from_bytes(png.read_bytes()[16:20], "big") == 3000
