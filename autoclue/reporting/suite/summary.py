"""A suite's best results in the form of the published tools, and as rows for other programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from autoclue.reporting.suite.best import BestResult, WinningRun, mean_percent

COLUMNS = (
    *("afqmc", "tnews", "iflytek", "cmnli", "ocnli", "cluewsc2020", "csl"),
    *("cmrc2018", "chid", "c3"),
)
"""The tasks in the order of the published tables."""

RULE = "=" * 68
CUT, CUT_PAIR = 5, 11
"""Characters that the published script leaves of a result, and of one with two scores."""


def summary_text(results: Sequence[BestResult], *, as_published: bool = False) -> str:
    """Write a line of the results, and then each with its settings.

    Args:
        results: Those of one model.
        as_published: Whether to cut figures and to resolve ties as the published script does;
            otherwise they are rounded, ties are shown, and the mean follows.
    """
    ordered = _in_order(results)
    shown = [_shown(each, as_published) for each in ordered]
    lines = [
        "\t".join(each.task.upper() for each in ordered),
        "\t".join(shown),
        RULE,
        "Best hyper-parameters list: ",
        RULE,
        "TASK\tresult\t(lr, batch_size, dropout_p)",
    ]
    for each, figure in zip(ordered, shown, strict=True):
        lines.append(f"{each.task.upper()}\t{figure}\t{_settings(each, as_published)}")
    if not as_published:
        lines += _closing(ordered)
    return "\n".join(lines)


def _in_order(results: Sequence[BestResult]) -> list[BestResult]:
    known = {task: place for place, task in enumerate(COLUMNS)}
    return sorted(results, key=lambda each: known.get(each.task, len(COLUMNS)))


def _shown(result: BestResult, as_published: bool) -> str:
    """Write the scores with two decimals: ``75.93``, or ``70.71/90.41`` for CMRC2018."""
    text = "/".join(f"{percent:.2f}" for percent in result.percents.values())
    return text[: CUT_PAIR if "/" in text else CUT] if as_published else text


def _settings(result: BestResult, as_published: bool) -> str:
    if not result.winners:
        return ""
    if as_published:
        return _last_match(result.winners).settings
    return " ".join(each.settings for each in result.winners)


def _last_match(winners: Sequence[WinningRun]) -> WinningRun:
    """Return the run whose log the published script would name: the last by its file's name."""
    return max(winners, key=lambda each: each.log_name)


def _closing(results: Sequence[BestResult]) -> list[str]:
    """Write the mean, and what is missing."""
    scored = [each for each in results if each.percents]
    mean = mean_percent(scored)
    lines = [RULE]
    if mean is not None:
        exact = ", exact match of CMRC2018" if any(e.task == "cmrc2018" for e in scored) else ""
        count = f"{len(scored)} task{'s' if len(scored) > 1 else ''}"
        lines.append(f"average of {count}{exact}: {mean:.2f}")
    runs, complete = sum(e.runs for e in results), sum(e.complete for e in results)
    failed = sum(e.failed for e in results)
    stopped = sum(e.stopped for e in results)
    tail = f", {stopped} stopped early" if stopped else ""
    tail += f", {failed} failed" if failed else ""
    lines.append(f"{complete} of {runs} runs complete{tail}")
    return lines


def result_rows(results: Sequence[BestResult]) -> list[dict[str, object]]:
    """Return a row for each task, with every run that reaches the best result."""
    return [_row(each) for each in results]


def _row(each: BestResult) -> dict[str, object]:
    beyond = each.beyond_published
    return {
        "model": each.model,
        "task": each.task,
        "scores_percent": _rounded(each.percents),
        "winners": [
            {
                "trial": run.number,
                "learning_rate": run.learning_rate,
                "batch_size": run.batch_size,
                "dropout": run.dropout,
                "step": run.step,
                **run.others,
            }
            for run in each.winners
        ],
        "runs": each.runs,
        "complete": each.complete,
        "stopped": each.stopped,
        "failed": each.failed,
        "published_percent": dict(each.published),
        "beyond_published": None if beyond is None else round(beyond, 4),
        "margin": None if each.margin is None else round(each.margin, 4),
        "steps": each.steps,
        "seconds": round(each.seconds, 1),
        "forecast": None if each.forecast is None else asdict(each.forecast),
    }


def _rounded(percents: Mapping[str, float]) -> dict[str, float]:
    return {name: round(percent, 4) for name, percent in percents.items()}
