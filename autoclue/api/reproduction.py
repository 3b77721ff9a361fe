"""``reproduce``: train with published settings, and compare with the published score."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from autoclue.errors import UsageError, one_door
from autoclue.models import PublishedScore, published_scores, published_settings
from autoclue.option_fields import read_options, takes_options
from autoclue.reporting import Reproduction
from autoclue.run_files import RUN_FILE, run_text
from autoclue.suite_options import ReproduceArguments
from autoclue.train_options import TrainArguments

if TYPE_CHECKING:
    from logging import Logger

    from typing_extensions import Unpack

    from autoclue.suite_options import ReproduceKeywords

FIRST_SEED = 42
"""The published one."""


@dataclass(frozen=True, slots=True)
class Reproduced:
    """A published score, and what our trainings say of it.

    Attributes:
        published: The score with its settings and its document.
        found: The comparison.
        folders: The trainings.
    """

    published: PublishedScore
    found: Reproduction
    folders: tuple[Path, ...]


@takes_options(ReproduceArguments)
def reproduce(**options: Unpack[ReproduceKeywords]) -> tuple[Reproduced, ...]:
    """Train with a model's published settings, and compare with its published scores.

    A training that ended is kept, and the same call again makes the others.

    Args:
        **options: Options of ``autoclue reproduce``, by name.

    Raises:
        UsageError: Nothing is published of the model or task, or the data can't be read; found
            before anything is trained.
        AutoclueError: A training fails.

    Examples:
        Of the model that ships nothing is published:

        >>> import autoclue
        >>> autoclue.reproduce(model="builtin", tasks="csl")
        Traceback (most recent call last):
        autoclue.errors.UsageError: Unknown model with published settings 'builtin'...
    """
    return tuple(reproducing(read_options(ReproduceArguments, options)))


def reproducing(arguments: ReproduceArguments, log: Logger | None = None) -> Iterator[Reproduced]:
    """Train each task with its published settings, seed by seed; a training that ended is kept.

    Args:
        arguments: Checked options.
        log: Gets the lines of the training logs.

    Yields:
        A comparison for each task, once its trainings have ended.

    Raises:
        UsageError: Nothing is published of the model or task, or the data can't be read; found
            before anything is trained.
        AutoclueError: A training fails.
    """
    wanted = [
        published_settings(arguments.model, task, arguments.document) for task in _tasks(arguments)
    ]
    examples = {score.task: _dev_examples(arguments, score.task) for score in wanted}
    for score in wanted:
        runs = [_run(arguments, score, FIRST_SEED + k) for k in range(arguments.seeds)]
        scores = tuple(_score(run, log) for run in runs)
        found = Reproduction(score.percent / 100, scores, examples[score.task])
        yield Reproduced(score, found, tuple(run.out for run in runs if run.out is not None))


def _tasks(arguments: ReproduceArguments) -> tuple[str, ...]:
    if not arguments.all_tasks:
        return arguments.tasks
    found = [
        score.task
        for score in published_scores()
        if score.name == arguments.model
        and score.settings
        and arguments.document in (None, score.document)
    ]
    # Nothing found: the lookup of a task then says what there is.
    return tuple(dict.fromkeys(found)) or ("",)


def _dev_examples(arguments: ReproduceArguments, task: str) -> int:
    from autoclue.tasks import load_task, open_data, sized_data

    data = open_data(load_task(task), sized_data(arguments.data, arguments.builtin_size))
    return len(data.examples("dev"))


def _run(arguments: ReproduceArguments, score: PublishedScore, seed: int) -> TrainArguments:
    """Return one training with the published settings."""
    model = re.sub(r"[^A-Za-z0-9.]+", "-", arguments.model).strip("-")
    return TrainArguments(
        task=score.task,
        model=arguments.model,
        data=arguments.data,
        builtin_size=arguments.builtin_size,
        protocol="clue",
        strategy="discriminative" if "factor" in score.settings else "uniform",
        settings=dict(score.settings),
        seed=seed,
        max_steps=arguments.max_steps,
        device=arguments.device,
        out=(arguments.out / f"{score.task}-{model}-{score.document}-seed{seed}").resolve(),
    )


def _score(run: TrainArguments, log: Logger | None) -> float:
    """Train, unless the folder holds a training of just these options that has ended."""
    from autoclue.api.studies import training

    known = _known(run)
    return training(run, log).score if known is None else known


def _known(run: TrainArguments) -> float | None:
    """Return the score of a training that has ended with just these options.

    Raises:
        UsageError: What it left can't be read.
    """
    assert run.out is not None
    path, result = run.out / RUN_FILE, run.out / "result.json"
    if not result.is_file() or not path.is_file():
        return None
    with one_door(
        lambda why: UsageError(
            f"What the training in {run.out} left can't be read ({why}); delete the folder, and "
            "it is trained again."
        )
    ):
        if path.read_text(encoding="utf-8") != run_text(run):
            return None
        score = json.loads(result.read_text(encoding="utf-8"))["score"]
        if isinstance(score, bool) or not isinstance(score, int | float) or not 0 <= score <= 1:
            raise ValueError("it holds no score from 0 to 1")
        return float(score)
