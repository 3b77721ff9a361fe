"""What every store of objects keeps to; a new one adds itself to ``STORES``."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from autoclue.errors import FolderError
from autoclue.search.objects import (
    LostObjectError,
    ObjectStore,
    fetch_tree,
    keep_tree,
    open_objects,
    try_objects,
)

MakeAddress = Callable[[pytest.FixtureRequest, Path], str]
_NUMBERS = itertools.count()


def folder_address(_: pytest.FixtureRequest, folder: Path) -> str:
    return str(folder / "store")


def s3_address(request: pytest.FixtureRequest, _: Path) -> str:
    return str(request.getfixturevalue("s3").address(f"contract-{next(_NUMBERS)}"))


STORES: Mapping[str, MakeAddress] = {"folder": folder_address, "s3": s3_address}
PLACE = "study/trials/0001"


@pytest.fixture(params=list(STORES.values()), ids=list(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    make: MakeAddress = request.param
    return open_objects(make(request, tmp_path))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a file"
    path.write_bytes(b"state" * 1000)
    return path


def test_an_object_is_named_by_its_content_and_given_back(
    store: ObjectStore, file: Path, tmp_path: Path
) -> None:
    name = store.put(file, PLACE)

    assert name == hashlib.sha256(file.read_bytes()).hexdigest()
    assert store.get(PLACE, name, tmp_path / "far" / "away")
    assert (tmp_path / "far" / "away").read_bytes() == file.read_bytes()


def test_what_is_there_already_may_be_put_again(store: ObjectStore, file: Path) -> None:
    assert store.put(file, PLACE) == store.put(file, PLACE)
    assert len(store.names(PLACE)) == 1


def test_a_torn_object_is_put_anew(store: ObjectStore, file: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn"
    torn.write_bytes(b"sta")
    name = hashlib.sha256(file.read_bytes()).hexdigest()
    plant(store, torn, name)

    store.put(file, PLACE)

    assert store.get(PLACE, name, tmp_path / "out")
    assert (tmp_path / "out").read_bytes() == file.read_bytes()


def plant(store: ObjectStore, file: Path, name: str) -> None:
    """Put a file under a name that isn't that of its content."""
    store.drop(PLACE, [name])
    address = open_objects(store.text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"{type(store).__module__}.file_sha256", lambda _: name)
        address.put(file, PLACE)


def test_what_is_not_there_is_not_got(store: ObjectStore, tmp_path: Path) -> None:
    assert not store.get(PLACE, "0" * 64, tmp_path / "out")
    assert store.read(PLACE, "0" * 64) is None
    assert store.names("nowhere") == frozenset()
    assert not (tmp_path / "out").exists()


def test_a_short_content_is_read_as_it_was_written(store: ObjectStore) -> None:
    name = store.write(b"content", PLACE)
    assert (name, store.read(PLACE, name)) == (
        hashlib.sha256(b"content").hexdigest(),
        b"content",
    )


def test_objects_of_a_place_are_listed_from_there(store: ObjectStore) -> None:
    names = {store.write(text, PLACE) for text in (b"one", b"two")}
    assert store.names(PLACE) == names
    assert store.names("study") == {f"trials/0001/{name}" for name in names}


def test_what_is_dropped_is_gone_and_may_be_dropped_again(store: ObjectStore) -> None:
    one, two = (store.write(text, PLACE) for text in (b"one", b"two"))
    store.drop(PLACE, [one])
    store.drop(PLACE, [one])
    assert store.names(PLACE) == {two}
    store.drop("study")
    store.drop("study")
    assert store.names("study") == frozenset()


def test_a_store_is_tried_and_left_as_it_was(store: ObjectStore) -> None:
    try_objects(store, PLACE)
    assert store.names(PLACE) == frozenset()


def test_a_place_that_cannot_be_written_is_one_sentence(
    store: ObjectStore, file: Path, tmp_path: Path
) -> None:
    name = store.put(file, PLACE)
    (tmp_path / "taken").touch()
    with pytest.raises(FolderError, match=r"can't be written to .*taken.*\. Free some space"):
        store.get(PLACE, name, tmp_path / "taken" / "out")


@pytest.fixture
def model(tmp_path: Path) -> dict[str, Path]:
    """A folder of two files, one of them deeper."""
    found = {"weights": tmp_path / "weights", "best/words": tmp_path / "words"}
    for name, path in found.items():
        path.write_text(name, encoding="utf-8")
    return found


def contents(folder: Path) -> dict[str, str]:
    """Every file below a folder."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def test_a_tree_is_fetched_as_it_was_kept(
    store: ObjectStore, model: dict[str, Path], tmp_path: Path
) -> None:
    kept = keep_tree(store, PLACE, model)
    fetched = fetch_tree(store, PLACE, kept.name, tmp_path / "out")
    assert contents(tmp_path / "out") == {"weights": "weights", "best/words": "best/words"}
    assert fetched == kept
    assert store.names(PLACE) == kept.objects


def test_a_part_of_a_tree_is_fetched_by_itself(
    store: ObjectStore, model: dict[str, Path], tmp_path: Path
) -> None:
    name = keep_tree(store, PLACE, model).name
    fetch_tree(store, PLACE, name, tmp_path / "out", below="best/")
    assert contents(tmp_path / "out") == {"words": "best/words"}


def test_a_tree_with_a_file_less_is_lost(
    store: ObjectStore, model: dict[str, Path], tmp_path: Path
) -> None:
    name = keep_tree(store, PLACE, model).name
    store.drop(PLACE, [hashlib.sha256(b"weights").hexdigest()])
    with pytest.raises(LostObjectError, match=r"^weights isn't in the artifact store any more$"):
        fetch_tree(store, PLACE, name, tmp_path / "out")


def test_a_damaged_file_is_told_and_not_left(
    store: ObjectStore, model: dict[str, Path], tmp_path: Path
) -> None:
    name = keep_tree(store, PLACE, model).name
    flipped = tmp_path / "flipped"
    flipped.write_text("Weights", encoding="utf-8")
    plant(store, flipped, hashlib.sha256(b"weights").hexdigest())
    with pytest.raises(LostObjectError, match=r"^weights is damaged: its content isn't"):
        fetch_tree(store, PLACE, name, tmp_path / "out")
    assert not (tmp_path / "out" / "weights").exists()


def test_a_tree_that_leaves_its_folder_is_refused(store: ObjectStore, tmp_path: Path) -> None:
    name = store.write(b'{"format": 1, "files": {"../out": "00"}}', PLACE)
    with pytest.raises(LostObjectError, match="is a list of another form"):
        fetch_tree(store, PLACE, name, tmp_path / "in")
