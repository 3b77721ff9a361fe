"""Search quality on real fine-tuning: the whole grid once, then the search at a share of it.

    python -m benchmarks.real_search.real_search --data ../shared/data --out real-search

For each task: the 12 points of the published grid, each to its end (`--sampler grid --scheduler
none`); then the default search (TPE, the default scheduler) over the same ranges, with a share of
the grid's updates (`--step-budget`), once for each root seed. A small model needs larger
learning rates than the published ones, which are for models of a hundred million parameters: all
of them, the default's too, are multiplied by `--rate-scale`. At last, without any training, the
same search over the grid's own points, with many seeds (`real_search_points.py`). Everything is a
study of autoclue's own in OUT/studies, so the same command goes on where it was interrupted, and
trains nothing twice.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from benchmarks.real_search.figures import (
    Compared,
    comparison_table,
    found_in,
    replay_table,
    time_table,
)
from benchmarks.real_search.points import points, points_table

if TYPE_CHECKING:
    from autoclue.records import StudyRecord
    from autoclue.results import StudyResult
    from autoclue.search.replay.replay import Replay
    from autoclue.tasks import ClassificationSpec

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"
TASKS = ("tnews", "xnli", "ocnli")
SHARES = (0.25, 0.5, 0.75)
"""Of the grid's updates, for the searches over its points."""
GRID_SPACE = "clue_grid"
ENOUGH = 1000
"""Trials that no budget of updates reaches."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is compared, equal for all tasks.

    Attributes:
        data: Folder in the publishers' files.
        model: What ``--model`` takes.
        out: Where task files and studies go.
        max_steps: Updates of every trial.
        eval_every: Updates between evaluations.
        dev_rows: Rows of the development set that score; ``None`` for all.
        max_length: Tokens of an input; ``None`` for the recipe's.
        rate_scale: What the published learning rates are multiplied by.
        share: Of the grid's updates, for each search.
        seeds: Root seeds 0, 1, ... of the searches.
        strategy: Of the searches; the grid is always ``uniform``.
        parallel: Trials at once; ``None`` fills the cores.
    """

    data: Path
    model: str
    out: Path
    max_steps: int
    eval_every: int
    dev_rows: int | None
    max_length: int | None
    rate_scale: float
    share: float
    seeds: int
    strategy: str
    parallel: int | None

    def rate(self, published: float) -> float:
        """Return the learning rate that stands for a published one, with three digits."""
        return float(f"{published * self.rate_scale:.3g}")


def write_task(name: str, setting: Setting) -> Path:
    """Write the task as a file of the user's own, with the scaled default and the limits.

    The folder beside it holds the rows: the training file is a link to the publisher's, the
    development file its first rows.
    """
    from autoclue.tasks import ClassificationSpec, load_task, open_data

    spec = ClassificationSpec.of(load_task(name))
    data = open_data(spec, str(setting.data))
    folder = setting.out / "tasks" / name
    folder.mkdir(parents=True, exist_ok=True)
    train, dev = data.path("train"), data.path("dev")
    link = folder / train.name
    if not link.is_symlink():
        link.symlink_to(train.resolve())
    (folder / dev.name).write_text(_first_rows(dev, spec, setting.dev_rows), encoding="utf-8")
    raw = spec.model_dump(mode="json", exclude_unset=True)
    raw["files"] = {"train": [train.name], "dev": [dev.name]}
    for key in ("download", "alternatives"):
        raw.pop(key, None)
    for key in ("labelled_splits", "drop_labels"):
        raw.pop(key, None)
    if spec.drop_labels:
        raw["drop_labels"] = {s: list(v) for s, v in spec.drop_labels.items() if s in raw["files"]}
    raw["recipe"] = {
        **raw.get("recipe", {}),
        "learning_rate": setting.rate(spec.recipe.learning_rate),
        "eval_every_steps": setting.eval_every,
    }
    if setting.max_length is not None:
        raw["recipe"]["max_length_tokens"] = setting.max_length
    path = folder / f"{name}.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True), encoding="utf-8")
    return path


def _first_rows(path: Path, spec: ClassificationSpec, rows: int | None) -> str:
    lines = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    heading = int(spec.header) + spec.skip_lines
    return "\n".join(lines if rows is None else lines[: heading + rows]) + "\n"


def grid_rates(setting: Setting) -> tuple[float, ...]:
    """Return the grid's learning rates, ascending."""
    from autoclue.space import Choice, load_space

    published = load_space(GRID_SPACE).parameters["learning_rate"]
    if not isinstance(published, Choice):
        raise TypeError(f"{GRID_SPACE} has no list of learning rates")
    return tuple(sorted(setting.rate(float(str(value))) for value in published.values()))


def run_grid(name: str, task: Path, setting: Setting) -> StudyResult:
    """Run the whole grid; what is there already is not run again."""
    import autoclue

    rates = ",".join(f"{rate:g}" for rate in grid_rates(setting))
    return autoclue.tune(
        str(task),
        strategy="uniform",
        model=setting.model,
        data=str(task.parent),
        space=GRID_SPACE,
        settings=(f"learning_rate={rates}",),
        trials=ENOUGH,
        parallel=setting.parallel,
        sampler="grid",
        scheduler="none",
        max_steps=setting.max_steps,
        study=f"{name}-grid",
        folder=setting.out / "studies",
    )


def run_search(name: str, task: Path, setting: Setting, *, seed: int, budget: int) -> StudyResult:
    """Run the default search with so many updates, over the ranges of the grid."""
    import autoclue

    rates = grid_rates(setting)
    return autoclue.tune(
        str(task),
        strategy=setting.strategy,
        model=setting.model,
        data=str(task.parent),
        settings=(f"learning_rate={rates[0]:g}..{rates[-1]:g}:log",),
        trials=ENOUGH,
        step_budget=budget,
        parallel=setting.parallel,
        seed=seed,
        max_steps=setting.max_steps,
        study=f"{name}-{setting.strategy}-{seed}",
        folder=setting.out / "studies",
    )


def compare(name: str, setting: Setting) -> tuple[Compared, StudyRecord]:
    """Run what is missing of a task, and give its figures and its grid."""
    task = write_task(name, setting)
    whole = run_grid(name, task, setting).study
    grid = found_in(whole)
    print(f"{name}: grid {grid}", flush=True)
    budget = round(setting.share * grid.updates)
    searches = []
    for seed in range(setting.seeds):
        found = run_search(name, task, setting, seed=seed, budget=budget)
        searches.append(found_in(found.study))
        print(f"{name}: search with seed {seed} {searches[-1]}", flush=True)
    return Compared(name, grid, budget, setting.max_steps, tuple(searches)), whole


def replays(names: Sequence[str], setting: Setting) -> Iterator[tuple[str, Replay]]:
    """Replay every scheduler over each grid."""
    import autoclue

    for name in names:
        for each in autoclue.replay(f"{name}-grid", folder=setting.out / "studies"):
            yield name, each


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, run what is missing task by task, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--out", type=Path, default=Path("real-search"))
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    parser.add_argument("--max-steps", type=int, default=300, help="updates of every trial")
    parser.add_argument("--eval-every", type=int, default=50, help="updates")
    parser.add_argument("--dev-rows", type=int, help="rows that score; default: all")
    parser.add_argument("--max-length", type=int, help="tokens; default: the recipe's")
    parser.add_argument("--rate-scale", type=float, default=20.0)
    parser.add_argument("--share", type=float, default=0.25, help="of the grid's updates")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--strategy", default="uniform", help="of the searches")
    parser.add_argument("--parallel", type=int, help="trials at once; default: fill the cores")
    parser.add_argument("--replays", type=int, default=200, help="searches over a grid's points")
    parser.add_argument("--json", type=Path, help="write every figure")
    given = vars(parser.parse_args(arguments))
    names, target, seeds = (given.pop(name) for name in ("tasks", "json", "replays"))
    setting = Setting(**given)
    found = {name: compare(name, setting) for name in names}
    rows = [row for row, _ in found.values()]
    over_points = [
        each
        for name, (_, grid) in found.items()
        for each in points(name, grid, shares=SHARES, seeds=seeds)
    ]
    replayed = tuple(replays(names, setting))
    tables = (
        comparison_table(rows), time_table(rows), points_table(over_points), replay_table(replayed)
    )  # fmt: skip
    print("\n" + "\n\n".join("\n".join(table) for table in tables))
    if target is not None:
        kept = {
            "searches": [asdict(row) for row in rows],
            "points": [asdict(row) for row in over_points],
        }
        target.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
