"""Fine-tune on a CLUE task with a plain PaddleNLP loop, and print what it costs as JSON lines.

    python -m benchmarks.cost.plain_clue_loop --task ocnli --data DIR --model DIR --max-steps 400

It is ours, and works the way PaddleNLP's published classification script does: every example is
tokenized again each time it is needed, the development set is evaluated at the training batch
size in file order, and each run is a process of its own. ``trial_cost.py`` measures against it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from autoclue.tasks import Recipe, TextExample, load_task, open_data
from benchmarks.cost.measure import peak_memory_mb, process_age_s, report


@dataclass(frozen=True)
class Job:
    """What to run.

    Attributes:
        task: Registered task name or task file.
        data: Folder in the publisher's files.
        model: Folder or hub name.
        max_steps: Length of the schedule in updates.
    """

    task: str
    data: str
    model: str
    max_steps: int


def main() -> None:
    """Run the job of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--max-steps", type=int, required=True)
    train(Job(**vars(parser.parse_args())))


def train(job: Job) -> None:
    """Train and evaluate, printing a line at the first update, at each evaluation and at the end.

    Args:
        job: What to run.
    """
    import numpy as np
    import paddle
    from paddlenlp.transformers import AutoModelForSequenceClassification, AutoTokenizer

    spec = load_task(job.task)
    recipe = spec.recipe
    paddle.set_device("cpu")
    random.seed(recipe.seed)
    np.random.seed(recipe.seed)  # noqa: NPY002 - the script seeds the global generators
    paddle.seed(recipe.seed)

    tokenizer = AutoTokenizer.from_pretrained(job.model)
    data = open_data(spec, job.data)
    micro_batch = recipe.batch_size // recipe.gradient_accumulation_steps
    batches, dev = (
        make_loader(data.examples(split), tokenizer, recipe, micro_batch, shuffle=split == "train")
        for split in ("train", "dev")
    )
    network = AutoModelForSequenceClassification.from_pretrained(
        job.model, num_classes=len(spec.output_labels)
    )
    optimizer, schedule = make_optimizer(network, recipe, job.max_steps)
    criterion = paddle.nn.CrossEntropyLoss()
    step, train_s, began = 0, 0.0, time.perf_counter()
    for seen, loss in micro_batches(network, criterion, batches, recipe):
        if seen % recipe.gradient_accumulation_steps != 0:
            continue
        optimizer.step()
        schedule.step()
        optimizer.clear_grad()
        step += 1
        if step == 1:
            report("first_update", seconds=process_age_s())
        if step % recipe.eval_every_steps == 0 or step == job.max_steps:
            train_loss = float(loss) * recipe.gradient_accumulation_steps
            train_s += time.perf_counter() - began
            scored = evaluate(network, criterion, dev)
            report("evaluation", step=step, train_loss=train_loss, **scored)
            began = time.perf_counter()
        if step == job.max_steps:
            break
    report(
        "end",
        seconds=process_age_s(),
        cpu_s=time.process_time(),
        steps_per_s=step / train_s,
        peak_mb=peak_memory_mb(),
    )


def make_loader(
    examples: list[TextExample], tokenizer: Any, recipe: Recipe, batch_size: int, *, shuffle: bool
) -> Any:
    """Make a loader that tokenizes each example when its batch is drawn.

    Args:
        examples: Rows of a split.
        tokenizer: The model's tokenizer.
        recipe: Gives the length.
        batch_size: Rows a batch.
        shuffle: Whether this is the training set, shuffled by the number of the pass.
    """
    from paddle.io import BatchSampler, DataLoader, DistributedBatchSampler
    from paddlenlp.data import DataCollatorWithPadding
    from paddlenlp.datasets import MapDataset

    def convert(row: dict[str, Any]) -> Any:
        encoded = tokenizer(
            row["text"],
            text_pair=row["text_pair"],
            max_length=recipe.max_length_tokens,
            truncation="longest_first",
        )
        encoded["labels"] = row["label"]
        return encoded

    rows = [{"text": e.text, "text_pair": e.text_pair, "label": e.label} for e in examples]
    dataset = MapDataset(rows).map(convert, lazy=True)
    sampler = (
        DistributedBatchSampler(dataset, batch_size=batch_size, shuffle=True)
        if shuffle
        else BatchSampler(dataset, batch_size=batch_size, shuffle=False)
    )
    return DataLoader(
        dataset,
        batch_sampler=sampler,
        collate_fn=DataCollatorWithPadding(tokenizer),
        num_workers=0,
        return_list=True,
    )


def make_optimizer(network: Any, recipe: Recipe, total_steps: int) -> tuple[Any, Any]:
    """Make AdamW and its schedule: warm-up, linear decay, no weight decay on biases and norms.

    Args:
        network: What to train.
        recipe: Rate, decay, epsilon, clipping and warm-up.
        total_steps: Length of the schedule in updates.
    """
    import paddle
    from paddlenlp.transformers import LinearDecayWithWarmup

    schedule = LinearDecayWithWarmup(recipe.learning_rate, total_steps, recipe.warmup_proportion)
    decaying = {
        parameter.name
        for name, parameter in network.named_parameters()
        if "bias" not in name and "norm" not in name
    }
    optimizer = paddle.optimizer.AdamW(
        learning_rate=schedule,
        beta1=0.9,
        beta2=0.999,
        epsilon=recipe.adam_epsilon,
        parameters=network.parameters(),
        weight_decay=recipe.weight_decay,
        apply_decay_param_fun=decaying.__contains__,
        grad_clip=paddle.nn.ClipGradByGlobalNorm(recipe.max_grad_norm),
    )
    return optimizer, schedule


def micro_batches(
    network: Any, criterion: Callable[[Any, Any], Any], batches: Any, recipe: Recipe
) -> Iterator[tuple[int, Any]]:
    """Compute gradients batch by batch, pass after pass, without end.

    Args:
        network: What to train.
        criterion: From logits and labels to the mean loss.
        batches: Loader of the training set.
        recipe: Gives the accumulation.

    Yields:
        How many batches of this pass are done, and the last one's loss.
    """
    while True:
        for done, batch in enumerate(batches, start=1):
            labels = batch.pop("labels")
            loss = criterion(network(**batch), labels)
            if recipe.gradient_accumulation_steps > 1:
                loss = loss / recipe.gradient_accumulation_steps
            loss.backward()
            yield done, loss


def evaluate(network: Any, criterion: Callable[[Any, Any], Any], batches: Any) -> dict[str, float]:
    """Score the development set in file order, at the training batch size.

    Args:
        network: A network; left in training mode.
        criterion: From logits and labels to the mean loss.
        batches: Loader of the development set.

    Returns:
        ``dev_loss`` over all rows, ``last_batch_loss`` as the script prints it, ``score`` and
        ``eval_s``.
    """
    import paddle

    began = time.perf_counter()
    accuracy = paddle.metric.Accuracy()
    total, rows, last = 0.0, 0, float("nan")
    network.eval()
    with paddle.no_grad():
        for batch in batches:
            labels = batch.pop("labels")
            logits = network(**batch)
            last = float(criterion(logits, labels))
            total += last * len(labels)
            rows += len(labels)
            accuracy.update(accuracy.compute(logits, labels))
    network.train()
    return {
        "dev_loss": total / rows,
        "last_batch_loss": last,
        "score": float(accuracy.accumulate()),
        "eval_s": time.perf_counter() - began,
    }


if __name__ == "__main__":
    main()
