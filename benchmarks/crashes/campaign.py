"""Kill a short real search again and again, and compare it with one that was left alone.

A tiny task and a tiny model are made on the spot. One study runs in peace; then the same study
runs while its driver, its workers and Ray's own processes are killed with SIGKILL at random
moments, and the same command is given again each time, until the kills are spent. It exits with 1
unless nothing was lost, asked twice, left running or came out otherwise.

``--way`` says what is being done when kills come: the search, trials that are added, the
confirmation or the report; ``signals`` sends those that ask for an end instead of kills. ``pbt``
and ``pb2`` are searches of eight members that go on from each other's states, ``hazero`` and
``pshe2`` of three rounds of eight, and ``population-based`` of rounds that go on from each other;
each has the number of trials that follows. ``--data`` takes
rows of a real task and the model that ships instead of the tiny ones.

A long run can be taken in parts with other seeds: each writes its figures with ``--json``, and
``--sum`` adds them up.
"""

from __future__ import annotations

import argparse
import itertools
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path

from autoclue.records import StudyRecord
from benchmarks.crashes.compare import examine
from benchmarks.crashes.figures import Figures, Study, add_up, all_zero, figures, table
from benchmarks.crashes.killed_study import KilledStudy, Outcome
from benchmarks.crashes.kills import Kill, draw_kills_of
from benchmarks.crashes.scene import POPULATIONS, Scene, Way, make_scene, trials_of


def run_in_peace(scene: Scene, name: str) -> StudyRecord:
    """Run a study without a kill."""
    way = scene.way if scene.way in POPULATIONS else Way.SEARCH
    return _finished(KilledStudy(replace(scene, way=way), name, iter(()), _say).run())


def taken_over(study: StudyRecord) -> int:
    """Return how many members of a population have gone on from another one's state."""
    fates = (fate for boundary in study.boundaries for fate in boundary.fates)
    members = (member for each in study.rounds for member in each)
    donors = sum(fate.donor is not None for fate in fates)
    return donors + sum(member.parent is not None for member in members)


def run_with_kills(
    scene: Scene,
    reference: StudyRecord,
    *,
    kills: int,
    seed: int,
    prefix: str,
    say: Callable[[str], None],
    minutes: float | None = None,
) -> list[Study]:
    """Run as many studies as it takes to spend the kills.

    Args:
        scene: Where and how.
        reference: The same study without a kill.
        kills: How many there shall be.
        seed: Draws victims and moments.
        prefix: How the names of the studies begin.
        say: Is told what happens.
        minutes: After so many no study begins and nobody is killed; ``None`` for no limit.
    """
    until = None if minutes is None else time.monotonic() + 60 * minutes
    left = draw_kills_of(scene.way, seed)
    done, studies = 0, []
    for number in itertools.count(1):
        if done >= kills or (until is not None and time.monotonic() > until):
            break
        name = f"{prefix}-{number}"
        shall = _until(until, itertools.islice(left, kills - done))
        outcome = KilledStudy(scene, name, shall, say).run()
        findings = examine(scene, name, _finished(outcome), reference)
        say(f"{name}: finished after {outcome.starts} starts, {findings}")
        studies.append(Study(name, outcome, findings))
        done += outcome.kills.total()
    return studies


def _until(until: float | None, kills: Iterator[Kill]) -> Iterator[Kill]:
    return itertools.takewhile(lambda kill: until is None or time.monotonic() < until, kills)


def _finished(outcome: Outcome) -> StudyRecord:
    if outcome.study is None:
        raise RuntimeError("a command that ended well has left no ledger")
    return outcome.study


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; return 1 unless the figures that must be zero are."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.crashes.campaign", description=__doc__
    )
    parser.add_argument("--kills", type=int, default=200, help="kills in all (default 200)")
    parser.add_argument("--minutes", type=float, help="kill nobody after so many")
    parser.add_argument("--trials", type=int, default=24, help="trials of a study (default 24)")
    parser.add_argument("--parallel", type=int, default=1, help="trials at once (default 1)")
    parser.add_argument("--seed", type=int, default=0, help="draws victims, moments and settings")
    parser.add_argument("--scheduler", default="asha", help="when trials are stopped")
    ways = [way.value for way in Way]
    parser.add_argument("--way", choices=ways, default="search", help="what is being done")
    parser.add_argument("--data", type=Path, help="the publishers' files, for rows of tnews")
    parser.add_argument("--storage", help="URL of a database for the ledgers (default: SQLite)")
    parser.add_argument("--json", type=Path, help="write every figure to this file")
    parser.add_argument("--keep", action="store_true", help="keep the working folder, and name it")
    parser.add_argument("--sum", type=Path, nargs="+", help="only add up what --json has written")
    given = parser.parse_args(arguments)
    if given.sum is not None:
        return _close(add_up([_read(path) for path in given.sum]), given.json)
    folder = Path(tempfile.mkdtemp(prefix="crashes-"))
    began = time.monotonic()
    try:
        scene = make_scene(
            folder,
            trials=trials_of(Way(given.way)) or given.trials,
            parallel=given.parallel,
            seed=given.seed,
            storage=given.storage,
            scheduler=given.scheduler,
            way=Way(given.way),
            data=given.data,
        )
        prefix = f"killed-{int(time.time())}"
        reference = run_in_peace(scene, f"{prefix}-reference")
        taken = taken_over(reference)
        _say(
            f"{prefix}-reference: {len(reference.trials)} trials without a kill, {taken} of them "
            "from another member's state"
        )
        studies = run_with_kills(
            scene,
            reference,
            kills=given.kills,
            seed=given.seed,
            prefix=prefix,
            say=_say,
            minutes=given.minutes,
        )
    finally:
        if given.keep:
            _say(f"The working folder is {folder}.")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    details = [{"name": study.name, **asdict(study.findings)} for study in studies]
    found = {
        **figures(studies),
        "exploits": taken,
        "details": details,
        "wall_s": time.monotonic() - began,
    }
    return _close(found, given.json)


def _read(path: Path) -> Figures:
    found: Figures = json.loads(path.read_text(encoding="utf-8"))
    return found


def _close(found: Figures, path: Path | None) -> int:
    """Print and write figures; return 1 unless those that must be zero are."""
    for line in table(found):
        print(line)
    if path is not None:
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return 0 if all_zero(found) else 1


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
