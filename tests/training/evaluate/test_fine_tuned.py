"""Which folders can answer a task, and what is said of those that can't."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.tasks import load_task, open_data
from autoclue.training.evaluate import FineTuned, answer_rows, find_fine_tuned
from tests.training.kept import keep_untrained

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.filterwarnings("ignore:Paddle was loaded before"),  # by the tests before these
]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, tiny_task: Path, tiny_model: Path) -> Path:
    """A model with three labels, kept in the folder ``best`` of a training."""
    folder = tmp_path_factory.mktemp("run") / "best"
    return keep_untrained(folder, str(tiny_task), tiny_model, str(tiny_task.parent))


@pytest.fixture
def foreign(kept: Path, tmp_path: Path) -> Path:
    """The same as PaddleNLP saves it, without a word of autoclue's."""
    folder = Path(shutil.copytree(kept, tmp_path / "foreign"))
    (folder / "autoclue.json").unlink()
    return folder


def changed(folder: Path, **told: object) -> Path:
    """Change the configuration of a folder."""
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(json.dumps(config | told), encoding="utf-8")
    return folder


def another_task(tmp_path: Path, labels: str, *, kind: str = "") -> str:
    """Write a task over the same files."""
    path = tmp_path / "other.yaml"
    own = kind or f"format: jsonl\ninput: {{kind: pair, text: first, text_pair: second}}\n{labels}"
    files = "files: {train: train.json, dev: dev.json}\n"
    path.write_text(f"name: other\n{files}{own}\n", encoding="utf-8")
    return str(path)


SPANS = "kind: span_extraction\nformat: jsonl"


def test_a_kept_model_knows_its_task(kept: Path, tiny_task: Path) -> None:
    for folder in (kept, kept.parent):
        found = find_fine_tuned(folder)
        assert (found.folder, found.spec.name) == (kept, "tiny")
        assert (found.data, found.max_length_tokens) == (str(tiny_task.parent), 32)


def test_a_folder_of_paddlenlp_answers_the_task_that_is_named(
    kept: Path, foreign: Path, tiny_task: Path
) -> None:
    data = open_data(load_task(str(tiny_task)), str(tiny_task.parent))
    own, other = (
        answer_rows([model], data, "dev", device="cpu").predictions
        for model in (find_fine_tuned(kept), find_fine_tuned(foreign, task=str(tiny_task)))
    )
    assert own == other


def test_its_inputs_are_no_longer_than_it_has_positions(foreign: Path, tiny_task: Path) -> None:
    found = find_fine_tuned(changed(foreign, max_position_embeddings=20), task=str(tiny_task))
    assert found.max_length_tokens == 20


def test_a_folder_that_names_no_task_is_refused(foreign: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing says which task it is of; name it with --task"):
        find_fine_tuned(foreign)
    with pytest.raises(UsageError, match=r"There is no folder .*none; give the folder of a fine"):
        find_fine_tuned(tmp_path / "none")


def test_another_kind_of_task_is_refused(kept: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a classification task, but other is a span_extraction"):
        find_fine_tuned(kept, task=another_task(tmp_path, "", kind=SPANS))


def test_another_number_of_labels_is_refused(
    kept: Path, foreign: Path, tmp_path: Path, tiny_task: Path
) -> None:
    task = another_task(tmp_path, "labels: [red, blue]")
    with pytest.raises(
        UsageError, match=r"labels red, yellow, blue, but other has red, blue; give a"
    ):
        find_fine_tuned(kept, task=task)
    shutil.copy(tiny_task.parent / "train.json", tmp_path)
    data = open_data(load_task(str(tiny_task)), str(tiny_task.parent))
    two = FineTuned(foreign, load_task(task), None, 32)
    message = r"another number of labels: classifier\.weight is 32 x 3, and the task needs 32 x 2"
    with pytest.raises(UsageError, match=message):
        answer_rows(
            [two],
            open_data(two.spec, str(_two_labels(data.path("dev"), tmp_path))),
            "dev",
            device="cpu",
        )


def _two_labels(rows: Path, folder: Path) -> Path:
    text = rows.read_text(encoding="utf-8").replace("yellow", "red")
    for name in ("train.json", "dev.json"):
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_folder_without_a_head_is_refused(
    tiny_model: Path, tiny_task: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(tiny_model, tmp_path / "encoder"))
    with pytest.raises(
        UsageError, match=r"is ErnieModel, but tiny needs the head of a class that"
    ):
        find_fine_tuned(folder, task=str(tiny_task))
    told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    (folder / "config.json").write_text(
        json.dumps({**told, "architectures": None, "model_type": "ernie"}), encoding="utf-8"
    )
    data = open_data(load_task(str(tiny_task)), str(tiny_task.parent))
    with pytest.raises(UsageError, match=r"has no head for this kind of task \(classifier\.w"):
        answer_rows([find_fine_tuned(folder, task=str(tiny_task))], data, "dev", device="cpu")


def test_the_head_of_another_kind_is_refused(foreign: Path, tmp_path: Path) -> None:
    message = r"is ErnieForSequenceClassification, but other needs .* ends in ForQuestionAnswering"
    with pytest.raises(UsageError, match=message):
        find_fine_tuned(foreign, task=another_task(tmp_path, "", kind=SPANS))


def test_an_architecture_without_the_head_is_refused(foreign: Path, tmp_path: Path) -> None:
    changed(foreign, architectures=["ErnieGramModel"], model_type="ernie_gram")
    task = another_task(tmp_path, "", kind="kind: multiple_choice\nformat: jsonl\nchoices: 4")
    with pytest.raises(UsageError, match=r"PaddleNLP has no AutoModelForMultipleChoice"):
        find_fine_tuned(foreign, task=task)


def test_labels_in_another_order_are_refused(foreign: Path, tiny_task: Path) -> None:
    changed(foreign, id2label={"0": "blue", "1": "red", "2": "yellow"})
    with pytest.raises(UsageError, match=r"stand for blue, red, yellow, but those of tiny"):
        find_fine_tuned(foreign, task=str(tiny_task))
