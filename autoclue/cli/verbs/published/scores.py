"""``autoclue ls scores`` and ``ls speeds``: the published figures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

import typer

from autoclue.cli.options import Json
from autoclue.cli.rows import print_csv, print_rows
from autoclue.errors import UsageError, unknown_name
from autoclue.models import PublishedScore, models, published_scores, published_speeds

BY_SCORE = "score"
AS_PUBLISHED = "published"
BY_MODEL = "model"
PARTS = ("dev", "test", None)

Line = Mapping[str, PublishedScore]
"""A model's row in a table of a document: its scores by task."""

Csv = Annotated[bool, typer.Option("--csv", help="Print the result as CSV, nothing else.")]


def list_scores(
    task: Annotated[
        str | None, typer.Option(help="A task: its scores from every document, with settings.")
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Models of this class alone, e.g. ernie or bert.")
    ] = None,
    sort: Annotated[
        str, typer.Option(help="score, published, model, or a task; the best come first.")
    ] = BY_SCORE,
    as_csv: Csv = False,
    as_json: Json = False,
) -> int:
    """List the published scores of pretrained models, each with its document.

    Without a task, a row for each model; JSON and CSV hold every value by itself.

    Examples:
    `autoclue ls scores`

    `autoclue ls scores --task cmrc2018 --family ernie`

    `autoclue ls scores --sort csl --csv`
    """
    if as_csv and as_json:
        raise UsageError("Both --csv and --json are given; give one of them.")
    lines = _sorted(_lines(_chosen(task, family)), sort, task)
    flat = [_flat(score) for line in lines for score in line.values()]
    if as_csv:
        print_csv([_in_columns(row) for row in flat])
    elif as_json:
        print_rows("scores", flat, as_json=True)
    else:
        shown = _wide(lines) if task is None else [_narrow(line[task]) for line in lines]
        print_rows("scores", shown, as_json=False, whole=True)
    return 0


def list_speeds(as_json: Json = False) -> int:
    """List the published speeds of training, by vocabulary."""
    rows = [speed.model_dump() for speed in published_speeds()]
    names = {"title": "model", "vocabulary_size": "words", "seconds_per_1k_steps": "s/1,000 steps"}
    short = [{names.get(name, name): value for name, value in row.items()} for row in rows]
    print_rows("speeds", rows if as_json else short, as_json=as_json, whole=True)
    return 0


def _chosen(task: str | None, family: str | None) -> list[PublishedScore]:
    """Return the scores of a task and a family.

    Raises:
        UsageError: Nothing is published of them.
    """
    scores = published_scores()
    tasks = {score.task for score in scores}
    families = {score.family for score in scores if score.family is not None}
    if task is not None and task not in tasks:
        raise unknown_name("task with published scores", task, tasks)
    if family is not None and family not in families:
        raise unknown_name("model family", family, families)
    return [s for s in scores if task in (None, s.task) and family in (None, s.family)]


def _lines(scores: Sequence[PublishedScore]) -> list[Line]:
    """Put the scores of a model in a table together, in the order of publication."""
    found: dict[tuple[str, str, str], dict[str, PublishedScore]] = {}
    for score in scores:
        found.setdefault((score.document, score.table, score.title), {})[score.task] = score
    return list(found.values())


def _sorted(lines: Sequence[Line], sort: str, task: str | None) -> list[Line]:
    """Sort models; scores of one part of the data stand together, since others can't be compared.

    Raises:
        UsageError: There is nothing of that name to sort by.
    """
    known = {each for line in lines for each in line}
    allowed = {BY_SCORE, AS_PUBLISHED, BY_MODEL, *known}
    if sort not in allowed:
        raise unknown_name("order", sort, allowed)
    if sort == AS_PUBLISHED:
        return list(lines)
    if sort == BY_MODEL:
        return sorted(lines, key=lambda line: _first(line).title.lower())
    by = task if sort == BY_SCORE else sort
    return sorted(lines, key=lambda line: (PARTS.index(_first(line).part), -_value(line, by)))


def _first(line: Line) -> PublishedScore:
    return next(iter(line.values()))


def _value(line: Line, task: str | None) -> float:
    """Return what a model is sorted by: its score on a task, or its average; -1 without any."""
    if task is not None:
        return line[task].percent if task in line else -1
    average = _first(line).average_percent
    return -1 if average is None else average


def _wide(lines: Sequence[Line]) -> list[Mapping[str, object]]:
    """Return a row for each model: its scores on the tasks of CLUE, and on others where it has."""
    tasks = dict.fromkeys([*models()[0].scores_percent, *(t for line in lines for t in line)])
    return [
        {
            "model": _first(line).title,
            "average": _percent(_first(line).average_percent),
            **{task: _shown(line[task]) if task in line else None for task in tasks},
            "part": _first(line).part,
            "document": _place(_first(line)),
        }
        for line in lines
    ]


def _narrow(score: PublishedScore) -> Mapping[str, object]:
    return {
        "model": score.title,
        "score": _shown(score),
        "part": score.part,
        "lr, batch size, dropout": _settings(score.settings),
        "document": _place(score),
    }


def _settings(values: Mapping[str, object]) -> str:
    """Write settings in brief: those of the grid, or those of a layer-wise strategy."""
    if "factor" in values:
        rate, blocks, factor = (values[name] for name in ("learning_rate", "blocks", "factor"))
        return f"{rate:.3g}, {blocks} blocks, factor {factor:.4f}"
    return ", ".join(map(str, values.values()))


def _place(score: PublishedScore) -> str:
    """Name the document of a score, and its table where it has several."""
    several = {each.table for each in published_scores() if each.document == score.document}
    return f"{score.document} ({score.table})" if len(several) > 1 else score.document


def _flat(score: PublishedScore) -> dict[str, object]:
    return {
        "document": score.document,
        "table": score.table,
        "part": score.part,
        "model": score.title,
        "name": score.name,
        "family": score.family,
        "task": score.task,
        "scores_percent": dict(score.scores_percent),
        "settings": dict(score.settings),
        "average_percent": score.average_percent,
    }


def _in_columns(row: Mapping[str, object]) -> dict[str, object]:
    """Give every inner value a column of its own."""
    return dict(_columns(row))


def _columns(row: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from value.items()
        else:
            yield name, value


def _shown(score: PublishedScore) -> str:
    return "/".join(map(_percent, score.scores_percent.values()))


def _percent(value: float | None) -> str:
    """Write a percentage with two decimals, or with all that were published."""
    if value is None:
        return ""
    return f"{value:.2f}" if round(value, 2) == value else str(value)
