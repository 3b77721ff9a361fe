"""Commands that a reader can paste into a shell."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

USUAL_PROTOCOL = "clue"
WITH_SET = (
    "max_length_tokens",
    "warmup_proportion",
    "weight_decay",
    "adam_epsilon",
    "max_grad_norm",
    "gradient_accumulation_steps",
    "schedule",
)
"""Settings of a trial that have no option of their own."""
QUESTION = ("task", "model", "data", "strategy")
EVALUATIONS = ("eval_every_steps", "eval_every_epochs")


def training_command(
    config: Mapping[str, object], *, seed: int, usual: Mapping[str, object] | None = None
) -> str | None:
    """Return the command that trains a trial's settings.

    Args:
        config: The trial's complete settings.
        seed: The seed to train with.
        usual: Settings that needn't be written where they are the same; ``None`` writes all.

    Returns:
        ``None`` where the settings don't say what is trained.
    """
    if not all(name in config for name in (*QUESTION, "learning_rate", "batch_size")):
        return None
    known = dict.fromkeys(WITH_SET) if usual is None else usual
    words = ["autoclue", "train"]
    for name in QUESTION:
        words += [f"--{name}", str(config[name])]
    if config.get("protocol", USUAL_PROTOCOL) != USUAL_PROTOCOL:
        words += ["--protocol", str(config["protocol"])]
    if config.get("keep_head"):
        words.append("--keep-head")
    words += _computing(config)
    for name in ("learning_rate", "batch_size", "dropout", "epochs", "holdout", "max_steps"):
        if config.get(name) is not None and (name != "holdout" or config[name]):
            words += [f"--{name.replace('_', '-')}", number(config[name])]
    words += _evaluations(config, usual)
    for name in WITH_SET:
        if name in config and config[name] != known.get(name):
            words += ["--set", f"{name}={number(config[name])}"]
    params = config.get("strategy_params")
    for name, value in params.items() if isinstance(params, Mapping) else ():
        if value is not None:
            words += ["--set", f"{name}={number(value)}"]
    return shlex.join([*words, "--seed", str(seed)])


def _computing(config: Mapping[str, object]) -> list[str]:
    """Return the options for several cards, and for numbers of 16 bits."""
    words: list[str] = []
    if config.get("cards", 1) != 1:
        words += ["--cards-per-trial", str(config["cards"])]
        words += ["--batch-per", str(config.get("batch_per", "step"))]
    if config.get("precision", "fp32") != "fp32":
        words += ["--precision", str(config["precision"])]
    return [*words, "--recompute"] if config.get("recompute") else words


def _evaluations(config: Mapping[str, object], usual: Mapping[str, object] | None) -> list[str]:
    """Return the option for evaluations that don't fall where they usually do."""
    steps, epochs = (config.get(name) for name in EVALUATIONS)
    same = usual is not None and (steps, epochs) == tuple(usual.get(n) for n in EVALUATIONS)
    every = steps if epochs is None else epochs
    return [] if same or every is None else ["--eval-every", number(every)]


def number(value: object) -> str:
    """Write a value so that it is read back as it is."""
    return repr(value) if isinstance(value, float) else str(value)
