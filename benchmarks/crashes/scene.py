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
from autoclue.search.store.ledger import Ledger
from autoclue.search.study.location import Place, find_study, open_ledger
from autoclue.training.model.small_model import SmallModel, build_small_model

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

MEMBERS = 8
"""Of a population whose members go on from each other, where that is the way."""

ON_THE_WAY = ("learning_rate=2e-3..1e-1:log", "batch_size=8", "dropout=0.0..0.3")
"""What such members search: settings that can change while one trains."""

SPACE = ("learning_rate=2e-3..1e-1:log", "batch_size=8,16", "dropout=0.0,0.1,0.2")
STUDIES = "studies"


class Way(str, Enum):
    """What is being done while kills come."""

    SEARCH = "search"
    EXTEND = "extend"
    CONFIRM = "confirm"
    REPORT = "report"
    SIGNALS = "signals"
    PBT = "pbt"


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
    """

    folder: Path
    trials: int
    parallel: int = 1
    seed: int = 0
    storage: str | None = None
    scheduler: str = "asha"
    way: Way = Way.SEARCH

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
        if self.way is Way.PBT:
            del options["--trials"]
            members = {"--sampler": "pbt", "--population": str(MEMBERS), "--scheduler": "none"}
            options |= members
        elif first:
            options["--trials"] = str(self.trials - EXTRA_TRIALS)
        elif self.way is Way.EXTEND:
            del options["--trials"]
            options["--extend"] = str(EXTRA_TRIALS)
        elif self.way is Way.CONFIRM:
            options |= {"--confirm": str(CONFIRM), "--seeds": str(SEEDS)}
        words = [autoclue, "tune", *(word for pair in options.items() for word in pair)]
        space = ON_THE_WAY if self.way is Way.PBT else SPACE
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
    return Scene(folder, trials, parallel, seed, storage, scheduler, way)


def _row(rng: random.Random, *, good: bool) -> str:
    text = [rng.choice(CHARACTERS) for _ in range(7)]
    text.insert(rng.randrange(8), TELLING[good])
    told = good if rng.random() >= WRONG_LABELS else not good
    return f"{''.join(text)}\t{'good' if told else 'bad'}"
