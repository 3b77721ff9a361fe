"""Kill a short real search again and again, and compare it with one that was left alone.

A tiny task and a tiny model are made on the spot. One study runs in peace; then the same study
runs while its driver, its workers and Ray's own processes are killed with SIGKILL at random
moments, and the same command is given again each time, until the kills are spent. It exits with 1
unless nothing was lost, asked twice, left running or came out otherwise.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from autoclue.records import StudyRecord
from benchmarks.crash_compare import Findings, examine
from benchmarks.crash_kills import Victim, draw_kills
from benchmarks.crash_run import KilledStudy, Outcome
from benchmarks.crash_scene import Scene, make_scene


@dataclass(frozen=True, slots=True)
class Study:
    """One study that was killed.

    Attributes:
        name: Its name.
        outcome: What happened to it.
        findings: What is wrong with it.
    """

    name: str
    outcome: Outcome
    findings: Findings


def run_in_peace(scene: Scene, name: str) -> StudyRecord:
    """Run a study without a kill."""
    return _finished(KilledStudy(scene, name, iter(()), _say).run())


def run_with_kills(
    scene: Scene,
    reference: StudyRecord,
    *,
    kills: int,
    seed: int,
    prefix: str,
    say: Callable[[str], None],
) -> list[Study]:
    """Run as many studies as it takes to spend the kills.

    Args:
        scene: Where and how.
        reference: The same study without a kill.
        kills: How many there shall be.
        seed: Draws victims and moments.
        prefix: How the names of the studies begin.
        say: Is told what happens.
    """
    left = draw_kills(seed)
    done, studies = 0, []
    for number in itertools.count(1):
        if done >= kills:
            break
        name = f"{prefix}-{number}"
        outcome = KilledStudy(scene, name, itertools.islice(left, kills - done), say).run()
        findings = examine(scene, name, _finished(outcome), reference)
        say(f"{name}: finished after {outcome.starts} starts, {findings}")
        studies.append(Study(name, outcome, findings))
        done += outcome.kills.total()
    return studies


def _finished(outcome: Outcome) -> StudyRecord:
    if outcome.study is None:
        raise RuntimeError("a command that ended well has left no ledger")
    return outcome.study


def figures(studies: Sequence[Study]) -> dict[str, object]:
    """Add up what was found."""
    by_victim: Counter[str] = sum((s.outcome.kills for s in studies), Counter())
    ends = [seconds for study in studies for seconds in study.outcome.ends_s]
    found = [study.findings for study in studies]
    return {
        "studies": len(studies),
        "starts": sum(study.outcome.starts for study in studies),
        "kills": by_victim.total(),
        "kills_by_victim": {each.value: by_victim[each.value] for each in Victim},
        "evaluations_lost": sum(len(study.outcome.lost) for study in studies),
        "configurations_asked_twice": sum(f.asked_twice for f in found),
        "trials_left_running": sum(f.left_running for f in found),
        "trials_that_differ": sum(len(f.differing) for f in found),
        "trials_interrupted": sum(f.interrupted for f in found),
        "trials_continued_from_a_checkpoint": sum(f.continued for f in found),
        "models_that_differ": sum(f.model_differs for f in found),
        "files_left_over": sum(len(f.leftovers) for f in found),
        "odd_exit_codes": [code for study in studies for code in study.outcome.odd_codes],
        "odd_lines": [line for study in studies for line in study.outcome.odd_lines],
        "end_after_ray_died_median_s": statistics.median(ends) if ends else None,
        "end_after_ray_died_longest_s": max(ends, default=None),
    }


ZEROS = (
    "evaluations_lost",
    "configurations_asked_twice",
    "trials_left_running",
    "trials_that_differ",
    "models_that_differ",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; gives 1 unless the figures of ``ZEROS`` are zero."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crashes", description=__doc__)
    parser.add_argument("--kills", type=int, default=200, help="kills in all (default 200)")
    parser.add_argument("--trials", type=int, default=24, help="trials of a study (default 24)")
    parser.add_argument("--parallel", type=int, default=1, help="trials at once (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="draws victims, moments and settings")
    parser.add_argument("--scheduler", default="asha", help="when trials are stopped")
    parser.add_argument("--storage", help="URL of a database for the ledgers (default: SQLite)")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--keep", action="store_true", help="keep the working folder, and name it")
    given = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="crashes-"))
    began = time.monotonic()
    try:
        scene = make_scene(
            folder,
            trials=given.trials,
            parallel=given.parallel,
            seed=given.seed,
            storage=given.storage,
            scheduler=given.scheduler,
        )
        prefix = f"killed-{int(time.time())}"
        reference = run_in_peace(scene, f"{prefix}-reference")
        _say(f"{prefix}-reference: {len(reference.trials)} trials without a kill")
        studies = run_with_kills(
            scene, reference, kills=given.kills, seed=given.seed, prefix=prefix, say=_say
        )
    finally:
        if given.keep:
            _say(f"The working folder is {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    found = {**figures(studies), "wall_s": time.monotonic() - began}
    for name, value in found.items():
        print(f"{name.replace('_', ' '):<36} {_shown(value)}")
    if given.json is not None:
        detail = [{"name": s.name, **asdict(s.findings)} for s in studies]
        text = json.dumps({**found, "details": detail}, ensure_ascii=False, indent=1)
        given.json.write_text(f"{text}\n", encoding="utf-8")
    return 0 if all(found[name] == 0 for name in ZEROS) else 1


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {count}" for name, count in value.items())
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, list):
        return "; ".join(map(str, value)) or "none"
    return str(value)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
