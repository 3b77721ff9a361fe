"""Scoring a kept model on a part that its training has not seen."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autoclue import TrainResult, UsageError, evaluate, train, tune, write_data
from autoclue.tasks import Predictions, load_task, open_data
from autoclue.training.evaluate.label_counts import count_labels
from autoclue.training.evaluate.scoring import SplitScore, can_score, score_model

BUILTIN = "builtin:60"


@pytest.fixture(scope="module", autouse=True)
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A cache folder of these tests' own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOCLUE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, tiny_builtin_model: Path) -> TrainResult:
    """A model that was trained for six steps on built-in questions, and its predictions."""
    return train(
        "afqmc",
        model=str(tiny_builtin_model),
        data=BUILTIN,
        settings={"learning_rate": 1e-3, "batch_size": 8},
        max_steps=6,
        predict=True,
        out=tmp_path_factory.mktemp("run"),
        device="cpu",
    )


@pytest.fixture(scope="module")
def tiny_builtin_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder of one layer whose vocabulary covers the built-in text."""
    from autoclue.tasks import builtin_characters
    from autoclue.training.model.small_model import SmallModel, build_small_model

    folder = tmp_path_factory.mktemp("model") / "tiny"
    return build_small_model(folder, SmallModel(layers=1, hidden_size=32), builtin_characters())


@pytest.mark.paddle
def test_the_development_set_scores_what_the_model_was_kept_for(trained: TrainResult) -> None:
    found = score_model(trained.folder / "best", "dev", device="cpu")
    assert found.score == trained.score
    assert found.loss == pytest.approx(trained.best.dev_loss, abs=1e-6)


@pytest.mark.paddle
def test_the_answers_that_are_right_by_label_make_its_score(trained: TrainResult) -> None:
    found = count_labels(trained.folder / "best", device="cpu")
    assert sum(found.right) / found.examples == trained.score
    assert sum(many for _, _, many in found.confused) == found.examples


@pytest.mark.paddle
def test_a_training_ends_with_score_and_files_of_its_best_model(trained: TrainResult) -> None:
    assert trained.evaluation is not None
    assert trained.predictions is not None
    assert trained.evaluation.scores == trained.best.scores
    assert trained.predictions.files == (trained.folder / "predictions" / "afqmc_predict.json",)
    lines = trained.predictions.files[0].read_text(encoding="utf-8").splitlines()
    told = [int(json.loads(line)["label"]) for line in lines]
    labels = [e.label for e in open_data(load_task("afqmc"), BUILTIN).examples("test")]
    right = sum(a == b for a, b in zip(told, labels, strict=True))
    assert trained.predictions.scores == {"test": {"accuracy": right / 600}}


@pytest.mark.paddle
def test_both_parts_of_a_development_set_score_what_the_training_reported(
    tiny_builtin_model: Path, tmp_path: Path
) -> None:
    done = train(
        "afqmc",
        model=str(tiny_builtin_model),
        data=BUILTIN,
        settings={"learning_rate": 1e-3, "batch_size": 8},
        max_steps=2,
        holdout=0.4,
        out=tmp_path,
        device="cpu",
    )
    found = evaluate(model=tmp_path, device="cpu")
    assert found.parts["selection"][1] == done.best.scores
    assert found.parts["held_out"][1] == done.best.holdout_scores
    assert sum(rows for rows, _ in found.parts.values()) == found.rows


@pytest.mark.paddle
@pytest.mark.parametrize(
    ("more", "message"),
    [("{}\n", r"test\.json:601: "), (None, r"has no test part in .*test\.json")],
)
def test_a_training_that_could_not_predict_is_refused_before_it_begins(
    tiny_builtin_model: Path, tmp_path: Path, more: str | None, message: str
) -> None:
    write_data("afqmc", tmp_path, builtin_size="60")
    test = tmp_path / "afqmc" / "test.json"
    rows = test.read_text(encoding="utf-8")
    test.rename(test.with_name("away")) if more is None else test.write_text(rows + more)
    given: dict[str, Any] = {"model": tiny_builtin_model, "data": tmp_path, "predict": True}
    with pytest.raises(UsageError, match=message):
        train("afqmc", out=tmp_path / "run", **given)
    with pytest.raises(UsageError, match=message):
        tune("afqmc", folder=tmp_path / "studies", **given)
    assert not {"run", "studies"} & {path.name for path in tmp_path.iterdir()}


@pytest.mark.paddle
def test_the_test_part_is_scored_with_the_labels_beside_it(trained: TrainResult) -> None:
    found = score_model(trained.folder / "best", "test", device="cpu")
    labels = [e.label for e in open_data(load_task("afqmc"), BUILTIN).examples("test")]
    right = sum(p == label for p, label in zip(found.predictions.values, labels, strict=True))
    assert (found.split, found.metric, found.rows) == ("test", "accuracy", 600)
    assert found.score == right / 600


@pytest.mark.paddle
def test_other_data_of_the_same_task_can_be_scored(trained: TrainResult, tmp_path: Path) -> None:
    write_data("afqmc", tmp_path, builtin_size="tiny")
    best = trained.folder / "best"
    assert score_model(best, "test", data=str(tmp_path), device="cpu").rows == 100


class Touch:
    """Pickles as a call that makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"touch {self.path}",)


@pytest.mark.paddle
@pytest.mark.parametrize("beside", [True, False])
def test_pickled_weights_in_a_strangers_study_run_nothing(
    trained: TrainResult, tmp_path: Path, beside: bool
) -> None:
    best = Path(shutil.copytree(trained.folder / "best", tmp_path / "best"))
    hostile = pickle.dumps({"a": Touch(tmp_path / "ran")})
    (best / "model_state.pdparams").write_bytes(hostile)
    for safe in [] if beside else list(best.glob("*.safetensors")):
        safe.unlink()
    told = json.loads((best / "autoclue.json").read_text(encoding="utf-8"))
    told["format"] = 1  # of the time before checksums: a stranger could write those anew as well
    (best / "autoclue.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UsageError, match=r"posix\.system|holds model_state\.pdparams"):
        score_model(best, "dev", device="cpu")
    assert not (tmp_path / "ran").exists()


def keep(folder: Path, **changes: object) -> Path:
    """Write the description of a kept model, without any network."""
    config = {
        "task": "afqmc",
        "data": BUILTIN,
        "model": "m",
        "learning_rate": 1e-3,
        "batch_size": 8,
        "epochs": 1,
        "max_length_tokens": 32,
    }
    text = json.dumps({"format": 1, "config": config, "labels": ["0", "1"]} | changes)
    (folder / "autoclue.json").write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_kept_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no model that autoclue kept: autoclue\.json"):
        score_model(tmp_path, "test")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"config": {"task": "afqmc"}}, "learning_rate: is missing;.*model: is missing"),
        ({"labels": None}, "is not a description that autoclue wrote"),
        ({"labels": ["no", "yes"]}, "trained for the labels no, yes, but afqmc has 0, 1"),
    ],
)
def test_a_description_that_does_not_fit_is_named(
    tmp_path: Path, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        score_model(keep(tmp_path, **changes), "test")


@pytest.mark.parametrize("split", ["test", "tset"])
def test_a_split_without_labels_is_refused(tmp_path: Path, split: str) -> None:
    write_data("afqmc", tmp_path, builtin_size="60")
    (tmp_path / "afqmc" / "test_labels.json").unlink()
    message = rf"{split} of afqmc can't be scored in .*: there are labels for train, dev alone"
    with pytest.raises(UsageError, match=message):
        score_model(keep(tmp_path), split, data=str(tmp_path))


def test_what_can_be_scored_is_told_beforehand() -> None:
    data = open_data(load_task("afqmc"), BUILTIN)
    assert can_score(data, "test")
    assert not can_score(data, "test1.0")


def test_rows_are_counted() -> None:
    found = Predictions(("a", "b"), (0, 1))
    assert SplitScore("test", "accuracy", {"accuracy": 0.5}, 0.7, found).rows == 2


def test_the_primary_score_is_the_first() -> None:
    scores = {"em": 0.25, "f1": 0.5}
    assert SplitScore("test", "reading", scores, 0.7, Predictions((), ())).score == 0.25
