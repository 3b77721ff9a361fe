"""Run a study from its first trial to its report, or take it up where it was left."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoclue.errors import AutoclueError, UsageError
from autoclue.models import ModelSource
from autoclue.records import Evaluation, StudyRecord, TrialRecord, TrialState
from autoclue.search.conductor import Conductor, Listener
from autoclue.search.devices import Resources
from autoclue.search.ledger import Ledger, Prepared
from autoclue.search.plan import Plan, facts_of
from autoclue.search.proposer import Proposer
from autoclue.search.reading import read_study
from autoclue.training import TrialConfig
from autoclue.training.runtime import apply_switches

POINTER = "study.json"
LEDGER_FILE = "ledger.db"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a study is kept.

    Attributes:
        folder: Its folder: report, results, trials with their logs and models.
        storage: URL of the database that holds its ledger.
        name: Its name in that database.
    """

    folder: Path
    storage: str
    name: str


def place_of(root: Path, name: str, storage: str | None) -> Place:
    """Decide where a study is kept.

    Args:
        root: Folder of all studies.
        name: The study's name.
        storage: URL of a relational database; ``None`` keeps SQLite in the study's folder.

    Raises:
        UsageError: The name can't be a folder's.
    """
    if not name or name != Path(name).name or name in {".", ".."}:
        raise UsageError(f"{name!r} can't name a study; use letters, digits, '-', '_' and '.'.")
    folder = (root / name).resolve()
    own = f"sqlite:///{folder / LEDGER_FILE}"
    return Place(folder, own if storage is None else storage, name)


def find_study(root: Path, text: str) -> Place:
    """Find a study that exists.

    Args:
        root: Folder of all studies.
        text: The study's name, or its folder.

    Raises:
        UsageError: There is none.
    """
    for folder in (Path(text).expanduser(), root / text):
        pointer = folder / POINTER
        if pointer.is_file():
            return _read_pointer(pointer)
    names = study_names(root)
    known = f"There are: {', '.join(names)}." if names else "There is no study yet."
    raise UsageError(f"No study is called {text!r} in {root}. {known}")


def study_names(root: Path) -> list[str]:
    """List the studies below a folder."""
    if not root.is_dir():
        return []
    return sorted(p.parent.name for p in root.glob(f"*/{POINTER}"))


def _read_pointer(pointer: Path) -> Place:
    try:
        data = json.loads(pointer.read_text(encoding="utf-8"))
        storage, name = str(data["storage"]), str(data["name"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{pointer} can't be read ({error}); it tells where a study is."
        ) from error
    folder = pointer.parent.resolve()
    if storage == LEDGER_FILE:
        storage = f"sqlite:///{folder / LEDGER_FILE}"
    return Place(folder, storage, name)


def open_ledger(place: Place) -> Ledger:
    """Open the ledger of a study that exists.

    Raises:
        UsageError: It isn't where the study's folder says.
    """
    if place.storage.startswith("sqlite:///"):
        path = Path(place.storage.removeprefix("sqlite:///"))
        if not path.is_file():
            raise UsageError(f"The ledger {path} is missing; the study can't be read without it.")
    return Ledger.open(place.storage, place.name)


def load_study(place: Place) -> StudyRecord:
    """Read a study as plain records."""
    return read_study(open_ledger(place))


def begin_study(plan: Plan, place: Place, *, command: Sequence[str] | None) -> Ledger:
    """Make a study, or open it where it exists and asks the same question.

    Raises:
        UsageError: A study of this name asks something else; the message says what differs.
    """
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        (place.folder / "trials").mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"The study's folder {place.folder} can't be made ({error.strerror or error}); "
            "choose another with --folder."
        ) from error
    if Ledger.exists(place.storage, place.name):
        ledger = Ledger.open(place.storage, place.name)
        _same_question(plan, ledger)
        return ledger
    ledger = Ledger.create(place.storage, place.name, facts_of(plan, command=command))
    own = f"sqlite:///{place.folder / LEDGER_FILE}"
    storage = LEDGER_FILE if place.storage == own else place.storage
    pointer = json.dumps({"name": place.name, "storage": storage}, ensure_ascii=False, indent=1)
    temporary = place.folder / f".{POINTER}.new"
    temporary.write_text(pointer + "\n", encoding="utf-8")
    os.replace(temporary, place.folder / POINTER)
    return ledger


def _same_question(plan: Plan, ledger: Ledger) -> None:
    facts: Mapping[str, Any] = ledger.facts
    if facts.get("fingerprint") == plan.fingerprint:
        return
    before, after = facts["settings"], plan.settings
    differing = [
        f"{key} was {before.get(key)!r} and is {after.get(key)!r}"
        for key in after
        if before.get(key) != after.get(key)
    ]
    raise UsageError(
        f"The study {ledger.name!r} was begun with another question: {'; '.join(differing)}. "
        "Give the new one another name with --study, or leave --study out."
    )


def run_study(
    plan: Plan,
    place: Place,
    resources: Resources,
    *,
    trials: int,
    time_budget_s: float | None,
    listener: Listener,
    command: Sequence[str] | None = None,
) -> StudyRecord:
    """Run a study until it has its trials, its time is spent or its space is empty.

    Args:
        plan: What is asked.
        place: Where it is kept.
        resources: What trials run on.
        trials: Trials that the study shall have in all, those of earlier runs included.
        time_budget_s: Seconds after which no trial begins and running ones stop at their next
            evaluation; ``None`` for no limit.
        listener: Is told what happens.
        command: The command line, for the report.

    Returns:
        The study as the ledger holds it.

    Raises:
        UsageError: A study of this name asks something else, or the numbers are out of range.
        AutoclueError: Every trial failed, or the trials can't be run.
        KeyboardInterrupt: The user pressed Ctrl-C; the ledger holds all that was reported.
    """
    check_limits(trials, time_budget_s)
    ledger = begin_study(plan, place, command=command)
    conductor = Conductor(
        ledger=ledger,
        proposer=Proposer(plan.space, plan.question.sampler, plan.question.seed),
        rule=plan.rule,
        configure=plan.configure,
        baseline=plan.baseline,
        baseline_params=plan.baseline_params,
        trials=trials,
        parallel=resources.parallel,
        listener=_Tidy(listener, place.folder, read_study(ledger).winner),
        deadline_s=None if time_budget_s is None else time.monotonic() + time_budget_s,
    )
    conductor.restore()
    if not conductor.done:
        from autoclue.search.ray_adapter import run_with_ray

        if plan.model.kind == "hub":
            _reach_hub(plan.model, resources)
        run_with_ray(conductor, place.folder, resources)
    study = read_study(ledger)
    keep_best_model(study, place.folder)
    if study.trials and all(t.state is TrialState.FAIL for t in study.trials):
        raise AutoclueError(
            f"Every one of {len(study.trials)} trials failed; the first one said: "
            f"{study.trials[0].failure}"
        )
    return study


def _reach_hub(model: ModelSource, resources: Resources) -> None:
    """Fetch a hub model's tokenizer, so that a wrong name or no network shows before any trial.

    Raises:
        UsageError: It can't be fetched.
    """
    from autoclue.training.network import load_tokenizer

    apply_switches(gpu=resources.on_gpu)
    load_tokenizer(model.name)


def check_limits(trials: int, time_budget_s: float | None) -> None:
    """Refuse limits that make no search.

    Raises:
        UsageError: A number is not positive.
    """
    if trials < 1:
        raise UsageError(f"trials is {trials}, but must be at least 1.")
    if time_budget_s is not None and not time_budget_s > 0:
        raise UsageError(f"The time budget is {time_budget_s:g} s, but must be above 0.")


@dataclass(slots=True)
class _Tidy:
    """Passes every event on, and drops models that can't be the best any more as trials end."""

    listener: Listener
    folder: Path
    winner: TrialRecord | None
    best: tuple[float, int] | None = None

    def __post_init__(self) -> None:
        if self.winner is not None and self.winner.best_score is not None:
            self.best = (self.winner.best_score, -self.winner.number)

    def asked(self, number: int, config: TrialConfig) -> None:
        self.listener.asked(number, config)

    def prepared(self, number: int, prepared: Prepared) -> None:
        self.listener.prepared(number, prepared)

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        self.listener.evaluated(number, evaluation)

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        reached = None if score is None else (score, -number)  # the earliest of equals wins
        if state is TrialState.COMPLETE and self._beats(reached):
            if self.best is not None:
                _drop_model(self.folder, -self.best[1])
            self.best = reached
        else:
            _drop_model(self.folder, number)
        self.listener.ended(number, state, score=score, reason=reason)

    def _beats(self, reached: tuple[float, int] | None) -> bool:
        return reached is not None and (self.best is None or reached > self.best)


def _drop_model(folder: Path, number: int) -> None:
    shutil.rmtree(folder / "trials" / f"{number:04d}" / "best", ignore_errors=True)


def keep_best_model(study: StudyRecord, folder: Path) -> Path | None:
    """Keep the winner's model as ``best`` in the study's folder, and drop those of the others.

    Models of running trials stay; so does everything while nothing has won.

    Returns:
        The kept model's folder.
    """
    winner = study.winner
    if winner is None:
        return None
    target = folder / "best"
    source = folder / "trials" / f"{winner.number:04d}" / "best"
    if source.is_dir():
        shutil.rmtree(target, ignore_errors=True)
        os.rename(source, target)
    for trial in study.trials:
        if trial.state is not TrialState.RUNNING:
            _drop_model(folder, trial.number)
    return target if target.is_dir() else None
