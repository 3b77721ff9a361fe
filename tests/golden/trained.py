"""Real searches and trainings, small ones: the model and the text that ship, and few updates.

They are called as a notebook would call them. The text is written to a folder, so that a task of
our own can read it and evaluate more often than the one that ships.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import autoclue
from tests.golden.seam import Dying, Plain, normal, plain_curve, plain_result, theirs

ROOT = Path(__file__).parents[2]
TASK = """
name: golden
format: jsonl
files: {train: train.json, dev: dev.json, test: test_with_labels.json}
labelled_splits: [train, dev, test]
input: {kind: single, text: sentence}
label_field: label
labels: ["100", "101", "102", "103", "104", "106", "107", "108", "109", "110", "112", "113", "114",
         "115", "116"]
recipe: {eval_every_steps: 3, max_length_tokens: 16, batch_size: 8, learning_rate: 2.0e-3}
"""
KILLED = "grid-asha-failing"
KILLED_AFTER = 6
"""Evaluations after which a search is killed: in the middle of its second trial."""

STUDIES: Mapping[str, Mapping[str, Any]] = {
    KILLED: {
        "strategy": "uniform",
        "sampler": "grid",
        "scheduler": "asha",
        "settings": {"rate": "2e-3,6e-3,3e-4", "batch": "8,4", "length": "16,1024"},
        "trials": 8,
        "max_steps": 12,
    },
    "tpe-adaptive-discriminative-confirmed": {
        "settings": {"rate": "3e-4..6e-3:log", "batch": "4,8", "frozen": "0..2"},
        "trials": 7,
        "max_steps": 15,
        "holdout": 0.3,
        "confirm": 1,
        "seeds": 2,
    },
}
"""What each search is asked, its settings under names of the golden tests."""

TRAININGS: Mapping[str, Mapping[str, Any]] = {
    "uniform": {
        "task": "xnli",
        "strategy": "uniform",
        "settings": {"rate": 1e-3, "batch": 8, "length": 24, "every": 4, "dropout": 0.2},
        "max_steps": 12,
    },
    "discriminative": {
        "task": "tnews",
        "strategy": "discriminative",
        "settings": {
            **{"rate": 2e-3, "batch": 8, "parts": 2, "length": 16, "every": 4, "updates": None},
            **{"factor": 1.3, "frozen": 2, "warm-up": 0.2, "passes": 1, "seed": 7},
        },
        "holdout": 0.3,
    },
}


def make_task(folder: Path) -> Path:
    """Write text in a publisher's form, its test part with labels, and a task that reads it."""
    paths = {path.name: path for path in autoclue.write_data("tnews", folder, builtin_size="tiny")}
    rows = [json.loads(line) for line in _lines(paths["test.json"])]
    labels = {
        row["id"]: row["label"] for row in map(json.loads, _lines(paths["test_labels.json"]))
    }
    text = "".join(f"{json.dumps({**row, 'label': labels[row['id']]})}\n" for row in rows)
    task = paths["test.json"].with_name("golden.yaml")
    task.with_name("test_with_labels.json").write_text(text, encoding="utf-8")
    task.write_text(TASK, encoding="utf-8")
    return task


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def run_study(name: str, task: Path, folder: Path, *, die_after: int | None = None) -> Plain:
    """Run a search, which may be told to kill itself."""
    asked = dict(STUDIES[name])
    settings = theirs(asked.pop("settings"))
    found = autoclue.tune(
        str(task),
        model="builtin",
        settings=[f"{key}={value}" for key, value in settings.items()],
        parallel=1,
        study=name,
        folder=folder,
        listener=None if die_after is None else Dying(die_after),
        **asked,
    )
    return plain_result(found)


def begin_killed(task: Path, folder: Path) -> subprocess.Popen[bytes]:
    """Start a search, in a session of its own, that will kill all of that session."""
    words = [sys.executable, "-m", "tests.golden.trained", str(task), str(folder)]
    return subprocess.Popen(words, cwd=ROOT, env={**os.environ}, start_new_session=True)


def resume_killed(folder: Path) -> Plain:
    """Go on with the search that was killed."""
    return plain_result(autoclue.resume(KILLED, parallel=1, folder=folder))


def run_training(name: str, folder: Path) -> Plain:
    """Train one configuration."""
    asked = dict(TRAININGS[name])
    settings = theirs(asked.pop("settings"))
    found = autoclue.train(
        asked.pop("task"),
        model="builtin",
        data="builtin:tiny",
        settings=settings,
        out=folder,
        device="cpu",
        **asked,
    )
    return normal({"score": found.score, "evaluations": plain_curve(found.evaluations)})


if __name__ == "__main__":
    run_study(KILLED, Path(sys.argv[1]), Path(sys.argv[2]), die_after=KILLED_AFTER)
