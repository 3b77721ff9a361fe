"""How the questions of two studies differ."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, str] = {
    "data_fingerprint": "the content of the data files",
    "train_examples": "the number of training rows",
    "dev_examples": "the number of development rows",
    "task_version": "the task's version",
    "recipe": "the task's recipe",
    "max_steps": "the number of steps",
    "eval_every": "where evaluations fall",
    "keep_head": "whether the model's head is kept",
    "baseline_settings": "the baseline's settings",
}
"""What a study's settings are called where their own name doesn't say it."""

FOLLOWING = frozenset(
    {"space", "space_fingerprint", "holdout_examples", "baseline", "baseline_source"}
)
"""Settings that make no other question: a space has versions, the rest follows from others."""


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Return how two questions differ, by setting, without the space."""
    found = {}
    for key, value in after.items():
        if key in FOLLOWING or before.get(key) == value:
            continue
        words = WORDS.get(key, key)
        short = all(len(str(each)) <= 40 for each in (before.get(key), value))
        told = f" was {before.get(key)!r} and is {value!r}" if short else " has changed"
        found[key] = words + (" has changed" if key == "data_fingerprint" else told)
    return found
