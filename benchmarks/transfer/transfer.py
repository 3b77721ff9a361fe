"""Compare a pretrained model with the same network from random weights, each at its best.

    python benchmarks/transfer/transfer.py --data ../shared/data --out transfer

For every task and both sets of weights: one run at each of a few learning rates, then three runs
with the best of them and seeds that the choice did not see. Results are lines of
OUT/results.jsonl; what stands there already is not run again, so that tasks and sides can be run
apart.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"
TASKS = ("tnews", "ocnli", "xnli", "afqmc", "cluewsc2020", "iflytek")
PRETRAINED, RANDOM = KINDS = ("pretrained", "random")
CHOOSING_SEED = 0
SEEDS = (1, 2, 3)
RATES = (3e-4, 6e-4, 1.2e-3)


@dataclass(frozen=True, slots=True)
class Length:
    """How long a run is.

    Attributes:
        updates: Of every run.
        batch_size: Examples of an update.
        dev_rows: Rows of the development set that judge, from its beginning.
    """

    updates: int
    batch_size: int
    dev_rows: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run, without its score.

    Attributes:
        task: The task.
        kind: Which weights it begins with, one of ``KINDS``.
        rate: Peak learning rate.
        seed: ``CHOOSING_SEED`` where it helps to choose the rate, else one of ``SEEDS``.
        length: How long it is.
    """

    task: str
    kind: str
    rate: float
    seed: int
    length: Length


Scores = Mapping[Run, float]
"""Accuracy on the development set by run, the best over the run's evaluations."""


def read_scores(path: Path) -> dict[Run, float]:
    """Read the results so far."""
    if not path.exists():
        return {}
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        score = fields.pop("score")
        found[Run(**fields | {"length": Length(**fields["length"])})] = score
    return found


def best_rate(scores: Scores, task: str, kind: str, length: Length) -> float:
    """Return the rate that was best with ``CHOOSING_SEED`` in runs of that length."""
    tried = {
        run.rate: score
        for run, score in scores.items()
        if (run.task, run.kind, run.seed, run.length) == (task, kind, CHOOSING_SEED, length)
    }
    return max(tried, key=tried.__getitem__)


def limited_data(source: Path, task: str, out: Path, *, dev_rows: int) -> Path:
    """Copy a task's files, its development set cut to its first rows.

    Args:
        source: Folder with a folder for each task.
        task: The task.
        out: Is made where it is missing.
        dev_rows: Rows to keep; a tab-separated file keeps its header as well.

    Returns:
        ``out``.
    """
    for path in sorted((source / task).iterdir()):
        target = out / task / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.stem != "dev":
            shutil.copyfile(path, target)
            continue
        lines = path.read_text(encoding="utf-8").split("\n")  # texts hold other line ends
        kept = lines[: dev_rows + (path.suffix == ".tsv")]
        target.write_text("\n".join(kept).rstrip("\n") + "\n", encoding="utf-8")
    return out


def train(run: Run, *, model: str, data: Path) -> float:
    """Train once and give the score."""
    import autoclue

    with tempfile.TemporaryDirectory() as scratch:
        result = autoclue.train(
            run.task,
            model=model,
            data=str(data),
            settings={
                "learning_rate": run.rate,
                "batch_size": run.length.batch_size,
                "dropout": 0.0,
                "seed": run.seed,
            },
            max_steps=run.length.updates,
            out=Path(scratch) / "run",
            device="cpu",
        )
    return result.score


def run_missing(runs: Iterable[Run], path: Path, *, model: str, data: Path) -> None:
    """Train what the results lack, and add a line to them after each run."""
    for run in runs:
        if run in read_scores(path):
            continue
        line = json.dumps(asdict(run) | {"score": train(run, model=model, data=data)})
        with path.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        print(line, flush=True)


def table(scores: Scores) -> Iterator[str]:
    """Write the comparison as a Markdown table, in percent: mean and standard deviation."""
    yield (
        "| task | updates x batch | pretrained | random weights | difference "
        "| worst pretrained - best random |"
    )
    yield "|---|---|---|---|---|---|"
    for task in TASKS:
        lengths = [run.length for run in scores if run.task == task]
        sides = {kind: _final(scores, task, kind, lengths[-1]) for kind in KINDS if lengths}
        if not sides or any(len(found) < len(SEEDS) for found in sides.values()):
            continue
        length = lengths[-1]
        pretrained, random = (
            [100 * score for score in sides[kind].values()] for kind in (PRETRAINED, RANDOM)
        )
        rates = [next(iter(sides[kind])).rate for kind in KINDS]
        gap = statistics.mean(pretrained) - statistics.mean(random)
        yield (
            f"| {task} | {length.updates} x {length.batch_size} "
            f"| {_spread(pretrained)} (at {rates[0]:g}) | {_spread(random)} (at {rates[1]:g}) "
            f"| {gap:+.2f} | {min(pretrained) - max(random):+.2f} |"
        )


def _final(scores: Scores, task: str, kind: str, length: Length) -> dict[Run, float]:
    return {
        run: score
        for run, score in scores.items()
        if (run.task, run.kind, run.length) == (task, kind, length) and run.seed in SEEDS
    }


def _spread(scores: Sequence[float]) -> str:
    return f"{statistics.mean(scores):.2f} ± {statistics.stdev(scores):.2f}"


def random_model(folder: Path, like: str) -> str:
    """Write the same network with random weights, unless it is there; return its folder."""
    if not (folder / "config.json").exists():
        from autoclue.models import resolve_model
        from autoclue.training.data.workspace import Workspace
        from autoclue.training.model.small_model import build_like

        build_like(folder, Workspace().locate(resolve_model(like)), seed=CHOOSING_SEED)
    return str(folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, run what is missing, print the table."""
    given = _parser().parse_args(arguments)
    missing = [task for task in given.tasks if not (given.data / task).is_dir()]
    if missing:
        raise SystemExit(f"{given.data} has no {missing[0]}; pass --data, or fewer --tasks.")
    given.out.mkdir(parents=True, exist_ok=True)
    path: Path = given.out / "results.jsonl"
    length = Length(given.max_steps, given.batch_size, given.dev_rows)
    models = {PRETRAINED: given.model}
    if RANDOM in given.kinds:
        models[RANDOM] = random_model(given.out / "random-weights", given.model)
    for task in given.tasks:
        data = limited_data(given.data, task, given.out / "data", dev_rows=given.dev_rows)
        for kind in given.kinds:
            trials = [Run(task, kind, rate, CHOOSING_SEED, length) for rate in RATES]
            run_missing(trials, path, model=models[kind], data=data)
            rate = best_rate(read_scores(path), task, kind, length)
            finals = [Run(task, kind, rate, seed, length) for seed in SEEDS]
            run_missing(finals, path, model=models[kind], data=data)
    print("\n".join(table(read_scores(path))))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=SHARED_DATA)
    parser.add_argument("--model", default="builtin", help="the pretrained model")
    parser.add_argument("--out", type=Path, default=Path("transfer"))
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--max-steps", type=int, default=300, help="updates of every run")
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--dev-rows", type=int, default=2000, help="of the development set")
    return parser


if __name__ == "__main__":
    main()
