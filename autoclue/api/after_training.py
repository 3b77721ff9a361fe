"""What follows a training: ``predict``, ``evaluate`` and ``submit``."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from autoclue.errors import UsageError
from autoclue.option_fields import read_options, takes_options
from autoclue.predict_options import (
    EvaluateArguments,
    FineTunedOptions,
    PredictArguments,
    SubmitArguments,
)
from autoclue.results import (
    EvaluateResult,
    PredictResult,
    StudyResult,
    SubmitResult,
    TrainResult,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from autoclue.predict_options import EvaluateKeywords, PredictKeywords, SubmitKeywords
    from autoclue.tasks import TaskData
    from autoclue.training.evaluate import FineTuned

Result = TypeVar("Result", StudyResult, TrainResult)

PREDICTIONS = "predictions"
"""Folder of the prediction files in that of a study or a training."""


@takes_options(PredictArguments)
def predict(**options: Unpack[PredictKeywords]) -> PredictResult:
    """Predict the test parts of a task, in the files that the benchmark takes.

    Names, ids and labels are those of the published scripts, in the publisher's row order. Nothing
    is written before everything has been predicted.

    Args:
        **options: Options of ``autoclue predict``, by name; ``autoclue.predict_options`` has them
            all.

    Raises:
        UsageError: A folder holds no fine-tuned model or one that doesn't fit the task, a row is
            unusable, models can't be averaged, or an argument is unknown or out of range.
        AutoclueError: A model's answers are of no use, or the files can't be written.

    Examples:
        The winner of the study of the example of ``tune``:

        >>> import autoclue
        >>> result = autoclue.predict(model="autoclue-studies/demo", out="predictions")
        >>> [file.name for file in result.files], result.rows
        (['xnli_predict.txt'], {'test': 100})
    """
    return predicting(read_options(PredictArguments, options))


@takes_options(EvaluateArguments)
def evaluate(**options: Unpack[EvaluateKeywords]) -> EvaluateResult:
    """Score a fine-tuned model on a split whose rows have their answers.

    On the development set this gives what the model was kept for.

    Args:
        **options: Options of ``autoclue evaluate``, by name; ``autoclue.predict_options`` has them
            all.

    Raises:
        UsageError: See ``predict``; or the split has no answers.
        AutoclueError: A model's answers are of no use.

    Examples:
        The winner of the study of the example of ``tune``:

        >>> import autoclue
        >>> result = autoclue.evaluate(model="autoclue-studies/demo", split="test")
        >>> result.metric, result.rows, list(result.scores), result.synthetic
        ('accuracy', 100, ['accuracy'], True)
    """
    return evaluating(read_options(EvaluateArguments, options))


@takes_options(SubmitArguments)
def submit(**options: Unpack[SubmitKeywords]) -> SubmitResult:
    """Check prediction files against the rows of their test parts and write them as an archive.

    The same files always make the same bytes.

    Args:
        **options: Options of ``autoclue submit``, by name; ``autoclue.predict_options`` has them
            all.

    Raises:
        UsageError: Files are wrong or missing, all of them named, or the archive can't be written.

    Examples:
        One task alone, predicted by the model of the example of ``train``:

        >>> import autoclue
        >>> training = autoclue.train(
        ...     "ocnli", model="builtin", data="builtin", builtin_size="tiny", max_steps=2
        ... )
        >>> predicted = autoclue.predict(model=training.folder / "best", out="ocnli")
        >>> result = autoclue.submit(
        ...     folders=["ocnli"], partial=True, data="builtin", builtin_size="tiny"
        ... )
        >>> result.archive.name, result.files, len(result.missing)
        ('clue.zip', ('ocnli_50k_predict.json',), 9)
    """
    return submitting(read_options(SubmitArguments, options))


def predicting(arguments: PredictArguments) -> PredictResult:
    """Predict; see ``predict``."""
    from autoclue.training.predict import splits_to_predict

    models, data = models_and_data(arguments.models)
    splits = splits_to_predict(data, arguments.split)
    return _predicted(
        *(models, data, splits, arguments.out),
        arrays=arguments.probabilities,
        device=arguments.models.device,
    )


def evaluating(arguments: EvaluateArguments) -> EvaluateResult:
    """Score; see ``evaluate``."""
    models, data = models_and_data(arguments.models)
    return _evaluated(models, data, arguments.split, device=arguments.models.device)


def submitting(arguments: SubmitArguments) -> SubmitResult:
    """Check and pack; see ``submit``."""
    from autoclue.tasks import FileChecker, sized_data
    from autoclue.tasks.submission import check_folder_for, gather, write_archive

    target = arguments.out
    if target.is_dir():
        raise UsageError(f"{target} is a folder; give the archive a name, such as clue.zip.")
    check_folder_for(target.parent)
    checker = FileChecker(sized_data(arguments.data, arguments.builtin_size))
    found = gather(arguments.folders, version=arguments.benchmark, check=checker.problems)
    missing = tuple(file.name for file in found.missing)
    if missing and found.files and not arguments.partial:
        raise UsageError(
            f"Version {arguments.benchmark} of the benchmark takes {len(missing)} more: "
            f"{', '.join(missing)}; predict them too, or give --partial to write the archive "
            "without them."
        )
    write_archive(found.files, target)
    return SubmitResult(target, tuple(found.files), missing)


def check_predictable(task: str, data: str, folder: Path | None) -> None:
    """Refuse a training with ``--predict`` whose predictions couldn't be made, before it begins.

    Every row of the test parts is read once.

    Args:
        task: Name or file of the task.
        data: Where its rows come from.
        folder: Where the predictions will be written, where that is known.

    Raises:
        UsageError: There is no test part, one can't be read, or the folder can't be written.
    """
    from autoclue.tasks import find_test_parts, load_task, open_data
    from autoclue.tasks.submission import check_folder_for

    found = open_data(load_task(task), data)
    for split in find_test_parts(found):
        found.examples(split)
    if folder is not None:
        check_folder_for(folder)


def with_predictions(result: Result, *, device: str) -> Result:
    """Score the best model of a study or a training, and predict every test part that is there.

    The prediction files are written below the result's folder.

    Args:
        result: What the study or the training gave.
        device: ``auto``, ``cpu``, ``gpu`` or ``xpu``.

    Returns:
        The same with the score on the development set, and the predictions.
    """
    from autoclue.training.predict import splits_to_predict

    models, data = models_and_data(FineTunedOptions(model=result.folder / "best"))
    return dataclasses.replace(
        result,
        evaluation=_evaluated(models, data, "dev", device=device),
        predictions=_predicted(
            *(models, data, splits_to_predict(data, None), result.folder / PREDICTIONS),
            arrays=False,
            device=device,
        ),
    )


def models_and_data(options: FineTunedOptions) -> tuple[list[FineTuned], TaskData]:
    """Find the models and the rows, and check that they belong together."""
    from autoclue.tasks import open_data, sized_data
    from autoclue.training.evaluate import find_fine_tuned
    from autoclue.training.predict import check_same_task

    models = [
        find_fine_tuned(folder, task=options.task, max_length_tokens=options.max_length_tokens)
        for folder in options.folders
    ]
    check_same_task(models)
    first = models[0]
    data = options.data
    if data is None:
        data = "builtin" if options.builtin_size else (first.data or "download")
    return models, open_data(first.spec, sized_data(data, options.builtin_size))


def _evaluated(
    models: list[FineTuned], data: TaskData, split: str, *, device: str
) -> EvaluateResult:
    from autoclue.training.evaluate import score_fine_tuned

    found = score_fine_tuned(models, data, split, device=device)
    return EvaluateResult(
        task=data.spec.name,
        split=split,
        metric=found.metric,
        rows=found.rows,
        scores=found.scores,
        intervals=found.intervals,
        loss=found.loss,
        parts={name: (part.rows, part.scores) for name, part in found.parts.items()},
        data=data.origin,
        synthetic=data.synthetic,
    )


def _predicted(
    models: list[FineTuned],
    data: TaskData,
    splits: tuple[str, ...],
    folder: Path,
    *,
    arrays: bool,
    device: str,
) -> PredictResult:
    from autoclue.training.predict import predict_splits

    written = predict_splits(models, data, splits, folder, arrays=arrays, device=device)
    scores: Mapping[str, Mapping[str, float]] = written.scores
    return PredictResult(
        task=data.spec.name,
        files=written.files,
        arrays=written.arrays,
        rows=written.rows,
        scores=scores,
        data=data.origin,
        synthetic=data.synthetic,
    )
