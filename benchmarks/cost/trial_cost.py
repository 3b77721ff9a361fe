"""Compare what a trial costs in autoclue's worker with a plain PaddleNLP loop, in one run.

    python benchmarks/cost/trial_cost.py --task ocnli --data ../shared/data --steps 400

Four runs on the same data, model and settings: (a) the plain loop as it comes, (b) the plain loop
with the environment switches that autoclue's worker sets, (c) a trial in a new worker process, and
(d) the same trial again in that process. Then a search of several such trials, two at once.
Of a reading task, the plain loop is started once before, to tokenize the training set, which its
script keeps. Exits with 1 when losses or scores disagree.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED_DATA = ROOT.parent / "shared" / "data"
RUNS = {
    "a": "plain loop as it comes",
    "b": "plain loop, same switches",
    "c": "autoclue, new worker",
    "d": "autoclue, reused worker",
}
LAST_PRINTED_DIGIT = 1e-6


@dataclass(frozen=True)
class Evaluation:
    """What a run found at one evaluation.

    Attributes:
        step: Steps done.
        train_loss: Of the last training batch, in nats.
        score: The primary score on the development set.
        eval_s: Seconds that it took.
        dev_loss: Mean over the development set, in nats; ``None`` where the plain loop has none,
            as its script hasn't.
    """

    step: int
    train_loss: float
    score: float
    eval_s: float
    dev_loss: float | None = None


@dataclass(frozen=True)
class Cost:
    """What one run took.

    Attributes:
        first_step_s: Seconds from the beginning to the end of the first step.
        steps_per_s: Speed of training, evaluations left out.
        eval_s: Mean seconds of an evaluation.
        total_s: Seconds from the beginning to the end.
        cpu_s: Processor time within them; what counts on a machine that others use too.
        cpu_after_first_step_s: The part of it that begins with the end of the first step: of a
            trial so long that its start counts for nothing, all of it.
        peak_mb: Largest resident size of the process so far, in MB.
        evaluations: In order.
    """

    first_step_s: float
    steps_per_s: float
    eval_s: float
    total_s: float
    cpu_s: float
    cpu_after_first_step_s: float
    peak_mb: float
    evaluations: tuple[Evaluation, ...]


def main() -> int:
    """Run the comparison of the command line; return the exit code."""
    given = arguments()
    data = given.data or SHARED_DATA
    if not data.is_dir():
        print(f"There is no folder {data}; pass --data with the publisher's files.")
        return 2
    with tempfile.TemporaryDirectory(prefix="autoclue-bench-") as name:
        scratch = Path(name)
        data = prepare(given, data, scratch)
        model = given.model or scratch / "model"
        job = [
            *("--task", given.task, "--data", str(data.resolve())),
            *("--model", str(model.resolve())),
        ]
        caches = [scratch / f"cache-{n}" for n in range(given.rounds)]
        rounds = [compare(job, given.steps, cache) for cache in caches]
        costs = {run: median([costs[run] for costs in rounds]) for run in RUNS}
        print_costs(costs)
        problems = [p for costs in rounds for p in disagreements(costs)]
        figures: dict[str, object] = {run: asdict(cost) for run, cost in costs.items()}
        if given.search_trials > 0:
            search_s = time_search(given, data, model, scratch)
            plain_s = given.search_trials * costs["a"].total_s
            print_search(given.search_trials, search_s, plain_s)
            figures["search"] = {"trials": given.search_trials, "total_s": search_s}
    if given.json is not None:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for problem in problems:
        print(problem)
    print("Losses and scores differ." if problems else "Losses and scores agree.")
    return 1 if problems else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--task", default="ocnli")
    parser.add_argument("--data", type=Path, help="publisher's files; default: ../shared/data")
    parser.add_argument("--model", type=Path, help="default: a small one is built for the run")
    parser.add_argument(
        "--steps", "--updates", type=int, default=400, help="length of every trial"
    )
    parser.add_argument("--train-rows", type=int, help="first rows to train on; default: all")
    parser.add_argument("--dev-rows", type=int, help="first rows to score; default: all")
    parser.add_argument("--rounds", type=int, default=1, help="repetitions; medians are shown")
    parser.add_argument("--search-trials", type=int, default=8, help="0 leaves the search out")
    parser.add_argument("--json", type=Path, help="write all figures to this file")
    return parser.parse_args()


def prepare(given: argparse.Namespace, data: Path, scratch: Path) -> Path:
    """Cut the data to its first rows, and build a model where none is given.

    The model has 4 layers and width 128, and the characters of the data. Both are made in a
    process of their own, so that this one stays small and clean.

    Args:
        given: The command line.
        data: Folder of the publisher's files.
        scratch: Gets both.

    Returns:
        The folder of the data to use.
    """
    code = (
        "import json, sys; from pathlib import Path\n"
        "from autoclue.tasks import load_task, open_data\n"
        "from autoclue.training.model import *\n"
        "from benchmarks.first_rows import first_rows\n"
        "task, source, out, model, rows = sys.argv[1:]\n"
        "spec = load_task(task)\n"
        "first_rows(spec, Path(source), Path(out), json.loads(rows))\n"
        "data = open_data(spec, out)\n"
        "examples = [e for split in ('train', 'dev') for e in data.examples(split)]\n"
        "if model:\n"
        "    build_small_model(Path(model), SmallModel(), characters_of(texts_in(examples)))\n"
    )
    rows = json.dumps({"train": given.train_rows, "dev": given.dev_rows})
    model = "" if given.model else str(scratch / "model")
    done = subprocess.run(
        [sys.executable, "-c", code, given.task, data, scratch / "data", model, rows],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"The data can't be prepared:\n{done.stderr}")
    return scratch / "data"


def compare(job: Sequence[str], steps: int, cache: Path) -> dict[str, Cost]:
    """Run (a) to (d) once, one after another.

    Args:
        job: Options that all runs share.
        steps: Length of the schedule.
        cache: An empty feature cache, so that a new worker has everything to make.
    """
    from autoclue.training.platform.runtime import choose_switches, read_cpu

    switches = {s.name: s.value for s in choose_switches(read_cpu(), os.environ, gpu=False)}
    own_cache = {"AUTOCLUE_CACHE": str(cache)}
    run("plain_clue_loop", [*job, "--max-steps", "0"], environment=own_cache)
    job = [*job, "--max-steps", str(steps)]
    (as_it_comes,) = run("plain_clue_loop", job, environment=own_cache)
    (switched,) = run("plain_clue_loop", job, environment=own_cache | switches)
    new, reused = run("worker_trials", [*job, "--trials", "2"], environment=own_cache)
    return {"a": as_it_comes, "b": switched, "c": new, "d": reused}


def run(module: str, options: Sequence[str], *, environment: Mapping[str, str]) -> list[Cost]:
    """Run a benchmark module in a fresh process and gather what it measures, run by run.

    Args:
        module: Name within this folder.
        options: Its command line.
        environment: Variables to add.

    Raises:
        SystemExit: It failed.
    """
    print(f"{module} {' '.join(f'{k}={v}' for k, v in environment.items())}", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.cost.{module}", *options],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"{module} failed:\n{done.stderr}")
    lines = [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]
    costs = []
    first_step_s = first_step_cpu_s = 0.0
    evaluations: list[Evaluation] = []
    for line in lines:
        if line["event"] == "first_step":
            first_step_s, first_step_cpu_s = line["seconds"], line["cpu_s"]
        elif line["event"] == "evaluation":
            names = Evaluation.__dataclass_fields__
            evaluations.append(Evaluation(**{n: line[n] for n in names if n in line}))
        else:
            costs.append(
                Cost(
                    first_step_s=first_step_s,
                    steps_per_s=line["steps_per_s"],
                    eval_s=statistics.mean(e.eval_s for e in evaluations),
                    total_s=line["seconds"],
                    cpu_s=line["cpu_s"],
                    cpu_after_first_step_s=line["cpu_s"] - first_step_cpu_s,
                    peak_mb=line["peak_mb"],
                    evaluations=tuple(evaluations),
                )
            )
            evaluations = []
    return costs


def median(costs: Sequence[Cost]) -> Cost:
    """Take the median of each figure over several rounds; evaluations are those of the first."""
    return Cost(
        first_step_s=statistics.median(c.first_step_s for c in costs),
        steps_per_s=statistics.median(c.steps_per_s for c in costs),
        eval_s=statistics.median(c.eval_s for c in costs),
        total_s=statistics.median(c.total_s for c in costs),
        cpu_s=statistics.median(c.cpu_s for c in costs),
        cpu_after_first_step_s=statistics.median(c.cpu_after_first_step_s for c in costs),
        peak_mb=statistics.median(c.peak_mb for c in costs),
        evaluations=costs[0].evaluations,
    )


def disagreements(costs: Mapping[str, Cost]) -> list[str]:
    """List where a run's curve differs from that of the plain loop.

    Training losses and scores must be equal to the last bit. A loss on the development set is
    a mean over other batches here than there, so that its last printed digit (the sixth) may
    differ by one.
    """
    problems = []
    reference = costs["a"].evaluations
    for name, cost in costs.items():
        if [e.step for e in cost.evaluations] != [e.step for e in reference]:
            problems.append(f"({name}) evaluates at other steps than (a).")
            continue
        for ours, plain in zip(cost.evaluations, reference, strict=True):
            where = f"at step {ours.step} of ({name})"
            for figure, got, expected, tolerance in (
                ("training loss", ours.train_loss, plain.train_loss, 0.0),
                ("score", ours.score, plain.score, 0.0),
                ("development loss", ours.dev_loss, plain.dev_loss, LAST_PRINTED_DIGIT),
            ):
                if got is None or expected is None:
                    continue
                if not abs(got - expected) <= tolerance:
                    problems.append(f"The {figure} {where} is {got!r}; (a) has {expected!r}.")
    return problems


def time_search(given: argparse.Namespace, data: Path, model: Path, scratch: Path) -> float:
    """Search as many trials of equal length, two at once, in a fresh process.

    Only the learning rate varies, so that every trial costs the same; none is stopped early.

    Returns:
        Seconds from the start of the process to its end.

    Raises:
        SystemExit: The search failed.
    """
    code = (
        "import sys, autoclue\n"
        "task, data, model, trials, steps, folder, batch = sys.argv[1:]\n"
        "result = autoclue.tune(task=task, model=model, data=data, strategy='uniform',\n"
        "    sampler='random', scheduler='none', trials=int(trials), parallel=2,\n"
        "    max_steps=int(steps), folder=folder, space='clue_grid',\n"
        "    settings=['batch_size=' + batch, 'learning_rate=1e-5..5e-5:log', 'dropout=0.1'])\n"
        "states = [trial.state.value for trial in result.study.trials]\n"
        "sys.exit(0 if states == ['COMPLETE'] * int(trials) else str(states))\n"
    )
    from autoclue.tasks import load_task

    batch_size = load_task(given.task).recipe.batch_size
    where = (data.resolve(), model.resolve(), given.search_trials, given.steps)
    options = [str(value) for value in (*where, scratch / "studies", batch_size)]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, given.task, *options],
        cwd=ROOT,
        env={**os.environ, "AUTOCLUE_CACHE": str(scratch / "cache-search")},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise SystemExit(f"The search failed:\n{done.stdout}\n{done.stderr}")
    return time.perf_counter() - began


def print_costs(costs: Mapping[str, Cost]) -> None:
    """Print a row for each run, and how many times more the plain runs take."""
    head = ("1st step s", "steps/s", "eval s", "total s", "CPU s", "peak MB")
    print(f"{'':32}" + "".join(f"{name:>13}" for name in head))
    for name, cost in costs.items():
        speed = (cost.first_step_s, cost.steps_per_s, cost.eval_s)
        row = (*speed, cost.total_s, cost.cpu_s, cost.peak_mb)
        print(f"{f'({name}) {RUNS[name]}':32}" + "".join(f"{value:13.2f}" for value in row))
    for slow, fast in (("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")):
        total = costs[slow].total_s / costs[fast].total_s
        cpu = costs[slow].cpu_s / costs[fast].cpu_s
        later = costs[slow].cpu_after_first_step_s / costs[fast].cpu_after_first_step_s
        print(
            f"({slow}) / ({fast}): total {total:.2f}, CPU {cpu:.2f}, "
            f"CPU after the first step {later:.2f}"
        )
    for name in ("c", "d"):
        ratio = costs[name].peak_mb / costs["a"].peak_mb
        print(f"({name}) / (a): peak memory {ratio:.3f}")


def print_search(trials: int, search_s: float, plain_s: float) -> None:
    """Print what a search takes against as many plain runs one after another."""
    print(f"search of {trials} trials, two at once: {search_s:.1f} s")
    print(f"{trials} x total (a) / search: {plain_s / search_s:.2f}")


if __name__ == "__main__":
    sys.exit(main())
