"""What a user asks of a search, and how two such questions differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autoclue.records import Scalar
from autoclue.search.stopping import DEFAULT_SCHEDULER


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked for: everything that decides the result of a study, as the user gave it.

    Attributes:
        task: Registered task name or path of a task file.
        model: PaddleNLP hub name, local folder or ``builtin``.
        data: Folder in the publisher's files, ``download`` or ``builtin``.
        strategy: Registered strategy name or ``module:Class``, with or without values of its
            parameters, which then aren't searched.
        space: Shipped space or path of a YAML file; ``None`` takes the strategy's own.
        settings: Overrides of the space, as ``--set`` takes them.
        sampler: Registered sampler name or ``module:Class``, with or without values of its
            parameters.
        scheduler: The same of a scheduler.
        seed: Root seed of the search; trials keep the recipe's own seed.
        max_steps: Length of every trial in updates, the baseline too; ``None`` trains the
            recipe's epochs.
        holdout: Share of the development set that is reported and chooses nothing; 0 for none.
        baseline: Settings of the baseline that differ from the default for this kind of model.
    """

    task: str
    model: str
    data: str = "download"
    strategy: str = "discriminative"
    space: str | None = None
    settings: tuple[str, ...] = ()
    sampler: str = "tpe"
    scheduler: str = DEFAULT_SCHEDULER
    seed: int = 0
    max_steps: int | None = None
    holdout: float = 0.0
    baseline: Mapping[str, Scalar] = field(default_factory=dict)

    @property
    def common(self) -> dict[str, Scalar]:
        """Settings that all trials of a search share, beside the recipe's."""
        settings: dict[str, Scalar] = {}
        if self.max_steps is not None:
            settings["max_steps"] = self.max_steps
        if self.holdout > 0:
            settings["holdout"] = self.holdout
        return settings


WORDS: Mapping[str, str] = {
    "data_fingerprint": "the content of the data files",
    "train_examples": "the number of training rows",
    "dev_examples": "the number of development rows",
    "task_version": "the task's version",
    "recipe": "the task's recipe",
    "max_steps": "the number of updates",
    "baseline": "the baseline's settings",
}
"""What a study's settings are called where their own name doesn't say it."""

FOLLOWING = frozenset({"space", "space_fingerprint", "holdout_examples", "baseline_source"})
"""Settings that make no other question: a space has versions, the rest follows from others."""


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, str]:
    """Say how two questions differ, by the name of the setting; the space is left out."""
    found = {}
    for key, value in after.items():
        if key in FOLLOWING or before.get(key) == value:
            continue
        words = WORDS.get(key, key)
        short = all(len(str(each)) <= 40 for each in (before.get(key), value))
        told = f" was {before.get(key)!r} and is {value!r}" if short else " has changed"
        found[key] = words + (" has changed" if key == "data_fingerprint" else told)
    return found
