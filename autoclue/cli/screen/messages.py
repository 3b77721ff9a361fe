"""What a search and a training print: before, while and after. Progress goes to stderr."""

from __future__ import annotations

import contextlib
import difflib
import json
import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from autoclue.api import StudyResult, TrainResult
from autoclue.cli.screen.live import LiveListener, PlainListener
from autoclue.errors import UsageError
from autoclue.models import ModelSource, find_model, models
from autoclue.records import TrialRecord, TrialState
from autoclue.reporting import closing_sentences

if TYPE_CHECKING:
    from autoclue.search.study import ConfirmationRun, StudyRun
    from autoclue.search.tuner import Listener


@contextlib.contextmanager
def watch(run: StudyRun | ConfirmationRun) -> Iterator[Listener]:
    """Say what will run, and show it while it does: a live table on a terminal, else lines."""
    from autoclue.search.study import StudyRun

    if isinstance(run, StudyRun):
        announce(run)
        states = [trial.state.name for trial in run.ledger.trials()]
        ended = sum(state != TrialState.RUNNING for state in states)
        showing = _listener(run.trials, ended, "trial")
    else:
        announce_confirmation(run)
        showing = _listener(run.total, run.ended, "retraining")
    with showing as listener:
        yield listener


def announce(run: StudyRun) -> None:
    """Say what will run, on one screen, before anything does."""
    console = Console(stderr=True, highlight=False)
    number = run.space_number
    plan = run.plan
    version = f", version {number} of this study" if number > 1 else ""
    size = plan.space.size()
    rows = {
        "task": f"{plan.spec.display_name}, {plan.spec.answers}, {plan.spec.metric}",
        "model": f"{plan.question.model}{_about_model(plan.model)}",
        "data": f"{plan.data.origin}: {plan.rows['train']:,} rows to train on, "
        f"{_about_dev(plan.rows)}",
        "strategy": plan.question.strategy,
        "space": f"{plan.space.name}{version}, "
        f"{'infinite' if size is None else f'{size} points'}: " + ", ".join(plan.space.parameters),
        "search": f"{run.trials} trials, sampler {plan.question.sampler}, "
        f"scheduler {plan.question.scheduler}, seed {plan.question.seed}",
        "devices": run.resources.describe(),
        "study": _short(run.place.folder),
    }
    if plan.model_notes:
        rows["weights"] = "; ".join(plan.model_notes)
    if run.extent is not None:
        rows["confirm"] = (
            f"then the best {run.extent.best} and the baseline again, with "
            f"{run.extent.seeds} other seeds each"
        )
    if run.time_budget_s is not None:
        rows["time"] = f"{run.time_budget_s:g} s"
    if run.step_budget is not None:
        rows["steps"] = f"{run.step_budget:,} in all"
    for name, text in rows.items():
        console.print(f"[bold]{name:>9}[/]  {_plain(text)}", soft_wrap=True)
    recorded = run.n_asked
    if recorded:
        said = "1 trial is" if recorded == 1 else f"{recorded} trials are"
        console.print(f"[bold]{'goes on':>9}[/]  {said} recorded already")


def announce_confirmation(run: ConfirmationRun) -> None:
    """Say which configurations are trained again, and with which seeds."""
    console = Console(stderr=True, highlight=False)
    request = run.request
    names = ", ".join(
        f"trial {number}{' (baseline)' if number == request.baseline else ''}"
        for number in request.candidates
    )
    seeds = ", ".join(map(str, request.seeds))
    rows = {"confirm": f"{names}, each with the seeds {seeds}"}
    if run.ended:
        rows["goes on"] = f"{run.ended} of {run.total} trainings are done already"
    for name, text in rows.items():
        console.print(f"[bold]{name:>9}[/]  {text}", soft_wrap=True)


def _about_dev(rows: Mapping[str, int]) -> str:
    if rows["held_out"] == 0:
        return f"{rows['dev']:,} to judge by"
    return f"{rows['selection']:,} to select by, {rows['held_out']:,} held out"


def _about_model(source: ModelSource) -> str:
    """Say what is known of a model; a hub name that the catalog lacks may be a typing error."""
    card = find_model(source.name)
    if card is not None:
        return f" ({card.layers} layers, {card.hidden_size} wide)"
    if source.kind != "hub":
        return ""
    close = difflib.get_close_matches(source.name, [known.name for known in models()], n=1)
    guess = f"; did you mean {close[0]}?" if close else ""
    return f" (from PaddleNLP's hub, not in 'autoclue ls models'{guess})"


def _plain(text: str) -> str:
    return text.replace("[", "\\[")


@contextlib.contextmanager
def _listener(total: int, ended: int, noun: str) -> Iterator[Listener]:
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield PlainListener(console, noun=noun)
        return
    with LiveListener(console, trials=total, ended_before=ended, noun=noun) as live:
        yield live


def close_study(result: StudyResult, *, as_json: bool) -> None:
    """Say who won, where everything lies and what to do next."""
    if as_json:
        sys.stdout.write(result.results.read_text(encoding="utf-8"))
        return
    console = Console(highlight=False)
    console.print()
    for sentence in closing_sentences(result.study):
        console.print(_plain(sentence), soft_wrap=True)
    if result.study.synthetic:
        console.print("The data is generated by autoclue; the scores say nothing about real text.")
    lines = {"report": result.report, "numbers": result.results, "model": result.model}
    for name, path in lines.items():
        if path is not None:
            console.print(f"[bold]{name:>9}[/]  {_plain(_short(path))}", soft_wrap=True)
    if result.best is not None:
        console.print(
            f"[bold]{'next':>9}[/]  {_plain(train_command(result.best))}", soft_wrap=True
        )


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def train_command(trial: TrialRecord) -> str:
    """Give the command that trains a trial's settings again, with another seed."""
    config = dict(trial.config)
    words = ["autoclue", "train"]
    for option in ("task", "model", "data", "strategy"):
        words += [f"--{option}", str(config[option])]
    for option in ("learning_rate", "batch_size", "dropout", "epochs"):
        words += [f"--{option.replace('_', '-')}", _number(config[option])]
    if config.get("holdout"):
        words += ["--holdout", _number(config["holdout"])]
    if config.get("max_steps") is not None:
        words += ["--max-steps", str(config["max_steps"])]
    for name, value in _off_recipe(config).items():
        words += ["--set", f"{name}={_number(value)}"]
    params = config.get("strategy_params")
    for name, value in params.items() if isinstance(params, dict) else ():
        if value is not None:
            words += ["--set", f"{name}={_number(value)}"]
    return shlex.join([*words, "--seed", str(int(str(config["seed"])) + 1)])


def _off_recipe(config: Mapping[str, object]) -> dict[str, object]:
    """Give the settings without an option of their own that the task's recipe doesn't give."""
    from autoclue.tasks import load_task
    from autoclue.training import SEARCHABLE, TrialConfig

    fields = TrialConfig.model_fields
    try:
        recipe = load_task(str(config["task"])).recipe.model_dump()
    except UsageError:  # the user's task file has gone since: every setting is written out
        recipe = dict.fromkeys(SEARCHABLE)
    usual = {name: recipe.get(name, fields[name].default) for name in SEARCHABLE}
    named = {"learning_rate", "batch_size", "dropout", "epochs", "max_steps", "seed"}
    return {
        name: config[name]
        for name in SEARCHABLE
        if name not in named and name in config and config[name] != usual[name]
    }


def _number(value: object) -> str:
    return repr(value) if isinstance(value, float) else str(value)


def close_training(result: TrainResult, *, as_json: bool) -> None:
    """Say how well a single trial did and where it lies."""
    if as_json:
        text = (result.folder / "result.json").read_text(encoding="utf-8")
        sys.stdout.write(json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n")
        return
    console = Console(highlight=False)
    held = result.best.holdout_score
    beside = "" if held is None else f" ({held:.4f} on the held-out examples)"
    console.print(
        f"Best score {result.score:.4f}{beside} at step {result.best.step}; "
        f"model, log and result.json: {_plain(_short(result.folder))}",
        soft_wrap=True,
    )
