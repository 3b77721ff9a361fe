"""Prediction files and archives that are to be handed in, and trainings that are said to be."""

from __future__ import annotations

import json
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import strategies as st

from autoclue.api import reproducing, submitting
from autoclue.option_fields import read_options
from autoclue.predict_options import SubmitArguments
from autoclue.run_files import run_text
from autoclue.suite_options import ReproduceArguments
from autoclue.tasks import load_task, open_data
from autoclue.tasks.submission import BENCHMARK_FILES, PredictionFile, find_form
from autoclue.train_options import TrainArguments
from tests.fuzz.budget import fuzz, refused_or_read
from tests.fuzz.inputs import as_json, changed, replaced, seeds, texts, values

TASKS = ("tnews", "cmrc2018", "chid", "c3", "csl")


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def _whole(file: PredictionFile) -> bytes:
    """Predict one thing for every row of a file."""
    data = open_data(load_task(file.task), "builtin:tiny")
    examples = data.examples(file.split)
    form = find_form(file.form)
    labels = data.spec.output_labels
    ids = [str(n) if form.numbered else each.id for n, each in enumerate(examples)]
    value = labels[0] if labels and file.task not in {"c3", "chid"} else 0
    return form.write(ids, [value] * len(ids))


def _bytes(whole: bytes, path: list[int], value: object, number: int) -> bytes:
    """Put another value into a file of JSON or of lines of JSON, or damage it."""
    if number % 3 == 0:
        return changed(whole, number)
    text = whole.decode()
    try:
        return as_json(replaced(json.loads(text), path, value)).encode("utf-8", "surrogatepass")
    except ValueError:
        lines = text.split("\n")
    at = number % max(1, len(lines) - 1)
    try:
        lines[at] = as_json(replaced(json.loads(lines[at]), path, value))
    except ValueError:  # plain lines
        lines[at] = str(value)[:99]
    return "\n".join(lines).encode("utf-8", "surrogatepass")


def test_prediction_files(work: Path) -> None:
    files = {f.name: f for f in BENCHMARK_FILES if f.task in TASKS and "1.1" in f.version}
    contents = {name: _whole(file) for name, file in files.items()}
    folder, archive = work / "made", work / "out.zip"

    def target(told: tuple[str, list[int], object, int, str]) -> None:
        name, path, value, number, how = told
        archive.unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        made = folder / name
        if how == "folder":
            made.mkdir()
        elif how == "circle":
            made.symlink_to(made)
        else:
            made.write_bytes(_bytes(contents[name], path, value, number))
        given: Path | str = folder
        if how == "archive":
            given = work / "given.zip"
            with zipfile.ZipFile(given, "w") as packed:
                packed.write(made, name)
        asked = {"folders": (given,), "partial": True, "out": archive, "data": "builtin:tiny"}
        refused_or_read(lambda: submitting(read_options(SubmitArguments, asked)))

    how = st.sampled_from(["other", "other", "other", "archive", "folder", "circle"])
    names = st.sampled_from(sorted(contents))
    paths = st.lists(st.integers(0, 9), max_size=2)
    fuzz(st.tuples(names, paths, values | texts, seeds, how), target, share=1.5)


def _trained(run: TrainArguments, log: object = None) -> SimpleNamespace:
    """Write what a training leaves that is asked for again."""
    assert run.out is not None
    run.out.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):  # a training refuses such a folder before
        (run.out / "run.yaml").write_text(run_text(run), encoding="utf-8")
        (run.out / "result.json").write_text('{"score": 0.5, "task": "csl"}', encoding="utf-8")
    return SimpleNamespace(score=0.5)


def test_trainings_that_are_reproduced(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autoclue.api.studies.training", _trained)
    asked = {
        **{"model": "ernie-3.0-base-zh", "tasks": ("csl",), "seeds": 1, "out": work / "out"},
        **{"data": "builtin", "builtin_size": "tiny"},
    }
    (made,) = reproducing(read_options(ReproduceArguments, asked))
    folder = made.folders[0]
    whole = {name: (folder / name).read_bytes() for name in ("result.json", "run.yaml")}

    def target(told: tuple[str, list[int], object, int, str]) -> None:
        name, path, value, number, how = told
        shutil.rmtree(folder)
        folder.mkdir()
        for each, content in whole.items():
            (folder / each).write_bytes(content)
        if how == "damaged":
            (folder / name).write_bytes(changed(whole[name], number))
        elif how == "other":
            text = as_json(replaced(json.loads(whole["result.json"]), path, value))
            (folder / "result.json").write_text(text, encoding="utf-8")
        else:
            (folder / name).unlink()
            (folder / name).mkdir() if how == "folder" else (folder / name).symlink_to(name)
        refused_or_read(lambda: list(reproducing(read_options(ReproduceArguments, asked))))

    how = st.sampled_from(["other", "other", "damaged", "folder", "circle"])
    paths = st.lists(st.integers(0, 2), max_size=2)
    fuzz(st.tuples(st.sampled_from(sorted(whole)), paths, values, seeds, how), target, share=1)
