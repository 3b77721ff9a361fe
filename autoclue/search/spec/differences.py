"""How the questions of two studies differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from autoclue.tasks import TaskSpec

WORDS: Mapping[str, str] = {
    "data_fingerprint": "the content of the data files",
    "train_examples": "the number of training rows",
    "dev_examples": "the number of development rows",
    "task_version": "the task's version",
    "task_file": "the task's file",
    "model_fingerprint": "the weights or the vocabulary of the model",
    "recipe": "the task's recipe",
    "max_steps": "the number of steps",
    "eval_every": "where evaluations fall",
    "keep_head": "whether the model's head is kept",
    "cards_per_trial": "the number of cards a trial",
    "batch_per": "what a batch size counts",
    "precision": "what the network computes in",
    "recompute": "whether activations are computed anew",
    "start_from": "what is tried after the baseline",
    "epochs_per_round": "the epochs of a member from round 1 on",
    "carry": "what members take over",
    "baseline_settings": "the baseline's settings",
}
"""What a study's settings are called where their own name doesn't say it."""

FOLLOWING = frozenset(
    {"space", "space_fingerprint", "holdout_examples", "baseline", "baseline_source"}
)
"""Settings that make no other question: a space has versions, the rest follows from others."""


CONTENT = frozenset({"data_fingerprint", "model_fingerprint"})
"""Settings whose values say nothing to people."""

SINCE = frozenset({"task_file", "model_fingerprint"})
"""Settings that older studies don't have: what they asked isn't known."""

LATER = frozenset({"start_from"})
"""Options that older studies don't have, and that matter only when a study begins."""

BEFORE_THEM: Mapping[str, object] = {
    "cards_per_trial": 1,
    "precision": "fp32",
    "recompute": False,
}
"""What studies did that are older than the option."""

TOLD_ELSEWHERE = {"recipe", "version", "name", "title", "description", "reference", "download"}
"""Keys of a task's file that make no other question, or are compared by themselves."""


def task_question(spec: TaskSpec) -> dict[str, object]:
    """Return what of a user's own task file decides the rows, their labels and the score.

    Returns:
        Its keys that aren't at their default; none for a task that ships, which has a version.
    """
    if spec.source is None:
        return {}
    return spec.model_dump(mode="json", exclude=TOLD_ELSEWHERE, exclude_defaults=True)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Return how two questions differ, by setting, without the space."""
    found = {}
    before = {**BEFORE_THEM, **before}
    for key, value in after.items():
        older = key in SINCE | LATER and key not in before
        if key in FOLLOWING or older or before.get(key) == value:
            continue
        found[key] = WORDS.get(key, key) + _told(key, before.get(key), value)
    return found


def _told(key: str, before: object, after: object) -> str:
    """Say how a setting differs, as far as its values say something to people."""
    if key in CONTENT:
        return " has changed"
    if all(len(str(each)) <= 40 for each in (before, after)):
        return f" was {before!r} and is {after!r}"
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return f" has changed: {', '.join(_changes(before, after))}"
    return " has changed"


def _changes(
    before: Mapping[str, object], after: Mapping[str, object], within: str = ""
) -> Iterator[str]:
    """Yield the keys by which two mappings differ, with their values where they are short."""
    for key in dict.fromkeys((*before, *after)):
        old, new = before.get(key), after.get(key)
        name = f"{within}{key}"
        if old == new:
            continue
        if isinstance(old, Mapping) and isinstance(new, Mapping):
            yield from _changes(old, new, f"{name}.")
        elif len(str(old)) <= 40 and len(str(new)) <= 40:
            was, now = (repr(v) if v is not None else "left out" for v in (old, new))
            yield f"{name} was {was} and is {now}"
        else:
            yield name
