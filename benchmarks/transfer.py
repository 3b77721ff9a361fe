"""Compare a pretrained model with the same network from random weights, each at its best.

    python benchmarks/transfer.py --data ../shared/data --out transfer --max-steps 400

For every task and both sets of weights: a short search of the learning rate and the dropout with
`autoclue.tune`, then `autoclue.train` with the settings it finds, three seeds that the search did
not use. Results are lines of OUT/results.jsonl; what stands there already is not run again.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
TASKS = ("ocnli", "xnli", "afqmc", "tnews", "iflytek", "cluewsc2020")
KINDS = ("pretrained", "random")
SEARCH_SEED = 0
SEEDS = (1, 2, 3)
RATES = "learning_rate=5e-5..3e-3:log"
DROPOUTS = "dropout=0.0,0.1"
SEARCHED = ("learning_rate", "dropout")


@dataclass(frozen=True, slots=True)
class Line:
    """One result.

    Attributes:
        task: The task.
        kind: "pretrained" or "random".
        max_steps: Updates of every run; ``None`` for the recipe's epochs.
        seed: Of the run; ``None`` for the search.
        score: Accuracy on the development set, the best over the run's evaluations.
        settings: Learning rate and dropout that the search found.
        trials: Trials of the search.
    """

    task: str
    kind: str
    max_steps: int | None
    seed: int | None
    score: float
    settings: Mapping[str, float]
    trials: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is compared, and where results go."""

    data: str
    models: Mapping[str, str]
    out: Path
    max_steps: int | None
    trials: int
    parallel: int

    def lines(self) -> list[Line]:
        """Read the results so far."""
        path = self.out / "results.jsonl"
        if not path.exists():
            return []
        return [Line(**json.loads(line)) for line in path.read_text().splitlines()]

    def known(self, task: str, kind: str, seed: int | None) -> Line | None:
        """Find a result of the same length of training."""
        wanted = (task, kind, seed, self.max_steps, self.trials)
        found = [
            line
            for line in self.lines()
            if (line.task, line.kind, line.seed, line.max_steps, line.trials) == wanted
        ]
        return found[-1] if found else None

    def keep(self, line: Line) -> Line:
        """Append a result."""
        with (self.out / "results.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(line)) + "\n")
        print(json.dumps(asdict(line)), flush=True)
        return line

    def search(self, task: str, kind: str) -> Line:
        """Search the settings of one side, or take what was found before."""
        import autoclue

        known = self.known(task, kind, None)
        if known is not None:
            return known
        found = autoclue.tune(
            task,
            strategy="uniform",
            model=self.models[kind],
            data=self.data,
            space="clue_grid",
            settings=(RATES, "batch_size=32", DROPOUTS),
            trials=self.trials,
            parallel=self.parallel,
            seed=SEARCH_SEED,
            max_steps=self.max_steps,
            study=f"{task}-{kind}-{self.max_steps}-{self.trials}",
            folder=self.out / "studies",
        )
        best = found.best
        if best is None or best.best_score is None:
            raise RuntimeError(f"No trial of {task} with {kind} weights was completed.")
        settings = {name: float(str(best.config[name])) for name in SEARCHED}
        return self.keep(
            Line(task, kind, self.max_steps, None, best.best_score, settings, self.trials)
        )

    def repeat(self, task: str, kind: str, settings: Mapping[str, float]) -> None:
        """Train with the settings found, once for each seed that is missing."""
        missing = [seed for seed in SEEDS if self.known(task, kind, seed) is None]
        jobs = [
            (task, self.models[kind], self.data, {**settings, "seed": seed}, self.max_steps)
            for seed in missing
        ]
        spawn = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(self.parallel, max(1, len(jobs))), mp_context=spawn) as pool:
            for seed, score in zip(missing, pool.map(train_once, jobs), strict=True):
                self.keep(Line(task, kind, self.max_steps, seed, score, settings, self.trials))


Job = tuple[str, str, str, Mapping[str, float], "int | None"]


def train_once(job: Job) -> float:
    """Train one configuration in a process of its own, and give its score."""
    import tempfile

    import autoclue

    task, model, data, settings, max_steps = job
    with tempfile.TemporaryDirectory() as scratch:
        result = autoclue.train(
            task,
            model=model,
            data=data,
            settings=dict(settings) | {"batch_size": 32},
            max_steps=max_steps,
            folder=Path(scratch) / "run",
            device="cpu",
        )
    return result.score


def table(lines: Sequence[Line], *, max_steps: int | None) -> Iterator[str]:
    """Write the comparison as a Markdown table, in percent: mean and standard deviation."""
    yield "| task | pretrained | random weights | difference | worst pretrained - best random |"
    yield "|---|---|---|---|---|"
    for task in dict.fromkeys(line.task for line in lines):
        scores = {
            kind: [
                100 * line.score
                for line in lines
                if (line.task, line.kind, line.max_steps) == (task, kind, max_steps)
                and line.seed is not None
            ]
            for kind in KINDS
        }
        if any(len(found) < 2 for found in scores.values()):
            continue
        pretrained, random = scores["pretrained"], scores["random"]
        gap = statistics.mean(pretrained) - statistics.mean(random)
        yield (
            f"| {task} | {_spread(pretrained)} | {_spread(random)} | {gap:+.2f} "
            f"| {min(pretrained) - max(random):+.2f} |"
        )


def _spread(scores: Sequence[float]) -> str:
    return f"{statistics.mean(scores):.2f} ± {statistics.stdev(scores):.2f}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, run what is missing, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", default=str(SHARED_DATA))
    parser.add_argument("--model", default="builtin", help="the pretrained model")
    parser.add_argument("--out", type=Path, default=Path("transfer"))
    parser.add_argument("--tasks", nargs="+", default=list(TASKS))
    parser.add_argument("--max-steps", type=int, help="updates of every run; epochs if left out")
    parser.add_argument("--trials", type=int, default=8, help="of each search")
    parser.add_argument("--parallel", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args(arguments)
    given.out.mkdir(parents=True, exist_ok=True)
    random = given.out / "random-weights"
    if not (random / "config.json").exists():
        from autoclue.models import resolve_model
        from autoclue.training.small_model import build_like
        from autoclue.training.workspace import Workspace

        build_like(random, Workspace().locate(resolve_model(given.model)), seed=SEARCH_SEED)
    comparison = Comparison(
        data=given.data,
        models={"pretrained": given.model, "random": str(random)},
        out=given.out,
        max_steps=given.max_steps,
        trials=given.trials,
        parallel=given.parallel,
    )
    for task in given.tasks:
        for kind in KINDS:
            comparison.repeat(task, kind, comparison.search(task, kind).settings)
    print("\n".join(table(comparison.lines(), max_steps=given.max_steps)))


if __name__ == "__main__":
    main()
