"""What `real_search.py` makes of its studies: plain numbers and Markdown tables."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialState

if TYPE_CHECKING:
    from autoclue.search.replay.replay import Replay


@dataclass(frozen=True, slots=True)
class Found:
    """What a study came to.

    Attributes:
        scores: The best score of each whole trial, by number.
        default: The score of the first trial, the default configuration; ``None`` where it is not
            whole.
        trials: How many began.
        updates: What all of them took.
        seconds: Of training and evaluation.
    """

    scores: tuple[float, ...]
    default: float | None
    trials: int
    updates: int
    seconds: float

    @property
    def best(self) -> float:
        """The score that the study ends with."""
        return max(self.scores)


@dataclass(frozen=True, slots=True)
class Compared:
    """A grid and the searches that got a share of its updates.

    Attributes:
        task: The task.
        grid: The whole grid.
        budget: Updates for each search.
        updates_each: Updates of a whole trial.
        searches: One for each root seed.
    """

    task: str
    grid: Found
    budget: int
    updates_each: int
    searches: tuple[Found, ...]

    @property
    def random_order(self) -> float:
        """The score that a random order of the grid reaches on average with the same updates."""
        return expected_best(self.grid.scores, self.budget // self.updates_each)


def found_in(study: StudyRecord) -> Found:
    """Read a study's figures; trials that were stopped or failed have taken updates too.

    Raises:
        ValueError: No trial is whole.
    """
    whole = {
        trial.number: trial.best_score
        for trial in study.trials
        if trial.state is TrialState.COMPLETE and trial.best_score is not None
    }
    if not whole:
        raise ValueError(f"{study.name} has no whole trial; give it more updates")
    return Found(
        scores=tuple(whole[number] for number in sorted(whole)),
        default=None if study.baseline is None else whole.get(study.baseline.number),
        trials=len(study.trials),
        updates=sum(trial.evaluations[-1].step for trial in study.trials if trial.evaluations),
        seconds=sum(trial.seconds for trial in study.trials),
    )


def expected_best(scores: Sequence[float], drawn: int) -> float:
    """Return the mean over all subsets of a size of the best score in them.

    The i-th lowest of n scores is the best in C(i - 1, k - 1) of the C(n, k) subsets of size k.

    Args:
        scores: At least one.
        drawn: Size of the subsets, from 1 to the number of scores.

    Raises:
        ValueError: The size is out of range.
    """
    if not 1 <= drawn <= len(scores):
        raise ValueError(f"{drawn} of {len(scores)} scores can't be drawn")
    ways = sum(score * comb(below, drawn - 1) for below, score in enumerate(sorted(scores)))
    return ways / comb(len(scores), drawn)


def comparison_table(rows: Sequence[Compared]) -> Iterator[str]:
    """Write scores in percent, differences in points, and the share of the steps spent."""
    yield (
        "| task | grid: best (median) of | grid: default | random order, same steps | "
        "search, each seed | search, mean | against the grid's best | against random order | "
        "steps, of the grid's |"
    )
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        bests = [search.best for search in row.searches]
        mean = statistics.mean(bests)
        spent = statistics.mean(search.updates for search in row.searches)
        default = "-" if row.grid.default is None else f"{100 * row.grid.default:.2f}"
        yield (
            f"| {row.task} | {100 * row.grid.best:.2f} "
            f"({100 * statistics.median(row.grid.scores):.2f}) of {len(row.grid.scores)} "
            f"| {default} | {100 * row.random_order:.2f} "
            f"| {', '.join(f'{100 * best:.2f}' for best in bests)} | {100 * mean:.2f} "
            f"| {100 * (mean - row.grid.best):+.2f} | {100 * (mean - row.random_order):+.2f} "
            f"| {spent:,.0f} of {row.grid.updates:,} ({spent / row.grid.updates:.1%}) |"
        )


def time_table(rows: Sequence[Compared]) -> Iterator[str]:
    """Write what was run: trials and their time, as shares of the grid's."""
    yield "| task | steps a trial | trials of a search, each seed | time, of the grid's |"
    yield "|---|---|---|---|"
    for row in rows:
        trials = ", ".join(str(search.trials) for search in row.searches)
        seconds = statistics.mean(search.seconds for search in row.searches)
        yield (
            f"| {row.task} | {row.updates_each:,} | {trials} | {seconds / row.grid.seconds:.1%} |"
        )


def replay_table(replays: Sequence[tuple[str, Replay]]) -> Iterator[str]:
    """Write what each scheduler would have made of each grid."""
    yield "| task | scheduler | stops | steps saved | winner survives | best score left |"
    yield "|---|---|---|---|---|---|"
    for task, each in replays:
        survives = {True: "yes", False: "no", None: "-"}[each.winner_survives]
        left = "-" if each.best_score is None else f"{100 * each.best_score:.2f}"
        yield (
            f"| {task} | {each.scheduler} | {len(each.stops)} | {each.saved_share:.1%} "
            f"| {survives} | {left} |"
        )
