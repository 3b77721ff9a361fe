from __future__ import annotations

import platform
import shutil
import subprocess
from pathlib import Path

import pytest

from autoclue import __version__
from autoclue.training.platform.versions import commit_of, versions


def git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def test_python_and_autoclue_come_first() -> None:
    assert list(versions().items())[:2] == [
        ("python", platform.python_version()), ("autoclue", __version__),
    ]  # fmt: skip


@pytest.mark.skipif(shutil.which("git") is None, reason="Git is not installed")
def test_a_checkout_is_named_by_its_commit_and_whether_it_was_changed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a", encoding="utf-8")
    git(tmp_path, "init")
    git(tmp_path, "add", "file")
    git(tmp_path, "commit", "-m", "first")
    (tmp_path / "other").write_text("no part of it", encoding="utf-8")
    commit = str(commit_of(tmp_path))
    assert len(commit) == 12
    (tmp_path / "file").write_text("b", encoding="utf-8")
    commit_of.cache_clear()
    assert commit_of(tmp_path) == f"{commit}, changed"


def test_an_installed_package_has_no_commit(tmp_path: Path) -> None:
    assert commit_of(tmp_path) is None
