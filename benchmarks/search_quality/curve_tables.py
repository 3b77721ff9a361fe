"""Tables of learning curves to measure a search on: recorded ones, and families of our own."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from autoclue.search.replay.simulator import RecordedCurve

PARAMETERS = ("llm", "rank", "batch_size", "lr")
GRID = 6
Random = np.random.Generator
Curve = NDArray[np.float64]
Maker = Callable[[float, Curve, Random], Curve]


@dataclass(frozen=True)
class Table:
    """Every configuration of a finite space, with its curve.

    Attributes:
        name: The table's name.
        configs: The settings of each, by parameter.
        curves: The curve of each, numbered by its row; one unit of cost an evaluation.
    """

    name: str
    configs: tuple[Mapping[str, str | int | float], ...]
    curves: tuple[RecordedCurve, ...]

    @property
    def cost(self) -> int:
        """Evaluations of the whole table."""
        return sum(len(curve.steps) for curve in self.curves)

    @property
    def best(self) -> float:
        """The best score of the table."""
        return max(curve.best for curve in self.curves)


def load_tables(path: Path) -> list[Table]:
    """Read the fine-tuning tables; a lower perplexity is better, so that its sign is changed."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    found = []
    for metric, sign in (("bleu", 1.0), ("ppl", -1.0)):
        for task in ("zh-en", "fr-en"):
            chosen = [row for row in rows if row["task"] == task]
            curves = [[sign * value for value in row[metric]] for row in chosen]
            configs = [{name: row[name] for name in PARAMETERS} for row in chosen]
            found.append(make_table(f"{task} {metric}", configs, curves))
    return found


def make_table(
    name: str,
    configs: Sequence[Mapping[str, str | int | float]],
    curves: Sequence[Sequence[float]],
) -> Table:
    """Make a table; every schedule is as long as the longest curve, and some end before it."""
    length = max(map(len, curves))
    return Table(
        name,
        tuple(configs),
        tuple(
            RecordedCurve(
                number=row,
                total_steps=float(length),
                evaluation_steps=tuple(range(1, length + 1)),
                steps=tuple(range(1, len(curve) + 1)),
                scores=tuple(map(float, curve)),
                times_s=tuple(map(float, range(1, len(curve) + 1))),
            )
            for row, curve in enumerate(curves)
        ),
    )


def synthetic_tables(seed: int) -> list[Table]:
    """Make the families of curves that ``MAKERS`` names, two sizes each, drawn by a seed."""
    found = []
    for place, (name, maker) in enumerate(MAKERS.items()):
        for size in range(2):
            draw = np.random.default_rng([seed, place, size])
            count = int(draw.integers(35, 120 if size == 0 else 200))
            length = int(draw.integers(10, 30) if size == 0 else draw.integers(30, 75))
            cells = draw.permutation(GRID**3)[:count]
            places = np.stack([cells // GRID**2, cells // GRID % GRID, cells % GRID], axis=1)
            tops = _tops(places, draw)
            times = np.arange(1, length + 1) / length
            curves = [maker(top, times, draw).tolist() for top in tops]
            configs = [dict(zip("abc", map(int, row), strict=True)) for row in places]
            found.append(make_table(f"{name} {count} x {length}", configs, curves))
    return found


def _tops(places: NDArray[np.int64], draw: Random) -> list[float]:
    """Draw a quality in (0, 1) for each configuration: half additive, half chance."""
    effects = draw.normal(size=(3, GRID)).cumsum(axis=1)
    raw = sum(effects[d][places[:, d]] for d in range(3))
    raw = raw / raw.std() + draw.normal(size=len(places))
    ranks = raw.argsort().argsort()
    return [float(np.sin(math.pi / 2 * (rank + 0.5) / len(raw)) ** 2) for rank in ranks]


def _rise(top: float, times: Curve, speed: float) -> Curve:
    rise: Curve = top * (1 - np.exp(-times / speed)) / (1 - math.exp(-1 / speed))
    return rise


def _informative(top: float, times: Curve, draw: Random) -> Curve:
    return _rise(top, times, 0.15 * math.exp(0.2 * draw.normal())) + _noise(times, draw, 0.01)


def _slow(top: float, times: Curve, draw: Random) -> Curve:
    """The better in the end, the slower at first."""
    return _rise(top, times, 0.03 + 0.5 * top**1.5) + _noise(times, draw, 0.01)


def _crossing(top: float, times: Curve, draw: Random) -> Curve:
    """Speed has nothing to do with quality."""
    speed = math.exp(draw.uniform(math.log(0.03), math.log(0.8)))
    return _rise(top, times, speed) + _noise(times, draw, 0.01)


def _noisy(top: float, times: Curve, draw: Random) -> Curve:
    return _rise(top, times, 0.15 * math.exp(0.5 * draw.normal())) + _noise(times, draw, 0.12)


def _chance(top: float, times: Curve, draw: Random) -> Curve:
    """At the level of chance until it takes off."""
    late = np.clip(times - draw.uniform(0, 0.35), 0, None)
    curve: Curve = 0.3 + 0.5 * top * (1 - np.exp(-late / 0.1))
    return curve + _noise(times, draw, 0.004)


def _diverging(top: float, times: Curve, draw: Random) -> Curve:
    """Three in ten break down somewhere, and keep what they had reached."""
    curve = _informative(top, times, draw)
    if draw.random() < 0.3:
        curve[int(draw.integers(1, len(times))) :] = 0.02
    return curve


def _late(top: float, times: Curve, draw: Random) -> Curve:
    """Only the end tells."""
    curve: Curve = 0.5 + 0.3 * top * times**3 + 0.1 * draw.normal() * (1 - times)
    return curve + _noise(times, draw, 0.002)


def _ending(top: float, times: Curve, draw: Random) -> Curve:
    """Informative, and ends by itself somewhere after a quarter."""
    last = max(3, int(len(times) * draw.uniform(0.25, 1)))
    return _informative(top, times, draw)[:last]


def _noise(times: Curve, draw: Random, size: float) -> Curve:
    return size * draw.normal(size=len(times))


MAKERS: Mapping[str, Maker] = {
    "informative": _informative,
    "slow": _slow,
    "crossing": _crossing,
    "noisy": _noisy,
    "chance": _chance,
    "diverging": _diverging,
    "late": _late,
    "ending": _ending,
}
