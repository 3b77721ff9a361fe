"""Put predictions into the files that are handed in, and check such files against the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from autoclue.errors import DataError, UsageError
from autoclue.tasks.kinds import find_kind
from autoclue.tasks.predictions import Predictions
from autoclue.tasks.registry import load_task
from autoclue.tasks.sources import TaskData, open_data
from autoclue.tasks.spec import TaskSpec
from autoclue.tasks.submission import PredictionFile, check_file, find_form, prediction_files

TEST = "test"


def find_test_parts(data: TaskData) -> tuple[str, ...]:
    """Return the test parts that are there, one for each version of the benchmark.

    Raises:
        UsageError: There is none.
    """
    found = tuple(split for split in data.splits if split.startswith(TEST))
    if not found:
        wanted = ", ".join(
            name
            for split, names in data.spec.files.items()
            if split.startswith(TEST)
            for name in names
        )
        raise UsageError(
            f"{data.spec.name} has no test part in {data.origin}"
            + (f": {wanted} is missing." if wanted else ", and its task file names none.")
        )
    return found


def prediction_contents(spec: TaskSpec, split: str, predictions: Predictions) -> dict[str, bytes]:
    """Write predictions in every form that the split's readers want.

    Args:
        spec: The task.
        split: The split that was predicted.
        predictions: One for each of its rows, in file order.

    Returns:
        Content by file name.

    Raises:
        DataError: Rows go by their id in the file, and two have the same.
    """
    kind = find_kind(spec.kind)
    values = kind.spelled(spec, predictions.values)
    contents = {}
    for file in prediction_files(spec.name, split, form=kind.form):
        form = find_form(file.form)
        if not form.numbered:
            _refuse_repeated(predictions.ids, file.name)
        contents[file.name] = form.write(predictions.ids, values)
    return contents


def _refuse_repeated(ids: Sequence[str], name: str) -> None:
    twice = [row_id for row_id, count in Counter(ids).items() if count > 1]
    if twice:
        raise DataError(
            f"{name} holds its rows by their ids, but {twice[0]!r} stands {ids.count(twice[0])} "
            "times in the data; give each row an id of its own."
        )


class FileChecker:
    """Checks prediction files against the rows of the data that they should predict."""

    def __init__(self, data: str) -> None:
        """Look for rows where ``--data`` says.

        Args:
            data: A folder with the files of all tasks, ``download`` or ``builtin``.
        """
        self._data = data

    def problems(self, file: PredictionFile, content: bytes) -> list[str]:
        """Find everything that is wrong with a file, a clause a problem.

        Args:
            file: What it should be.
            content: What it is.
        """
        try:
            data = open_data(load_task(file.task), self._data)
            examples = data.examples(file.split)
        except UsageError as error:
            return [f"it can't be checked ({str(error).rstrip('.')})"]
        return check_predictions(data.spec, examples, file, content)


def check_predictions(
    spec: TaskSpec, examples: Sequence[Any], file: PredictionFile, content: bytes
) -> list[str]:
    """Find everything that is wrong with a prediction file, a clause a problem.

    Args:
        spec: The task.
        examples: The rows of the split, in file order.
        file: What it should be.
        content: What it is.
    """
    form, count = find_form(file.form), find_kind(spec.kind).choice_count(spec)
    ids = [example.id for example in examples]
    return check_file(
        content,
        form,
        ids=[str(number) for number in range(len(ids))] if form.numbered else ids,
        labels=spec.output_labels or None,
        choices=None if count is None else [count] * len(ids),
    )
