"""Fine-tune on a CLUE task with a plain PaddleNLP loop, and print what it costs as JSON lines.

    python -m benchmarks.cost.plain_clue_loop --task ocnli --data DIR --model DIR --max-steps 400

It is ours, and works the way PaddleNLP's published scripts do, each run in a process of its own;
``plain_classification.py`` and ``plain_reading.py`` say how by kind of task. ``trial_cost.py``
measures against it.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from autoclue.tasks import load_task, open_data
from autoclue.tasks.cache import cache_dir
from autoclue.training import Timetable, TrialConfig, build_config
from benchmarks.cost.measure import peak_memory_mb, process_age_s, report
from benchmarks.cost.plain_classification import ClassificationScript
from benchmarks.cost.plain_reading import choice_script, cloze_script, span_script
from benchmarks.cost.plain_script import Script, Setting

SCRIPTS: Final[Mapping[str, Callable[[Setting], Script]]] = MappingProxyType(
    {
        "classification": ClassificationScript,
        "span_extraction": span_script,
        "multiple_choice": choice_script,
        "cloze": cloze_script,
    }
)
"""The script of every kind of task."""


@dataclass(frozen=True)
class Job:
    """What to run.

    Attributes:
        task: Registered task name or task file.
        data: Folder in the publisher's files.
        model: Folder or hub name.
        max_steps: Length of the schedule in steps; 0 ends once everything is read and tokenized.
        device: Paddle's device name.
    """

    task: str
    data: str
    model: str
    max_steps: int
    device: str = "cpu"


def main() -> None:
    """Run the job of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--max-steps", type=int, required=True)
    parser.add_argument("--device", choices=("cpu", "gpu"), default="cpu")
    train(Job(**vars(parser.parse_args())))


def train(job: Job) -> None:
    """Train and evaluate, printing a line at the first step, at each evaluation and at the end.

    Args:
        job: What to run.
    """
    import numpy as np
    import paddle

    spec = load_task(job.task)
    config = build_config(
        spec.recipe,
        task=job.task,
        model=job.model,
        data=job.data,
        strategy="uniform",
        settings={"max_steps": max(job.max_steps, 1)},
    )
    paddle.set_device(job.device)
    random.seed(config.seed)
    np.random.seed(config.seed)  # noqa: NPY002 - the scripts seed the global generators
    paddle.seed(config.seed)
    setting = Setting(open_data(spec, job.data), job.model, config, cache_dir() / "plain")
    script = SCRIPTS[spec.kind](setting)
    if job.max_steps == 0:
        return
    steps_per_s = run(script, config, config.timetable(script.examples))
    report(
        "end",
        seconds=process_age_s(),
        cpu_s=time.process_time(),
        steps_per_s=steps_per_s,
        peak_mb=peak_memory_mb(),
    )


def run(script: Script, config: TrialConfig, timetable: Timetable) -> float:
    """Train to the end.

    Args:
        script: How this kind of task trains and evaluates.
        config: The trial's settings.
        timetable: Where steps and evaluations fall.

    Returns:
        Steps a second, evaluations left out.
    """
    network = script.network()
    optimizer, schedule = make_optimizer(network, config, timetable.total_steps)
    step, train_s, began = 0, 0.0, time.perf_counter()
    for seen, loss in micro_batches(script, network, config):
        if seen % config.gradient_accumulation_steps != 0:
            continue
        optimizer.step()
        schedule.step()
        optimizer.clear_grad()
        step += 1
        if step == 1:
            report("first_step", seconds=process_age_s(), cpu_s=time.process_time())
        if timetable.evaluates_after(step):
            train_loss = float(loss) * config.gradient_accumulation_steps
            train_s += time.perf_counter() - began
            report("evaluation", step=step, train_loss=train_loss, **script.evaluate(network))
            began = time.perf_counter()
        if step == timetable.steps:
            break
    return step / (train_s + time.perf_counter() - began)


def make_optimizer(network: Any, config: TrialConfig, total_steps: float) -> tuple[Any, Any]:
    """Make AdamW and its schedule: warm-up, linear decay, no weight decay on biases and norms.

    Args:
        network: What to train.
        config: Rate, decay, epsilon, clipping and warm-up.
        total_steps: Length of the schedule in steps.
    """
    import paddle
    from paddlenlp.transformers import LinearDecayWithWarmup

    schedule = LinearDecayWithWarmup(config.learning_rate, total_steps, config.warmup_proportion)
    decaying = {
        parameter.name
        for name, parameter in network.named_parameters()
        if "bias" not in name and "norm" not in name
    }
    norm = config.max_grad_norm
    optimizer = paddle.optimizer.AdamW(
        learning_rate=schedule,
        beta1=0.9,
        beta2=0.999,
        epsilon=config.adam_epsilon,
        parameters=network.parameters(),
        weight_decay=config.weight_decay,
        apply_decay_param_fun=decaying.__contains__,
        grad_clip=None if norm is None else paddle.nn.ClipGradByGlobalNorm(norm),
    )
    return optimizer, schedule


def micro_batches(script: Script, network: Any, config: TrialConfig) -> Iterator[tuple[int, Any]]:
    """Compute gradients batch by batch, epoch after epoch, without end.

    Args:
        script: Gives batches and their loss.
        network: What to train.
        config: Gives the accumulation.

    Yields:
        How many batches of this epoch are done, and the last one's loss.
    """
    while True:
        for done, batch in enumerate(script.epoch(), start=1):
            loss = script.loss(network, batch)
            if config.gradient_accumulation_steps > 1:
                loss = loss / config.gradient_accumulation_steps
            loss.backward()
            yield done, loss


if __name__ == "__main__":
    main()
