"""Whole trials on a tiny model and data of our own making."""

from __future__ import annotations

import json
import logging
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from autoclue.errors import TrialFailedError
from autoclue.records import Evaluation, Scalar
from autoclue.tasks import TextExample, load_task, open_data
from autoclue.training import TrialConfig, build_config
from autoclue.training.data.workspace import Workspace
from autoclue.training.loop.trial import Trial
from autoclue.training.model.network import seed_everything
from autoclue.training.model.small_model import SmallModel, build_small_model
from autoclue.training.platform.runtime import load_paddle, load_paddlenlp

pytestmark = pytest.mark.paddle

CHARACTERS = "天地人山水火木金土日月风云雨雪花草鸟鱼虫"
TASK = """
name: tiny
format: jsonl
files: {train: train.json, dev: dev.json}
input: {kind: pair, text: first, text_pair: second}
labels: [red, yellow, blue]
recipe:
  {epochs: 2, max_length_tokens: 32, batch_size: 16, learning_rate: 1e-3, eval_every_steps: 5}
"""
Point = tuple[int, float, float, float, float, int]
"""Step, score, development loss, training loss, learning rate, epoch."""
Curve = list[Point]
Weights = dict[str, bytes]


def write_rows(path: Path, count: int, *, seed: int) -> None:
    draw = random.Random(seed)
    lines = []
    for _ in range(count):
        texts = ["".join(draw.choices(CHARACTERS, k=draw.randint(2, 25))) for _ in range(2)]
        label = ("red", "yellow", "blue")[CHARACTERS.index(texts[0][0]) % 3]
        lines.append(json.dumps({"first": texts[0], "second": texts[1], "label": label}))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A task of 200 training and 45 development rows, a model of 2 layers and width 32."""
    folder = tmp_path_factory.mktemp("trial")
    write_rows(folder / "train.json", 200, seed=1)
    write_rows(folder / "dev.json", 45, seed=2)
    (folder / "tiny.yaml").write_text(TASK, encoding="utf-8")
    shape = SmallModel(layers=2, hidden_size=32, heads=2, positions=64)
    build_small_model(folder / "model", shape, CHARACTERS)
    return folder


@pytest.fixture(scope="module")
def workspace(folder: Path) -> Workspace:
    return Workspace(cache=folder / "cache")


def make_config(folder: Path, strategy: str = "uniform", **settings: Scalar) -> TrialConfig:
    return build_config(
        load_task(str(folder / "tiny.yaml")).recipe,
        task=str(folder / "tiny.yaml"),
        model=str(folder / "model"),
        data="download",
        strategy=strategy,
        settings=settings,
    )


def run(trial: Trial) -> Curve:
    """Train to the end."""
    curve = []
    while (evaluation := trial.advance()) is not None:
        curve.append(digits(evaluation))
    return curve


def digits(e: Evaluation | None) -> Point:
    """Return all of an evaluation that must repeat."""
    if e is None:
        raise AssertionError("the trial has ended already")
    return e.step, e.score, e.dev_loss, e.train_loss, e.learning_rate, e.epoch


def weights(trial: Trial) -> Weights:
    return weights_of(trial.learner.network)


def weights_of(network: Any) -> Weights:
    return {name: p.numpy().tobytes() for name, p in network.named_parameters()}


def test_the_same_trial_repeats_its_curve_in_the_same_process(
    folder: Path, workspace: Workspace
) -> None:
    config = make_config(folder, "discriminative", factor=1.3, seed=7)
    first = Trial(config, workspace)
    curve = run(first)
    run(Trial(make_config(folder, seed=8, max_steps=5), workspace))
    second = Trial(config, workspace)
    assert run(second) == curve
    assert weights(second) == weights(first)


def test_trials_that_take_turns_in_one_process_do_not_disturb_each_other(
    folder: Path, workspace: Workspace
) -> None:
    configs = [make_config(folder, seed=seed, max_steps=10) for seed in (1, 2)]
    alone = [run(Trial(config, workspace)) for config in configs]
    one, other = (Trial(config, workspace) for config in configs)
    turns = [(digits(one.advance()), digits(other.advance())) for _ in range(2)]
    assert [list(curve) for curve in zip(*turns, strict=True)] == alone


def test_the_same_trial_repeats_its_curve_in_a_new_process(
    folder: Path, workspace: Workspace
) -> None:
    config = make_config(folder)
    code = (
        "import json, sys; from pathlib import Path\n"
        "from autoclue.training import TrialConfig\n"
        "from autoclue.training.platform import apply_switches; apply_switches(gpu=False)\n"
        "from autoclue.training.loop.trial import Trial\n"
        "from autoclue.training.data.workspace import Workspace\n"
        "config = TrialConfig.model_validate_json(sys.argv[1])\n"
        "trial = Trial(config, Workspace(cache=Path(sys.argv[2])))\n"
        "while (e := trial.advance()) is not None:\n"
        "    print('curve', json.dumps([e.step, e.score, e.dev_loss, e.train_loss]))\n"
    )
    command = [sys.executable, "-c", code, config.model_dump_json(), str(folder / "other-cache")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    theirs = [json.loads(line[6:]) for line in out.split("\n") if line.startswith("curve ")]
    assert theirs == [list(point[:4]) for point in run(Trial(config, workspace))]


def test_frozen_blocks_keep_their_weights_and_the_others_move(
    folder: Path, workspace: Workspace
) -> None:
    config = make_config(folder, "discriminative", frozen_blocks=2, max_steps=10)
    trial = Trial(config, workspace)
    before = weights(trial)
    run(trial)
    same = {name for name, value in weights(trial).items() if value == before[name]}
    lowest = ("ernie.embeddings.", "ernie.encoder.layers.0.")
    assert same == {name for name in before if name.startswith(lowest)}


def test_a_loss_that_is_not_finite_fails_the_trial_with_its_step(
    folder: Path, workspace: Workspace
) -> None:
    trial = Trial(make_config(folder, learning_rate=1e30, max_steps=10), workspace)
    message = r"training loss became (nan|inf) at step [2-5] of 10\."
    with pytest.raises(TrialFailedError, match=message):
        trial.advance()


def test_max_steps_is_the_length_of_the_schedule(folder: Path, workspace: Workspace) -> None:
    trial = Trial(make_config(folder, max_steps=17), workspace)
    curve = run(trial)
    assert [point[0] for point in curve] == [5, 10, 15, 17]
    assert [point[5] for point in curve] == [1, 1, 2, 2]  # 13 steps an epoch
    assert curve[-1][4] == pytest.approx(1e-3 * 1 / 16)  # one update before the end of the decay
    assert trial.advance() is None


def test_the_log_has_the_published_lines(
    folder: Path, workspace: Workspace, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    curve = run(Trial(make_config(folder, max_steps=5), workspace, log=logging.getLogger("t")))
    protocol, rates, progress, evaluation = caplog.messages
    assert protocol == "protocol: clue"
    assert rates == (
        "peak learning rates: embeddings 0.001, layer 1 0.001, layer 2 0.001, head 0.001"
    )
    loss = f"loss: {curve[0][3]:f}, lr: 0.0000000000, speed: "
    assert progress.startswith(f"global step 5/5, epoch: 0, batch: 4, rank_id: 0, {loss}")
    assert re.fullmatch(r"eval loss: \d\.\d{6}, acc: [\d.]+, eval done total : .+ s", evaluation)


def test_only_a_better_score_replaces_the_kept_model(
    folder: Path, workspace: Workspace, tmp_path: Path
) -> None:
    trial = Trial(make_config(folder), workspace, folder=tmp_path)
    curve = run(trial)
    kept = json.loads((tmp_path / "best" / "autoclue.json").read_text(encoding="utf-8"))
    best = max(curve, key=lambda point: point[1])  # the first of equals
    assert (kept["evaluation"]["step"], kept["evaluation"]["score"]) == best[:2]
    assert trial.best is not None
    assert digits(trial.best) == best


@pytest.mark.parametrize("accumulation", [1, 2])
def test_a_trial_is_a_plain_loop_to_the_last_bit(
    folder: Path, workspace: Workspace, accumulation: int
) -> None:
    # 25 micro-batches of 8 a pass: with two an update one is left over and leaks into the next.
    config = make_config(
        folder, batch_size=8 * accumulation, gradient_accumulation_steps=accumulation
    )
    trial = Trial(config, workspace)
    curve = run(trial)
    plain, plain_weights = plain_loop(config, trial.timetable.total_steps)
    assert [point[:2] for point in curve] == [point[:2] for point in plain]
    assert [point[3] for point in curve] == [point[2] for point in plain]
    # Sorted batches change the order of sums, nothing that is printed.
    assert [point[2] for point in curve] == pytest.approx([p[3] for p in plain], abs=1e-6)
    assert weights(trial) == plain_weights


def plain_loop(
    config: TrialConfig, total_steps: float
) -> tuple[list[tuple[int, float, float, float]], Weights]:
    """Train as the published script does: lazy tokenization, evaluation in file order.

    Returns:
        Step, score, training loss and development loss of each evaluation; the last weights.
    """
    paddle, auto = load_paddle(), load_paddlenlp()
    seed_everything(config.seed)
    tokenizer = auto.AutoTokenizer.from_pretrained(config.model)
    train, dev = (make_loader(config, tokenizer, split) for split in ("train", "dev"))
    network = auto.AutoModelForSequenceClassification.from_pretrained(config.model, num_classes=3)
    schedule = auto.LinearDecayWithWarmup(config.learning_rate, total_steps, 0.1)
    decaying = {
        p.name for n, p in network.named_parameters() if "bias" not in n and "norm" not in n
    }
    optimizer = paddle.optimizer.AdamW(
        schedule,
        epsilon=1e-8,
        parameters=network.parameters(),
        weight_decay=0.01,
        apply_decay_param_fun=decaying.__contains__,
        grad_clip=paddle.nn.ClipGradByGlobalNorm(1.0),
    )
    accumulation, step, points = config.gradient_accumulation_steps, 0, []
    for _ in range(config.epochs):
        for number, batch in enumerate(train, start=1):
            labels = batch.pop("labels")
            loss = paddle.nn.functional.cross_entropy(network(**batch), labels) / accumulation
            loss.backward()
            if number % accumulation != 0:
                continue
            optimizer.step()
            schedule.step()
            optimizer.clear_grad()
            step += 1
            if step % config.eval_every_steps == 0 or step == total_steps:
                score, dev_loss = evaluate(network, dev)
                points.append((step, score, float(loss) * accumulation, dev_loss))
    return points, weights_of(network)


def make_loader(config: TrialConfig, tokenizer: Any, split: str) -> Any:
    from paddle.io import BatchSampler, DataLoader, DistributedBatchSampler
    from paddlenlp.data import DataCollatorWithPadding
    from paddlenlp.datasets import MapDataset

    def convert(example: TextExample) -> Any:
        length = config.max_length_tokens
        texts = {"text": example.text, "text_pair": example.text_pair}
        return tokenizer(**texts, max_length=length, truncation=True) | {"labels": example.label}

    rows = open_data(load_task(config.task), config.data).examples(split)
    dataset = MapDataset(rows).map(convert, lazy=True)
    size = config.micro_batch_size
    sampler = (
        DistributedBatchSampler(dataset, size, shuffle=True)
        if split == "train"
        else BatchSampler(dataset, batch_size=size)
    )
    return DataLoader(
        dataset, batch_sampler=sampler, collate_fn=DataCollatorWithPadding(tokenizer)
    )


def evaluate(network: Any, batches: Any) -> tuple[float, float]:
    paddle = load_paddle()
    right, loss, rows = 0, 0.0, 0
    network.eval()
    with paddle.no_grad():
        for batch in batches:
            labels = batch.pop("labels")
            logits = network(**batch)
            total = paddle.nn.functional.cross_entropy(logits, labels, reduction="sum")
            loss += float(total)
            right += int((logits.argmax(axis=1) == labels).sum())
            rows += len(labels)
    network.train()
    return right / rows, loss / rows
