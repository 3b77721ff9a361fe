"""A study small enough to be killed hundreds of times: its task, its model and its command."""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.search.sampling.segments.course import DEFAULT_BOUNDARIES
from autoclue.search.store.ledger import Ledger
from autoclue.search.study.location import Place, find_study, open_ledger
from autoclue.tasks import load_task
from autoclue.training.model.small_model import SmallModel, build_small_model
from benchmarks.first_rows import first_rows

TASK = """
name: crashes
description: One character of a random text decides, and every eighth label is wrong.
format: tsv
header: true
files: {train: train.tsv, dev: dev.tsv}
input: {kind: single, text: text}
labels: [bad, good]
recipe: {eval_every_steps: 10, max_length_tokens: 12, batch_size: 8, learning_rate: 1.0e-2}
"""
ROWS = {"train": 200, "dev": 80}
CHARACTERS = "天地人山水火木金土日月"
TELLING = "劣优"
WRONG_LABELS = 1 / 8
MAX_STEPS = 60
"""Six evaluations a trial; with the default rungs, two of them can stop it."""

EXTRA_TRIALS = 4
"""Trials that ``--extend`` adds in the end, where that is the way."""
CONFIRM, SEEDS = 2, 2

MEMBERS, ROUNDS = 8, 3
"""Of a population, where that is the way."""

REAL_TASK, REAL_ROWS = "tnews", {"train": 200, "dev": 100}
"""What is searched instead where the publisher's files are given, by the model that ships."""
REAL_STEPS = {"--max-steps": "24", "--eval-every": "6"}

ON_THE_WAY = ("batch_size=8", "dropout=0.0..0.3")
"""What a population searches beside the rate: settings that can change while a member trains."""

RATE, REAL_RATE = "learning_rate=2e-3..1e-1:log", "learning_rate=1e-5..1e-2:log"
SPACE = ("batch_size=8,16", "dropout=0.0,0.1,0.2")
STUDIES = "studies"


class Way(str, Enum):
    """What is being done while kills come."""

    SEARCH = "search"
    EXTEND = "extend"
    CONFIRM = "confirm"
    REPORT = "report"
    SIGNALS = "signals"
    PBT = "pbt"
    PB2 = "pb2"
    HAZERO = "hazero"
    PSHE2 = "pshe2"
    GOING_ON = "population-based"


EXCHANGES: Mapping[Way, str] = {
    Way.PBT: "pbt:quantile=0.5",
    Way.PB2: "pb2:quantile=0.5",
}
"""Ways whose members go on from each other, and their samplers: half of them may be replaced."""

IN_ROUNDS = frozenset({Way.HAZERO, Way.PSHE2, Way.GOING_ON})
POPULATIONS = IN_ROUNDS.union(EXCHANGES)


def trials_of(way: Way) -> int | None:
    """Return how many trials a population has with its baseline; ``None`` for any other way."""
    if way in EXCHANGES:
        return 1 + MEMBERS * (DEFAULT_BOUNDARIES + 1)
    return 1 + MEMBERS * ROUNDS if way in IN_ROUNDS else None


@dataclass(frozen=True, slots=True)
class Scene:
    """Where studies of the tiny task run, and how.

    Attributes:
        folder: The working folder; everything that a study leaves lies in it.
        trials: Trials of a study.
        parallel: Trials at once.
        seed: Root seed of every study, so that all must come out alike.
        storage: URL of a database for the ledgers; ``None`` keeps SQLite in each study's folder.
        scheduler: When trials are stopped.
        way: What is being done while kills come.
        real: Whether rows of a publisher's task are searched instead of the tiny one.
    """

    folder: Path
    trials: int
    parallel: int = 1
    seed: int = 0
    storage: str | None = None
    scheduler: str = "asha"
    way: Way = Way.SEARCH
    real: bool = False

    def words(self, study: str, *, first: bool = False) -> list[str]:
        """Return the command that begins a study and goes on with it.

        Args:
            study: The study's name.
            first: Whether it shall leave out the trials that are added in the end.
        """
        autoclue = str(Path(sys.executable).with_name("autoclue"))
        options = {
            "--task": "task/crashes.yaml",
            "--model": "model",
            "--strategy": "uniform",
            "--scheduler": self.scheduler,
            "--trials": str(self.trials),
            "--max-steps": str(MAX_STEPS),
            "--parallel": str(self.parallel),
            "--seed": str(self.seed),
            "--folder": STUDIES,
            "--study": study,
        }
        if self.storage is not None:
            options["--storage"] = self.storage
        if self.real:
            options |= {"--task": REAL_TASK, "--data": "data", "--model": "builtin", **REAL_STEPS}
        if self.way in POPULATIONS:
            del options["--trials"]
            sampler = EXCHANGES.get(self.way, self.way.value)
            if self.way is Way.GOING_ON:
                sampler, options["--evaluator"] = Way.PSHE2.value, self.way.value
            members = {"--sampler": sampler, "--population": str(MEMBERS), "--scheduler": "none"}
            options |= members
            if self.way in IN_ROUNDS:
                options["--rounds"] = str(ROUNDS)
        elif first:
            options["--trials"] = str(self.trials - EXTRA_TRIALS)
        elif self.way is Way.EXTEND:
            del options["--trials"]
            options["--extend"] = str(EXTRA_TRIALS)
        elif self.way is Way.CONFIRM:
            options |= {"--confirm": str(CONFIRM), "--seeds": str(SEEDS)}
        words = [autoclue, "tune", *(word for pair in options.items() for word in pair)]
        rate = REAL_RATE if self.real else RATE
        space = (rate, *(ON_THE_WAY if self.way in POPULATIONS else SPACE))
        return [*words, *(word for setting in space for word in ("--set", setting))]

    def environment(self) -> Mapping[str, str]:
        """Return the environment of a command: all that it keeps lies in the working folder."""
        inside = {"AUTOCLUE_CACHE": "cache", "TMPDIR": "tmp", "RAY_TMPDIR": "ray"}
        return {**os.environ, **{name: str(self.folder / path) for name, path in inside.items()}}

    def study_folder(self, study: str) -> Path:
        """Return the folder of a study."""
        return self.folder / STUDIES / study

    def ledger(self, study: str) -> Ledger | None:
        """Open a study's ledger; ``None`` before there is one."""
        try:
            place: Place = find_study(self.folder / STUDIES, study)
        except UsageError:
            return None
        return open_ledger(place)


def make_scene(
    folder: Path,
    *,
    trials: int,
    parallel: int = 1,
    seed: int = 0,
    storage: str | None = None,
    scheduler: str = "asha",
    way: Way = Way.SEARCH,
    data: Path | None = None,
) -> Scene:
    """Write task, text and model into an empty folder.

    Args:
        folder: The working folder. Ray keeps sockets below it, so its path must be short.
        trials: Trials of a study.
        parallel: Trials at once.
        seed: Root seed of every study.
        storage: URL of a database for the ledgers; ``None`` for SQLite.
        scheduler: When trials are stopped.
        way: What is being done while kills come.
        data: Folder in the publishers' files, for a real task; ``None`` for the tiny one.
    """
    for name in ("task", "tmp", "ray"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    rng = random.Random(1)
    for part, count in ROWS.items():
        rows = "".join(f"{_row(rng, good=place % 2 == 0)}\n" for place in range(count))
        (folder / "task" / f"{part}.tsv").write_text(f"text\tlabel\n{rows}", encoding="utf-8")
    (folder / "task" / "crashes.yaml").write_text(TASK, encoding="utf-8")
    shape = SmallModel(layers=1, hidden_size=32, positions=16)
    build_small_model(folder / "model", shape, CHARACTERS + TELLING)
    if data is not None:
        first_rows(load_task(REAL_TASK), data, folder / "data", REAL_ROWS)
    return Scene(folder, trials, parallel, seed, storage, scheduler, way, data is not None)


def _row(rng: random.Random, *, good: bool) -> str:
    text = [rng.choice(CHARACTERS) for _ in range(7)]
    text.insert(rng.randrange(8), TELLING[good])
    told = good if rng.random() >= WRONG_LABELS else not good
    return f"{''.join(text)}\t{'good' if told else 'bad'}"
