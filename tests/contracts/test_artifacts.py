"""What every store of artifacts keeps to; a new one adds itself to ``STORES``."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autoclue.errors import FolderError
from autoclue.search.execution import ArtifactStore, LocalArtifacts

MakeStore = Callable[[Path], ArtifactStore]
STORES: Mapping[str, MakeStore] = {"local": LocalArtifacts}


@pytest.fixture(params=list(STORES.values()), ids=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ArtifactStore:
    make: MakeStore = request.param
    return make(tmp_path / "store")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a file"
    path.write_text("state", encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "a folder"
    (path / "inner").mkdir(parents=True)
    (path / "inner" / "weights").write_text("model", encoding="utf-8")
    return path


def contents(path: Path) -> dict[str, str]:
    """Every file below a place, or the file itself."""
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()]
    return {str(each.relative_to(path)): each.read_text(encoding="utf-8") for each in files}


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_was_put_is_got_back(
    store: ArtifactStore, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(kind)
    store.put(source, "trials/0001/thing")
    assert store.has("trials/0001/thing")
    assert store.get("trials/0001/thing", tmp_path / "far" / "away")
    assert contents(tmp_path / "far" / "away") == contents(source)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_was_there_before_is_replaced_whole(
    store: ArtifactStore, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(kind)
    store.put(source, "thing")
    changed = next(iter([source] if source.is_file() else source.rglob("weights")))
    changed.rename(changed.with_name("other")) if source.is_dir() else changed.write_text("new")
    store.put(source, "thing")
    store.get("thing", tmp_path / "out")
    assert contents(tmp_path / "out") == contents(source)


def test_what_is_not_there_is_not_got(store: ArtifactStore, tmp_path: Path) -> None:
    assert not store.has("nothing")
    assert not store.get("nothing", tmp_path / "out")
    assert not store.move("nothing", "else")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_moved_is_only_under_its_new_key(
    store: ArtifactStore, kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    source: Path = request.getfixturevalue(kind)
    store.put(source, "old")
    store.put(source, "new/key")
    assert store.move("old", "new/key")
    assert (store.has("old"), store.has("new/key")) == (False, True)
    store.get("new/key", tmp_path / "out")
    assert contents(tmp_path / "out") == contents(source)


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_dropped_is_gone_and_may_be_dropped_again(
    store: ArtifactStore, kind: str, request: pytest.FixtureRequest
) -> None:
    store.put(request.getfixturevalue(kind), "thing")
    store.drop("thing")
    store.drop("thing")
    assert not store.has("thing")


def test_a_place_that_cannot_be_written_is_one_sentence(
    store: ArtifactStore, file: Path, tmp_path: Path
) -> None:
    store.put(file, "thing")
    (tmp_path / "taken").touch()
    with pytest.raises(FolderError, match=r"^out can't be written to .*taken.*\. Free some space"):
        store.get("thing", tmp_path / "taken" / "out")


def test_local_put_that_dies_leaves_the_older_content(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalArtifacts(tmp_path / "store")
    store.put(file, "thing")
    file.write_text("newer", encoding="utf-8")
    monkeypatch.setattr(os, "replace", _die)
    with pytest.raises(KeyboardInterrupt, match="killed"):
        store.put(file, "thing")
    assert contents(store.path("thing")) == {".": "state"}


def _die(*_: object) -> None:
    raise KeyboardInterrupt("killed")
