"""Run a whole published grid in small: 134 runs over ten tasks, killed twice, finished, extracted.

The runs are cut to a few steps, over generated text and with a small random model. The command is
killed with SIGKILL at a third and ended with SIGTERM at two thirds of the runs, and given again
each time. Its logs are then written in the old form and imported, which must give the same table.

It exits with 1 where a run is missing or was trained twice, or where the tables differ.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from autoclue.records import SuiteRecord, TrialState
from autoclue.search.suite import load_suite, published_points, read_index
from autoclue.training.model.small_model import SmallModel, build_small_model, common_characters
from benchmarks.whole_grid.old_form import write_old_logs

POLL_S = 1.0
SUITE, IMPORTED = "small", "imported"


def command(*words: str) -> list[str]:
    """Return a command of autoclue for a process of its own."""
    return [str(Path(sys.executable).with_name("autoclue")), *words]


def complete_runs(folder: Path) -> int:
    """Count the runs of a suite that are complete, while it runs or after."""
    if not (folder / "suite.json").is_file():
        return 0
    return sum(len(each.study.complete) for each in load_suite(read_index(folder)).studies)


def run_until(words: Sequence[str], folder: Path, runs: int, ending: signal.Signals) -> float:
    """Give a command, and end it once so many runs are complete.

    Args:
        words: The command.
        folder: The suite's folder.
        runs: Complete runs after which it is ended.
        ending: The signal that ends it.

    Returns:
        The seconds that it ran.
    """
    began = time.monotonic()
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None and complete_runs(folder) < runs:
            time.sleep(POLL_S)
        if process.poll() is None:
            os.kill(process.pid, ending)
        process.wait()
    return time.monotonic() - began


def output_of(*words: str) -> str:
    """Run a command to its end and return what it prints."""
    done = subprocess.run(command(*words), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(words)} left with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def problems_of(suite: SuiteRecord, tables: Sequence[str]) -> list[str]:
    """Name what isn't as it should be.

    Args:
        suite: The finished suite.
        tables: What ``extract`` prints of it, and of the logs that were written of it.
    """
    found = []
    trials = [trial for each in suite.studies for trial in each.study.trials]
    whole = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    asked = {(t.config["task"], repr(sorted(t.params.items()))) for t in whole}
    points = {(p.task, repr(sorted(p.params.items()))) for p in published_points()}
    if asked != points:
        found.append(f"{len(points - asked)} of {len(points)} runs are missing")
    if len(trials) != len(points):
        found.append(f"{len(trials)} trials were asked for {len(points)} runs")
    if tables[0] != tables[1]:
        found.append("the imported logs give another table")
    return found


def main() -> int:
    """Run it, print the figures, and return whether all is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2, help="steps of a run (default 2)")
    parser.add_argument("--size", default="tiny", help="built-in text (default tiny)")
    parser.add_argument("--parallel", default="2", help="runs at once (default 2)")
    parser.add_argument("--out", type=Path, help="keep everything there; default: nowhere")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="autoclue-small-grid-") as scratch:
        root = (given.out or Path(scratch)).resolve()
        model = root / "random-ernie"
        if not model.is_dir():
            shape = SmallModel(layers=1, hidden_size=32)
            build_small_model(model, shape, common_characters())
        told = _whole_grid(root, model, given)
    print(json.dumps(told, ensure_ascii=False, indent=1))
    return 1 if told["problems"] else 0


def _whole_grid(root: Path, model: Path, given: argparse.Namespace) -> dict[str, object]:
    studies, total = root / "studies", len(published_points())
    folder = studies / SUITE
    asked = ["grid", "--model", str(model), "--data", "builtin", "--builtin-size", given.size]
    asked += ["--max-steps", str(given.steps), "--parallel", given.parallel]
    asked += ["--suite", SUITE, "--folder", str(studies)]
    seconds, counts = [], []
    for share, ending in ((1 / 3, signal.SIGKILL), (2 / 3, signal.SIGTERM)):
        seconds.append(run_until(command(*asked), folder, round(share * total), ending))
        counts.append(complete_runs(folder))
    began = time.monotonic()
    output_of(*asked)
    seconds.append(time.monotonic() - began)
    suite = load_suite(read_index(folder))
    logs = write_old_logs(suite, root / "logs" / model.name)
    if not (studies / IMPORTED).is_dir():
        where = ("--suite", IMPORTED, "--folder", str(studies))
        output_of("import-logs", str(root / "logs"), *where)
    tables = [output_of("extract", str(studies / name)) for name in (SUITE, IMPORTED)]
    return {
        "runs": total,
        "complete_at_the_kills": counts,
        "seconds": [round(each, 1) for each in seconds],
        "seconds_in_all": round(sum(seconds), 1),
        "restarted": sum(t.restarts > 0 for e in suite.studies for t in e.study.trials),
        "logs": logs,
        "table": tables[0].splitlines(),
        "problems": problems_of(suite, tables),
    }


if __name__ == "__main__":
    sys.exit(main())
