"""What every machine of a cluster is asked before it trains, and whether its answer will do.

A machine answers for itself: which versions it has, which data and model lie there under the names
of the search, and whether it sees the folder of its files. Nothing here knows Ray; an answer is a
plain dictionary, so that two versions of autoclue understand each other well enough to disagree.
"""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import TypeAdapter

from autoclue.errors import AutoclueError, reason_of
from autoclue.search.execution.resources import Resources
from autoclue.search.execution.store_roll import StoreHere, sign_in_store
from autoclue.search.inputs import TrialInputs, find_input
from autoclue.search.objects import open_objects
from autoclue.tasks.cache import cache_dir
from autoclue.training.platform import present_gpus, versions

PROBE: Final = "roll-call"
"""Folder below the study's where machines show that they can write there and be read."""
DRIVER: Final = "driver"
"""File in it with what machines shall find there."""
COMPARED: Final = ("python", "autoclue", "paddle", "paddlenlp", "numpy")
"""Versions that have to agree, because they decide a result or what processes tell each other."""
LEAST_FREE_GIB: Final = 1.0
GIB: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of a cluster, as Ray sees it.

    Attributes:
        id: Ray's name of it.
        name: Its host name and address.
        cpus: CPU cores that Ray may use.
        gpus: GPUs that Ray may use.
    """

    id: str
    name: str
    cpus: float
    gpus: float

    def room(self, gpus_per_trial: float, *, cards: int = 1) -> int:
        """Return how many trials it holds at once; a fraction never reaches over two GPUs.

        Args:
            gpus_per_trial: Share of a GPU, or whole GPUs, of a trial.
            cards: Processes of a trial, all of them on one machine, with a core each.
        """
        cores = int(self.cpus) // cards
        if gpus_per_trial <= 0:
            return cores
        if gpus_per_trial < 1:
            return min(cores, int(self.gpus) * int(1 / gpus_per_trial + 1e-9))
        return min(cores, int(self.gpus // gpus_per_trial))


@dataclass(frozen=True, slots=True)
class Expected:
    """What a search needs of every machine.

    Attributes:
        versions: By package, as ``node_versions`` gives them.
        inputs: What trials read.
        folder: Where the files of trials are kept; ``None`` asks for none.
        token: What the machine finds there, and writes there itself.
        artifacts: The artifact store where they are kept instead, if they are.
    """

    versions: Mapping[str, str]
    inputs: TrialInputs = field(default_factory=TrialInputs)
    folder: str | None = None
    token: str = ""
    artifacts: StoreHere | None = None


@dataclass(frozen=True, slots=True)
class NodeAnswer:
    """What a machine says of itself.

    Attributes:
        versions: By package.
        gpus: GPUs that are there and that its Paddle can use; Ray says which of them it lends.
        free_bytes: Room on the disk that holds its cache.
        problems: What it lacks or can't do, a clause each.
        fetched: What of the data and models it has from the artifact store.
    """

    versions: Mapping[str, str]
    gpus: int
    free_bytes: int
    problems: Sequence[str]
    fetched: Sequence[str] = ()


_EXPECTED = TypeAdapter(Expected)


def node_versions() -> dict[str, str]:
    """Return the versions that have to agree; both builds of Paddle go by one name."""
    found = versions()
    paddle = found.get("paddlepaddle-gpu", found.get("paddlepaddle", "none"))
    named = {**found, "paddle": paddle, "python": ".".join(platform.python_version_tuple()[:2])}
    return {name: named.get(name, "none") for name in COMPARED}


def answer(expected: Mapping[str, Any], node_id: str) -> dict[str, Any]:
    """NodeAnswer for the machine that this process runs on.

    Args:
        expected: The fields of an ``Expected``.
        node_id: How it signs in the folder of the search.

    Returns:
        The fields of an ``NodeAnswer``.
    """
    wanted = _EXPECTED.validate_python(expected)
    fetched, lacking = _look_for(wanted.inputs, wanted.artifacts)
    problems = [
        *lacking,
        *(() if wanted.folder is None else _sign(Path(wanted.folder), wanted.token, node_id)),
        *_sign_away(wanted, node_id),
    ]
    free = shutil.disk_usage(_existing(cache_dir())).free
    return asdict(NodeAnswer(node_versions(), present_gpus(), free, problems, fetched))


def _look_for(inputs: TrialInputs, at: StoreHere | None) -> tuple[list[str], list[str]]:
    """Find data and models on this machine, or fetch them.

    Returns:
        What was fetched, and in a clause each what can't be had and why.
    """
    fetched: list[str] = []
    problems: list[str] = []
    for each in inputs.all:
        try:
            store = None if at is None else open_objects(at.uri)
            if find_input(each, store).fetched:
                fetched.append(each.words)
        except AutoclueError as error:
            told = reason_of(error)
            problems.append(told[0].lower() + told[1:])
    return fetched, problems


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _sign(folder: Path, token: str, node_id: str) -> Iterator[str]:
    """Find the driver's token in the folder of the search, and write it under an own name."""
    probe = folder / PROBE
    away = (
        f"it doesn't see the folder of the search {folder}, where trials leave their models; put "
        "the study on a file system that all machines share (--folder)"
    )
    try:
        if (probe / DRIVER).read_text(encoding="utf-8") != token:
            yield away
            return
        (probe / node_id).write_text(token, encoding="utf-8")
    except FileNotFoundError:
        yield away
    except OSError as error:
        yield f"it can't write to the folder of the search {folder}: {reason_of(error)}"


def _sign_away(wanted: Expected, node_id: str) -> Iterator[str]:
    if wanted.artifacts is not None:
        yield from sign_in_store(wanted.artifacts, wanted.token, node_id)


def misfits(expected: Expected, given: NodeAnswer) -> tuple[str, ...]:
    """Return why a machine can't take part, a clause each; nothing where it can."""
    found = [
        f"it has {name} {given.versions.get(name, 'none')}, and this machine has {version}"
        for name, version in expected.versions.items()
        if given.versions.get(name, "none") != version
    ]
    found.extend(given.problems)
    if given.free_bytes < LEAST_FREE_GIB * GIB:
        found.append(f"only {given.free_bytes / GIB:.1f} GiB are free for its cache")
    return tuple(found)


def settled(resources: Resources, nodes: Sequence[Node]) -> Resources:
    """Decide by the machines that can take part what was left to the cluster.

    Args:
        resources: As asked; a share of a GPU that was given stays, and no more trials run at once
            than fit.
        nodes: The machines.
    """
    share = resources.gpus_per_trial
    if not resources.share_given:
        share = float(resources.cards) if any(node.gpus >= 1 for node in nodes) else 0.0
    room = sum(node.room(share, cards=resources.cards) for node in nodes)
    parallel = min(resources.parallel, room) if resources.parallel_given else room
    return replace(resources, gpus_per_trial=share, parallel=max(1, parallel))
