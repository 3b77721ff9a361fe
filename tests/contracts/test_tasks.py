"""Every task that ships keeps the same promises."""

from __future__ import annotations

import re

import pytest

from autoclue.tasks import METRICS, load_task, task_names

NAMES = task_names()


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_called_like_its_task(name: str) -> None:
    assert load_task(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_people_can_read_what_the_task_is(name: str) -> None:
    spec = load_task(name)
    assert spec.title
    assert spec.description.endswith((".", "?"))
    assert spec.reference.startswith("https://")


@pytest.mark.parametrize("name", NAMES)
def test_every_spelling_has_an_index_of_its_label(name: str) -> None:
    spec = load_task(name)
    assert {spec.labels.index(label) for label in spec.labels} == set(range(len(spec.labels)))
    assert set(spec.label_ids.values()) == set(range(len(spec.labels)))


@pytest.mark.parametrize("name", NAMES)
def test_dropped_labels_are_none_of_the_labels(name: str) -> None:
    spec = load_task(name)
    dropped = {label for labels in spec.drop_labels.values() for label in labels}
    assert dropped.isdisjoint(spec.label_ids)


@pytest.mark.parametrize("name", NAMES)
def test_train_dev_and_test_are_named(name: str) -> None:
    assert load_task(name).splits[:3] == ("train", "dev", "test")


@pytest.mark.parametrize("name", NAMES)
def test_test_rows_have_labels_where_the_publisher_gives_them(name: str) -> None:
    labelled = load_task(name).labelled_splits
    assert labelled[:2] == ("train", "dev")
    assert ("test" in labelled) == (name in {"xnli", "lcqmc", "inews"})


@pytest.mark.parametrize("name", NAMES)
def test_the_metric_exists_and_higher_is_better(name: str) -> None:
    assert METRICS[load_task(name).metric].higher_is_better


@pytest.mark.parametrize("name", NAMES)
def test_the_archive_has_a_checksum_for_itself_and_each_file(name: str) -> None:
    spec = load_task(name)
    assert spec.download is not None
    known = spec.download.md5 is not None
    assert known == (name != "inews")
    assert set(spec.download.members_md5) == (set(spec.files) if known else set())


@pytest.mark.parametrize("name", NAMES)
def test_no_two_files_of_a_task_state_the_same_checksum(name: str) -> None:
    download = load_task(name).download
    assert download is not None
    stated = [download.md5, *download.members_md5.values()]
    assert len(set(stated)) == len(stated)
    assert re.match(r"https://\S+\.(zip|tar\.gz)$", download.url)
