"""Predictions of kept models: files that alone give the scores, averages, and what is refused."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import autoclue
from autoclue.errors import DataError, UsageError
from autoclue.training.heads.classification import softmax
from tests.training.conftest import CHARACTERS
from tests.training.kept import keep_untrained

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.filterwarnings("ignore:Be aware, overflowing tokens"),
    pytest.mark.filterwarnings("ignore:Paddle was loaded before"),  # by the tests before these
]

FILES = "files: {train: train.json, dev: dev.json, test: test.json}\n"
LABELLED = f"{FILES}labelled_splits: [train, dev, test]\n"
KINDS = {
    "classification": "format: jsonl\ninput: {kind: single, text: question}\n"
    "label_field: right\nlabels: [0, 1, 2]\n",
    "span_extraction": "kind: span_extraction\nformat: jsonl\nfields: {answers: answer_text}\n",
    "multiple_choice": "kind: multiple_choice\nformat: jsonl\nchoices: 3\n"
    "fields: {answer: right}\n",
    "cloze": "kind: cloze\nformat: fewclue\n",
}
Row = dict[str, Any]
RIGHT: dict[str, Callable[[Row], object]] = {
    "classification": lambda row: str(row["right"]),
    "span_extraction": lambda row: row["answer_text"],
    "multiple_choice": lambda row: row["right"],
    "cloze": lambda row: row["answer"],
}
"""What a file of predictions should say of a row."""


def rows(split: str) -> list[Row]:
    """Make 30 rows that are rows of each kind at once."""
    draw = random.Random(split)
    made = []
    for number in range(30):
        question, *choices = ("".join(draw.choices(CHARACTERS, k=k)) for k in (6, 3, 2, 5))
        right = draw.randrange(3)
        context = "".join(draw.choices(CHARACTERS, k=2))
        made.append(
            {
                **{"id": f"{split}-{number}", "question": question, "choices": choices},
                **{"right": right, "context": context, "answer_text": context[:1]},
                "content": f"{choices[0]}#idiom#{choices[1]}",
                "candidates": [CHARACTERS[place : place + 4] for place in range(7)],
                "answer": draw.randrange(7),
            }
        )
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, tiny_model: Path) -> Path:
    """A task of each kind with labelled test rows, and two kept models of each that know nothing.

    The second model of span extraction has another tokenizer.
    """
    folder = tmp_path_factory.mktemp("tasks")
    for split in ("train", "dev", "test"):
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(split))
        (folder / f"{split}.json").write_text(text, encoding="utf-8")
    for kind, own in KINDS.items():
        task = folder / f"{kind}.yaml"
        task.write_text(f"name: {kind}\n{own}{LABELLED}", encoding="utf-8")
        for seed in (1, 2):
            place = folder / f"{kind}-{seed}"
            keep_untrained(place, str(task), tiny_model, str(folder), seed=seed)
    return folder


def lines_of(path: Path) -> list[object]:
    """What a prediction file says, row by row, read without any code of autoclue."""
    text = path.read_text(encoding="utf-8")
    if text.startswith("{\n"):
        return list(json.loads(text).values())
    return [json.loads(line)["label"] for line in text.splitlines()]


@pytest.mark.parametrize("kind", KINDS)
def test_the_score_of_the_file_alone_is_that_of_the_evaluation(
    folder: Path, tmp_path: Path, kind: str
) -> None:
    model = folder / f"{kind}-1"
    score = autoclue.evaluate(model=model, split="test", device="cpu")
    result = autoclue.predict(model=model, out=tmp_path, device="cpu")
    told, right = lines_of(result.files[0]), [RIGHT[kind](row) for row in rows("test")]
    share = sum(a == b for a, b in zip(told, right, strict=True)) / len(right)
    assert 0 < share < 1
    assert score.score == share == result.scores["test"][next(iter(score.scores))]
    low, high = next(iter(score.intervals.values()))
    assert low < share < high


@pytest.mark.parametrize("kind", KINDS)
def test_several_models_are_averaged(folder: Path, tmp_path: Path, kind: str) -> None:
    both = [folder / f"{kind}-{seed}" for seed in (1, 2)]

    def arrays(*models: Path) -> Any:
        out = tmp_path / "-".join(model.name for model in models)
        result = autoclue.predict(ensemble=models, out=out, probabilities=True, device="cpu")
        return np.load(result.arrays[0])

    one, two, together = arrays(both[0]), arrays(both[1]), arrays(*both)
    name = "start_logits" if kind == "span_extraction" else "probabilities"
    assert not np.allclose(one[name], two[name])
    assert together[name] == pytest.approx((one[name] + two[name]) / 2, abs=1e-6)


def test_a_model_averaged_with_itself_scores_as_alone(folder: Path) -> None:
    model = folder / "classification-1"
    alone = autoclue.evaluate(model=model, split="dev", device="cpu")
    twice = autoclue.evaluate(ensemble=[model, model], split="dev", device="cpu")
    assert alone.scores == twice.scores
    assert alone.loss == pytest.approx(twice.loss, abs=1e-6)


def test_windows_of_different_tokenizers_are_not_averaged(folder: Path, tmp_path: Path) -> None:
    first = folder / "span_extraction-1"
    other = Path(shutil.copytree(first, tmp_path / "other"))
    told = json.loads((other / "autoclue.json").read_text(encoding="utf-8"))
    told["config"]["max_length_tokens"] = 10
    (other / "autoclue.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(UsageError, match="cut the rows into different pieces"):
        autoclue.predict(model=first, ensemble=[other], out=tmp_path / "out", device="cpu")
    assert not (tmp_path / "out").exists()


def test_models_of_different_tasks_are_not_averaged(folder: Path, tmp_path: Path) -> None:
    models = [folder / "classification-1", folder / "cloze-1"]
    with pytest.raises(UsageError, match=r"is of classification, and that in .* of cloze"):
        autoclue.predict(ensemble=models, out=tmp_path / "out")


BROKEN: dict[str, tuple[str, Row, str]] = {
    "a misaligned answer": (
        "span_extraction",
        {"answer_text": {"text": "天", "answer_start": 9}},
        r"test\.json.*line 30.*does not stand at character 9",
    ),
    "an empty context": (
        "span_extraction",
        {"context": " "},
        "'context' is empty; give it a text",
    ),
    "a question longer than the model": (
        "span_extraction",
        {"question": "天" * 40},
        "Question test-29 has 40 tokens, which leaves no room",
    ),
    "too many choices": ("multiple_choice", {"choices": list("天地人山水")}, "has 5 choices"),
    "a repeated id": ("span_extraction", {"id": "test-0"}, "its id test-0 stands twice"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_row_is_named_and_nothing_is_written(
    folder: Path, tmp_path: Path, name: str
) -> None:
    kind, change, message = BROKEN[name]
    data = tmp_path / "data"
    data.mkdir()
    for split in ("train", "dev", "test"):
        shutil.copy(folder / f"{split}.json", data)
    made = rows("test")
    made[-1] |= change
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    (data / "test.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        autoclue.predict(model=folder / f"{kind}-1", data=data, out=tmp_path / "out", device="cpu")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_predicted(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=r"file is a file, so that nothing can be written to"):
        autoclue.predict(model=folder / "cloze-1", out=tmp_path / "file" / "out", device="cpu")


def test_a_split_that_is_not_there_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no split 'tset' in .*; there is train, dev, test"):
        autoclue.predict(model=folder / "cloze-1", split="tset", out=tmp_path / "out")


def test_probabilities_are_those_of_the_logits() -> None:
    logits = np.array([[0.0, np.log(3.0)], [1000.0, 1000.0]], dtype=np.float32)
    assert softmax(logits) == pytest.approx(np.array([[0.25, 0.75], [0.5, 0.5]]))
