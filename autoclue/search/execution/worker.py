"""What a worker process does: trains one trial after another and says what happens in each."""

from __future__ import annotations

import logging
import traceback
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from autoclue.errors import AutoclueError, FolderError, TroubleError, last_line
from autoclue.records import Evaluation
from autoclue.search.execution.artifacts import BEST, LocalArtifacts, state_key, trial_folder
from autoclue.search.execution.uploads import Uploads
from autoclue.search.execution.working import LogTail, begin_uploads, log_folder, take_inputs
from autoclue.search.tuner import Job
from autoclue.system import file_sha256, remove
from autoclue.training import TrialConfig
from autoclue.training.checkpoints import STATE_FILE, has_state
from autoclue.training.data import Workspace
from autoclue.training.logs import (
    LOG_FILE,
    Pulse,
    StepProgress,
    forget_progress,
    open_log_file,
    progress_writer,
    train_log,
)
from autoclue.training.loop import LeftState, Trial
from autoclue.training.platform import (
    apply_switches,
    free_memory,
    limit_gpu_memory,
    memory_ran_out,
    pick_device,
    trouble_words,
)
from autoclue.training.ranks import SOLE, Ranks

Event = dict[str, Any]


def job_for_worker(job: Job, folder: Path, device: str) -> dict[str, Any]:
    """Write a job as a worker in another process takes it.

    Args:
        job: The trial.
        folder: The study's folder.
        device: ``cpu`` or ``gpu``.
    """
    start = job.start_from
    return {
        "number": job.number,
        "config": job.config.model_dump(),
        "after_step": job.after_step,
        "folder": str(trial_folder(folder, job.number)),
        "device": device,
        "leaves_state": job.leaves_state,
        "start_from": None
        if start is None
        else {
            "folder": str(trial_folder(folder, start.trial)),
            "may_differ": sorted(start.may_differ),
            "sha256": start.sha256,
        },
    }


def fetch_state(source: Path, folder: Path, *, sha256: str | None = None) -> str | None:
    """Copy a trial's state and best model to another trial, unless that has a state of its own.

    The state comes last: where it is, the model is.

    Args:
        source: The folder of the trial that has left them.
        folder: The folder of the trial that starts from them.
        sha256: Of the state; another one isn't copied. ``None`` copies any.

    Returns:
        Why there is nothing to start from, a clause, or ``None``.

    Raises:
        FolderError: The folder can't be written.
    """
    if has_state(folder):
        return None
    store, state = LocalArtifacts(source), source / STATE_FILE
    if not state.is_file():
        return f"{state} isn't there"
    if sha256 is not None and file_sha256(state) != sha256:
        return f"{state} isn't the state that the ledger names"
    for key in (BEST, STATE_FILE):
        store.get(key, folder / key)
    return None


class TrialWorker:
    """Trains trials step by step; each step ends in an event, a plain dictionary.

    ``prepared`` comes first, then ``evaluated`` after each evaluation that isn't known yet. One of
    these comes last:

    - ``ended``: the schedule has ended;
    - ``failed``: the trial can't be trained; ``reason`` and ``log``, the path of its log;
    - ``halted``: the model, the data, the cache or a folder can't be read or written; ``reason``.
      The trial isn't to blame and can go on;
    - ``out_of_memory``: likewise. It can go on from its state with smaller micro-batches.

    An error never leaves this class: it becomes the event that closes the trial.
    """

    def __init__(
        self, ranks: Ranks = SOLE, tell: Callable[[StepProgress], None] = lambda progress: None
    ) -> None:
        """Keep nothing yet; Paddle is loaded with the first trial.

        Args:
            ranks: Processes that train each trial together, with a worker each. The first one
                alone writes, and its events are the trial's.
            tell: Is told of the steps too, which are left in the trial's folder.
        """
        self._ranks, self._tell = ranks, tell
        self._workspace = Workspace()
        self._trial: Trial | None = None
        self._job: Mapping[str, Any] = {}
        self._log: logging.Logger | None = None
        self._unreported: deque[Evaluation] = deque()
        self._uploads: Uploads | None = None
        self._tail: LogTail | None = None

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial; nothing is loaded before its first event.

        Args:
            job: What ``job_for_worker`` makes of it.
        """
        self.close()
        self._job = job
        if self._ranks.rank == 0 and log_folder(job) != Path(job["folder"]):
            self._tail = LogTail.from_here(self._folder / LOG_FILE)

    def next_event(self) -> Event:
        """Go on to the next event of the trial."""
        try:
            if self._uploads is not None:
                self._uploads.tidy()
            event = self._trial_event()
        except Exception as error:  # whatever Paddle raises belongs to this trial alone
            event = self._closing_event(error)
        if event["event"] not in {"prepared", "evaluated"}:
            self._let_go()  # out here, where an error no longer holds on to the trial's memory
        return event if self._tail is None else {**event, "log": self._tail.read()}

    @property
    def _folder(self) -> Path:
        return log_folder(self._job)

    @property
    def _after_step(self) -> int:
        return int(self._job["after_step"])

    def _trial_event(self) -> Event:
        if self._trial is None:
            trial = self._trial = self._prepare()
            self._unreported.extend(e for e in trial.history if e.step > self._after_step)
            return {
                "event": "prepared",
                "payload": {
                    "total_steps": trial.timetable.total_steps,
                    "evaluation_steps": list(trial.timetable.evaluation_steps),
                    "layer_rates": [asdict(rate) for rate in trial.layer_rates],
                },
            }
        evaluation = self._next_evaluation(self._trial)
        if evaluation is None:
            return {"event": "ended", "payload": {}}
        return {"event": "evaluated", "payload": asdict(evaluation), **self._left(evaluation)}

    def _left(self, evaluation: Evaluation) -> dict[str, Any]:
        """Say which state others may start from, at the end of a trial that leaves one.

        Where there is an artifact store, it is the newest that was sent there.
        """
        if self._uploads is not None:
            return self._uploads.report()
        path = self._folder / STATE_FILE
        ends = {self._job["config"].get("until_step")}
        if self._job["leaves_state"] and self._trial is not None:
            ends.add(self._trial.timetable.evaluation_steps[-1])
        if evaluation.step not in ends or not path.is_file():
            return {}
        address = state_key(int(self._job["number"]))
        return {"state": {"address": address, "sha256": file_sha256(path)}}

    def _next_evaluation(self, trial: Trial) -> Evaluation | None:
        """Go on to the next evaluation that isn't known yet; the state may be older than those."""
        if self._unreported:
            return self._unreported.popleft()
        evaluation = self._advance(trial)
        while evaluation is not None and evaluation.step <= self._after_step:
            evaluation = self._advance(trial)
        return evaluation

    def _advance(self, trial: Trial) -> Evaluation | None:
        """Go on to the next evaluation; the best model of the last one is sent in any case."""
        if self._uploads is None:
            return trial.advance()
        self._uploads.fresh = False
        evaluation = trial.advance()
        last = trial.timetable.evaluation_steps[-1]
        if evaluation is not None and evaluation.step == last and not self._uploads.fresh:
            self._uploads.keep_model()
        return evaluation

    def _prepare(self) -> Trial:
        device = str(self._job["device"])
        start_from = self._job["start_from"]
        config = TrialConfig.model_validate(self._job["config"])
        apply_switches(gpu=device != "cpu")
        if self._job.get("gpu_limit_mib") is not None:
            limit_gpu_memory(int(self._job["gpu_limit_mib"]))
        self._log = logging.Logger(f"autoclue.trial.{self._folder.name}")
        if self._ranks.rank > 0:
            return self._prepare_beside(config)
        self._log.addHandler(open_log_file(self._folder, append=True))
        away = self._job.get("artifacts")
        uploads = self._uploads = None if away is None else begin_uploads(away)
        if away is not None:
            take_inputs(self._workspace, away)
        work = self._folder if uploads is None else uploads.folder
        if start_from is not None and not config.earlier:
            lost = self._fetch(start_from)
            if lost is not None:
                self._log.warning(train_log.trains_prefix_line(lost))
        forget_progress(self._folder)  # of a process that was killed
        return Trial(
            config,
            self._workspace,
            device=pick_device(device),
            folder=work,
            log=self._log,
            resume=start_from is not None,
            may_differ=frozenset() if start_from is None else start_from["may_differ"],
            pulse=Pulse(self._progress_teller()),
            left=self._left_by(start_from) if config.earlier else None,
            leaves_state=bool(self._job["leaves_state"]),
            saved=(lambda: None) if uploads is None else uploads.keep,
            ranks=self._ranks,
        )

    def _progress_teller(self) -> Callable[[StepProgress], None]:
        write, tell = progress_writer(self._folder), self._tell

        def both(progress: StepProgress) -> None:
            write(progress)
            tell(progress)

        return both

    def _prepare_beside(self, config: TrialConfig) -> Trial:
        """Load the trial that the first rank drives; files are its alone."""
        return Trial(
            config,
            self._workspace,
            device=pick_device(str(self._job["device"])),
            log=self._log,
            leaves_state=bool(self._job["leaves_state"]),
            ranks=self._ranks,
        )

    def _fetch(self, start_from: Mapping[str, Any]) -> str | None:
        """Bring the state to start from here; return why there is none, where that is news."""
        if self._uploads is not None:
            away = self._job["artifacts"]
            if away["start"] is not None:
                return self._uploads.fetch(away["start"])
            if not away["shares_folder"]:
                return None
        source = Path(start_from["folder"])
        work = self._folder if self._uploads is None else self._uploads.folder
        lost = fetch_state(source, work, sha256=start_from["sha256"])
        return None if source == self._folder else lost

    def _left_by(self, start_from: Mapping[str, Any] | None) -> LeftState | None:
        """Return the state that another training has left, if the ledger names one."""
        if start_from is None or start_from["sha256"] is None:
            return None
        if self._uploads is None:
            return LeftState(Path(start_from["folder"]), start_from["sha256"])
        start = self._job["artifacts"]["start"]
        left = None if start is None else self._uploads.fetch_left(start)
        return None if left is None else LeftState(left, file_sha256(left / STATE_FILE))

    def _closing_event(self, error: Exception) -> Event:
        reason = str(error)
        if isinstance(error, OSError) and not memory_ran_out(error):
            reason = trouble_words("A file", error)
        elif not isinstance(error, AutoclueError):
            reason = f"{type(error).__name__}: {_sentence(error)}"
        told = {"reason": reason, "log": str(Path(self._job["folder"]) / LOG_FILE)}
        try:
            if not isinstance(error, AutoclueError) and not memory_ran_out(error):
                self._complain(traceback.format_exc())
            self._complain(reason)
        except FolderError as full:  # not even the log can be written
            return {"event": "halted", "payload": {"reason": str(full)}}
        if memory_ran_out(error):
            return {"event": "out_of_memory", "payload": told}
        if isinstance(error, TroubleError | OSError):
            return {"event": "halted", "payload": {"reason": reason}}
        return {"event": "failed", "payload": told}

    def _complain(self, line: str) -> None:
        if self._log is not None:
            self._log.error(line)

    def close(self) -> None:
        """Let go of the trial at hand and its memory."""
        self._let_go()

    def _let_go(self) -> None:
        if self._trial is not None and self._ranks.rank == 0:
            forget_progress(self._folder)
        self._trial = None
        if self._uploads is not None:
            remove(self._uploads.folder)
            self._uploads = None
        self._unreported.clear()
        if self._log is not None:
            for handler in list(self._log.handlers):
                self._log.removeHandler(handler)
                handler.close()
            self._log = None
        free_memory()


def _sentence(error: Exception) -> str:
    """Return the sentence of an error; Paddle puts a C++ trace before it and hints behind."""
    telling = [line for line in str(error).split("\n") if "Error" in line or "error" in line]
    return last_line(telling[-1] if telling else str(error))[:500]
