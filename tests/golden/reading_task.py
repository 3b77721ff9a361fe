"""The recorded runs on our own text as task files and rows on disk, for a trial to read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.golden.reading import recorded

KINDS = {
    "cmrc2018": "kind: span_extraction\nformat: squad\nhop_tokens: {doc_stride}\n"
    "files: {{train: train.json, dev: dev.json}}\n",
    "c3": "kind: multiple_choice\nformat: c3\nchoices: 4\n"
    "files: {{train: d-train.json, dev: d-dev.json}}\n"
    "joined_files: {{train: m-train.json, dev: m-dev.json}}\n",
    "chid": "kind: cloze\nformat: chid\nfiles: {{train: train.json, dev: dev.json}}\n"
    "answer_files: {{train: train_answer.json, dev: train_answer.json}}\n",
}
RECIPE = """recipe:
  epochs: {epochs}
  max_length_tokens: {max_seq_length}
  learning_rate: {learning_rate}
  batch_size: {batch_size}
  gradient_accumulation_steps: {gradient_accumulation_steps}
  warmup_proportion: {warmup_proportion}
  weight_decay: {weight_decay}
  max_grad_norm: {norm}
  seed: {seed}
  eval_every_epochs: 1
  whole_steps: true
"""


def write_task(folder: Path, run: dict[str, Any]) -> Path:
    """Write the files of a recorded run.

    Returns:
        The task file.
    """
    task, settings = run["task"], run["settings"]
    for name, text in _files(task).items():
        (folder / name).write_text(text, encoding="utf-8")
    norm = "null" if settings["max_grad_norm"] is None else settings["max_grad_norm"]
    text = f"name: {task}\n{KINDS[task]}{RECIPE}".format(**settings, norm=norm)
    path = folder / f"{task}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def _files(task: str) -> dict[str, str]:
    given = recorded("feature_cases")[task]
    if task == "cmrc2018":
        return {f"{split}.json": json.dumps(given["file"]) for split in ("train", "dev")}
    if task == "c3":
        return {
            "d-train.json": json.dumps(given["d_train"]),
            "m-train.json": json.dumps(given["m_train"]),
            "d-dev.json": json.dumps(given["d_train"][:1]),
            "m-dev.json": json.dumps(given["m_train"][:1]),
        }
    rows = [json.dumps(row) for row in given["train"]]
    return {
        "train.json": "\n".join(rows),
        "dev.json": "\n".join(rows[:3]),
        "train_answer.json": json.dumps(given["train_answer"]),
    }
