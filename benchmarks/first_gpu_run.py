"""Try on a GPU, once, what could be tested without one only in part, and print a table.

    python benchmarks/first_gpu_run.py --out first-gpu-run.md

It trains for some minutes: the model and text that ship, unless others are given, each training
in a process of its own. The table is Markdown, to be pasted into ``docs/gpus.md``.
``--device cpu`` runs what a CPU can, which is how the script itself is tested.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from autoclue.errors import AutoclueError
from autoclue.models.shipped import shipped_folder
from autoclue.search.cards import WORTH, ask_for_memory, fitting_share, is_worthwhile, speedup
from autoclue.tasks import load_task
from autoclue.training import TrialConfig, build_config
from autoclue.training.platform import count_gpus, hardware, open_cards, versions

TOLERANCES: Final[Mapping[str, float]] = {"cpu": 1e-6, "gpu": 1e-3}
"""By how much training and development loss may differ from those of a plain loop, in nats. On a
CPU the training loss is the same to the last bit; a GPU sums in another order where batches do."""
SCORE_TOLERANCE: Final = 0.005
"""The same of the accuracy on a GPU, where a row near the border may fall to either side."""
MOST_AT_ONCE: Final = 4
ROOT: Final = Path(__file__).parents[1]

Curve = list[dict[str, float]]
"""Step, training loss, development loss and score of each evaluation."""


@dataclass(frozen=True)
class Scene:
    """What is tried, and on what.

    Attributes:
        device: ``cpu`` or ``gpu``.
        task: A task, and the plain loop knows its kind.
        data: Where its text is.
        model: A folder or hub name.
        steps: Steps of each training.
        folder: Where trainings leave what they keep.
    """

    device: str
    task: str
    data: str
    model: str
    steps: int
    folder: Path

    def config(self, **settings: Any) -> TrialConfig:
        """Return the configuration that is trained, with some settings replaced."""
        return build_config(
            load_task(self.task).recipe,
            task=self.task,
            model=self.model,
            data=self.data,
            strategy="uniform",
            settings={"max_steps": self.steps, **settings},
        )


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        check: What was tried.
        found: What was measured.
        verdict: "ok", "not ok", or "skipped" with a reason.
    """

    check: str
    found: str
    verdict: str


class SkipError(Exception):
    """A check can't be run here; the text says why."""


def parity(scene: Scene) -> Row:
    """Compare losses and scores with a plain PaddleNLP loop of the same settings."""
    ours = train(scene, "parity")
    lines = run_python(
        *("-m", "benchmarks.cost.plain_clue_loop", "--task", scene.task, "--data", scene.data),
        *("--model", scene.model, "--max-steps", str(scene.steps), "--device", scene.device),
    )
    plain = [each for each in lines if each["event"] == "evaluation"]
    tolerance = TOLERANCES[scene.device]
    losses = [
        abs(one[name] - other[name])
        for one, other in zip(ours, plain, strict=True)
        for name in ("train_loss", "dev_loss")
    ]
    scores = [abs(one["score"] - other["score"]) for one, other in zip(ours, plain, strict=True)]
    good = max(losses) <= tolerance and max(scores) <= (
        SCORE_TOLERANCE if scene.device == "gpu" else 0.0
    )
    return Row(
        f"losses and accuracy of a plain loop, {scene.steps} steps",
        f"losses within {max(losses):.1e} (allowed {tolerance:.0e}), "
        f"accuracy within {100 * max(scores):.2f} points",
        "ok" if good else "not ok",
    )


def deterministic(scene: Scene) -> Row:
    """Train the same twice, in two processes, with the deterministic switches."""
    first, second = (train(scene, f"again-{number}") for number in (1, 2))
    largest = max(
        abs(one[name] - other[name])
        for one, other in zip(first, second, strict=True)
        for name in ("train_loss", "dev_loss", "score")
    )
    same = largest == 0
    return Row(
        "the same training twice",
        "the same digits" if same else f"digits differ by up to {largest:.1e}",
        "ok" if same else "not ok",
    )


def memory(scene: Scene) -> Row:
    """Probe what a training takes of the device."""
    found = ask_for_memory(scene.config(), scene.device)
    share = fitting_share(
        peak_bytes=found.peak_bytes,
        room_bytes=max(found.room_bytes, found.peak_bytes),
        context_bytes=found.context_bytes,
    )
    limit = "" if share.limit_mib is None else f", with a limit of {share.limit_mib:,} MiB each"
    return Row(
        f"memory of a training on {found.device}",
        f"{found.peak_bytes / 2**20:,.0f} MiB of {found.room_bytes / 2**20:,.0f} MiB, of it "
        f"{found.context_bytes / 2**20:,.0f} MiB context; {share.per_card} fit"
        + (limit if scene.device == "gpu" else ""),
        "ok" if found.peak_bytes > 0 else "not ok",
    )


def packing(scene: Scene) -> Row:
    """Train several at once on the device, and compare with one alone."""
    found = ask_for_memory(scene.config(), scene.device)
    fitting = max(1, int(found.room_bytes / max(1, found.peak_bytes) / 1.15))
    at_once = min(MOST_AT_ONCE if scene.device == "gpu" else 2, fitting)
    if at_once < 2:
        raise SkipError("only one training fits")
    (alone,), together = speeds(scene, 1), speeds(scene, at_once)
    factor = speedup(alone=alone, together=sum(together) / len(together), at_once=len(together))
    kept = "kept" if is_worthwhile(factor) else f"not kept (worth it above {WORTH:g})"
    return Row(
        f"{at_once} trainings at once",
        f"{alone:.1f} steps/s alone, {', '.join(f'{each:.1f}' for each in together)} together: "
        f"{factor:.2f} times as fast, {kept}",
        "ok",
    )


def shared_search(scene: Scene) -> Row:
    """Run a small search that finds out by itself how many trials share a GPU."""
    if scene.device != "gpu":
        raise SkipError("needs a GPU")
    words = ("--trials", "8", "--eval-every", str(max(1, scene.steps // 10)))
    told = tune(scene, "shared", *words, "--scheduler", "none", "--gpus-per-trial", "auto")
    sharing, complete = told["gpu_sharing"], told["counts"]["COMPLETE"]
    return Row(
        "a search of 8 trials with --gpus-per-trial auto",
        f"{sharing['fitting']} fit, {sharing['per_card']} shared a GPU in the end, together "
        f"{sharing['speedup'] or 1:.2f} times as fast; {complete} of 8 complete",
        "ok" if complete == 8 else "not ok",
    )


def bf16(scene: Scene) -> Row:
    """Train in bfloat16, which protocol clue refuses."""
    if scene.device != "gpu":
        raise SkipError("needs a GPU")
    full = train(scene, "full", protocol="sound")
    mixed = train(scene, "half", protocol="sound", precision="bf16")
    apart = abs(full[-1]["score"] - mixed[-1]["score"])
    faster = mixed[-1]["steps_per_s"] / full[-1]["steps_per_s"]
    return Row(
        "training with --precision bf16",
        f"{faster:.2f} times as fast; the last accuracy is {100 * apart:.2f} points apart",
        "ok" if apart <= 0.02 else "not ok",
    )


def two_cards(scene: Scene) -> Row:
    """Train on two GPUs, where there are two."""
    if scene.device != "gpu" or count_gpus() < 2:
        raise SkipError(f"needs two GPUs, and {count_gpus()} can be used")
    told = tune(scene, "two-cards", "--trials", "1", "--cards-per-trial", "2")
    good = told["counts"]["COMPLETE"] == 1
    return Row(
        "a trial on two GPUs",
        f"accuracy {told['winner']['score']:.4f}" if good else "it failed",
        "ok" if good else "not ok",
    )


CHECKS: Final[Mapping[str, Callable[[Scene], Row]]] = {
    "parity": parity,
    "deterministic": deterministic,
    "memory": memory,
    "packing": packing,
    "shared search": shared_search,
    "bf16": bf16,
    "two cards": two_cards,
}


def tune(scene: Scene, study: str, *words: str) -> Any:
    """Run a search as the command line does; return what its results.json holds."""
    run_python(
        *("-c", "from autoclue.cli import main; raise SystemExit(main())", "tune"),
        *("--task", scene.task, "--data", scene.data, "--model", scene.model),
        *("--max-steps", str(scene.steps), "--study", study, "--folder", str(scene.folder)),
        *words,
    )
    return json.loads((scene.folder / study / "results.json").read_text(encoding="utf-8"))


def train(scene: Scene, name: str, **settings: Any) -> Curve:
    """Train in a process of its own; return its evaluations."""
    asked = {
        "config": scene.config(**settings).model_dump(),
        "device": scene.device,
        "folder": str(scene.folder / name),
    }
    found: Curve = run_python("-m", "benchmarks.first_gpu_run", "--train", json.dumps(asked))
    return found


def speeds(scene: Scene, count: int) -> list[float]:
    """Train so many at once, each in a process of its own; return the steps per second of each.

    They load everything first, and begin together.
    """
    asked = json.dumps({"config": scene.config().model_dump(), "device": scene.device})
    command = [sys.executable, "-m", "benchmarks.first_gpu_run", "--speed", asked]
    running = [
        subprocess.Popen(
            *(command,), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(count)
    ]
    for each in running:
        _next_line(each)  # it has loaded everything
    for each in running:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    found = [float(json.loads(_next_line(each))["steps_per_s"]) for each in running]
    for each in running:
        each.communicate()
    return found


def _next_line(process: subprocess.Popen[str]) -> str:
    """Return the next line of JSON that a process prints, past the words of its libraries."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("{"):
            return line
    raise AutoclueError(f"A training ended early, with exit code {process.wait()}.")


def run_python(*words: str) -> Any:
    """Run Python in a process of its own; return the lines of JSON that it prints.

    Raises:
        AutoclueError: It fails.
    """
    variables = {"FLAGS_cudnn_deterministic": "True"}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).split("\n")[-1]
        raise AutoclueError(f"{' '.join(words)[:80]} failed: {said[:300]}")
    return [json.loads(line) for line in done.stdout.split("\n") if line.startswith("{")]


def _train_here(asked: Mapping[str, Any]) -> None:
    """Train, and print an evaluation a line."""
    from autoclue.training.single import train_config

    folder = Path(asked["folder"])
    config = TrialConfig.model_validate(asked["config"])
    device = asked["device"]
    done = train_config(config, runs=folder.parent, folder=folder, device=device, log=None)
    for each in done.evaluations:
        names = ("step", "train_loss", "dev_loss", "score", "steps_per_s")
        print(json.dumps({name: getattr(each, name) for name in names}), flush=True)


def _speed_here(asked: Mapping[str, Any]) -> None:
    """Load, say so, wait for a line, train some steps and print how fast."""
    from autoclue.training.data import Workspace
    from autoclue.training.platform import apply_switches, pick_device
    from autoclue.training.probe import probe

    apply_switches(gpu=asked["device"] == "gpu")
    config, workspace = TrialConfig.model_validate(asked["config"]), Workspace()
    workspace.materials(config)
    print(json.dumps({"event": "loaded"}), flush=True)
    sys.stdin.readline()
    device = pick_device(asked["device"])
    found = probe(config, workspace, device=device, steps=config.max_steps or 1)
    print(json.dumps({"steps_per_s": 1 / found.step_s}), flush=True)


def rows(scene: Scene, names: Sequence[str]) -> Iterator[Row]:
    """Run checks one after the other; one that fails leaves the others alone."""
    for name in names:
        print(f"{name} ...", file=sys.stderr, flush=True)
        try:
            yield CHECKS[name](scene)
        except SkipError as reason:
            yield Row(name, "", f"skipped: {reason}")
        except AutoclueError as error:
            yield Row(name, str(error), "not ok")


def table(scene: Scene, found: Sequence[Row]) -> str:
    """Write the table, with what it was made on."""
    about = {**hardware(gpu=scene.device == "gpu"), **versions()}
    lines = [
        "| check | found | |",
        "|---|---|---|",
        *(f"| {row.check} | {row.found.replace('|', '/')} | {row.verdict} |" for row in found),
        "",
        "; ".join(f"{name} {value}" for name, value in about.items()) + ".",
    ]
    return "\n".join(lines) + "\n"


def main(words: Sequence[str] | None = None) -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", choices=("gpu", "cpu"), default="gpu")
    parser.add_argument("--task", default="xnli")
    parser.add_argument("--data", default="builtin")
    parser.add_argument("--model", default=str(shipped_folder()))
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--only", nargs="+", choices=tuple(CHECKS), default=tuple(CHECKS))
    parser.add_argument("--out", type=Path)
    parser.add_argument("--train", type=json.loads, help=argparse.SUPPRESS)
    parser.add_argument("--speed", type=json.loads, help=argparse.SUPPRESS)
    given = parser.parse_args(words)
    if given.train is not None or given.speed is not None:
        (_train_here if given.train is not None else _speed_here)(given.train or given.speed)
        return 0
    if given.device == "gpu" and (count_gpus() == 0 or open_cards() is None):
        print(
            "This needs a GPU that Paddle can use, and pip install 'autoclue[gpu]'; --device cpu "
            "tries what can run on a CPU.",
            file=sys.stderr,
        )
        return 2
    with tempfile.TemporaryDirectory(prefix="autoclue-first-run-") as folder:
        asked = (given.device, given.task, given.data, given.model, given.steps)
        scene = Scene(*asked, Path(folder))
        found = list(rows(scene, given.only))
    text = table(scene, found)
    print(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
    return int(any(row.verdict == "not ok" for row in found))


if __name__ == "__main__":
    sys.exit(main())
