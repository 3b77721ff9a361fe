"""From kept models of all ten tasks to the archive that is handed in."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autoclue
from autoclue.errors import UsageError
from autoclue.results import PredictResult
from autoclue.tasks import load_task, open_data
from autoclue.tasks.submission import BENCHMARK_FILES, find_form
from tests.training.kept import keep_untrained
from tests.training.reading_files import write_c3, write_chid, write_cmrc2018

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.filterwarnings("ignore:Be aware, overflowing tokens"),
]

CLASSIFICATION = ("afqmc", "tnews", "iflytek", "ocnli", "cmnli", "cluewsc2020", "csl")
READING: dict[str, Callable[..., None]] = {
    "cmrc2018": write_cmrc2018,
    "chid": write_chid,
    "c3": write_c3,
}
TASKS = (*CLASSIFICATION, *READING)


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of these tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOCLUE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of all ten tasks; TNEWS and CLUEWSC2020 have a test part for version 1.0 too."""
    folder = tmp_path_factory.mktemp("data")
    for task in CLASSIFICATION:
        autoclue.write_data(task, folder, builtin_size="tiny")
    for task in ("tnews", "cluewsc2020"):
        rows = (folder / task / "test.json").read_text(encoding="utf-8").splitlines()
        (folder / task / "test1.0.json").write_text("\n".join(rows[:7]), encoding="utf-8")
    for task, write in READING.items():
        write(folder / task, rows=6)
    return folder


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path, data: Path) -> Path:
    """A kept model of one layer for each task, in a folder of its name."""
    folder = tmp_path_factory.mktemp("models")
    for task in TASKS:
        keep_untrained(folder / task, task, tiny_model, str(data))
    return folder


@pytest.fixture(scope="module")
def predicted(
    tmp_path_factory: pytest.TempPathFactory, models: Path
) -> tuple[Path, dict[str, PredictResult]]:
    """A folder with what each model predicts, and the results by task."""
    folder = tmp_path_factory.mktemp("predicted")
    results = {
        task: autoclue.predict(model=models / task, out=folder, probabilities=True, device="cpu")
        for task in TASKS
    }
    return folder, results


Predicted = tuple[Path, dict[str, PredictResult]]


@pytest.mark.parametrize("task", TASKS)
def test_every_row_of_every_test_part_is_predicted(
    predicted: Predicted, data: Path, task: str
) -> None:
    found = open_data(load_task(task), str(data))
    rows = {split: len(found.examples(split)) for split in found.splits if "test" in split}
    assert predicted[1][task].rows == rows
    assert len(rows) == (2 if task in ("tnews", "cluewsc2020") else 1)


@pytest.mark.parametrize("file", BENCHMARK_FILES, ids=lambda file: str(file.name))
def test_files_have_the_ids_and_labels_of_the_benchmark(
    predicted: Predicted, data: Path, file: Any
) -> None:
    form = find_form(file.form)
    rows = form.read((predicted[0] / file.name).read_bytes())
    examples = open_data(load_task(file.task), str(data)).examples(file.split)
    numbered = tuple(str(number) for number in range(len(examples)))
    given = tuple(row_id for row_id, _ in rows)
    assert given == (numbered if form.numbered else tuple(example.id for example in examples))


def test_tnews_is_written_for_autofinetune_too(predicted: Predicted) -> None:
    folder, results = predicted
    assert folder / "tnews_predict.txt" in results["tnews"].files
    lines = (folder / "tnews_predict.txt").read_text(encoding="utf-8").splitlines()
    rows = (folder / "tnews11_predict.json").read_text(encoding="utf-8").splitlines()
    assert lines == [json.loads(row)["label"] for row in rows]


@pytest.mark.parametrize("task", [task for task in TASKS if task != "cmrc2018"])
def test_probabilities_say_what_the_files_say(predicted: Predicted, task: str) -> None:
    arrays = np.load(predicted[1][task].arrays[0])
    assert arrays["probabilities"].sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert (arrays["logits"].argmax(1) == arrays["probabilities"].argmax(1)).all()
    assert len(arrays["ids"]) == predicted[1][task].rows["test"]


def test_every_token_of_a_window_has_its_probabilities(predicted: Predicted) -> None:
    arrays = np.load(predicted[1]["cmrc2018"].arrays[0])
    ends = np.add.reduceat(arrays["end_probabilities"], arrays["bounds"][:-1])
    assert ends == pytest.approx(1.0, abs=1e-5)
    assert len(arrays["characters"]) == len(arrays["start_logits"]) == arrays["bounds"][-1]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_the_archive_holds_every_file_and_a_second_one_is_the_same(
    predicted: Predicted, data: Path, tmp_path: Path, version: Any
) -> None:
    folder, _ = predicted
    wanted = tuple(file.name for file in BENCHMARK_FILES if version in file.version)
    for name in ("one.zip", "two.zip"):
        result = autoclue.submit(
            folders=[folder], out=tmp_path / name, data=data, benchmark=version
        )
        assert (result.files, result.missing) == (wanted, ())
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    assert contents == {name: (folder / name).read_bytes() for name in wanted}


def test_what_is_missing_is_listed_and_partial_allows_it(
    predicted: Predicted, data: Path, tmp_path: Path
) -> None:
    shutil.copy(predicted[0] / "csl_predict.json", tmp_path)
    out = tmp_path / "clue.zip"
    with pytest.raises(UsageError, match=r"takes 9 more: afqmc_predict\.json, tn.*--partial"):
        autoclue.submit(folders=[tmp_path], out=out, data=data)
    assert not out.exists()
    result = autoclue.submit(folders=[tmp_path], out=out, data=data, partial=True)
    assert result.files == ("csl_predict.json",)
    assert len(result.missing) == 9


def test_a_test_part_with_a_row_more_than_the_predictions_is_named(
    predicted: Predicted, data: Path, tmp_path: Path
) -> None:
    more = tmp_path / "data"
    shutil.copytree(data / "ocnli", more / "ocnli")
    test = more / "ocnli" / "test.json"
    rows = test.read_text(encoding="utf-8").splitlines()
    row = json.dumps({**json.loads(rows[0]), "id": "new"})
    test.write_text("\n".join([*rows, row]) + "\n", encoding="utf-8")
    (more / "ocnli" / "test_labels.json").unlink()
    shutil.copy(predicted[0] / "ocnli_50k_predict.json", tmp_path)
    message = r"ocnli_50k_predict\.json: it has 100 rows, and the test file has 101; .*'100' are"
    with pytest.raises(UsageError, match=message):
        autoclue.submit(folders=[tmp_path], out=tmp_path / "a.zip", data=more, partial=True)
    assert not (tmp_path / "a.zip").exists()


def test_an_archive_in_the_place_of_a_folder_is_refused(
    predicted: Predicted, data: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="is a folder; give the archive a name"):
        autoclue.submit(folders=[predicted[0]], out=tmp_path, data=data)


def test_data_that_is_not_there_is_named_for_each_file(
    predicted: Predicted, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=r"Nothing was written: .*c311_predict.*can't be checked"):
        autoclue.submit(folders=[predicted[0]], out=tmp_path / "a.zip", data=tmp_path)
