"""Every head keeps the same promises; the toy one shows that a second kind of task fits."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autoclue.records import Evaluation, Scalar
from autoclue.tasks import find_kind, find_metric, load_task
from autoclue.training import TrialConfig, build_config
from autoclue.training.data import Materials, Workspace
from autoclue.training.evaluate import answer_split, score_model
from autoclue.training.evaluate.evaluation import compute_outputs
from autoclue.training.features import Features
from autoclue.training.heads import HEADS
from autoclue.training.loop import Trial
from autoclue.training.model import SmallModel, build_small_model
from autoclue.training.platform import load_paddle
from autoclue.training.protocols import PROTOCOLS
from tests.contracts.toy_head import add_toy

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.filterwarnings("ignore:Be aware, overflowing tokens"),
]

CHARACTERS = "天地人山水火木金土日月风云雨雪花草鸟鱼虫"
RECIPE = "{epochs: 1, max_length_tokens: 24, batch_size: 8, learning_rate: 1e-3}"
COMMON = f"files: {{train: train.json, dev: dev.json}}\nrecipe: {RECIPE}\n"
TASKS = {
    "classification": "format: jsonl\ninput: {kind: single, text: question}\n"
    "label_field: right\nlabels: [0, 1, 2]\n",
    "multi_label": "kind: multi_label\nformat: jsonl\ninput: {kind: single, text: question}\n"
    "label_field: several\nlabels: [0, 1, 2]\n",
    "span_extraction": "kind: span_extraction\nformat: jsonl\nfields: {answers: answer_text}\n"
    "hop_tokens: 8\n",
    "multiple_choice": "kind: multiple_choice\nformat: jsonl\nchoices: 4\n"
    "fields: {answer: right}\n",
    "cloze": "kind: cloze\nformat: fewclue\n",
    "toy": "kind: toy\nmetric: toy\n",
}
"""What a task file says beside its name, files and recipe. A new head adds its task here; the rows
are those of ``write_rows``, or it writes its own."""


def span(choices: list[str], right: int) -> dict[str, object]:
    """Ask for one of the texts in all of them together."""
    return {"context": "".join(choices), "answer_text": choices[right][:3]}


def blank(choices: list[str], right: int) -> dict[str, object]:
    """Leave a blank that one of seven candidates fills."""
    candidates = [CHARACTERS[place : place + 4] for place in range(7)]
    content = f"{choices[0]}#idiom#{choices[1]}"
    return {"content": content, "candidates": candidates, "answer": right}


def write_rows(path: Path, count: int, *, seed: int) -> None:
    draw = random.Random(seed)
    lines = []
    for number in range(count):
        question, *choices = ("".join(draw.choices(CHARACTERS, k=k)) for k in (6, 3, 2, 30))
        right = CHARACTERS.index(question[0]) % 3
        row = {"id": f"{path.stem}-{number}", "question": question, "choices": choices}
        asked = {**span(choices, right), **blank(choices, right)}
        asked["several"] = [0, right]
        lines.append(json.dumps({**row, **asked, "right": right}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def _toy() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        add_toy(patch)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cases(tmp_path_factory.mktemp("heads"))


def write_cases(folder: Path) -> Path:
    """Write task files with 48 training and 21 development rows, and a model of one layer."""
    write_rows(folder / "train.json", 48, seed=1)
    write_rows(folder / "dev.json", 21, seed=2)
    for name, own in TASKS.items():
        text = f"name: {name}\n{own}{COMMON}"
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    shape = SmallModel(layers=1, hidden_size=32, heads=2, positions=32)
    build_small_model(folder / "model", shape, CHARACTERS)
    return folder


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Workspace:
    return Workspace(cache=folder / "cache")


@dataclass(frozen=True)
class Case:
    """A head with what it needs."""

    config: TrialConfig
    needed: Materials
    workspace: Workspace

    def network(self, seed: int = 1) -> Any:
        return self.needed.head.build(self.needed.location, seed=seed)

    def batch(self, features: Features) -> Any:
        return features.batch(np.arange(len(features)), self.needed.tokenizer.pad_token_id)

    def alike(self, features: Features) -> Iterator[tuple[NDArray[np.int64], Any]]:
        """Yield features that an evaluation pads to one length, and them as a batch."""
        lengths, pad_id = self.needed.head.evaluation_lengths(features), 0
        for length in np.unique(lengths).tolist():
            rows = np.flatnonzero(lengths == length)
            yield rows, features.batch(rows, pad_id, least_length_tokens=length)


@pytest.fixture(
    params=[(task, protocol) for task in TASKS for protocol in PROTOCOLS], ids=" ".join
)
def case(request: pytest.FixtureRequest, folder: Path, workspace: Workspace) -> Case:
    name, protocol = request.param
    return make_case(name, folder, workspace, protocol=protocol)


def make_case(name: str, folder: Path, workspace: Workspace, *, protocol: str) -> Case:
    """Read what ``write_cases`` wrote for a task."""
    task = str(folder / f"{name}.yaml")
    settings: dict[str, Scalar] = {"max_steps": 6, "eval_every_steps": 3, "protocol": protocol}
    config = build_config(
        load_task(task).recipe,
        task=task,
        model=str(folder / "model"),
        data="download",
        strategy="discriminative",
        settings=settings,
    )
    return Case(config, workspace.materials(config), workspace)


def run(trial: Trial) -> list[Evaluation]:
    found = []
    while (evaluation := trial.advance()) is not None:
        found.append(replace(evaluation, steps_per_s=0.0, eval_s=0.0, elapsed_s=0.0))
    return found


def test_every_head_has_a_case() -> None:
    assert set(HEADS) == set(TASKS) - {"toy"}


def test_every_feature_knows_its_example_and_every_example_has_one(case: Case) -> None:
    features, examples = case.needed.dev, case.needed.dev_examples
    assert (np.diff(features.examples) >= 0).all()
    assert set(features.examples.tolist()) == set(range(len(examples)))


def test_sequences_are_no_longer_than_asked(case: Case) -> None:
    assert case.needed.dev.lengths.max() <= case.config.max_length_tokens


def test_the_same_seed_builds_the_same_network_in_training_mode(case: Case) -> None:
    one, again, other = (case.network(seed) for seed in (1, 1, 2))
    assert one.training
    weights = [
        {name: p.numpy().tobytes() for name, p in n.named_parameters()}
        for n in (one, again, other)
    ]
    assert weights[0] == weights[1]
    assert weights[0] != weights[2]


def test_the_loss_is_a_number_whose_gradient_reaches_every_layer(case: Case) -> None:
    network = case.network()
    loss = case.needed.head.loss(network, case.batch(case.needed.dev))
    loss.backward()
    assert loss.shape == []
    assert np.isfinite(float(loss))
    without = [name for name, p in network.named_parameters() if p.grad is None]
    assert all(".pooler." in name for name in without)  # a head on every token reads no pooler


def test_losses_of_the_features_average_to_the_loss_of_their_batch(case: Case) -> None:
    network, head = case.network(), case.needed.head
    network.eval()
    dev = case.needed.dev
    with load_paddle().no_grad():
        losses = head.losses(head.outputs(network, case.batch(dev)), dev)
        pairs = [(rows, float(head.loss(network, batch))) for rows, batch in case.alike(dev)]
    assert losses.shape == (len(dev),)
    for rows, loss in pairs:
        assert losses[rows].mean() == pytest.approx(loss, rel=1e-5)


def test_every_example_is_answered_in_order_and_can_be_scored(case: Case) -> None:
    needed = case.needed
    found = answer_split(
        *(case.network(), needed.head, needed.dev, needed.dev_examples),
        pad_id=0,
        batch_size=8,
    )
    assert found.predictions.ids == tuple(example.id for example in needed.dev_examples)
    references = find_kind(needed.spec.kind).references(needed.dev_examples)
    metric = find_metric(needed.spec.metric)
    assert tuple(metric.score(found.predictions, references)) == metric.scores


def outputs_of(case: Case, seed: int) -> list[Any]:
    """What a network of a seed says about the development set."""
    return compute_outputs(case.network(seed), case.needed.head, case.needed.dev, pad_id=0)


def test_what_a_network_says_goes_into_arrays_of_numbers(case: Case) -> None:
    arrays = case.needed.head.arrays(outputs_of(case, 1), case.needed.dev)
    assert any("logits" in name for name in arrays)
    assert all(np.isfinite(array).all() for array in arrays.values() if array.dtype.kind == "f")


def test_an_average_of_equals_is_answered_as_each_of_them(case: Case) -> None:
    head, needed = case.needed.head, case.needed
    said = outputs_of(case, 1)
    assert head.align(needed.dev, needed.dev)
    alone, twice = (
        head.decode(each, needed.dev, needed.dev_examples)
        for each in (said, head.average([said, said], needed.dev))
    )
    assert alone.values == twice.values


def test_an_average_lies_between_its_parts_and_can_be_scored(case: Case) -> None:
    head, needed = case.needed.head, case.needed
    said = [outputs_of(case, seed) for seed in (1, 2)]
    together = head.average(said, needed.dev)
    losses = [head.losses(each, needed.dev).mean() for each in (*said, together)]
    assert losses[2] <= max(losses[:2])


def test_rows_that_are_missing_do_not_align(case: Case) -> None:
    assert not case.needed.head.align(case.needed.dev, case.needed.train)


def test_a_trial_records_every_score_and_chooses_by_the_primary(case: Case) -> None:
    trial = Trial(case.config.model_copy(update={"holdout": 0.4}), case.workspace)
    metric = find_metric(case.needed.spec.metric)
    for evaluation in run(trial):
        assert tuple(evaluation.scores) == tuple(evaluation.holdout_scores) == metric.scores
        assert evaluation.score == evaluation.scores[metric.primary]
        assert evaluation.holdout_score == evaluation.holdout_scores[metric.primary]


def test_a_trial_that_was_interrupted_ends_as_one_that_was_not(case: Case, tmp_path: Path) -> None:
    whole = run(Trial(case.config, case.workspace))
    Trial(case.config, case.workspace, folder=tmp_path).advance()
    rest = Trial(case.config, case.workspace, folder=tmp_path, resume=True)
    assert run(rest) == whole[1:]


def test_the_kept_model_scores_what_it_was_kept_for(case: Case, tmp_path: Path) -> None:
    trial = Trial(case.config, case.workspace, folder=tmp_path)
    run(trial)
    assert trial.best is not None
    found = score_model(tmp_path / "best", "dev", device="cpu")
    assert found.scores == trial.best.scores
    assert len(found.predictions) == len(case.needed.dev_examples)
