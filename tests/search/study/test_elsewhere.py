"""A study is found in its database where its folder is gone."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.options import StudySpec
from autoclue.search.spec import make_plan, study_attributes
from autoclue.search.store import Ledger, StoredArtifacts, StudyAttributes
from autoclue.search.study.elsewhere import find_in_storage, plan_again
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


@pytest.fixture
def attributes(easy_task: Path, tmp_path: Path) -> StudyAttributes:
    """What the ledger holds about a study whose task file and data are gone; nothing was sent."""
    shutil.copytree(easy_task.parent, tmp_path / "data")
    asked = StudySpec(task=str(tmp_path / "data" / "easy.yaml"), model="builtin", data="download")
    found = study_attributes(make_plan(asked), command=None)
    shutil.rmtree(tmp_path / "data")
    return found.model_copy(update={"artifacts": StoredArtifacts("s3://b", "far-1")})


@pytest.mark.paddle
def test_a_store_that_has_nothing_of_the_study_is_named_beside_what_is_missing(
    attributes: StudyAttributes,
) -> None:
    told = r"There is no task file .*The artifact store s3://b has no copy of what this study"
    with pytest.raises(UsageError, match=told):
        plan_again(attributes, "sqlite://")


@pytest.mark.paddle
def test_what_a_ledger_says_of_the_store_must_be_what_autoclue_writes(
    attributes: StudyAttributes,
) -> None:
    damaged = attributes.model_copy(update={"inputs": {"trials": 3}})
    with pytest.raises(UsageError, match=r"The ledger in .* isn't as autoclue writes it"):
        plan_again(damaged, "sqlite:////studies.db")
