"""What Ray Tune calls: a trainable, a searcher and a scheduler that pass everything on.

The searcher hands out what the tuner asks for, the scheduler carries each result to the
tuner and its decision back, and the trainable trains from one evaluation to the next in a
process that is kept between trials. Nothing is decided here.
"""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import ray
from ray import tune
from ray.tune.execution.tune_controller import TuneController
from ray.tune.experiment import Trial as RayTrial
from ray.tune.schedulers import TrialScheduler
from ray.tune.search import Searcher

from autoclue.errors import AutoclueError, last_line
from autoclue.records import Evaluation
from autoclue.search.execution.native_output import NativeOutput, forget_words, last_words
from autoclue.search.execution.ray.fates import LOST, Fates
from autoclue.search.execution.ray.roll import Roll, selector
from autoclue.search.execution.ray.watch import RayDiedError, low_on_memory, ray_has_died
from autoclue.search.execution.worker import job_for_worker
from autoclue.search.execution.working import keep_log, log_folder
from autoclue.search.store import Prepared, StoredState
from autoclue.search.tuner import Job, Steering
from autoclue.training.platform import visible_cards

WriteJob = Callable[[Job, Path, str], dict[str, Any]]
"""Writes a job for a worker; takes the folder of the search, and ``cpu`` or ``gpu``."""

NODE_DIED = "node has died"
"""What Ray says of a trial whose machine has gone."""
UNREACHABLE = "temporarily unavailable"
"""What Ray says while it doesn't know yet whether a machine has gone, or only the way to it."""
RAY_DIED = (NODE_DIED, "owner has died")
"""What Ray says of a trial when Ray itself has ended; this process is the owner."""

STARVED = re.compile(r"OutOfMemoryError|running low on memory|memory usage threshold")
"""What Ray says of a worker that it has killed so that its machine keeps some memory."""

GUESSES = re.compile(r" (Some common causes include|There are some potential root causes).*")
RANK_DIED = re.compile(r"RankDiedError: (.*)")
"""What the worker of a trial on several cards says when one of their processes has died."""
DETAIL = re.compile(r"Worker exit detail: (.*?)\.?$")


def place(
    bundles: Sequence[Mapping[str, float]], job: Mapping[str, Any]
) -> tune.PlacementGroupFactory:
    """Say in Ray's words what a job takes, and on which machines of a cluster it may run.

    Args:
        bundles: What it takes.
        job: As ``JobSearcher`` hands it out.
    """
    wanted = [{**each, **job.get("takes", {})} for each in bundles]
    if "nodes" not in job:
        return tune.PlacementGroupFactory(wanted)
    where = [selector(job["nodes"])] * len(wanted)
    return tune.PlacementGroupFactory(wanted, bundle_label_selector=where)


class Sharing(Protocol):
    """Decides how many trials share a GPU; see ``Packer``."""

    @property
    def at_once(self) -> int:
        """How many trials may run now."""

    @property
    def gives(self) -> Mapping[str, Any]:
        """What is added to the job of the next trial."""

    def began(self, number: int) -> None:
        """A trial is handed out with that."""

    def prepared(self, number: int, card: str) -> None:
        """A trial has loaded everything on a card."""

    def evaluated(self, number: int, steps_per_s: float) -> None:
        """A trial has been scored."""

    def left(self, number: int) -> None:
        """A trial has left its card."""

    def ran_out(self, number: int) -> bool:
        """Memory ran out in a trial; return whether it gets more."""


class Worker(Protocol):
    """What runs in a worker process, see ``TrialWorker``."""

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial."""

    def next_event(self) -> dict[str, Any]:
        """Go on to its next event."""

    def close(self) -> None:
        """Let go of it."""


class WorkerTrainable(tune.Trainable):  # type: ignore[misc]
    """Ray's view of a trial worker; the framework imposes the base class."""

    def setup(self, config: dict[str, Any]) -> None:
        """Begin the first trial of this process."""
        module, _, name = str(config["worker"]).partition(":")
        self._worker: Worker = getattr(import_module(module), name)()
        self._native_output = NativeOutput()
        self._begin(config)

    def _begin(self, job: Mapping[str, Any]) -> None:
        self._native_output.follow(log_folder(job))
        self._worker.begin(job)

    def step(self) -> dict[str, Any]:
        """Go on to the trial's next event; as text, because Ray takes nested results apart."""
        event = json.dumps(self._worker.next_event())
        node = ray.get_runtime_context().get_node_id()
        return {"event": event, "node": node, "card": visible_cards()}

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Begin another trial in the same process."""
        self._begin(new_config)
        return True

    def save_checkpoint(self, checkpoint_dir: str) -> None:
        """Keep nothing: the ledger and the trial's own folder hold all there is."""

    def load_checkpoint(self, checkpoint: dict[str, Any] | None) -> None:
        """Load nothing."""

    def cleanup(self) -> None:
        """Let go of the last trial."""
        self._worker.close()


class JobSearcher(Searcher):  # type: ignore[misc]
    """Hands out trials; the framework imposes the base class."""

    def __init__(
        self,
        tuner: Steering,
        folder: Path,
        device: str,
        worker: str,
        halted: threading.Event,
        write_job: WriteJob = job_for_worker,
        roll: Roll | None = None,
        sharing: Sharing | None = None,
        fates: Fates | None = None,
    ) -> None:
        super().__init__()
        self._roll, self._sharing, self._fates = roll, sharing, fates
        self._write_job = write_job
        self._tuner = tuner
        self._worker = worker
        self._halted = halted
        self._folder = folder
        self._device = device

    def suggest(self, trial_id: str) -> dict[str, Any] | str | None:
        """Return the next trial, nothing for now, or nothing ever."""
        _refuse_if(self._halted)
        if self._roll is not None:
            self._roll.look()
            if self._fates is not None:
                self._fates.settle()
            self._tuner.fits(self._roll.settled.parallel)
        if self._sharing is not None:
            self._tuner.fits(self._sharing.at_once)
        job = self._tuner.next_trial()
        if job is not None:
            if self._fates is not None:
                self._fates.begins(job.number)
            gives: Mapping[str, Any] = {}
            if self._sharing is not None:
                gives = self._sharing.gives
                self._sharing.began(job.number)
            places = {} if self._roll is None else {"nodes": self._roll.places(job.number)}
            written = self._write_job(job, self._folder, self._device)
            return {**written, **places, **gives, "worker": self._worker}
        # Ray asks no more after this word, and a trial that still runs may be requeued.
        return str(Searcher.FINISHED) if self._tuner.done else None

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Learn nothing here: the scheduler has told the tuner already."""

    def __getstate__(self) -> dict[str, Any]:
        """Leave the tuner out: Ray keeps a copy of this object that nobody reads."""
        return {}

    def save(self, checkpoint_path: str) -> None:
        """Write a note, because Ray wants a file; the ledger is what counts."""
        Path(checkpoint_path).write_text("The ledger holds the search.\n", encoding="utf-8")

    def restore(self, checkpoint_path: str) -> None:
        """Restore nothing."""


class Carrier(TrialScheduler):  # type: ignore[misc]
    """Carries results to the tuner; the framework imposes the base class."""

    def __init__(
        self,
        tuner: Steering,
        halted: threading.Event,
        *,
        roll: Roll | None = None,
        sharing: Sharing | None = None,
        fates: Fates | None = None,
    ) -> None:
        super().__init__()
        self._tuner = tuner
        self._halted = halted
        self._roll, self._sharing, self._fates = roll, sharing, fates
        self._pending: deque[RayTrial] = deque()

    def __getstate__(self) -> dict[str, Any]:
        """Leave the tuner out: Ray keeps a copy of this object that nobody reads."""
        return {}

    def on_trial_add(self, tune_controller: TuneController, trial: RayTrial) -> None:
        """Queue a trial that the tuner handed out."""
        self._pending.append(trial)

    def on_trial_result(
        self, tune_controller: TuneController, trial: RayTrial, result: Mapping[str, Any]
    ) -> str:
        """Pass an event on and give back whether the trial goes on."""
        _refuse_if(self._halted)
        message = json.loads(result["event"])
        number, payload = int(trial.config["number"]), message["payload"]
        keep_log(Path(trial.config["folder"]), message.get("log", ""))
        event, reason = message["event"], payload.get("reason", "")
        if self._fates is not None:
            self._fates.runs_on(number, result["node"])
        if self._roll is not None and self._roll.blames(result["node"], number, event, reason):
            told = f"It goes on on another machine: {reason}"
            self._tuner.died(number, told, with_machine=True)
            return str(TrialScheduler.STOP)
        state = message.get("state")
        kept = None if state is None else StoredState(**state)
        if self._sharing is not None and self._shares_less(event, number, payload, result["card"]):
            forget_words(Path(trial.config["folder"]))
            return str(TrialScheduler.STOP)
        goes_on = self._carry(event, number, payload, kept)
        if not goes_on and self._sharing is not None:
            self._sharing.left(number)
        if not goes_on:
            forget_words(Path(trial.config["folder"]))
        return str(TrialScheduler.CONTINUE if goes_on else TrialScheduler.STOP)

    def _shares_less(self, event: str, number: int, payload: Mapping[str, Any], card: str) -> bool:
        """Tell who decides on shares; return whether a trial leaves its own for a larger one."""
        sharing = self._sharing
        if sharing is None:
            return False
        if event == "prepared":
            sharing.prepared(number, card)
        elif event == "evaluated":
            sharing.evaluated(number, float(payload["steps_per_s"]))
        elif event == "out_of_memory" and sharing.ran_out(number):
            sharing.left(number)
            self._tuner.goes_on_later(
                number, f"It goes on with more of a GPU: {payload['reason']}"
            )
            return True
        return False

    def _carry(
        self, event: str, number: int, payload: Mapping[str, Any], state: StoredState | None
    ) -> bool:
        """Report an event to the tuner; return whether the trial goes on."""
        if event == "prepared":
            return self._tuner.prepared(number, Prepared.from_json(payload))
        if event == "evaluated":
            return self._tuner.evaluated(number, Evaluation(**payload), state=state) is None
        if event == "halted":
            raise AutoclueError(
                f"{payload['reason']} Mend that, then run the same command again to go on; "
                "nothing that was reported is lost."
            )
        if event == "failed":
            self._tuner.failed(number, payload["reason"], log=payload.get("log"))
        elif event == "out_of_memory":
            self._tuner.out_of_memory(number, payload["reason"], log=payload.get("log"))
        else:
            self._tuner.ended(number)
        return False

    def on_trial_error(self, tune_controller: TuneController, trial: RayTrial) -> None:
        """Requeue a trial whose process died; it stays running where Ray itself went away.

        On a cluster that waits until it is known whether its machine died too.

        Raises:
            RayDiedError: Ray has ended on this machine; the trial isn't to blame.
        """
        _refuse_if(self._halted)
        error = _error_text(trial)
        on_cluster = self._roll is not None
        if ray_has_died() or (not on_cluster and any(sign in error for sign in RAY_DIED)):
            raise RayDiedError
        folder, number = Path(trial.config["folder"]), int(trial.config["number"])
        if self._roll is not None:
            self._roll.left(number)
        if self._sharing is not None:
            self._sharing.left(number)
        starved = STARVED.search(error) is not None
        if on_cluster and (NODE_DIED in error or UNREACHABLE in error):
            self._tuner.died(number, LOST, with_machine=True)
        elif self._fates is None or starved:
            self._tuner.died(number, _death(error, last_words(folder)), starved=starved)
        else:
            told, allowed = _death(error, last_words(folder)), trial.config["nodes"]
            self._fates.died(number, told, allowed=allowed)
        forget_words(folder)

    def on_trial_complete(
        self, tune_controller: TuneController, trial: RayTrial, result: Mapping[str, Any]
    ) -> None:
        """Nothing to do: the trial's last event has closed it."""

    def on_trial_remove(self, tune_controller: TuneController, trial: RayTrial) -> None:
        """Nothing to do: the trial stays in the ledger."""

    def choose_trial_to_run(self, tune_controller: TuneController) -> RayTrial | None:
        """Start trials in the order they were asked for."""
        _refuse_if(self._halted)
        while self._pending and self._pending[0].status != RayTrial.PENDING:
            self._pending.popleft()
        return self._pending[0] if self._pending else None

    def debug_string(self) -> str:
        """Name this scheduler in Ray's own logs."""
        return "autoclue"


def _refuse_if(halted: threading.Event) -> None:
    """End Ray's loop from within once it shall turn no more: nothing is recorded from there on.

    Raises:
        AutoclueError: It shall turn no more.
    """
    if halted.is_set():
        raise AutoclueError("The search was interrupted.")


def _error_text(trial: RayTrial) -> str:
    """Return what Ray has just noted about a failed trial in the driver's own folder."""
    path = trial.error_file
    return Path(path).read_text(encoding="utf-8") if path and Path(path).is_file() else ""


def _death(error: str, words: str) -> str:
    """Put into a sentence why a worker process died, leaving out Ray's list of guesses.

    Args:
        error: What Ray says.
        words: What the process itself wrote last; "" for nothing.
    """
    if STARVED.search(error):
        return f"Ray ended the worker process because {low_on_memory(error)}."
    last = GUESSES.sub("", last_line(error, otherwise="Ray gives no reason"))
    told = DETAIL.search(last)
    reason = last if told is None else told.group(1)
    said = f" The last that it wrote: {words}." if words else ""
    rank_died = RANK_DIED.search(error)
    if rank_died is not None:
        return f"{rank_died.group(1)}{said}"
    return f"The worker process was killed, ran out of memory or crashed ({reason}).{said}"
