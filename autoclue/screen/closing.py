"""What a search and a training print at their end."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from autoclue.errors import AutoclueError, UsageError
from autoclue.options import DEFAULT_PROTOCOL
from autoclue.records import StudyRecord, TrialRecord
from autoclue.reporting import closing_sentences, training_command
from autoclue.reporting.wording import computing_text, settings_text
from autoclue.results import StudyResult, TrainResult
from autoclue.screen.results import SYNTHETIC, print_best
from autoclue.screen.text import (
    print_labelled,
    print_sentence,
    print_text,
    print_whole,
    result_console,
    scores_by_name,
    short_path,
)


def close_study(result: StudyResult, *, as_json: bool) -> None:
    """Print who won, where everything lies and what to do next."""
    if as_json:
        print_text(result.results.read_text(encoding="utf-8"))
        return
    console = result_console()
    console.print()
    for name, line in round_lines(result.study).items():
        print_labelled(console, name, line)
    for sentence in closing_sentences(result.study):
        print_sentence(console, sentence)
    if result.study.synthetic:
        print_sentence(console, SYNTHETIC)
    print_whole(console, "protocol", str(result.study.settings.get("protocol", DEFAULT_PROTOCOL)))
    baseline = result.study.baseline
    computed = None if baseline is None else computing_text(baseline.config)
    if computed is not None:
        print_whole(console, "computed", computed)
    lines = {"report": result.report, "numbers": result.results, "model": result.model}
    for name, path in lines.items():
        if path is not None:
            print_whole(console, name, short_path(path))
    if result.figures:
        said = f"{short_path(result.figures[0].parent)}, {len(result.figures)} files"
        print_whole(console, "figures", said)
    print_best(result)
    if result.best is not None:
        print_whole(console, "next", command_to_go_on(result, result.best))
    if result.model is not None and result.predictions is None:
        print_whole(console, "predict", command_to_predict(result.model))


def round_lines(study: StudyRecord) -> dict[str, str]:
    """Say of each round of a population which member was its best, as PaddleHub did.

    Returns:
        A line for each round; none where there are no rounds.
    """
    varied = {name for trial in study.trials for name in trial.params}
    found = {}
    for number, members in enumerate(study.rounds):
        scored = [(each.score, each) for each in members if each.score is not None]
        if not scored:
            found[f"round {number}"] = "no member has a score"
            continue
        score, best = max(scored, key=lambda pair: pair[0])
        values = {name: value for name, value in best.values.items() if name in varied}
        found[f"round {number}"] = f"{score:.4f} by trial {best.trial}: {settings_text(values)}"
    return found


def command_to_predict(model: Path) -> str:
    """Return the command that predicts the test parts with a kept model."""
    return shlex.join(["autoclue", "predict", "--model", short_path(model)])


def command_to_go_on(result: StudyResult, best: TrialRecord) -> str:
    """Return the command that trains the best trial's settings again, with another seed."""
    if not (best.config.get("changes") or best.config.get("earlier")):
        return command_to_train(best)
    recipe, seed = result.folder / "recipe.yaml", int(str(best.config["seed"])) + 1
    return shlex.join(["autoclue", "train", "--recipe", short_path(recipe), "--seed", str(seed)])


def command_to_train(trial: TrialRecord) -> str:
    """Return the command that trains a trial's settings again, with another seed.

    Raises:
        AutoclueError: The ledger doesn't say what was trained.
    """
    config = trial.config
    command = training_command(config, seed=int(str(config["seed"])) + 1, usual=_usual(config))
    if command is None:
        raise AutoclueError(f"The ledger doesn't say what trial {trial.number} has trained.")
    return command


def _usual(config: Mapping[str, object]) -> dict[str, object] | None:
    """Return what the task's recipe gives; ``None`` where the user's task file has gone since."""
    from autoclue.tasks import load_task
    from autoclue.training import SEARCHABLE, TrialConfig

    fields = TrialConfig.model_fields
    try:
        recipe = load_task(str(config["task"])).recipe.model_dump()
    except UsageError:
        return None
    return {**{name: fields[name].default for name in SEARCHABLE}, **recipe}


def close_training(result: TrainResult, *, as_json: bool) -> None:
    """Print how well a single trial did and where it lies."""
    if as_json:
        text = (result.folder / "result.json").read_text(encoding="utf-8")
        print_text(json.dumps(json.loads(text), ensure_ascii=False, indent=1) + "\n")
        return
    held = result.best.holdout_score
    beside = "" if held is None else f" ({held:.4f} on the held-out examples)"
    print_sentence(
        result_console(), f"Best score {result.score:.4f}{beside} at step {result.best.step}."
    )
    named = scores_by_name(result.best.scores)
    if named:
        print_sentence(result_console(), f"There it scores {named}.")
    print_best(result)
    if result.synthetic:
        print_sentence(result_console(), SYNTHETIC)
    print_whole(result_console(), "protocol", result.config.protocol)
    computed = computing_text(result.config.model_dump())
    if computed is not None:
        print_whole(result_console(), "computed", computed)
    print_whole(result_console(), "folder", short_path(result.folder))
