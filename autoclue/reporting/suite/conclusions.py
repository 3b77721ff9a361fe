"""What a suite's page says in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from autoclue.records import SuiteRecord
from autoclue.reporting.suite.best import BestResult, mean_percent
from autoclue.reporting.wording import plural

WHOLE = 10
"""Tasks of the published tables, over which their average is taken."""


def suite_verdicts(results: Sequence[BestResult]) -> list[str]:
    """Say of each model how its average is, and how its scores stand to the published ones."""
    models = dict.fromkeys(each.model for each in results)
    return [_verdict(model, [e for e in results if e.model == model]) for model in models]


def _verdict(model: str, results: Sequence[BestResult]) -> str:
    scored = [each for each in results if each.percents]
    mean = mean_percent(scored)
    if mean is None:
        return f"{model} has no result yet."
    over = f"{scored[0].task}" if len(scored) == 1 else f"the mean of {len(scored)} tasks"
    return f"{model}: {over} is {mean:.2f}%{_beside(scored, mean)}."


def _beside(scored: Sequence[BestResult], mean: float) -> str:
    """Compare with what is published of just these tasks."""
    compared = [each for each in scored if each.beyond_published is not None]
    if not compared:
        return ""
    told = ""
    if len(compared) == len(scored):
        theirs = sum(next(iter(each.published.values())) for each in scored) / len(scored)
        told = f", published {theirs:.2f}% ({mean - theirs:+.2f} points)"
    judged = [each for each in compared if each.told_apart is not None]
    if not judged:
        return told
    above = sum(bool(e.told_apart) and (e.beyond_published or 0) > 0 for e in judged)
    below = sum(bool(e.told_apart) and (e.beyond_published or 0) < 0 for e in judged)
    same = len(judged) - above - below
    parts = [f"{above} above", f"{below} below", f"{same} not told apart from the published score"]
    return f"{told}; of {plural(len(judged), 'task')} {', '.join(parts)}"


def suite_caveats(suite: SuiteRecord, results: Sequence[BestResult]) -> list[str]:
    """Say what the figures don't tell."""
    studies = [each.study for each in suite.studies]
    found = []
    missing = [f"{each.task} of {each.model}" for each in results if not each.percents]
    if missing:
        found.append(f"Nothing is complete yet of {', '.join(missing)}.")
    left = sum(max(0, e.runs - e.complete - e.failed - e.stopped) for e in results)
    if left:
        found.append(f"{plural(left, 'run')} of {sum(e.runs for e in results):,} are left to do.")
    failed = sum(each.failed for each in results)
    if failed:
        found.append(f"{plural(failed, 'run')} failed and were not complete since.")
    if any(each.percents for each in results):
        found.append(
            "Each figure is the best of several runs, chosen on the development set that it is "
            "measured on, as the published ones are; a new sample of text would score lower."
        )
    if any(each.margin is not None for each in results):
        found.append(
            "An interval is the sampling error of a difference of two scores on so many examples, "
            "95 %; the spread between seeds comes on top of it."
        )
    if any(study.settings.get("max_steps") for study in studies):
        found.append("Runs had another length than published (--max-steps).")
    return found
