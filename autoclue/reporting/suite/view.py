"""What the template of a suite's page shows beside the heat map: cards, tables, curves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autoclue.records import StudyRecord, SuiteRecord, SuiteStudy
from autoclue.reporting.page import Card
from autoclue.reporting.suite.best import BestResult, WinningRun, mean_percent
from autoclue.reporting.suite.heat_map import scores_text
from autoclue.reporting.suite.summary import COLUMNS
from autoclue.reporting.wording import duration, settings_text, value_text

SHARED = ("protocol", "strategy", "space", "sampler", "scheduler", "max_steps", "seed", "data")
MOST_CARDS = 4
GIB = 2**30


@dataclass(frozen=True, slots=True)
class Difference:
    """How a score stands to the published one.

    Attributes:
        text: With its interval: "+0.31 ± 1.20"; empty where nothing is published.
        kind: "above", "below", "same", or "unknown" without an interval.
    """

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class BestRow:
    """A line of the table of best results."""

    model: str
    task: str
    score: str
    published: str
    difference: Difference
    settings: tuple[str, ...]
    done: str


@dataclass(frozen=True, slots=True)
class CostRow:
    """A line of the table of costs."""

    model: str
    task: str
    runs: str
    steps: str
    time: str
    forecast_steps: str
    forecast_time: str
    memory: str


@dataclass(frozen=True, slots=True)
class Curves:
    """The learning curves of a study, drawn when they are asked for."""

    key: str
    title: str
    figure: str


def suite_cards(results: Sequence[BestResult]) -> list[Card]:
    """List the key figures: the mean of each model, the runs and their cost."""
    cards = []
    for model in list(dict.fromkeys(each.model for each in results))[:MOST_CARDS]:
        own = [each for each in results if each.model == model]
        mean, scored = mean_percent(own), sum(bool(each.percents) for each in own)
        shown = "none yet" if mean is None else f"{mean:.2f}%"
        tasks = f"mean of {scored} task{'' if scored == 1 else 's'}"
        cards.append(Card(model, shown, tasks, "winner"))
    runs, complete = sum(e.runs for e in results), sum(e.complete for e in results)
    cards.append(Card("Runs", f"{complete:,}", f"complete, of {runs:,}"))
    steps, seconds = sum(e.steps for e in results), sum(e.seconds for e in results)
    detail = f"summed over all runs; {steps:,} steps"
    return [*cards, Card("Training time", duration(seconds), detail)]


def in_table_order(results: Sequence[BestResult]) -> list[BestResult]:
    """Sort results model by model, the tasks as in the published tables."""
    models = list(dict.fromkeys(each.model for each in results))
    return sorted(results, key=lambda e: (models.index(e.model), COLUMNS.index(e.task)))


def best_rows(results: Sequence[BestResult]) -> list[BestRow]:
    """Return a line for each study: its best score with all settings that reach it."""
    return [
        BestRow(
            model=each.model,
            task=each.task,
            score=scores_text(each.percents),
            published=scores_text(each.published),
            difference=difference_of(each),
            settings=tuple(map(_settings, each.winners)),
            done=_done(each),
        )
        for each in results
    ]


def difference_of(result: BestResult) -> Difference:
    """Write how a score stands to the published one, in points."""
    beyond, margin = result.beyond_published, result.margin
    if beyond is None:
        return Difference("", "unknown")
    if margin is None:
        return Difference(f"{beyond:+.2f}", "unknown")
    kind = "same" if not result.told_apart else ("above" if beyond > 0 else "below")
    return Difference(f"{beyond:+.2f} ± {margin:.2f}", kind)


def _settings(run: WinningRun) -> str:
    own = {"lr": run.learning_rate, "batch": run.batch_size, "dropout": run.dropout}
    return f"{settings_text({**own, **run.others})}; at step {run.step:,}"


def _done(each: BestResult) -> str:
    parts = [f"{each.complete:,} of {each.runs:,}"]
    if each.stopped:
        parts.append(f"{each.stopped:,} stopped early")
    if each.failed:
        parts.append(f"{each.failed:,} failed")
    return ", ".join(parts)


def cost_rows(results: Sequence[BestResult]) -> list[CostRow]:
    """Return a line for each study with what it took, and one of them all."""
    rows = [_cost(each.model, each.task, [each]) for each in results]
    return [*rows, _cost("all", "", results)]


def _cost(model: str, task: str, results: Sequence[BestResult]) -> CostRow:
    told = [each.forecast for each in results if each.forecast is not None]
    whole = told if len(told) == len(results) else []
    peak = max((each.peak_bytes for each in whole if each.peak_bytes), default=None)
    return CostRow(
        model=model,
        task=task,
        runs=f"{sum(e.complete for e in results):,}",
        steps=f"{sum(e.steps for e in results):,}",
        time=duration(sum(e.seconds for e in results)),
        forecast_steps=f"{sum(e.steps for e in whole):,}" if whole else "",
        forecast_time=duration(sum(e.seconds for e in whole)) if whole else "",
        memory="" if peak is None else f"{peak / GIB:.1f} GiB",
    )


def curves_of(suite: SuiteRecord) -> list[Curves]:
    """Return the learning curves of every study that has any."""
    from autoclue.reporting.drawing.plotly_adapter import figure_json
    from autoclue.reporting.sections import SECTIONS

    section = next(each for each in SECTIONS if each.key == "curves")
    found = []
    for place, each in enumerate(suite.studies):
        info = section.info(each.study)
        if info.missing is None:
            figure = figure_json(section.figure(info))
            found.append(Curves(f"figure-curves-{place}", _title(each), figure))
    return found


def _title(each: SuiteStudy) -> str:
    return f"{each.task}, {each.model}"


def suite_facts(suite: SuiteRecord) -> list[tuple[str, str]]:
    """List what all studies of a suite have in common."""
    facts = [("suite", suite.name), ("studies", str(len(suite.studies)))]
    for name in SHARED:
        values = {value_text(each.study.settings.get(name)) for each in suite.studies}
        if len(values) == 1 and values != {"none"}:
            facts.append((name, values.pop()))
    return facts


def command_of_suite(suite: SuiteRecord) -> str | None:
    """Return the command that began the suite, where its studies record one."""
    for each in suite.studies:
        given = each.study.settings.get("command")
        if isinstance(given, (list, tuple)):
            return " ".join(map(str, given))
    return None


def suite_versions(suite: SuiteRecord) -> dict[str, str]:
    """Return the versions by which its last study was made."""
    studies: list[StudyRecord] = [each.study for each in suite.studies]
    return dict(studies[-1].versions) if studies else {}
