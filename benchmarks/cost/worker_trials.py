"""Run one trial several times in a worker of a search, and print what each costs as JSON lines.

    python -m benchmarks.cost.worker_trials --task ocnli --data DIR --model DIR --max-steps 400

The first trial's time begins with the process, as that of ``plain_clue_loop`` does; a later one's
when the one before has ended.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from autoclue.errors import TrialFailedError
from autoclue.search.execution.worker import TrialWorker, job_for_worker
from autoclue.search.tuner import Job
from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config
from autoclue.training.platform.runtime import apply_switches, load_paddle
from benchmarks.cost.measure import peak_memory_mb, process_age_s, report


def main() -> None:
    """Run the trials of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--task", required=True)
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", required=True)
    parser.add_argument("--max-steps", type=int, required=True)
    parser.add_argument("--trials", type=int, default=2)
    given = parser.parse_args()
    began, cpu_began_s = time.perf_counter() - process_age_s(), 0.0
    config = build_config(
        load_task(given.task).recipe,
        task=given.task,
        model=given.model,
        data=given.data,
        strategy="uniform",
        settings={"max_steps": given.max_steps},
    )
    apply_switches(gpu=False)
    worker = TrialWorker()
    with tempfile.TemporaryDirectory(prefix="autoclue-bench-") as folder:
        for number in range(given.trials):
            with first_step(began, cpu_began_s):
                train_s = run_trial(worker, config, Path(folder) / str(number))
            report(
                "end",
                seconds=time.perf_counter() - began,
                cpu_s=time.process_time() - cpu_began_s,
                steps_per_s=given.max_steps / train_s,
                peak_mb=peak_memory_mb(),
            )
            began, cpu_began_s = time.perf_counter(), time.process_time()


def run_trial(worker: TrialWorker, config: TrialConfig, folder: Path) -> float:
    """Run one trial to its end, printing a line for each evaluation.

    Args:
        worker: The worker; its process keeps Paddle and the features between trials.
        config: The trial.
        folder: Where its log and best model go.

    Returns:
        Seconds spent on steps alone.

    Raises:
        TrialFailedError: The trial failed.
    """
    worker.begin(job_for_worker(Job(0, config), folder, "cpu"))
    train_s, done = 0.0, 0
    while True:
        event = worker.next_event()
        payload: dict[str, Any] = event["payload"]
        if event["event"] == "failed":
            raise TrialFailedError(payload["reason"])
        if event["event"] == "ended":
            return train_s
        if event["event"] == "evaluated":
            train_s += (payload["step"] - done) / payload["steps_per_s"]
            done = payload["step"]
            report("evaluation", **payload)


@contextmanager
def first_step(began: float, cpu_began_s: float) -> Iterator[None]:
    """Report when the first step of an optimizer within the block is done.

    Args:
        began: When time began, by ``time.perf_counter``.
        cpu_began_s: Processor time of the process then.
    """
    adamw = load_paddle().optimizer.AdamW
    step = adamw.step

    def first(optimizer: Any) -> None:
        step(optimizer)
        adamw.step = step
        report(
            "first_step",
            seconds=time.perf_counter() - began,
            cpu_s=time.process_time() - cpu_began_s,
        )

    adamw.step = first
    try:
        yield
    finally:
        adamw.step = step


if __name__ == "__main__":
    main()
