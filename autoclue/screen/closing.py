"""What a search and a training print at their end."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.options import DEFAULT_PROTOCOL
from autoclue.records import TrialRecord
from autoclue.reporting import closing_sentences
from autoclue.results import StudyResult, TrainResult
from autoclue.screen.results import SYNTHETIC, print_best
from autoclue.screen.text import (
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
    for sentence in closing_sentences(result.study):
        print_sentence(console, sentence)
    if result.study.synthetic:
        print_sentence(console, SYNTHETIC)
    print_whole(console, "protocol", str(result.study.settings.get("protocol", DEFAULT_PROTOCOL)))
    lines = {"report": result.report, "numbers": result.results, "model": result.model}
    for name, path in lines.items():
        if path is not None:
            print_whole(console, name, short_path(path))
    print_best(result)
    if result.best is not None:
        print_whole(console, "next", command_to_go_on(result, result.best))
    if result.model is not None and result.predictions is None:
        print_whole(console, "predict", command_to_predict(result.model))


def command_to_predict(model: Path) -> str:
    """Return the command that predicts the test parts with a kept model."""
    return shlex.join(["autoclue", "predict", "--model", short_path(model)])


def command_to_go_on(result: StudyResult, best: TrialRecord) -> str:
    """Return the command that trains the best trial's settings again, with another seed."""
    if not best.config.get("changes"):
        return command_to_train(best)
    recipe, seed = result.folder / "recipe.yaml", int(str(best.config["seed"])) + 1
    return shlex.join(["autoclue", "train", "--recipe", short_path(recipe), "--seed", str(seed)])


def command_to_train(trial: TrialRecord) -> str:
    """Return the command that trains a trial's settings again, with another seed."""
    config = dict(trial.config)
    words = ["autoclue", "train"]
    for option in ("task", "model", "data", "strategy"):
        words += [f"--{option}", str(config[option])]
    protocol = str(config.get("protocol", DEFAULT_PROTOCOL))
    if protocol != DEFAULT_PROTOCOL:
        words += ["--protocol", protocol]
    if config.get("keep_head"):
        words.append("--keep-head")
    for option in ("learning_rate", "batch_size", "dropout", "epochs"):
        words += [f"--{option.replace('_', '-')}", _number(config[option])]
    if config.get("holdout"):
        words += ["--holdout", _number(config["holdout"])]
    if config.get("max_steps") is not None:
        words += ["--max-steps", str(config["max_steps"])]
    words += _evaluations(config)
    for name, value in _off_recipe(config).items():
        words += ["--set", f"{name}={_number(value)}"]
    params = config.get("strategy_params")
    for name, value in params.items() if isinstance(params, dict) else ():
        if value is not None:
            words += ["--set", f"{name}={_number(value)}"]
    return shlex.join([*words, "--seed", str(int(str(config["seed"])) + 1)])


def _evaluations(config: Mapping[str, object]) -> list[str]:
    """Return the option for evaluations that don't fall where the task's recipe has them."""
    from autoclue.tasks import load_task

    if "eval_every_steps" not in config:
        return []
    try:
        recipe = load_task(str(config["task"])).recipe
    except UsageError:  # the user's task file has gone since
        return []
    steps, epochs = config.get("eval_every_steps"), config.get("eval_every_epochs")
    if (steps, epochs) == (recipe.eval_every_steps, recipe.eval_every_epochs):
        return []
    return ["--eval-every", _number(steps if epochs is None else epochs)]


def _off_recipe(config: Mapping[str, object]) -> dict[str, object]:
    """Return the settings without an option of their own that the task's recipe doesn't give."""
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
    print_whole(result_console(), "folder", short_path(result.folder))
