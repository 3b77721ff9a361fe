"""Read the logs that PaddleNLP's ``grid_search_tools`` leave: settings, curve and result.

A log is ``<model>/<task>/<lr>_<bs>_<dropout>.log``. Its lines may begin with anything, such as a
logger's time. Classification prints a line of progress and one of the evaluation every 100 steps;
the reading tasks evaluate after each epoch, CMRC2018 with its figures as JSON.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from autoclue.errors import UsageError, one_door
from autoclue.outside import read_bytes
from autoclue.records import Evaluation
from autoclue.search.suite.points import GRID_TASKS
from autoclue.tasks import load_task

_NAME = re.compile(r"(?P<rate>[\d.eE+-]+)_(?P<size>\d+)_(?P<dropout>[\d.]+)")
_EVENT = re.compile(
    r"global step (?P<step>\d+)/(?P<total>[\d.]+), epoch: (?P<epoch>\d+),.*?"
    r"loss: (?P<loss>[-+\d.eE]+|nan|inf)"
    r"(?:, lr: (?P<rate>[\d.eE-]+))?(?:, speed: (?P<speed>[\d.]+))?"
    r"|eval loss: (?P<eval_loss>[-+\d.eE]+|nan|inf), acc: (?P<acc>[\d.]+)"
    r", eval done total : (?P<seconds>[\d.]+)"
    r"|eval acc: (?P<reading_acc>[\d.]+)(?:, eval done total : (?P<reading_s>[\d.]+))?"
    r'|"exact": (?P<exact>[\d.]+),\s*"f1": (?P<f1>[\d.]+)'
    r"|best_result: (?P<best>[\d.]+)(?:/(?P<best_f1>[\d.]+))?"
    r"|best_acc: (?P<best_acc>[\d.]+)"
)


@dataclass(frozen=True, slots=True)
class LogName:
    """What the path of a log says.

    Attributes:
        path: The log.
        model: The folder of its model.
        task: Its task.
        learning_rate: Peak of its schedule.
        batch_size: Examples in a step.
        dropout: Hidden dropout.
    """

    path: Path
    model: Path
    task: str
    learning_rate: float
    batch_size: int
    dropout: float


@dataclass(frozen=True, slots=True)
class OldRun:
    """What a log holds.

    Attributes:
        evaluations: The curve, in order of its steps. What a log doesn't say is 0, such as the
            loss of a reading task on the development set.
        total_steps: Length of the schedule in steps.
        result: The scores of its last line, the primary one first, each in [0, 1]; ``None`` where
            the run was cut off.
    """

    evaluations: tuple[Evaluation, ...]
    total_steps: float
    result: tuple[float, ...] | None


def find_logs(folder: Path) -> list[LogName]:
    """Find the logs below a folder, in the order of their paths.

    Raises:
        UsageError: There is no such folder, or it holds none.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no folder {str(folder)!r}; give one with a model's logs.")
    found = [name for path in sorted(folder.rglob("*.log")) if (name := _name(path)) is not None]
    if not found:
        raise UsageError(
            f"{folder} holds no log; they are called <task>/<lr>_<batch size>_<dropout>.log, such "
            "as tnews/3e-05_32_0.1.log."
        )
    return found


def _name(path: Path) -> LogName | None:
    task, found = path.parent.name.lower(), _NAME.fullmatch(path.stem)
    if task not in GRID_TASKS or found is None:
        return None
    try:
        rate, dropout = float(found["rate"]), float(found["dropout"])
    except ValueError:
        return None
    return LogName(path, path.parent.parent, task, rate, int(found["size"]), dropout)


def read_log(name: LogName) -> OldRun:
    """Read a log.

    Raises:
        UsageError: It can't be read.
    """
    with one_door(lambda why: UsageError(f"{name.path} can't be read as a log: {why}.")):
        return _read(name)


def _read(name: LogName) -> OldRun:
    text = read_bytes(name.path).decode("utf-8", errors="replace")
    events = list(_EVENT.finditer(text))
    totals = [float(event["total"]) for event in events if event["total"]]
    total = totals[-1] if totals else 1.0
    result = _result(events)
    curve = _Curve(name.task, total)
    for event in events:
        curve.take(event)
    if not curve.evaluations and result is not None:
        curve.add(result, step=max(1, int(total)), seconds=0.0)
    return OldRun(tuple(curve.evaluations), total, result)


def _result(events: Sequence[re.Match[str]]) -> tuple[float, ...] | None:
    """Return the scores of the last line that holds a result, each in [0, 1]."""
    for event in reversed(events):
        if event["best"]:
            both = (event["best"], event["best_f1"])
            return tuple(float(each) / 100 for each in both if each)
        if event["best_acc"]:
            return (float(event["best_acc"]),)
    return None


@dataclass(slots=True)
class _Curve:
    """Collects the evaluations of a log, line by line."""

    task: str
    total: float
    evaluations: list[Evaluation] = field(default_factory=list)
    _step: int = 0
    _epoch: int = 0
    _loss: float = 0.0
    _rate: float = 0.0
    _speed: float = 0.0
    _eval_s: float = 0.0

    def take(self, event: re.Match[str]) -> None:
        """Take note of a line."""
        if event["step"]:
            self._step, self._epoch = int(event["step"]), int(event["epoch"])
            self._loss = _finite(event["loss"])
            self._rate, self._speed = _finite(event["rate"]), _finite(event["speed"])
        elif event["acc"]:
            step = self._step if self._step > self._last else int(self.total)
            loss = _finite(event["eval_loss"])
            seconds = _finite(event["seconds"])
            self.add((float(event["acc"]),), step=step, seconds=seconds, loss=loss)
        elif event["reading_acc"]:
            seconds = _finite(event["reading_s"])
            self.add((float(event["reading_acc"]),), step=self._epoch_end(), seconds=seconds)
        elif event["exact"]:
            both = (float(event["exact"]) / 100, float(event["f1"]) / 100)
            self.add(both, step=self._epoch_end(), seconds=0.0)

    @property
    def _last(self) -> int:
        return self.evaluations[-1].step if self.evaluations else 0

    def _epoch_end(self) -> int:
        """Return the step that ends the next epoch; a log doesn't say it."""
        done = len(self.evaluations) + 1
        epochs = max(load_task(self.task).recipe.epochs, done)
        return max(self._last + 1, int(self.total * done / epochs))

    def add(
        self, scores: Sequence[float], *, step: int, seconds: float, loss: float = 0.0
    ) -> None:
        """Add an evaluation; one of a step that has been evaluated already is left out."""
        if step <= self._last:
            return
        self._eval_s += seconds
        trained_s = step / self._speed if self._speed > 0 else 0.0
        named = dict(zip(_score_names(self.task), scores, strict=False))
        self.evaluations.append(
            Evaluation(
                step=step,
                score=scores[0],
                dev_loss=loss,
                train_loss=self._loss,
                learning_rate=self._rate,
                steps_per_s=self._speed,
                eval_s=seconds,
                elapsed_s=trained_s + self._eval_s,
                epoch=self._epoch + 1,
                scores=named,
            )
        )


def _score_names(task: str) -> tuple[str, ...]:
    return ("em", "f1") if task == "cmrc2018" else ("accuracy",)


def _finite(text: str | None) -> float:
    """Read a number; 0 where a log doesn't say it, or says that it is none."""
    value = 0.0 if text is None else float(text)
    return value if math.isfinite(value) else 0.0
