"""Data and models on a machine that lacks them: fetched once, whole, and the same."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autoclue.errors import TroubleError
from autoclue.models.folders import content_key
from autoclue.options import StudySpec
from autoclue.search.inputs import (
    MissingInputError,
    TrialInputs,
    find_data_here,
    find_model_here,
    inputs_of,
    keep_inputs,
)
from autoclue.search.objects import FolderObjects, fetch_tree
from autoclue.search.spec import Plan, make_plan

pytestmark = pytest.mark.paddle


@dataclass
class Cluster:
    """A command's data and model, its artifact store, and a machine with a cache of its own."""

    folder: Path
    plan: Plan
    store: FolderObjects

    def keep(self) -> TrialInputs:
        """Put both into the store, and take them away from their places."""
        found = keep_inputs([self.plan], self.store, "study")
        shutil.move(self.folder / "data", self.folder / "data of the command")
        shutil.move(self.folder / "model", self.folder / "model of the command")
        return found

    @property
    def cache(self) -> Path:
        """Where the machine keeps what it fetches."""
        return self.folder / "cache" / "inputs"


@pytest.fixture
def cluster(easy_task: Path, tiny_model: Path, tmp_path: Path) -> Iterator[Cluster]:
    shutil.copytree(easy_task.parent, tmp_path / "data")
    shutil.copytree(tiny_model, tmp_path / "model")
    asked = StudySpec(
        task=str(tmp_path / "data" / "easy.yaml"), model=str(tmp_path / "model"), data="download"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
        yield Cluster(tmp_path, make_plan(asked), FolderObjects(tmp_path / "store"))


def test_what_is_at_its_place_is_used_and_nothing_fetched(cluster: Cluster) -> None:
    found = keep_inputs([cluster.plan], cluster.store, "study")

    data, model = (
        find_data_here(found.data[0], cluster.store),
        find_model_here(found.models[0], None),
    )

    assert (data.fetched, model.fetched) == (False, False)
    assert model.folder == cluster.folder / "model"
    assert not cluster.cache.exists()


def test_what_is_missing_is_fetched_and_is_the_same(cluster: Cluster) -> None:
    found = cluster.keep()

    data, model = (
        find_data_here(found.data[0], cluster.store),
        find_model_here(found.models[0], cluster.store),
    )

    assert (data.fetched, model.fetched) == (True, True)
    assert data.data.fingerprint == cluster.plan.data_fingerprint
    assert content_key(model.folder) == found.models[0].content
    assert model.folder.parent == cluster.cache


def test_data_that_changed_while_it_was_sent_is_refused(cluster: Cluster) -> None:
    found = cluster.keep()
    planned = replace(found.data[0], fingerprint="0" * 64)

    with pytest.raises(MissingInputError, match="the data of easy had changed when it was sent"):
        find_data_here(planned, cluster.store)


def test_what_differs_at_its_place_is_fetched_too(cluster: Cluster) -> None:
    found = keep_inputs([cluster.plan], cluster.store, "study")
    dev = cluster.folder / "data" / "dev.tsv"
    dev.write_text("text\tlabel\n劣\tgood\n优\tbad\n", encoding="utf-8")
    (cluster.folder / "model" / "config.json").write_text("{}", encoding="utf-8")

    data, model = (
        find_data_here(found.data[0], cluster.store),
        find_model_here(found.models[0], cluster.store),
    )

    assert data.data.fingerprint == cluster.plan.data_fingerprint
    assert content_key(model.folder) == found.models[0].content


def test_without_a_store_the_machine_lacks_them_and_the_way_out_is_named(
    cluster: Cluster,
) -> None:
    found = inputs_of([cluster.plan])
    dev = cluster.folder / "data" / "dev.tsv"
    dev.write_text("text\tlabel\n优\tbad\n", encoding="utf-8")
    shutil.rmtree(cluster.folder / "model")

    with pytest.raises(MissingInputError, match=r"isn't that of this search.*--artifacts"):
        find_data_here(found.data[0], None)
    with pytest.raises(MissingInputError, match=r"it has no model at .*--artifacts"):
        find_model_here(found.models[0], None)


def test_it_is_fetched_once_by_several_processes(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, fetched = cluster.keep(), []

    def counting(*given: object) -> object:
        fetched.append(given[2])
        return fetch_tree(*given)  # type: ignore[arg-type]

    monkeypatch.setattr("autoclue.search.inputs.finding.fetch_tree", counting)
    looking = [
        threading.Thread(target=find_model_here, args=(found.models[0], cluster.store))
        for _ in range(4)
    ]
    for each in looking:
        each.start()
    for each in looking:
        each.join()

    assert len(fetched) == 1


def test_what_was_fetched_needs_no_store_again(cluster: Cluster) -> None:
    found = cluster.keep()
    find_data_here(found.data[0], cluster.store)
    shutil.rmtree(cluster.folder / "store")

    assert find_data_here(found.data[0], cluster.store).fetched


def test_what_was_damaged_in_the_cache_is_fetched_anew(cluster: Cluster) -> None:
    found = cluster.keep()
    folder = find_model_here(found.models[0], cluster.store).folder
    (folder / "config.json").write_text("{}", encoding="utf-8")

    assert (
        content_key(find_model_here(found.models[0], cluster.store).folder)
        == found.models[0].content
    )


def test_a_damaged_object_is_refused_and_leaves_nothing(cluster: Cluster) -> None:
    found = cluster.keep()
    for path in (cluster.folder / "store").rglob("*"):
        if path.is_file() and path.stat().st_size > 10_000:
            path.write_bytes(path.read_bytes()[:-1] + b"?")

    with pytest.raises(
        MissingInputError, match=r"the model model can't be fetched: .* is damaged"
    ):
        find_model_here(found.models[0], cluster.store)

    assert [path.suffix for path in cluster.cache.iterdir()] == [".lock"]


def test_a_store_that_refuses_is_told_before_anything_trains(cluster: Cluster) -> None:
    (cluster.folder / "store").touch()
    with pytest.raises(TroubleError, match=r"The artifact store .* can't be used"):
        keep_inputs([cluster.plan], cluster.store, "study")


def test_text_that_every_machine_generates_is_not_sent(tmp_path: Path) -> None:
    plan = make_plan(StudySpec(task="tnews", data="builtin", builtin_size="tiny"))

    found = keep_inputs([replace(plan), plan], FolderObjects(tmp_path), "study")

    assert not found.may_be_fetched
    assert (len(found.data), list(tmp_path.iterdir())) == (1, [])
