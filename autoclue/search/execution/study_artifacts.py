"""What a driver does with the artifact store of a study: hands out addresses, fetches, drops."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from autoclue.errors import FolderError
from autoclue.records import TrialRecord, TrialState
from autoclue.search.execution.artifacts import (
    SCRATCH_PREFIX,
    find_kept_model,
    model_key,
    trial_folder,
    trial_key,
)
from autoclue.search.execution.uploads import MODEL, split_address
from autoclue.search.execution.worker import job_for_worker
from autoclue.search.inputs import TrialInputs
from autoclue.search.objects import (
    FolderObjects,
    LostObjectError,
    ObjectStore,
    fetch_tree,
    open_objects,
    read_tree,
)
from autoclue.search.store import Ledger
from autoclue.search.tuner import Job
from autoclue.training.checkpoints import put_in_place
from autoclue.training.platform import make_scratch

OWN_STORE: Final = "artifacts"
"""Folder of the store in a study's folder, on a cluster without ``--artifacts``."""
OWN_PLACE: Final = "study"


@dataclass(frozen=True, slots=True)
class StudyArtifacts:
    """States and models of a study's trials, in a store that every machine reaches.

    Which tree of a trial counts is what the ledger says of its last evaluation that has one.

    Attributes:
        store: The store.
        place: The study's place in it.
        ledger: The study's ledger.
        shares_folder: Whether workers see the study's folder, so that logs are written there.
        is_own: Whether the store lies in the study's folder.
        inputs: What trials read, where machines may have to fetch it.
    """

    store: ObjectStore
    place: str
    ledger: Ledger
    shares_folder: bool
    is_own: bool = False
    inputs: TrialInputs = field(default_factory=TrialInputs)

    @classmethod
    def of(cls, ledger: Ledger, folder: Path, *, on_cluster: bool) -> StudyArtifacts | None:
        """Open the store that a ledger names, if it names one.

        On a cluster there is one in the study's folder otherwise, so that what a machine writes
        that was given up is never read.

        Args:
            ledger: The study's ledger.
            folder: Its folder.
            on_cluster: Whether trials run on other machines too.
        """
        known = ledger.attributes.artifacts
        if known is not None:
            return cls(open_objects(known.uri), known.place, ledger, not on_cluster)
        own = folder / OWN_STORE
        if not on_cluster and not own.is_dir():
            return None
        return cls(FolderObjects(own.resolve()), OWN_PLACE, ledger, True, is_own=True)

    def write_job(self, job: Job, folder: Path, device: str) -> dict[str, Any]:
        """Write a job for a worker; see ``job_for_worker``."""
        attempt, asked = self.ledger.trial(job.number).attributes.attempt, job.config
        needed = self.inputs.to_fetch(asked.task, asked.data, asked.model, asked.strategy)
        away = {
            "uri": self.store.text,
            "place": f"{self._place(job.number)}/{attempt}",
            "start": self._start(job),
            "shares_folder": self.shares_folder,
            "inputs": asdict(needed),
        }
        return {**job_for_worker(job, folder, device), "artifacts": away}

    @property
    def search_place(self) -> str:
        """The place of the search: its own, or that of the search which this one confirms."""
        confirms = self.ledger.attributes.confirms
        return self.place if confirms is None else self.place.rpartition("/")[0]

    def _place(self, number: int) -> str:
        return f"{self.place}/{trial_key(number)}"

    def _start(self, job: Job) -> str | None:
        """Return the address of what a trial starts from: its own newest tree, or another's."""
        if job.start_from is None:
            return None
        own = self.newest(job.number)
        if own is not None or job.start_from.trial == job.number:
            return own
        at_step = job.start_from.at_step or None  # a training that goes on begins at its end
        return self.newest(job.start_from.trial, at_step=at_step)

    def newest(self, number: int, *, at_step: int | None = None) -> str | None:
        """Return the address of the newest tree of a trial that the ledger holds.

        Args:
            number: The trial.
            at_step: Only the one of this step; ``None`` for any.
        """
        for recorded in reversed(self.ledger.trial(number).attributes.recorded):
            state = recorded.state
            if at_step is not None and recorded.evaluation.step != at_step:
                continue
            if state is not None and state.address.startswith(f"{self._place(number)}/"):
                return state.address
        return None

    def bring_models(self, trials: Iterable[TrialRecord], folder: Path) -> list[str]:
        """Fetch the best models of trials into their folders, unless they are there.

        Args:
            trials: Trials that have ended.
            folder: The study's folder.

        Returns:
            A sentence about each that is lost.

        Raises:
            StoreError: The store can't be used.
            FolderError: The folder can't be written.
        """
        lost = []
        for trial in trials:
            if find_kept_model(folder, trial) is None:
                try:
                    self._bring_model(trial.number, folder)
                except LostObjectError as error:
                    lost.append(f"The model of trial {trial.number} can't be fetched: {error}.")
        return lost

    def _bring_model(self, number: int, folder: Path) -> None:
        address = self.newest(number)
        if address is None:
            raise LostObjectError("the ledger names none")
        own = trial_folder(folder, number)
        try:
            own.mkdir(parents=True, exist_ok=True)
            scratch = make_scratch(own, SCRATCH_PREFIX)
        except OSError as error:
            raise FolderError.writing("The best model", own, error) from error
        try:
            fetch_tree(self.store, *split_address(address), scratch, below=MODEL)
            put_in_place(scratch, folder / model_key(number), scratch_prefix=SCRATCH_PREFIX)
        except OSError as error:
            raise FolderError.writing("The best model", own, error) from error
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def drop(self, number: int) -> None:
        """Drop all that is kept of a trial.

        Raises:
            StoreError: The store can't be used.
        """
        self.store.drop(self._place(number))

    def tidy(
        self,
        trials: Iterable[TrialRecord],
        *,
        models: Collection[int] = (),
        states: Collection[int] = (),
    ) -> None:
        """Drop what nobody needs of trials that have ended, whatever was cut off before.

        Args:
            trials: The study's trials.
            models: Numbers of those whose models stay, unless the store is the study's own.
            states: Numbers of those of which everything stays.

        Raises:
            StoreError: The store can't be used.
        """
        there = {name.partition("/")[0] for name in self.store.names(f"{self.place}/trials")}
        for trial in trials:
            number = trial.number
            kept = trial_key(number).partition("/")[2] in there
            if not kept or trial.state is TrialState.RUNNING or number in states:
                continue
            if number in models and not self.is_own:
                self._drop_state(number)
            else:
                self.drop(number)

    def _drop_state(self, number: int) -> None:
        address = self.newest(number)
        if address is None:
            return
        place, name = split_address(address)
        try:
            files = read_tree(self.store, place, name)
        except LostObjectError:
            return
        own = self._place(number)
        needed = {name, *(sha256 for path, sha256 in files.items() if path.startswith(MODEL))}
        kept = {f"{place.removeprefix(own)[1:]}/{each}" for each in needed}
        self.store.drop(own, sorted(self.store.names(own) - kept))
