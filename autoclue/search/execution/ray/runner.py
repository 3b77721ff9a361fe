"""Let Ray Tune run what a tuner decides. Ray executes; it owns nothing that must survive.

Ray's own Optuna bridge reports stopped trials as complete, and its schedulers forget their state
in a crash, so neither is used; see ``hooks`` for what is in their place.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import ray
from ray import tune
from ray._private import ray_constants
from ray.job_config import JobConfig
from ray.tune.error import TuneError

from autoclue.errors import AutoclueError, FolderError, last_line
from autoclue.search.execution.ray.fates import Fates
from autoclue.search.execution.ray.hooks import (
    Carrier,
    JobSearcher,
    Sharing,
    WorkerTrainable,
    WriteJob,
    place,
)
from autoclue.search.execution.ray.joining import has_token, reach
from autoclue.search.execution.ray.places import ray_folder, ray_token
from autoclue.search.execution.ray.quiet import quiet_ray
from autoclue.search.execution.ray.roll import Called, Roll, call_roll, live_nodes, signing
from autoclue.search.execution.ray.watch import leave_ray, run_watched
from autoclue.search.execution.resources import Resources
from autoclue.search.execution.roll_call import Expected, node_versions
from autoclue.search.execution.store_roll import signing_in_store
from autoclue.search.execution.worker import job_for_worker
from autoclue.search.inputs import command_folders
from autoclue.search.tuner import Steering
from autoclue.system import handlers_kept, remove_abandoned, scratch_name
from autoclue.training.platform import choose_switches, read_cpu

SCRATCH_PREFIX = "autoclue-ray-"
TRIAL_WORKER = "autoclue.search.execution.worker:TrialWorker"
CARDS_WORKER = "autoclue.search.execution.cards_worker:CardsWorker"


def _cause(error: BaseException) -> AutoclueError:
    """Find our own error in one that Ray Tune has wrapped, or put Tune's into a sentence."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, AutoclueError):
            return inner
        inner = inner.__cause__ or inner.__context__
    reason = last_line(str(error), otherwise="no reason")
    return AutoclueError(f"Ray Tune stopped the search: {reason}")


def run_with_ray(
    tuner: Steering,
    folder: Path,
    resources: Resources,
    *,
    worker: str | None = None,
    write_job: WriteJob = job_for_worker,
    expected: Expected | None = None,
    sharing: Sharing | None = None,
) -> None:
    """Run a search to its end.

    Args:
        tuner: Decides; its ledger is where results are found afterwards.
        folder: The study's folder; trials write below it. On a cluster it must be shared.
        resources: What the trials run on.
        worker: What runs in a worker process, as ``module:Class``; ``None`` for what trains a
            trial there, or on its cards.
        write_job: Writes a job for a worker.
        expected: What every machine of a cluster must have; ``None`` asks for the versions alone.
        sharing: Decides how many trials share a GPU; ``None`` where that is settled.

    Raises:
        AutoclueError: Ray can't be started or reached, or ends in the middle.
        KeyboardInterrupt: The user pressed Ctrl-C; all that was reported is in the ledger.
    """
    scratch = _scratch_folder()
    halted = threading.Event()
    runs = worker or (TRIAL_WORKER if resources.cards == 1 else CARDS_WORKER)
    try:
        with quiet_ray(), _ray(resources), _roll(resources, expected, tuner.noted) as roll:
            settled = resources if roll is None else roll.settled
            tuner.fits(settled.parallel)
            device = "gpu" if settled.on_gpu else "cpu"
            fates = None if roll is None else Fates(tuner)
            running = tune.Tuner(
                tune.with_resources(WorkerTrainable, partial(place, settled.bundles())),
                tune_config=tune.TuneConfig(
                    search_alg=JobSearcher(
                        *(tuner, folder.resolve(), device, runs, halted, write_job, roll),
                        sharing=sharing,
                        fates=fates,
                    ),
                    scheduler=Carrier(tuner, halted, roll=roll, sharing=sharing, fates=fates),
                    num_samples=-1,
                    reuse_actors=True,
                ),
                run_config=tune.RunConfig(
                    name="search",
                    storage_path=str(scratch),
                    verbose=0,
                    failure_config=tune.FailureConfig(max_failures=0),
                    checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
                ),
            )
            run_watched(running.fit, halt=halted.set)
    except TuneError as error:
        raise _cause(error) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _scratch_folder() -> Path:
    """Make a folder for what Ray wants to write; those of searches that were killed go."""
    parent = Path(tempfile.gettempdir())
    remove_abandoned(parent, SCRATCH_PREFIX)
    folder = parent / scratch_name(SCRATCH_PREFIX)
    try:
        folder.mkdir(mode=0o700)
    except OSError as error:
        raise FolderError.writing("Ray's own files", parent, error) from error
    return folder


class _OwnImports(JobConfig):  # type: ignore[misc]
    """Has workers import from the command's own folders, the first of them first.

    Ray would put the current folder before everything else, so that a ``paddle.py`` or a clone of
    PaddleNLP that happens to lie there were imported instead of the package. It leaves that out
    where a job brings a working folder of its own.
    """

    def _runtime_env_has_working_dir(self) -> bool:
        return True


@contextlib.contextmanager
def _roll(
    resources: Resources, expected: Expected | None, tell: Callable[[str], None]
) -> Iterator[Roll | None]:
    """Call the roll of a cluster; there is none to call on this machine alone.

    Raises:
        AutoclueError: No machine can take part.
    """
    if resources.address is None:
        yield None
        return
    wanted = Expected(node_versions()) if expected is None else expected
    token_folder = None if wanted.folder is None else Path(wanted.folder)
    with signing(token_folder) as token, signing_in_store(wanted.artifacts, token):
        roll = Roll(replace(wanted, token=token), tell, resources)
        roll.call()
        yield roll


def visit(address: str) -> list[Called]:
    """Join a cluster, ask its machines for their versions and devices, and leave it again.

    Args:
        address: ``auto`` or HOST:PORT.

    Raises:
        AutoclueError: It can't be reached.
    """
    with quiet_ray(), _ray(Resources(0, 0, 1, address)):
        return call_roll(Expected(node_versions()), live_nodes())


@contextlib.contextmanager
def _ray(resources: Resources) -> Iterator[None]:
    """Start Ray on this machine or join a cluster, and leave it again.

    Workers on this machine inherit its environment, and can then be started before they are
    needed. Those of a cluster are told what the user has set, and choose the rest by their CPU.
    """
    if ray.is_initialized():
        yield
        return
    switches = choose_switches(read_cpu(), os.environ, gpu=resources.on_gpu)
    environment = {each.name: each.value for each in switches if each.by_user}
    if resources.address:
        reach(resources.address)
    local: dict[str, object] = (
        {}
        if resources.address
        else {
            "num_cpus": max(resources.parallel, 1) * resources.cards,
            "num_gpus": resources.gpus,
            "include_dashboard": False,
        }
    )
    if resources.address and has_token(os.environ, Path.home()):
        # Ray 2.60 leaves it out for an address, and has read its configuration when imported.
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        ray._raylet.Config.initialize("")
    with contextlib.ExitStack() as stack:
        if not resources.address:
            stack.enter_context(_on_this_machine())
            local |= _own_places(stack)
        _init(resources, environment, local)
        try:
            yield
        finally:
            leave_ray()


def _own_places(stack: contextlib.ExitStack) -> dict[str, object]:
    """Choose where a Ray of this machine writes; a folder that is made for it goes in the end."""
    token = ray_token(os.environ, Path.home())
    if token is not None:
        os.environ["RAY_AUTH_TOKEN"] = token
    folder = stack.enter_context(ray_folder(os.environ))
    return {} if folder is None else {"_temp_dir": folder}


def _init(
    resources: Resources, environment: Mapping[str, str], local: Mapping[str, object]
) -> None:
    """Start Ray or join a cluster.

    Raises:
        AutoclueError: It can't be.
    """
    try:
        with handlers_kept():
            ray.init(
                address=resources.address or "local",
                job_config=_OwnImports(_py_driver_sys_path=command_folders()[::-1]),
                runtime_env={"env_vars": dict(environment)} if resources.address else None,
                log_to_driver=False,
                logging_level=logging.CRITICAL,
                **local,
            )
    except Exception as error:  # Ray raises bare ones too
        reason = " ".join(str(error).split())
        where = resources.address or "this machine"
        raise AutoclueError(f"Ray can't be started on {where}: {reason}") from error


@contextlib.contextmanager
def _on_this_machine() -> Iterator[None]:
    """Let Ray's ports listen on the loopback alone, where a search needs no other machine.

    Ray has that for systems whose firewall would ask; it takes the switch when it is imported. A
    later search of this process may join a cluster, so it is put back.
    """
    name = ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR
    before = os.environ.get(name), ray_constants.ENABLE_RAY_CLUSTER
    os.environ[name], ray_constants.ENABLE_RAY_CLUSTER = "0", False
    try:
        yield
    finally:
        given, ray_constants.ENABLE_RAY_CLUSTER = before
        if given is None:
            del os.environ[name]
        else:
            os.environ[name] = given
