"""What one driver spends on each report of 1,000 trials at once, through Ray Tune's own loop.

    python -m benchmarks.scale.virtual_trials LIVE EVERY_S REPORTS FOLDER

The driver is a search's own: Ray's loop, tuner, scheduler, sampler, ledger, lease, retention, the
copy of the ledger and the printed lines. Only the actors are virtual (see ``virtual_actors``): a
trial is asleep for as long as it would train, and reports by a formula. Trials end, are stopped,
die and are thrown back all the time; in the end many die within one second. Prints one JSON
object. With ``--real`` each trial is a process of its own, for comparison.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console

from autoclue.records import StudyRecord, TrialState
from autoclue.screen.live import LiveListener
from autoclue.screen.plain import PlainListener
from autoclue.screen.tally import Tally
from autoclue.search.execution import Resources, Retention
from autoclue.search.sampling import Course, Proposer, find_exchanger, find_population
from autoclue.search.stopping import DEFAULT_SCHEDULER, make_scheduler
from autoclue.search.store import Ledger, StudyAttributes, driving, read_study
from autoclue.search.study.location import Place
from autoclue.search.study.run import LedgerCopy
from autoclue.search.tuner import (
    FixedConfigurations,
    GenerationSource,
    PopulationBreeder,
    SearchSource,
    SegmentSource,
    TrialSource,
    Tuner,
)
from benchmarks.cost.idle_trials import RANGES, configure, space
from benchmarks.scale.commits import Commits
from benchmarks.scale.metered import NEARLY_ALL, Figures, Metered
from benchmarks.scale.scripted_worker import (
    DYING,
    EVERY,
    FIRST,
    LENGTH,
    STEPS,
    boundary_steps,
)
from benchmarks.scale.virtual_actors import NO_PRESTART, VirtualCluster

WORKER = "benchmarks.scale.scripted_worker:ScriptedWorker"
PROCESS = "benchmarks.scale.scripted_worker:ScriptedProcess"
WAVE = 100
"""Virtual actors that die at once, unless told otherwise."""
BASELINE = {"learning_rate": 2e-5, "dropout": 0.1}
ENDLESS = 10**6
PATIENCE_S = 5.0
"""Beside twice the time between two reports, until the last of a wave of deaths was heard of."""
EVALUATIONS = 8
"""Of a population's member."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What is measured.

    Attributes:
        live: Trials at once.
        every_s: Seconds between two reports of a trial.
        reports: How many reports are counted.
        deaths: Trials whose actors die within one second afterwards.
        dying: Share of the trials that die once by themselves.
        sampler: What proposes.
        scheduler: What stops.
        storage: Where the ledger is; ``None`` for a file in the folder.
        screen: ``plain`` or ``live``.
        population: A sampler of rounds, or one whose members go on from each other, with ``live``
            members; ``None`` for a search. Its reports are counted to its end.
        rounds: Of a population.
        running: Share of the trials that must run at the same moment before anything is counted.
        real: Whether each trial is a process of its own; nobody dies at once then.
    """

    live: int
    every_s: float
    reports: int
    deaths: int = WAVE
    dying: float = 0.1
    sampler: str = "tpe"
    scheduler: str = DEFAULT_SCHEDULER
    storage: str | None = None
    screen: str = "plain"
    population: str | None = None
    rounds: int = 3
    running: float = NEARLY_ALL
    real: bool = False


@dataclass(frozen=True, slots=True)
class Lost:
    """What must be zero in a ledger afterwards.

    Attributes:
        evaluations: Told to the driver, and not in the ledger.
        gaps: Evaluations that a trial skipped.
        running: Trials left running that don't wait to go on in another run.
        failed: Trials that failed.
        asked_twice: Trials with the settings of another.
        not_gone_on: Trials whose actor died, and that were closed without beginning again.
    """

    evaluations: int
    gaps: int
    running: int
    failed: int
    asked_twice: int
    not_gone_on: int


def lost_of(
    study: StudyRecord, ledger: Ledger, seen: dict[int, list[int]], *, waiting: int
) -> Lost:
    """Compare a ledger, read anew, with what its driver was told.

    Args:
        study: The ledger's study.
        ledger: The ledger.
        seen: The steps that the driver was told, by trial.
        waiting: Trials that were thrown back when the search had ended already.
    """
    trials = {trial.number: trial for trial in study.trials}
    steps = {n: [e.step for e in trial.evaluations] for n, trial in trials.items()}
    told = {n: sorted(each) for n, each in seen.items()}
    stored = {trial.number: trial.attributes for trial in ledger.trials()}
    keys = Counter(about.key for about in stored.values())
    planned = {n: about.prepared for n, about in stored.items() if about.prepared is not None}
    return Lost(
        evaluations=sum(each != steps.get(n, []) for n, each in told.items()),
        gaps=sum(
            tuple(steps[n]) != prepared.evaluation_steps[: len(steps[n])]
            for n, prepared in planned.items()
        ),
        running=sum(t.state is TrialState.RUNNING for t in trials.values()) - waiting,
        failed=sum(trial.state is TrialState.FAIL for trial in trials.values()),
        asked_twice=sum(count - 1 for count in keys.values()),
        not_gone_on=sum(
            bool(about.deaths) and about.restarts == 0
            for n, about in stored.items()
            if trials[n].state is not TrialState.RUNNING
        ),
    )


def search(setting: Setting, folder: Path) -> tuple[Figures, int, Lost]:
    """Run a search with virtual actors.

    Returns:
        What was measured, how many trials were thrown back in the wave of deaths, and what was
        lost.
    """
    from autoclue.search.execution.ray.runner import run_with_ray

    os.environ |= {**NO_PRESTART, EVERY: f"{setting.every_s}"}
    os.environ |= {FIRST: str(setting.live), DYING: f"{setting.dying}"}
    if setting.population is not None:
        os.environ[LENGTH] = str(EVALUATIONS)
    storage = setting.storage or f"sqlite:///{folder}/ledger.db"
    place = Place(folder, f"virtual-{setting.live}-{os.getpid()}", storage)
    cluster, commits = VirtualCluster(setting.live), Commits()
    with contextlib.ExitStack() as stack:
        lease = stack.enter_context(driving(storage, place.name))
        ledger = Ledger.create(storage, place.name, StudyAttributes(metric="accuracy"))
        source = _source(setting, ledger)
        out = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        listener = _screen(setting.screen, out)
        stack.enter_context(listener)
        tuner = Tuner(
            ledger,
            source,
            make_scheduler(setting.scheduler, seed=0) if setting.population is None else None,
            setting.live,
            (Retention(folder, needs_state=source.needs_state), LedgerCopy(place), listener),
            check=lease.check,
        )
        tuner.restore()
        metered = Metered(
            tuner,
            commits,
            setting.reports if setting.population is None else None,
            setting.deaths,
            lambda deaths: cluster.strike(deaths, within_s=1.0),
            2 * setting.every_s + PATIENCE_S,
            Figures(setting.live),
            setting.running,
        )
        stack.enter_context(commits.counting())
        if not setting.real:
            stack.enter_context(cluster.replacing_actors())
        resources = Resources(0, 0.0, setting.live, None)
        run_with_ray(metered, folder, resources, worker=PROCESS if setting.real else WORKER)
    found = Ledger.open(storage, place.name)
    lost = lost_of(read_study(found), found, metered.seen, waiting=tuner.n_waiting)
    return metered.figures, metered.struck, lost


def _source(setting: Setting, ledger: Ledger) -> TrialSource:
    plan = FixedConfigurations(configure, configure(BASELINE), BASELINE)
    name = setting.population
    if name is None:
        return SearchSource(ledger, Proposer(space(), setting.sampler, 0), plan, ENDLESS)
    proposer, exchanger = Proposer(space(), name, 0), find_exchanger(name)
    if exchanger is not None:
        course = Course(setting.live, boundary_steps(EVALUATIONS), float(STEPS * EVALUATIONS))
        return SegmentSource(ledger, proposer, plan, exchanger, course, seed=0)
    population = find_population(name)
    if population is None:
        raise SystemExit(f"{name} is no sampler of a population")
    breeder = PopulationBreeder.around(population, space(), BASELINE, size=setting.live, seed=0)
    return GenerationSource(ledger, proposer, plan, breeder, setting.rounds)


def _screen(kind: str, out: object) -> LiveListener | PlainListener:
    tally = Tally(total=ENDLESS, searched=tuple(RANGES))
    if kind == "plain":
        return PlainListener(Console(file=out, width=120), tally)  # type: ignore[arg-type]
    console = Console(file=out, force_terminal=True, width=120, height=50)  # type: ignore[arg-type]
    return LiveListener(console, tally)


def main(words: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("live", type=int)
    parser.add_argument("every_s", type=float)
    parser.add_argument("reports", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deaths", type=int)
    parser.add_argument("--dying", type=float, default=0.1)
    parser.add_argument("--sampler", default="tpe")
    parser.add_argument("--scheduler", default=DEFAULT_SCHEDULER)
    parser.add_argument("--screen", choices=["plain", "live"], default="plain")
    parser.add_argument("--population")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--storage")
    parser.add_argument("--running", type=float, default=NEARLY_ALL)
    parser.add_argument("--real", action="store_true")
    given = vars(parser.parse_args(words))
    if given["real"] and given["deaths"]:
        parser.error("--real has no wave of deaths; leave --deaths out")
    if given["deaths"] is None:
        given["deaths"] = 0 if given["real"] else WAVE
    folder = given.pop("folder")
    figures, struck, lost = search(Setting(**given), folder)
    names = ("report_ms", "loop_ms", "other_ms", "ask_ms")
    told = {**asdict(figures), **{name: getattr(figures, name) for name in names}}
    print(json.dumps({**told, "struck": struck, "lost": asdict(lost)}))


if __name__ == "__main__":
    main()
