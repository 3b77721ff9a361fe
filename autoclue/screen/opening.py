"""What a search prints before anything runs."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from autoclue.models import ModelSource, clue_models, known_size, models
from autoclue.options import POPULATION_BASED
from autoclue.reporting import settings_text
from autoclue.reporting.wording import computing_text
from autoclue.screen.text import (
    print_labelled,
    print_whole,
    progress_console,
    short_path,
)

if TYPE_CHECKING:
    from rich.console import Console

    from autoclue.search.study import ConfirmationRun, StudyRun


def announce(run: StudyRun) -> None:
    """Print what will run, on one screen, before anything does."""
    console = progress_console()
    for name, text in _rows(run).items():
        print_labelled(console, name, text)
    print_whole(console, "study", short_path(run.place.folder))
    if run.news is not None:
        print_labelled(console, "new", run.news)
    _tell_what_was_brought(console, run.brought)
    recorded = run.n_asked
    if recorded:
        said = "1 trial is" if recorded == 1 else f"{recorded} trials are"
        print_labelled(console, "goes on", f"{said} recorded already")


def _tell_what_was_brought(console: Console, brought: Sequence[str]) -> None:
    if brought:
        print_labelled(console, "fetched", "; ".join(brought))


def _extent(run: StudyRun) -> str:
    """Say how far a search goes."""
    limits, size = run.limits, run.plan.question.population
    if size is None or limits.rounds is None:
        return f"{limits.trials} trials"
    rounds = "1 round" if limits.rounds == 1 else f"{limits.rounds} rounds"
    going_on = run.plan.question.evaluator == POPULATION_BASED
    told = ", from round 1 on each from the end of a better one of the round before"
    return f"the baseline and {rounds} of {size} trials{told if going_on else ''}"


def _rows(run: StudyRun) -> dict[str, str]:
    plan = run.plan
    rows = {
        "task": f"{plan.spec.display_name}, {plan.spec.answers}, {plan.spec.metric}",
        "model": f"{plan.question.model}{_about_model(plan.model)}",
        "data": f"{plan.data.origin}: {plan.rows['train']:,} rows to train on, "
        f"{_about_dev(plan.rows)}",
        "protocol": plan.question.protocol,
        "strategy": plan.question.strategy,
        "space": _about_space(run),
        "baseline": plan.default.source,
        "search": f"{_extent(run)}, sampler {plan.question.sampler}, "
        f"scheduler {plan.question.scheduler}, seed {plan.question.seed}",
        "devices": run.resources.describe(),
    }
    computed = computing_text(plan.baseline.model_dump())
    if computed is not None:
        rows["computed"] = computed
    started = run.ledger.attributes.resolved.get("started_with")
    if started is not None:
        rows["start"] = _about_start(run, str(started))
    if plan.model_notes:
        rows["weights"] = "; ".join(plan.model_notes)
    if plan.flaws is not None:
        rows["flaws"] = plan.flaws
    if plan.data_notes:
        rows["check"] = "; ".join(plan.data_notes)
    if plan.void:
        names = ", ".join(plan.void)
        rows["void"] = f"{names} is searched without effect: the number of steps is given"
    if plan.space_notes:
        rows["space"] += f"; {'; '.join(plan.space_notes)}"
    if plan.hint is not None:
        rows["hint"] = plan.hint
    if run.extent is not None:
        rows["confirm"] = (
            f"then the best {run.extent.best} and the baseline again, with "
            f"{run.extent.seeds} other seeds each"
        )
    if run.time_budget_s is not None:
        rows["time"] = f"{run.time_budget_s:g} s"
    if run.limits.step_budget is not None:
        rows["steps"] = f"{run.limits.step_budget:,} in all"
    return rows


def _about_space(run: StudyRun) -> str:
    space, number = run.plan.space, run.space_number
    version = f", version {number} of this study" if number > 1 else ""
    size = space.size()
    points = "infinite" if size is None else f"{size} points"
    return f"{space.name}{version}, {points}: {', '.join(space.parameters)}"


def _about_start(run: StudyRun, words: str) -> str:
    """Write what is tried after the baseline, and whose settings they are."""
    points = run.ledger.attributes.starts
    if not points:
        return words
    shown = "; ".join(settings_text(each.settings) for each in points)
    return f"after the baseline {words}: {shown}"


def announce_confirmation(run: ConfirmationRun) -> None:
    """Print which configurations are trained again, and with which seeds."""
    console, request = progress_console(), run.request
    names = ", ".join(
        f"trial {number}{' (baseline)' if number == request.baseline else ''}"
        for number in request.candidates
    )
    seeds = ", ".join(map(str, request.seeds))
    print_labelled(console, "confirm", f"{names}, each with the seeds {seeds}")
    _tell_what_was_brought(console, run.brought)
    if run.ended:
        done = f"{run.ended} of {run.total} confirmation runs are done already"
        print_labelled(console, "goes on", done)


def _about_dev(rows: Mapping[str, int]) -> str:
    if rows["held_out"] == 0:
        return f"{rows['dev']:,} to judge by"
    return f"{rows['selection']:,} to select by, {rows['held_out']:,} held out"


def _about_model(source: ModelSource) -> str:
    """Return what is known of a model; a hub name that the catalog lacks may be a typing error."""
    size = known_size(source.name)
    if size is not None:
        return f" ({size[0]} layers, {size[1]} wide)"
    if source.kind != "hub":
        return ""
    known = [*(card.name for card in models()), *(model.name for model in clue_models())]
    close = difflib.get_close_matches(source.name, known, n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return f" (from PaddleNLP's hub, not in 'autoclue ls models'{guess})"
