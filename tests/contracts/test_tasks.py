"""Every task that ships keeps the same promises, and so does every kind of task."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest

from autoclue.tasks import (
    KINDS,
    METRICS,
    ClassificationSpec,
    check_predictions,
    find_kind,
    has_builtin,
    load_task,
    make_builtin,
    open_data,
    task_names,
)
from autoclue.tasks.submission import (
    BENCHMARK_FILES,
    FORMS,
    PredictionFile,
    find_form,
    prediction_files,
)


class Named(NamedTuple):
    """A row of which only the id counts."""

    id: str


NAMES = task_names()
WITH_BUILTIN = [name for name in NAMES if has_builtin(load_task(name))]
WITH_DOWNLOAD = [name for name in NAMES if load_task(name).download is not None]
CLASSIFICATIONS = [name for name in NAMES if load_task(name).kind == "classification"]


@pytest.fixture(autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_found_by_the_default_of_its_own_schema(name: str) -> None:
    assert KINDS[name].spec.model_fields["kind"].default == name


@pytest.mark.parametrize("name", KINDS)
def test_a_kind_is_handed_in_in_a_form_that_there_is(name: str) -> None:
    assert KINDS[name].form in FORMS


@pytest.mark.parametrize("name", NAMES)
def test_predictions_are_handed_in_as_they_are_checked(name: str) -> None:
    spec = load_task(name)
    kind, examples = find_kind(spec.kind), [Named("b"), Named("a")]
    values = kind.spelled(spec, ["x", "y"] if kind.form == "answers" else [0, 1])
    for file in prediction_files(name, "test", form=kind.form):
        content = find_form(file.form).write(["b", "a"], values)
        assert check_predictions(spec, examples, file, content) == []


@pytest.mark.parametrize("file", BENCHMARK_FILES, ids=lambda file: file.name)
def test_the_benchmark_takes_the_form_of_the_tasks_kind(file: PredictionFile) -> None:
    spec = load_task(file.task)
    assert file.form == find_kind(spec.kind).form
    assert file.split in spec.splits


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_called_like_its_task(name: str) -> None:
    assert load_task(name).name == name


@pytest.mark.parametrize("name", NAMES)
def test_people_can_read_what_the_task_is(name: str) -> None:
    spec = load_task(name)
    assert spec.title
    assert spec.description.endswith((".", "?"))
    assert spec.reference.startswith("https://")


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_every_label_has_a_spelling_and_every_spelling_a_label(name: str) -> None:
    spec = ClassificationSpec.of(load_task(name))
    assert [spec.label_ids[label] for label in spec.labels] == list(range(len(spec.labels)))
    assert {spec.labels[index] for index in spec.label_ids.values()} == set(spec.labels)


@pytest.mark.parametrize("name", CLASSIFICATIONS)
def test_dropped_labels_are_none_of_the_labels(name: str) -> None:
    spec = ClassificationSpec.of(load_task(name))
    dropped = {label for labels in spec.drop_labels.values() for label in labels}
    assert dropped.isdisjoint(spec.label_ids)


@pytest.mark.parametrize("name", NAMES)
def test_train_dev_and_test_are_named_and_the_first_two_have_answers(name: str) -> None:
    spec = load_task(name)
    assert spec.splits[:3] == ("train", "dev", "test")
    assert spec.labelled_splits[:2] == ("train", "dev")


@pytest.mark.parametrize("name", NAMES)
def test_the_metric_and_the_kind_exist(name: str) -> None:
    spec = load_task(name)
    assert spec.metric in METRICS
    assert isinstance(spec, KINDS[spec.kind].spec)


@pytest.mark.parametrize("name", WITH_BUILTIN)
@pytest.mark.parametrize("split", ["train", "dev", "test"])
def test_examples_have_a_place_a_name_an_answer_and_a_stratum(name: str, split: str) -> None:
    spec = load_task(name)
    data, kind = open_data(spec, "builtin:50"), find_kind(spec.kind)
    examples = data.examples(split)
    assert len({example.row for example in examples}) == len(examples)
    assert all(isinstance(example.id, str) for example in examples)
    assert len(kind.references(examples)) == len(kind.strata(examples)) == len(examples)
    assert data.path(split) in kind.files(spec, split, data.path(split))


@pytest.mark.parametrize("name", WITH_BUILTIN)
def test_generated_files_are_named_as_the_task_names_them(name: str) -> None:
    spec = load_task(name)
    made = make_builtin(spec, "50")
    assert all(made.names[split] in spec.files[split] for split in made.splits)


@pytest.mark.parametrize("name", WITH_DOWNLOAD)
def test_a_file_has_a_checksum_where_its_archive_has_one(name: str) -> None:
    spec = load_task(name)
    assert spec.download is not None
    stated = set(spec.files) if spec.download.md5 is not None else set()
    assert set(spec.download.members_md5) == stated


@pytest.mark.parametrize("name", WITH_DOWNLOAD)
def test_no_two_files_of_a_task_state_the_same_checksum(name: str) -> None:
    download = load_task(name).download
    assert download is not None
    stated = [md5 for md5 in (download.md5, *download.members_md5.values()) if md5 is not None]
    assert len(set(stated)) == len(stated)
    assert re.match(r"https://\S+\.(zip|tar\.gz)$", download.url)
