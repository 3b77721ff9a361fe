"""Ask of the built-in text whether the settings matter on it, and whether they interact.

    python -m benchmarks.builtin_text.landscape --tasks xnli tnews --out landscape

Trains every point of a small grid (learning rate, batch size, factor, frozen blocks) with several
seeds, and prints the scores, how much of their variance each setting and each pair explains, and
whether all lie between chance and 95 %; a last table sums up all tasks. Scores are lines of
OUT/TASK.jsonl; what stands there already is not trained again. ``--values``, ``--epochs``,
``--data builtin:1000`` and ``--settings learning_rate batch_size``, which leaves the others alone
and needs a folder of its own, make it cheaper.
"""

from __future__ import annotations

import argparse
import itertools
import json
import logging
import statistics
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from autoclue.tasks import find_kind, load_task, open_data
from autoclue.training import build_config

if TYPE_CHECKING:
    from autoclue.training.data.workspace import Workspace

Grid = Mapping[str, tuple[float, ...]]
"""The values of each setting; every combination is trained."""
GRID: Grid = {
    "learning_rate": (1e-4, 5e-4, 2e-3),
    "batch_size": (16, 64),
    "factor": (1.0, 1.4),
    "frozen_blocks": (0, 3),
}
WHOLE_NUMBERS = ("batch_size", "frozen_blocks")
HIGHEST = 0.95
"""Data on which every setting scores more would show nothing."""
SIGNIFICANT = 0.05
"""A setting matters, and a pair interacts, where the p value is smaller."""


@dataclass(frozen=True, slots=True)
class Line:
    """One training.

    Attributes:
        model: What was trained.
        data: What it was trained on.
        point: Its settings, in the order of ``GRID``.
        seed: The training seed.
        score: Best score on the development set, in [0, 1].
        epochs: Passes over the training set; ``None`` for those of the task's recipe.
    """

    model: str
    data: str
    point: tuple[float, ...]
    seed: int
    score: float
    epochs: int | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a setting, or a pair of them, does to the score.

    Attributes:
        names: The setting, or the two that interact.
        share: Part of the total variance that it explains, in [0, 1].
        f_ratio: Its mean square over that of what the seeds leave; near 1 where it does nothing.
        p_value: How often the seeds alone would give such a ratio or a larger one.
        means: For a setting, the mean score at each of its values.
    """

    names: tuple[str, ...]
    share: float
    f_ratio: float
    p_value: float
    means: tuple[float, ...]


def effects(scores: NDArray[np.float64], names: Sequence[str]) -> list[Effect]:
    """Analyse the variance of a balanced full grid: main effects and pairs, against the seeds.

    Sums of squares of a balanced design add up (Fisher 1925, "Statistical Methods for Research
    Workers", chapter 7), so shares do too; what three or more settings do together is left out.
    A seed gives every point the same new head, so it is a block of a randomized block design
    (Fisher 1935, "The Design of Experiments", chapter 4): what it adds to all scores alike is no
    noise.

    Args:
        scores: ``[values of the 1st setting x ... x values of the last x seeds]``, at least two
            seeds.
        names: The settings.

    Raises:
        ValueError: There are fewer than two seeds, or another number of names.
    """
    from scipy.stats import f as f_distribution

    if scores.ndim != len(names) + 1 or scores.shape[-1] < 2:
        raise ValueError(f"scores have shape {scores.shape} for {len(names)} settings and seeds")
    total = float(((scores - scores.mean()) ** 2).sum())
    seeds = scores.mean(axis=tuple(range(len(names))), keepdims=True) - scores.mean()
    left = float(((scores - seeds - scores.mean(axis=-1, keepdims=True)) ** 2).sum())
    freedom_left = (scores.size // scores.shape[-1] - 1) * (scores.shape[-1] - 1)
    found = []
    for size in (1, 2):
        for axes in itertools.combinations(range(len(names)), size):
            squares = float((_part(scores, axes) ** 2).sum())
            freedom = int(np.prod([scores.shape[axis] - 1 for axis in axes]))
            noise = left / freedom_left
            ratio = squares / freedom / noise if noise > 0 else float("inf")
            others = tuple(axis for axis in range(scores.ndim) if axis not in axes)
            found.append(
                Effect(
                    names=tuple(names[axis] for axis in axes),
                    share=squares / total if total > 0 else 0.0,
                    f_ratio=ratio,
                    p_value=float(f_distribution.sf(ratio, freedom, freedom_left)),
                    means=tuple(scores.mean(axis=others).tolist()) if size == 1 else (),
                )
            )
    return found


def _part(scores: NDArray[np.float64], axes: tuple[int, ...]) -> NDArray[np.float64]:
    """Return what some settings explain together and none of them alone, for each score."""
    part = np.zeros_like(scores)
    for size in range(len(axes) + 1):
        for some in itertools.combinations(axes, size):
            others = tuple(axis for axis in range(scores.ndim) if axis not in some)
            part += (-1) ** (len(axes) - size) * scores.mean(axis=others, keepdims=True)
    return part


def read_lines(path: Path) -> list[Line]:
    """Read what has been trained already."""
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [Line(**{**each, "point": tuple(each["point"])}) for each in found]


@dataclass(frozen=True, slots=True)
class Design:
    """What is trained on each task.

    Attributes:
        model: What is trained.
        data: What it is trained on.
        grid: The values of each setting.
        seeds: Training seeds of every point, at least two.
        epochs: Passes over the training set; ``None`` for those of the task's recipe.
    """

    model: str
    data: str
    grid: Grid
    seeds: tuple[int, ...]
    epochs: int | None = None

    def own(self, lines: Sequence[Line]) -> list[Line]:
        """Leave out lines of other models, data or lengths."""
        mine = (self.model, self.data, self.epochs)
        return [line for line in lines if (line.model, line.data, line.epochs) == mine]


def train_missing(task: str, design: Design, path: Path) -> None:
    """Train what the file lacks, one after another in this process."""
    from autoclue.training.data.workspace import Workspace
    from autoclue.training.platform.runtime import apply_switches

    known = {(line.point, line.seed) for line in design.own(read_lines(path))}
    apply_switches(gpu=False)
    workspace = Workspace()
    for seed, point in itertools.product(design.seeds, itertools.product(*design.grid.values())):
        if (point, seed) in known:
            continue
        score = _train(task, design, point, seed, workspace)
        line = Line(design.model, design.data, point, seed, score, design.epochs)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(line)) + "\n")
        print(json.dumps({"task": task, **asdict(line)}), flush=True)


def _train(
    task: str, design: Design, point: tuple[float, ...], seed: int, workspace: Workspace
) -> float:
    """Train one point and give its best score on the development set."""
    from autoclue.training.loop.trial import Trial

    given = dict(zip(design.grid, point, strict=True))
    settings = {n: int(v) if n in WHOLE_NUMBERS else v for n, v in given.items()} | {"seed": seed}
    if design.epochs is not None:
        settings["epochs"] = design.epochs
    config = build_config(
        load_task(task).recipe,
        task=task,
        model=design.model,
        data=design.data,
        strategy="discriminative",
        settings=settings,
    )
    trial = Trial(config, workspace, device="cpu", log=logging.Logger("quiet"))
    while trial.advance() is not None:
        pass
    if trial.best is None:
        raise RuntimeError(f"{config} was never evaluated")
    return trial.best.score


def as_array(lines: Sequence[Line], grid: Grid, seeds: Sequence[int]) -> NDArray[np.float64]:
    """Put the scores of a whole grid into an array, as ``effects`` takes it."""
    held = {(line.point, line.seed): line.score for line in lines}
    points = itertools.product(*grid.values())
    flat = [held[point, seed] for point in points for seed in seeds]
    return np.array(flat).reshape(*(len(values) for values in grid.values()), len(seeds))


def chance(task: str, data: str) -> float:
    """Return the share of the commonest answer of the development set, which needs no model.

    It is the commonest label, choice or place of an idiom; for answers that stand in a text, the
    commonest text.
    """
    spec = load_task(task)
    references = find_kind(spec.kind).references(open_data(spec, data).examples("dev"))
    return max(Counter(references).values()) / len(references)


def report(scores: NDArray[np.float64], grid: Grid, *, floor: float) -> Iterator[str]:
    """Write the scores and what explains them, as Markdown."""
    yield f"| {' | '.join(grid)} | mean % | seeds |"
    yield "|---" * (len(grid) + 2) + "|"
    flat = scores.reshape(-1, scores.shape[-1])
    for point, row in zip(itertools.product(*grid.values()), flat, strict=True):
        settings = " | ".join(f"{value:g}" for value in point)
        each = ", ".join(f"{100 * score:.1f}" for score in row)
        yield f"| {settings} | {100 * row.mean():.1f} | {each} |"
    spread = float(np.sqrt(flat.var(axis=1, ddof=1).mean()))
    inside = [floor <= score <= HIGHEST for score in flat.mean(axis=1)]
    yield ""
    yield (
        f"Mean scores from {100 * flat.mean(axis=1).min():.1f} to "
        f"{100 * flat.mean(axis=1).max():.1f} %; the commonest answer has {100 * floor:.1f} %. "
        f"{sum(inside)} of {len(inside)} settings lie between that and {100 * HIGHEST:g} %. "
        f"Median over settings {100 * statistics.median(flat.mean(axis=1).tolist()):.1f} %, "
        f"standard deviation between seeds {100 * spread:.2f} points."
    )
    yield ""
    yield "| what | part of the variance | F | p | mean % at each value |"
    yield "|---|---|---|---|---|"
    for effect in effects(scores, list(grid)):
        means = ", ".join(f"{100 * mean:.1f}" for mean in effect.means)
        yield (
            f"| {' x '.join(effect.names)} | {100 * effect.share:.1f} % | {effect.f_ratio:.1f} "
            f"| {effect.p_value:.2g} | {means} |"
        )


def summary(
    tasks: Mapping[str, NDArray[np.float64]], grid: Grid, floors: Mapping[str, float]
) -> Iterator[str]:
    """Write a row for each task, as Markdown: its range, each setting's part, pairs that interact.

    Args:
        tasks: Scores as ``effects`` takes them, by task.
        grid: The values of each setting.
        floors: Share of the commonest answer, by task.
    """
    yield f"| task | commonest answer % | mean scores % | {' | '.join(grid)} | interact |"
    yield "|---" * (len(grid) + 4) + "|"
    for task, scores in tasks.items():
        found = effects(scores, list(grid))
        means = 100 * scores.mean(axis=-1)
        each = [
            f"{100 * effect.share:.1f} % ({effect.p_value:.2g})"
            for effect in found
            if len(effect.names) == 1
        ]
        pairs = [
            " x ".join(effect.names)
            for effect in found
            if len(effect.names) == 2 and effect.p_value < SIGNIFICANT
        ]
        yield (
            f"| {task} | {100 * floors[task]:.1f} | {means.min():.1f} to {means.max():.1f} "
            f"| {' | '.join(each)} | {', '.join(pairs) or 'none'} |"
        )


def with_values(texts: Sequence[str]) -> Grid:
    """Return the grid with other values for some settings.

    Args:
        texts: ``NAME=VALUE,VALUE``, each name one of ``GRID``.

    Raises:
        ValueError: A name is unknown, or a setting has fewer than two values.
    """
    grid = dict(GRID)
    for text in texts:
        name, _, values = text.partition("=")
        numbers = tuple(float(value) for value in values.split(","))
        if name not in GRID or len(set(numbers)) < 2:
            raise ValueError(f"{text} does not give two values or more to one of {list(GRID)}")
        grid[name] = numbers
    return grid


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, train what is missing, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--tasks", nargs="+", default=["xnli"])
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--data", default="builtin")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2])
    parser.add_argument("--values", nargs="+", default=[], metavar="NAME=VALUE,VALUE")
    parser.add_argument(
        "--settings", nargs="+", choices=list(GRID), default=list(GRID), help="default: all four"
    )
    parser.add_argument("--epochs", type=int, help="default: those of each task's recipe")
    parser.add_argument("--out", type=Path, default=Path("landscape"))
    given = parser.parse_args(arguments)
    grid = {name: with_values(given.values)[name] for name in GRID if name in given.settings}
    design = Design(given.model, given.data, grid, tuple(given.seeds), given.epochs)
    given.out.mkdir(parents=True, exist_ok=True)
    scores, floors = {}, {}
    for task in given.tasks:
        path = given.out / f"{task}.jsonl"
        train_missing(task, design, path)
        scores[task] = as_array(design.own(read_lines(path)), grid, design.seeds)
        floors[task] = chance(task, given.data)
        print("\n".join([f"## {task}", "", *report(scores[task], grid, floor=floors[task]), ""]))
    print("\n".join(summary(scores, grid, floors)))


if __name__ == "__main__":
    main()
