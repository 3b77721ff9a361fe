"""Populations, the default and random search at the same number of training steps.

    python -m benchmarks.populations.equal_steps --data ../shared/data --out equal-steps

Every search has nine whole schedules: the baseline and eight more, which are two rounds of four
for ``hazero`` and ``pshe2``, eight members for ``pbt`` and ``pb2``, and what the budget of steps
allows for the default search (TPE with the adaptive scheduler) and a random one. Half of the
development rows are held out and choose nothing; the score is the winner's on them. Each is
repeated with several root seeds. Everything is a study of autoclue's own in OUT/studies, so the
same command goes on where it was interrupted, and trains nothing twice; ``--minutes`` begins no
search after so many.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from autoclue.reporting.statistics import paired_difference
from benchmarks.first_rows import first_rows

if TYPE_CHECKING:
    from autoclue.records import StudyRecord

Scores = Mapping[str, Mapping[int, float]]
"""The winner's score on the held-out rows by method and root seed, in percent."""

TASKS: Final = ("tnews", "ocnli", "xnli")
SCHEDULES: Final = 9
"""Whole trainings that each search has the steps of, the baseline among them."""
ENOUGH: Final = 1000
"""Trials that no budget of steps reaches."""
METHODS: Final[Mapping[str, Mapping[str, Any]]] = {
    "default": {"trials": ENOUGH},
    "random": {"sampler": "random", "scheduler": "none", "trials": ENOUGH},
    "hazero": {"sampler": "hazero", "population": 4, "rounds": 2},
    "pshe2": {"sampler": "pshe2", "population": 4, "rounds": 2},
    "pbt": {"sampler": "pbt", "population": 8},
    "pb2": {"sampler": "pb2", "population": 8},
}
SPACE: Final = ("learning_rate=1e-4..1e-2:log", "dropout=0.0..0.3", "batch_size=32")


@dataclass(frozen=True, slots=True)
class Setting:
    """What all searches have in common.

    Attributes:
        data: Folder in the publishers' files.
        out: Where rows and studies go.
        max_steps: Steps of a whole schedule.
        train_rows: First rows to train on.
        dev_rows: First rows to judge by, half of which are held out.
        length: Tokens of an input.
    """

    data: Path
    out: Path
    max_steps: int = 40
    train_rows: int = 2000
    dev_rows: int = 800
    length: int = 40

    def options(self, method: str, task: str, seed: int) -> dict[str, Any]:
        """Return the options of a search."""
        found = {
            "task": task,
            "model": "builtin",
            "data": self.out / "data",
            "strategy": "uniform",
            "settings": (*SPACE, f"max_length_tokens={self.length}"),
            "baseline": {"max_length_tokens": self.length, "batch_size": 32},
            "start_from": "none",
            "max_steps": self.max_steps,
            "eval_every": self.max_steps // 4,
            "holdout": 0.5,
            "seed": seed,
            "parallel": 1,
            "study": f"{task}-{method}-{seed}",
            "folder": self.out / "studies",
            **METHODS[method],
        }
        if found.get("trials") == ENOUGH:
            found["step_budget"] = SCHEDULES * self.max_steps
        return found


def search(setting: Setting, method: str, task: str, seed: int) -> StudyRecord:
    """Run a search, or read it where it has run."""
    import autoclue

    options = setting.options(method, task, seed)
    return autoclue.tune(options.pop("task"), **options).study


def held_out_score(study: StudyRecord) -> float:
    """Return the winner's score on the held-out rows, in percent.

    Raises:
        ValueError: Nothing has won, or no rows were held out.
    """
    best = None if study.winner is None else study.winner.best
    if best is None or best.holdout_score is None:
        raise ValueError(f"{study.name} has no winner with a held-out score")
    return 100 * best.holdout_score


def rows_of(task: str, scores: Scores) -> Iterator[str]:
    """Yield a line of the table for each method: its scores, and how it stands to the default."""
    for method, found in scores.items():
        values = [found[seed] for seed in sorted(found)]
        mean = sum(values) / len(values)
        each = ", ".join(f"{value:.2f}" for value in values)
        told = "" if method == "default" else against(found, scores.get("default", {}))
        yield f"| {task} | {method} | {each} | {mean:.2f} | {told} |"


def against(found: Mapping[int, float], default: Mapping[int, float]) -> str:
    """Say how a method stands against the default search with the same root seeds."""
    pair = paired_difference(found, default)
    if pair.low is None or pair.high is None or pair.mean is None:
        return "not known"
    interval = f"{pair.mean:+.2f} ({pair.low:+.2f} to {pair.high:+.2f})"
    return interval if pair.low > 0 or pair.high < 0 else f"{interval}, can't be told apart"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the benchmark and print its table."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.populations.equal_steps", description=__doc__
    )
    parser.add_argument("--data", type=Path, required=True, help="the publishers' files")
    parser.add_argument("--tasks", nargs="+", default=[*TASKS], choices=TASKS)
    parser.add_argument("--methods", nargs="+", default=[*METHODS], choices=METHODS)
    parser.add_argument("--seeds", type=int, default=3, help="root seeds (default 3)")
    parser.add_argument("--max-steps", type=int, default=40, help="of a schedule (default 40)")
    parser.add_argument("--out", type=Path, default=Path("equal-steps"))
    parser.add_argument("--minutes", type=float, help="begin no search after so many")
    parser.add_argument("--json", type=Path, help="write every score to this file")
    given = parser.parse_args(arguments)
    setting = Setting(given.data, given.out.resolve(), given.max_steps)
    until = None if given.minutes is None else time.monotonic() + 60 * given.minutes
    found: dict[str, dict[str, dict[int, float]]] = {}
    for task in given.tasks:
        _write_rows(setting, task)
        for seed in range(given.seeds):
            for method in given.methods:
                if until is not None and time.monotonic() > until:
                    break
                score = held_out_score(search(setting, method, task, seed))
                found.setdefault(task, {}).setdefault(method, {})[seed] = score
                print(f"{task} {method} seed {seed}: {score:.2f}", file=sys.stderr, flush=True)
    if given.json is not None:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    print("| task | search | held-out score, each seed | mean | less the default |")
    print("|---|---|---|---|---|")
    for task, scores in found.items():
        print("\n".join(rows_of(task, scores)))


def _write_rows(setting: Setting, task: str) -> None:
    from autoclue.tasks import load_task

    if not (setting.out / "data" / task).is_dir():
        rows = {"train": setting.train_rows, "dev": setting.dev_rows}
        first_rows(load_task(task), setting.data, setting.out / "data", rows)


if __name__ == "__main__":
    main()
