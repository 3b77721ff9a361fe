"""A plain training loop that works as the published reading scripts do."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autoclue.models.shipped import shipped_folder
from autoclue.tasks.reading.cmrc2018_metric import paddlenlp_metric
from autoclue.training.heads import multiple_choice, span_extraction
from autoclue.training.heads.recipe import PUBLISHED, ReadingTimetable
from autoclue.training.platform.bias_gradients import sum_bias_gradients_by_row
from autoclue.training.platform.denormals import flush_denormals
from autoclue.training.platform.runtime import load_paddle
from autoclue.training.recipe import epoch_order
from tests.golden.reading_features import encode

CHOICES = {"c3": 4, "chid": 10}
FIRST_TEST_BLANK = 623377
DROPOUTS = ("hidden_dropout_prob", "attention_probs_dropout_prob")


@dataclass
class Outcome:
    """What a run left, in the words of the recorded files."""

    head_at_start: Any
    losses: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)
    norms: dict[str, float] = field(default_factory=dict)
    evaluations: list[dict[str, Any]] = field(default_factory=list)
    prediction_file: str = ""


@dataclass(frozen=True)
class Inputs:
    """The rows and features of the three splits."""

    rows: dict[str, Any]
    features: dict[str, Any]


def inputs(task: str, run: dict[str, Any], read: Any, tokenizer: Any) -> Inputs:
    """Read and encode all splits of a run."""
    settings = run["settings"]
    rows = {split: read(task, split) for split in ("train", "dev", "test")}
    features = {
        split: encode(
            *(task, examples, tokenizer),
            length=settings["max_seq_length"],
            hop=settings.get("doc_stride", 128),
            cut_again=run["tokens"] == "cut_again",
        )
        for split, examples in rows.items()
    }
    return Inputs(rows, features)


def model_folder(run: dict[str, Any], scratch: Path) -> Path:
    """Return the shipped model, or a copy without dropout."""
    if run["dropout_values_in_the_network"] != [0.0]:
        return shipped_folder()
    folder = scratch / "without_dropout"
    shutil.copytree(shipped_folder(), folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config |= dict.fromkeys(DROPOUTS, 0.0)
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def train(task: str, run: dict[str, Any], given: Inputs, location: str) -> Outcome:
    """Train, evaluate after every epoch and predict, as the task's script does."""
    with flush_denormals(enabled=True):
        return _train(task, run, given, location)


def _train(task: str, run: dict[str, Any], given: Inputs, location: str) -> Outcome:
    settings = run["settings"]
    timetable = ReadingTimetable(
        micro_batches_per_epoch=-(-len(given.features["train"]) // settings["micro_batch_size"]),
        epochs=settings["epochs"],
        accumulation=settings["gradient_accumulation_steps"],
        warmup_proportion=settings["warmup_proportion"],
    )
    network = _build(task, location, settings["seed"])
    sum_bias_gradients_by_row(network)  # as fast as a trial; no digit changes
    optimizer = _optimizer(network, task, settings)
    outcome = Outcome(head_at_start=network.classifier.weight.numpy())
    for step in timetable.plan():
        order = epoch_order(len(given.features["train"]), step.epoch)
        chosen = order[step.place * settings["micro_batch_size"] :][: settings["micro_batch_size"]]
        batch = _collate(task, [given.features["train"][row] for row in chosen])
        loss = _loss(task, network, batch) / settings["gradient_accumulation_steps"]
        loss.backward()
        outcome.losses.append(float(loss))
        if step.ends_step:
            rate = settings["learning_rate"] * timetable.rate_factor(len(outcome.rates))
            optimizer.set_lr(rate)
            outcome.rates.append(rate)
            outcome.norms[str(len(outcome.rates))] = _norm(network)
            optimizer.step()
            optimizer.clear_grad()
        if step.ends_epoch:
            outcome.evaluations.append(evaluate(task, network, given, "dev"))
    outcome.prediction_file = _prediction_file(task, network, given)
    return outcome


def _loss(task: str, network: Any, batch: Any) -> Any:
    if task == "cmrc2018":
        return span_extraction.span_loss(network, batch)
    return multiple_choice.choice_loss(network, batch)


def _logits(task: str, network: Any, batch: Any) -> Any:
    if task == "cmrc2018":
        return span_extraction.span_logits(network, batch)
    return multiple_choice.choice_logits(network, batch)


def _build(task: str, location: str, seed: int) -> Any:
    if task == "cmrc2018":
        return span_extraction.load_span_network(location, seed=seed)
    return multiple_choice.load_choice_network(location, num_choices=CHOICES[task], seed=seed)


def _collate(task: str, features: Sequence[Any]) -> Any:
    if task == "cmrc2018":
        return span_extraction.collate_windows(features, pad_id=0)
    return multiple_choice.collate_choices(features, pad_id=0)


def _optimizer(network: Any, task: str, settings: dict[str, Any]) -> Any:
    paddle = load_paddle()
    decaying = {
        parameter.name
        for name, parameter in network.named_parameters()
        if not any(part in name for part in ("bias", "norm"))
    }
    norm = PUBLISHED[task].max_grad_norm
    return paddle.optimizer.AdamW(
        learning_rate=0.0,
        beta1=0.9,
        beta2=0.999,
        epsilon=PUBLISHED[task].adam_epsilon,
        parameters=network.parameters(),
        weight_decay=settings["weight_decay"],
        apply_decay_param_fun=decaying.__contains__,
        grad_clip=None if norm is None else paddle.nn.ClipGradByGlobalNorm(norm),
    )


def _norm(network: Any) -> float:
    gradients = [p.grad.numpy() for p in network.parameters() if p.grad is not None]
    return float(np.sqrt(sum(np.sum(g.astype(np.float64) ** 2) for g in gradients)))


def _outputs(task: str, network: Any, features: Sequence[Any], size: int) -> Iterator[Any]:
    for first in range(0, len(features), size):
        yield from _logits(task, network, _collate(task, features[first : first + size]))


def evaluate(task: str, network: Any, given: Inputs, split: str) -> dict[str, Any]:
    """Score a split without dropout, in batches of the script's size, in file order."""
    rows, features = given.rows[split], given.features[split]
    network.eval()
    outputs = list(_outputs(task, network, features, PUBLISHED[task].eval_batch_size))
    network.train()
    if task == "cmrc2018":
        answers = span_extraction.answer_questions(rows, features, outputs)
        references = {row.id: [answer.text for answer in row.answers] for row in rows}
        scores = paddlenlp_metric(answers, references)
        return {
            **{k: 100.0 * v for k, v in scores.items()},
            "file": _span_file(answers),
            "logits": outputs,
        }
    logits = np.stack(outputs)
    labels = np.array([feature.label for feature in features])
    argmax = multiple_choice.largest_choices(logits)
    decoded = argmax
    if task == "chid":
        decoded = multiple_choice.decode_blanks(logits, rows, features)
    return {
        "acc": float(np.mean(decoded == labels)),
        "dev_mean_cross_entropy": _cross_entropy(logits, labels),
        "argmax": argmax.tolist(),
        "decoded": decoded.tolist(),
        "logits": logits,
    }


def _cross_entropy(logits: Any, labels: Any) -> float:
    wide = logits.astype(np.float64)
    sums = np.log(np.exp(wide - wide.max(axis=1, keepdims=True)).sum(axis=1)) + wide.max(axis=1)
    return float(np.mean(sums - wide[np.arange(len(wide)), labels]))


def _prediction_file(task: str, network: Any, given: Inputs) -> str:
    """Write the test split's file as the scripts do; C3's leaves dropout on, batch by one."""
    if task == "cmrc2018":
        return str(evaluate(task, network, given, "test")["file"])
    if task == "chid":
        decoded = evaluate(task, network, given, "test")["decoded"]
        named = {f"#idiom{FIRST_TEST_BLANK + i}#": idiom for i, idiom in enumerate(decoded)}
        return json.dumps(named, indent=2)
    logits = np.stack(list(_outputs(task, network, given.features["test"], 1)))
    labels = multiple_choice.largest_choices(logits).tolist()
    return "".join(f"{json.dumps({'id': i, 'label': n})}\n" for i, n in enumerate(labels))


def _span_file(answers: dict[str, str]) -> str:
    return json.dumps(answers, ensure_ascii=False, indent=4) + "\n"


def sha256(text: str) -> str:
    """Hash a file's text."""
    return hashlib.sha256(text.encode()).hexdigest()
