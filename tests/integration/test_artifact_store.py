"""A whole search whose states and models go to an S3 server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import autoclue
from autoclue.errors import UsageError
from autoclue.search.objects import open_objects
from autoclue.search.study import find_study, remove_study
from autoclue.search.study.location import open_ledger
from tests.s3_server import S3Server

pytestmark = [
    pytest.mark.ray,
    pytest.mark.paddle,
    pytest.mark.slow,
    pytest.mark.usefixtures("_ray"),
]


def test_a_search_ends_with_its_model_and_goes_on_where_its_folder_is_gone(
    easy_task: Path, tiny_model: Path, s3: S3Server, tmp_path: Path
) -> None:
    storage = f"sqlite:///{tmp_path / 'studies.db'}"
    options = {"folder": tmp_path, "study": "s", "trials": 3, "confirm": 1, "seeds": 2}
    settings = ("learning_rate=1e-2,9e-3,8e-3", "batch_size=16")
    result = autoclue.tune(
        str(easy_task),
        model=str(tiny_model),
        strategy="uniform",
        sampler="grid",
        settings=settings,
        max_steps=20,
        artifacts=s3.address("whole"),
        storage=storage,
        **options,  # type: ignore[arg-type]
    )

    place = find_study(tmp_path, "s")
    kept = open_ledger(place).attributes.artifacts
    assert kept is not None
    store = open_objects(kept.uri)
    names = store.names(kept.place)
    winner = result.study.winner
    assert winner is not None
    assert result.model == place.folder / "best"
    assert {name.rpartition("/")[0] for name in names} == {f"trials/{winner.number:04d}/1"}
    assert len(names) == 1 + len(list((place.folder / "best").iterdir()))
    assert not list((place.folder / "trials").glob("*/state.safetensors"))
    with pytest.raises(UsageError, match="keeps its states and models at s3://"):
        autoclue.tune(
            str(easy_task),
            model=str(tiny_model),
            strategy="uniform",
            sampler="grid",
            settings=settings,
            max_steps=20,
            artifacts=str(tmp_path / "elsewhere"),
            storage=storage,
            **options,  # type: ignore[arg-type]
        )

    shutil.rmtree(place.folder)
    again = autoclue.resume("s", folder=tmp_path / "away", storage=storage)
    assert again.study.winner == winner
    assert again.model == tmp_path / "away" / "s" / "best"

    remove_study(find_study(tmp_path / "away", "s"))
    assert store.names(kept.place) == frozenset()
