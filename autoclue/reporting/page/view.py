"""What the page's template shows beside the figures: cards, the trials table, how it was made."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from autoclue.records import Scalar, StudyRecord, TrialRecord
from autoclue.reporting.conclusions import comparison
from autoclue.reporting.drawing import STATES
from autoclue.reporting.sections import SummaryInfo
from autoclue.reporting.statistics import (
    STANDARD_ERRORS,
    first_beginning,
    last_end,
    role,
    searched,
    searched_values,
    steps_done,
)
from autoclue.reporting.wording import (
    computing_text,
    duration,
    plural,
    rung_text,
    scale_of,
    share,
    training_command,
    value_text,
)

_SUBTITLE = ("task", "model", "data", "strategy", "protocol")


@dataclass(frozen=True, slots=True)
class Card:
    """One key figure."""

    title: str
    value: str
    detail: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the trials table: what is shown and what it is sorted by."""

    text: str
    sort: Scalar
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the trials table."""

    cells: tuple[Cell, ...]
    role: str
    tags: tuple[str, ...]


def subtitle(study: StudyRecord) -> list[tuple[str, str]]:
    """List the task, the model and so on, as far as the study records them."""
    held = [(name, study.settings.get(name)) for name in _SUBTITLE]
    found = [(name, value_text(value)) for name, value in held if value is not None]
    baseline = study.baseline
    computed = None if baseline is None else computing_text(baseline.config)
    return found if computed is None else [*found, ("computed", computed)]


def cards(study: StudyRecord, summary: SummaryInfo) -> list[Card]:
    """List the key figures."""
    return [*_score_cards(summary), _trials_card(summary), _cost_card(study, summary)]


def _score_cards(summary: SummaryInfo) -> list[Card]:
    winner, baseline = summary.winner, summary.baseline
    shown = []
    same = winner is not None and baseline is not None and winner.number == baseline.number
    if winner is not None:
        detail = f"trial {winner.number}, at step {winner.best_step:,}"
        title = "Winner: the baseline" if same else "Winner"
        shown.append(Card(title, summary.metric.text(winner.score), detail, "winner"))
    if baseline is not None and not same:
        state = STATES[baseline.state].label
        which = "" if summary.baseline_source is None else f": {summary.baseline_source}"
        detail = f"trial {baseline.number}, {state}{which}"
        shown.append(Card("Baseline", summary.metric.text(baseline.score), detail, "baseline"))
    return shown + _difference_card(summary) + _selection_bias_card(summary) + _test_card(summary)


def _difference_card(summary: SummaryInfo) -> list[Card]:
    pair = comparison(summary)
    if pair is None:
        return []
    unit = summary.metric.points.strip() or summary.metric.name
    where = f"{unit} on the held-out examples" if pair.held_out else unit
    detail = f"{where}; sampling error not known"
    if pair.standard_error is not None:
        allowed = summary.metric.size(STANDARD_ERRORS * pair.standard_error)
        judged = "beyond" if pair.distinguishable else "within"
        detail = f"{where}; {judged} 2 standard errors (± {allowed})"
    return [Card("Difference", summary.metric.difference(pair.difference), detail)]


def _selection_bias_card(summary: SummaryInfo) -> list[Card]:
    held = None if summary.holdout is None else summary.holdout.winner
    if held is None:
        return []
    text, unit = summary.metric.text, summary.metric.points.strip() or summary.metric.name
    detail = f"{unit}: {text(held.selection)} where selected, {text(held.holdout)} held out"
    return [Card("Selection bias", summary.metric.difference(held.bias), detail)]


def _test_card(summary: SummaryInfo) -> list[Card]:
    tested = summary.test_score
    if tested is None or tested.winner is None:
        return []
    held = "examples" if tested.examples is None else plural(tested.examples, "example")
    detail = f"the winner on {held} that the search never saw"
    if tested.baseline is not None:
        detail += f"; the baseline {summary.metric.text(tested.baseline.score)}"
    return [Card("On the test part", summary.metric.text(tested.winner.score), detail)]


def _trials_card(summary: SummaryInfo) -> Card:
    held = [f"{summary.counts[state]} {look.label}" for state, look in STATES.items()
            if summary.counts[state]]  # fmt: skip
    return Card("Trials", f"{sum(summary.counts.values()):,}", ", ".join(held) or "none yet")


def _cost_card(study: StudyRecord, summary: SummaryInfo) -> Card:
    detail = f"summed over all trials; {plural(summary.steps, 'step')}"
    if study.forecast is not None:
        detail += f"; forecast {duration(study.forecast.seconds)}"
    stopped = any(trial.stop is not None for trial in study.trials)
    if stopped and summary.scheduled_steps > 0:
        spent = summary.ended_steps / summary.scheduled_steps
        detail += f", {share(round(spent, 2))} of the full schedules"
    return Card("Training time", duration(summary.seconds), detail)


def columns(study: StudyRecord, rows: list[Row]) -> list[tuple[str, str]]:
    """Pair every heading with the kind of its column, which aligns it like its cells."""
    names = [
        *("trial", "state", study.metric, *_further_scores(study), "best at step", "steps"),
        *("time", *searched(study), "remark"),
    ]
    kinds = [cell.kind for cell in rows[0].cells] if rows else [""] * len(names)
    return [(n, "number" if k == "number" else "") for n, k in zip(names, kinds, strict=True)]


def row(study: StudyRecord, trial: TrialRecord) -> Row:
    """Return a trial's row of the table."""
    found, held = trial.best, searched_values(study, trial)
    score, step = (None, None) if found is None else (found.score, found.step)
    remark = trial.failure or (trial.stop.reason if trial.stop is not None else "")
    cells = (
        Cell(str(trial.number), trial.number, "number"),
        Cell(STATES[trial.state.value].label, trial.state.value, f"state {trial.state.value}"),
        Cell("" if score is None else scale_of(study).text(score), score, "number"),
        *(_score_cell(study, trial, name) for name in _further_scores(study)),
        Cell("" if step is None else f"{step:,}", step, "number"),
        Cell(_steps_text(trial), steps_done(trial), "number"),
        Cell(duration(trial.seconds), trial.seconds, "number"),
        *(
            _setting_cell(held[name]) if name in held else Cell("", None, "setting")
            for name in searched(study)
        ),
        Cell(remark, remark, "remark"),
    )
    named = role(study, trial)
    tags = (named, "baseline") if trial.baseline and named == "winner" else (named,)
    return Row(cells, named, tuple(tag for tag in tags if tag))


def _further_scores(study: StudyRecord) -> list[str]:
    """Name the scores beside the primary one, where the metric has several."""
    found = (trial.best.scores for trial in study.trials if trial.best is not None)
    return list(next((scores for scores in found if scores), {}))[1:]


def _score_cell(study: StudyRecord, trial: TrialRecord, name: str) -> Cell:
    score = None if trial.best is None else trial.best.scores.get(name)
    return Cell("" if score is None else scale_of(study).text(score), score, "number")


def _setting_cell(value: Scalar) -> Cell:
    return Cell(value_text(value), _sort_key(value), _kind(value))


def _steps_text(trial: TrialRecord) -> str:
    done = f"{steps_done(trial):,}"
    return done if trial.total_steps is None else f"{done} / {trial.total_steps:,g}"


def _sort_key(value: Scalar) -> Scalar:
    """Return ``None`` for a number that is not finite: it has no place in the order."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _kind(value: object) -> str:
    numeric = isinstance(value, (int, float)) and not isinstance(value, bool)
    return "number" if numeric else "setting"


def made(study: StudyRecord) -> list[tuple[str, str]]:
    """List what the study was given, without the command."""
    rungs = ", ".join(rung_text(rung) for rung in study.rungs) or "none"
    settings = [(k, value_text(v)) for k, v in study.settings.items() if k != "command"]
    ending = [] if study.ending is None else [("ended", study.ending)]
    first = [("study", study.name), ("created", study.created_at), *_span(study), *ending]
    return [*first, *settings, ("rungs", rungs)]


def _span(study: StudyRecord) -> list[tuple[str, str]]:
    """Return when the first trial began and the last one ended, as far as that is known."""
    known = (("first trial began", first_beginning(study)), ("last trial ended", last_end(study)))
    return [(name, when) for name, when in known if when is not None]


def space(study: StudyRecord) -> list[tuple[str, str]]:
    """List the searched parameters with their ranges in words."""
    declared = study.space.get("parameters")
    return (
        [(str(name), _range_text(value)) for name, value in declared.items()]
        if isinstance(declared, Mapping)
        else []
    )


def _range_text(declared: object) -> str:
    """Write a declared parameter in words: "1e-5 to 1e-3 (log)", "16, 32 or 64", or as it is."""
    if not isinstance(declared, Mapping):
        return f"{value_text(declared)} (fixed)"
    rest = {k: v for k, v in declared.items() if k not in ("choice", "float", "int")}
    notes = [_detail_text(key, value) for key, value in rest.items() if value not in (False, None)]
    tail = f" ({', '.join(notes)})" if notes else ""
    choice = declared.get("choice")
    if isinstance(choice, (list, tuple)):
        return ", ".join(value_text(v) for v in choice) + tail
    span = declared.get("float", declared.get("int"))
    if isinstance(span, (list, tuple)) and len(span) == 2:
        whole = "whole numbers, " if "int" in declared else ""
        return f"{whole}{value_text(span[0])} to {value_text(span[1])}{tail}"
    return value_text(dict(declared))


def _detail_text(key: object, value: object) -> str:
    return str(key) if value is True else f"{key} {value_text(value)}"


def commands(study: StudyRecord) -> list[tuple[str, str]]:
    """List commands to copy: what began the study, what trains its winner, and what confirms."""
    began = _command(study)
    shown = [] if began is None else [("Command", began)]
    if study.winner is not None:
        seed = study.winner.config.get("seed")
        again = training_command(study.winner.config, seed=seed if isinstance(seed, int) else 0)
        shown += [] if again is None else [("To train the winner again", again)]
    if study.winner is not None and study.confirmation is None:
        words = ["autoclue", "confirm", study.name, "--confirm", "3", "--seeds", "5"]
        shown.append(("To train the best again with other seeds", shlex.join(words)))
    return shown


def _command(study: StudyRecord) -> str | None:
    """Return the command that repeats the study, if the study records it."""
    given = study.settings.get("command")
    if isinstance(given, (list, tuple)):
        return shlex.join(str(part) for part in given)
    return None if given is None else str(given)
