"""Train one configuration in this process, and keep its log, result and best model."""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

from autoclue.errors import AutoclueError, FolderError, TrialFailedError, UsageError
from autoclue.layers.registry import load_strategy, split_strategy
from autoclue.models import resolve_model
from autoclue.records import Evaluation, Scalar, best_evaluation
from autoclue.tasks import (
    NEEDED_SPLITS,
    TaskData,
    data_facts,
    flaw_words,
    load_task,
    normal_data,
    open_data,
)
from autoclue.training.checkpoints import has_state, remove_state
from autoclue.training.config import TrialConfig, build_config
from autoclue.training.data import (
    Workspace,
    batch_problem,
    least_features,
    model_limits,
    setting_problem,
)
from autoclue.training.heads import make_head
from autoclue.training.logs import Pulse, StepProgress, open_log_file, train_log
from autoclue.training.loop import Trial
from autoclue.training.model import check_model_fits, model_hint
from autoclue.training.platform import apply_switches, memory_ran_out, pick_device, versions
from autoclue.training.together import check_cards, train_together


@dataclass(frozen=True, slots=True)
class Trained:
    """What a single training leaves.

    Attributes:
        config: Its complete settings.
        folder: Where its log, result and best model lie.
        evaluations: All evaluations, in order.
        best: The best of them.
        synthetic: Whether autoclue generated the text.
    """

    config: TrialConfig
    folder: Path
    evaluations: tuple[Evaluation, ...]
    best: Evaluation
    synthetic: bool


def train_one(
    task: str,
    *,
    model: str,
    data: str,
    strategy: str,
    settings: Mapping[str, Scalar],
    runs: Path,
    folder: Path | None,
    device: str,
    log: logging.Logger | None,
    tell: Callable[[StepProgress], None] | None = None,
) -> Trained:
    """Train one configuration; see ``autoclue.train`` for the arguments.

    A folder holds a state only while its training may go on: after an interruption, a full disk or
    too little memory. A training that has ended, or whose loss has, begins anew.
    """
    spec = load_task(task)
    data = normal_data(data)
    source = resolve_model(model)
    strategy, given = split_strategy(strategy)
    twice = sorted(set(given) & set(settings))
    if twice:
        raise UsageError(f"{', '.join(twice)} is given with the strategy and again as a setting.")
    config = build_config(
        spec.recipe,
        task=spec.name if spec.source is None else str(spec.source),
        model=source.name if source.path is None else str(source.path),
        data=data,
        strategy=strategy,
        settings={**given, **settings},
    )
    return train_config(
        config,
        batch_size=settings.get("batch_size"),
        runs=runs,
        folder=folder,
        device=device,
        log=log,
        tell=tell,
    )


def train_config(
    config: TrialConfig,
    *,
    batch_size: Scalar = None,
    runs: Path,
    folder: Path | None,
    device: str,
    log: logging.Logger | None,
    tell: Callable[[StepProgress], None] | None = None,
) -> Trained:
    """Train complete settings, such as those of a recipe; see ``train_one``.

    Args:
        config: The settings.
        batch_size: The batch size that was asked for, if one was: a larger one than there are
            rows is then refused.
        runs: Where the folder is made if none is given.
        folder: Where log, result and best model go.
        device: ``auto``, ``cpu`` or ``gpu``.
        log: Gets the lines of the log too.
        tell: Is told of the steps.
    """
    began, began_s = datetime.now(timezone.utc), time.perf_counter()
    spec, source, data = load_task(config.task), resolve_model(config.model), config.data
    for step in (0, *(change.at_step for change in config.changes)):
        load_strategy(config.strategy, config.at(step).strategy_params)
    rows = open_data(spec, data)
    examples = {split: rows.examples(split) for split in NEEDED_SPLITS}
    notes = check_model_fits(
        *(source, rows.spec, examples["train"], make_head(rows.spec).layers),
        keep_head=config.keep_head,
        fetch=True,
    )
    problem = setting_problem(config, model_limits(source)) or batch_problem(
        batch_size, least_features(spec, len(examples["train"]))
    )
    if problem is not None:
        raise UsageError(problem)
    check_cards(config, device)
    facts = data_facts(
        rows,
        examples,
        max_length_tokens=config.max_length_tokens,
        left_out=rows.left_out,
    )
    hint = model_hint(source, spec)
    notes = notes if hint is None else (*notes, hint)
    target = (folder or runs / f"{spec.name}-{config.key}").resolve()
    handler = open_log_file(target, append=has_state(target))
    lines = log or logging.Logger("autoclue.train")
    lines.addHandler(handler)
    about = _about(rows, {"model": notes, "check": facts.warnings})
    try:
        evaluations, best = _train(config, target, device, lines, about, tell)
    except TrialFailedError as error:
        remove_state(target)
        lines.error(str(error))
        raise
    except AutoclueError as error:
        lines.error(str(error))
        raise
    finally:
        lines.removeHandler(handler)
        handler.close()
    done = Trained(config, target, evaluations, best, rows.synthetic)
    _write_result(done, {**_times(began, began_s), **_circumstances(rows)})
    remove_state(target)
    return done


def _about(rows: TaskData, told: Mapping[str, Sequence[str]]) -> list[str]:
    """Write what is read, which flaws it has, and what else is told."""
    flaws = flaw_words(rows.remarks())
    return [
        f"data: {rows.origin}",
        *([] if flaws is None else [f"flaws: {flaws}"]),
        *(f"{name}: {'; '.join(notes)}" for name, notes in told.items() if notes),
    ]


def _times(began: datetime, began_s: float) -> dict[str, object]:
    """Return when the command began and how long it has run; an interruption begins it anew."""
    return {
        "began": began.isoformat(timespec="seconds"),
        "wall_s": round(time.perf_counter() - began_s, 3),
    }


def _circumstances(rows: TaskData) -> dict[str, object]:
    """Return what a score depends on beside the settings."""
    return {
        "data": {
            "origin": rows.origin,
            "synthetic": rows.synthetic,
            "fingerprint": rows.fingerprint,
            "task_version": rows.spec.version,
        },
        "versions": versions(),
    }


def _train(
    config: TrialConfig,
    folder: Path,
    device: str,
    log: logging.Logger,
    about: Sequence[str],
    tell: Callable[[StepProgress], None] | None,
) -> tuple[tuple[Evaluation, ...], Evaluation]:
    train = train_together
    if config.cards == 1:
        apply_switches(gpu=device in ("gpu", "xpu"))
        train, device = _train_here, pick_device(device)
    for line in about:
        log.info(line)
    try:
        history = train(config, folder, device, log, tell)
    except Exception as error:  # Paddle raises several kinds
        if memory_ran_out(error):
            raise AutoclueError(_too_little_memory(config)) from error
        raise
    best = best_evaluation(history)
    if best is None:
        raise TrialFailedError("The trial ended without any evaluation.")
    log.info(train_log.best_line(best.scores))
    if len(best.scores) > 1:
        log.info(train_log.scores_line(best.scores))
    return history, best


def _train_here(
    config: TrialConfig,
    folder: Path,
    device: str,
    log: logging.Logger,
    tell: Callable[[StepProgress], None] | None,
) -> tuple[Evaluation, ...]:
    trial = Trial(
        config,
        Workspace(),
        device=device,
        folder=folder,
        log=log,
        resume=True,
        pulse=None if tell is None else Pulse(tell),
    )
    while trial.advance() is not None:
        pass
    return trial.history


def _too_little_memory(config: TrialConfig) -> str:
    told = (
        f"Memory ran out with micro-batches of {config.micro_batch_size} examples of up to "
        f"{config.max_length_tokens} tokens. "
    )
    doubled = 2 * config.gradient_accumulation_steps
    if config.batch_size % doubled != 0:
        return f"{told}Use a shorter --max-length-tokens or a smaller --batch-size."
    return (
        f"{told}Use --set gradient_accumulation_steps={doubled}, which halves them and keeps the "
        "batch, or a shorter --max-length-tokens."
    )


def _write_result(done: Trained, more: Mapping[str, object]) -> None:
    folder, best = done.folder, done.best
    result = {
        "format": 1,
        "protocol": done.config.protocol,
        "config": done.config.model_dump(),
        "score": best.score,
        "scores": dict(best.scores),
        "best_step": best.step,
        **more,
        "evaluations": [asdict(evaluation) for evaluation in done.evaluations],
    }
    temporary = folder / ".result.json.new"
    try:
        temporary.write_text(
            json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
        )
        os.replace(temporary, folder / "result.json")
    except OSError as error:
        raise FolderError.writing("The result", folder, error) from error
