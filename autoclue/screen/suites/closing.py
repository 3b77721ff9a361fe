"""What the commands about suites print at their end."""

from __future__ import annotations

from collections.abc import Sequence

from autoclue.reporting import BestResult, summary_text
from autoclue.results import SuiteResult
from autoclue.screen.results import SYNTHETIC, print_submission
from autoclue.screen.text import (
    print_sentence,
    print_text,
    print_whole,
    progress_console,
    result_console,
    short_path,
)


def close_suite(result: SuiteResult, *, as_json: bool) -> None:
    """Print the best results, where the report lies, and what was handed in."""
    if as_json:
        print_text(result.results.read_text(encoding="utf-8"))
        return
    print_summaries(result.best)
    console = progress_console()
    if any(each.study.synthetic for each in result.suite.studies):
        print_sentence(console, SYNTHETIC)
    print_whole(console, "report", short_path(result.report))
    print_whole(console, "numbers", short_path(result.results))
    for task, problem in result.problems.items():
        print_sentence(console, f"{task} has no result: {problem}")
    if result.submission is not None:
        print_submission(result.submission)
    elif result.problems and result.predictions:
        print_sentence(
            console, "No archive is written while a task has no result; mend it and run again."
        )


def print_summaries(results: Sequence[BestResult], *, as_published: bool = False) -> None:
    """Print the summary of each model, the model's name above it where there are several."""
    models = dict.fromkeys(each.model for each in results)
    for model in models:
        own = [each for each in results if each.model == model]
        heading = f"{model}\n" if len(models) > 1 else ""
        print_text(f"{heading}{summary_text(own, as_published=as_published)}\n")


def close_import(result: SuiteResult, *, complete: int, cut_off: int, odd: Sequence[str]) -> None:
    """Print what became of the logs of the published tools.

    Args:
        result: The suite that was made of them.
        complete: Logs with a result.
        cut_off: Logs without one.
        odd: Logs whose curve doesn't reach their result.
    """
    console, name = result_console(), result.suite.name
    studies = len(result.suite.studies)
    runs = "1 run" if complete == 1 else f"{complete} runs"
    within = "1 study" if studies == 1 else f"{studies} studies"
    print_sentence(console, f"The suite {name} holds {runs} in {within}.")
    if cut_off:
        failed = "1 log holds no result and is a failed run."
        many = f"{cut_off} logs hold no result and are failed runs."
        print_sentence(console, failed if cut_off == 1 else many)
    if odd:
        told = "The curve of a log doesn't reach the result that it prints"
        many = f"The curves of {len(odd)} logs don't reach the results that they print"
        print_sentence(console, f"{told if len(odd) == 1 else many}: {', '.join(odd)}.")
    print_whole(console, "report", short_path(result.report))
    print_whole(console, "next", f"autoclue extract {name}")
