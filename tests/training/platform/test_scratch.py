from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from autoclue.training.platform import make_scratch, make_scratch_file, share_as_usual


@pytest.fixture(params=[0o022, 0o002, 0o077], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    """The umask of a user who shares with all, with a group, with nobody."""
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_scratch_folder_has_the_permissions_of_any_new_one(umask: int, tmp_path: Path) -> None:
    folder = make_scratch(tmp_path, ".new-")
    assert mode(folder) == 0o777 & ~umask
    assert folder.name.startswith(".new-")
    assert make_scratch(tmp_path, ".new-") != folder


def test_a_scratch_file_has_the_permissions_of_any_new_one(umask: int, tmp_path: Path) -> None:
    assert mode(make_scratch_file(tmp_path, ".new-")) == 0o666 & ~umask


def test_weights_are_as_readable_as_their_folder(umask: int, tmp_path: Path) -> None:
    folder = make_scratch(tmp_path, ".new-")
    save_file({"weight": np.zeros(2)}, folder / "model.safetensors")
    (tmp_path / "elsewhere").touch(mode=0o600)
    (folder / "link").symlink_to(tmp_path / "elsewhere")
    share_as_usual(folder)
    assert mode(folder / "model.safetensors") == 0o666 & ~umask
    assert mode(tmp_path / "elsewhere") == 0o600
