from __future__ import annotations

import os
from pathlib import Path

import pytest

from autoclue.search.inputs.import_path import command_folders, own_folders


def test_folders_of_ones_own_are_kept_in_their_order(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("b", "python/site-packages", "a")]
    for folder in folders:
        folder.mkdir(parents=True)
    path = [str(each) for each in (*folders, tmp_path / "missing", tmp_path / "b")]
    assert own_folders(path, [str(tmp_path / "python")]) == [str(folders[0]), str(folders[2])]


def test_current_folder_counts_only_where_python_put_it_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert own_folders([""], []) == [str(tmp_path)]
    monkeypatch.setattr("sys.path", [os.path.dirname(os.__file__)])
    assert command_folders() == []
