"""A study is found in its database where its folder is gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.search.store import Ledger, StoredArtifacts, StudyAttributes
from autoclue.search.study.elsewhere import find_in_storage
from autoclue.search.study.location import make_study_folder, write_pointer


@pytest.fixture
def storage(tmp_path: Path) -> str:
    """A database with a study that has an artifact store, and one that has none."""
    found = f"sqlite:///{tmp_path / 'studies.db'}"
    Ledger.create(found, "far", StudyAttributes(artifacts=StoredArtifacts("s3://b", "far-1")))
    Ledger.create(found, "near", StudyAttributes())
    return found


def test_a_study_gets_a_folder_here(storage: str, tmp_path: Path) -> None:
    place = find_in_storage(tmp_path / "here", "far", storage)
    assert (place.folder, place.storage) == (tmp_path / "here" / "far", storage)
    make_study_folder(place.folder, "")
    write_pointer(place)
    assert find_in_storage(tmp_path / "here", "far", storage) == place


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fa", r"holds no study 'fa'\.$"),
        ("near", "keeps its states and models in its own folder, as it was begun without"),
    ],
)
def test_what_cannot_be_gone_on_with_is_refused(
    name: str, words: str, storage: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=words):
        find_in_storage(tmp_path / "here", name, storage)


def test_a_folder_of_another_study_is_not_taken(storage: str, tmp_path: Path) -> None:
    place = find_in_storage(tmp_path, "far", storage)
    make_study_folder(place.folder, "")
    write_pointer(place)
    other = f"sqlite:///{tmp_path / 'others.db'}"
    with pytest.raises(UsageError, match="leave --storage out, or give another --folder"):
        find_in_storage(tmp_path, "far", other)
