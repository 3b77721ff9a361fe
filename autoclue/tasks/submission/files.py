"""Names of the prediction files, by task, split and version of the benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class PredictionFile:
    """A file that the benchmark, or AutoFinetune, expects.

    Attributes:
        task: Name of the task.
        split: The split whose rows it predicts.
        name: Its file name.
        form: Name of its form.
        version: Versions of the benchmark that take it ("1.0", "1.1"); empty for none, which are
            the files of AutoFinetune and of tasks of one's own.
    """

    task: str
    split: str
    name: str
    form: str
    version: tuple[str, ...] = ()


BOTH: Final = ("1.0", "1.1")

BENCHMARK_FILES: Final = (
    PredictionFile("afqmc", "test", "afqmc_predict.json", "label_lines", BOTH),
    PredictionFile("tnews", "test", "tnews11_predict.json", "label_lines", ("1.1",)),
    PredictionFile("tnews", "test1.0", "tnews10_predict.json", "label_lines", ("1.0",)),
    PredictionFile("iflytek", "test", "iflytek_predict.json", "label_lines", BOTH),
    PredictionFile("ocnli", "test", "ocnli_50k_predict.json", "label_lines", BOTH),
    PredictionFile("cmnli", "test", "cmnli_predict.json", "label_lines", BOTH),
    PredictionFile("cluewsc2020", "test", "cluewsc11_predict.json", "label_lines", ("1.1",)),
    PredictionFile("cluewsc2020", "test1.0", "cluewsc10_predict.json", "label_lines", ("1.0",)),
    PredictionFile("csl", "test", "csl_predict.json", "label_lines", BOTH),
    PredictionFile("cmrc2018", "test", "cmrc2018_predict.json", "answers", BOTH),
    PredictionFile("chid", "test", "chid11_predict.json", "blanks", ("1.1",)),
    PredictionFile("c3", "test", "c311_predict.json", "choice_lines", ("1.1",)),
)
"""What PaddleNLP's published scripts write for the CLUE leaderboard."""

AUTOFINETUNE_TASKS: Final = ("xnli", "lcqmc", "tnews", "inews")

_BY_TASK: Final[Mapping[tuple[str, str], PredictionFile]] = MappingProxyType(
    {(file.task, file.split): file for file in BENCHMARK_FILES}
)


def prediction_file(task: str, split: str, *, form: str) -> PredictionFile:
    """Return the file of a split's predictions.

    Args:
        task: Name of the task.
        split: Name of the split.
        form: The form of the task's kind, for a task or split that the benchmark doesn't know.

    Returns:
        The benchmark's file; else ``<task>_predict.txt`` for AutoFinetune's tasks on their test
        part, and ``<task>_<split>_predict.json`` for everything else.

    Examples:
        >>> from autoclue.tasks.submission import prediction_file
        >>> prediction_file("cluewsc2020", "test", form="label_lines").name
        'cluewsc11_predict.json'
        >>> prediction_file("reviews", "test", form="label_lines").name
        'reviews_test_predict.json'
    """
    known = _BY_TASK.get((task, split))
    if known is not None:
        return known
    if task in AUTOFINETUNE_TASKS and split == "test":
        return PredictionFile(task, split, f"{task}_predict.txt", "plain_lines")
    return PredictionFile(task, split, f"{task}_{split}_predict.json", form)


def prediction_files(task: str, split: str, *, form: str) -> tuple[PredictionFile, ...]:
    """Return every file of a split's predictions: TNEWS has the benchmark's and AutoFinetune's."""
    first = prediction_file(task, split, form=form)
    if task in AUTOFINETUNE_TASKS and split == "test" and first.version:
        return (first, PredictionFile(task, split, f"{task}_predict.txt", "plain_lines"))
    return (first,)
