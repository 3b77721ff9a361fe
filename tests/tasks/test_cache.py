"""The cache folder, also for a home that is read only."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks.cache import CACHE_VARIABLE, cache_dir


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home that nothing can be written to, and a folder of temporary files."""
    monkeypatch.delenv(CACHE_VARIABLE, raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/dev/null")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_home_that_is_read_only_gets_a_cache_of_the_users_own(temporary: Path) -> None:
    folder = cache_dir()
    assert folder == temporary / f"autoclue-{os.getuid()}"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cache_dir() == folder


def test_a_cache_of_somebody_elses_is_refused(temporary: Path) -> None:
    (temporary / f"autoclue-{os.getuid()}").symlink_to("/etc")
    with pytest.raises(UsageError, match=r"belongs to somebody else.*set AUTOCLUE_CACHE"):
        cache_dir()
