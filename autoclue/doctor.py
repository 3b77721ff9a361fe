"""Examine a machine: packages and what they require, devices, switches, folders."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import resources

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from autoclue.errors import UsageError, last_line
from autoclue.search.execution import GIB, Node, NodeAnswer
from autoclue.tasks.cache import cache_dir
from autoclue.training.platform import (
    choose_switches,
    count_gpus,
    listed_gpus,
    read_cpu,
    versions,
)

ROOM_GIB = 2.0
PADDLES = {"paddlepaddle": "cpu", "paddlepaddle-gpu": "gpu"}
"""Each build of Paddle, and the extra that asks for it."""

SHOWN = frozenset({*PADDLES, "paddlenlp", "ray", "optuna", "plotly"})
"""Distributions that have a finding of their own."""

LOADS = {
    "Paddle": "from autoclue.training.platform import load_paddle; load_paddle().ones([2]).sum()",
    "PaddleNLP": "from autoclue.training.platform import load_paddlenlp; load_paddlenlp()",
    "Ray Tune": "import ray.tune",
    "Optuna": "import optuna",
    "Plotly": "import plotly.graph_objects",
}
"""What a deep examination runs in a process of its own."""

LOAD_TIMEOUT_S = 300.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        subject: What it is.
        good: Whether a search can run with it.
        text: What was found and, where it is not good, what to do.
    """

    subject: str
    good: bool
    text: str

    def as_mapping(self) -> dict[str, object]:
        """Return the finding as JSON values."""
        return asdict(self)


def examine(*, deep: bool = False) -> list[Finding]:
    """Look at everything that a search needs; loads neither Paddle nor Ray into this process.

    Args:
        deep: Whether to import what a search imports too, in processes of their own.
    """
    loads = [_load(name, code) for name, code in LOADS.items()] if deep else []
    unmet = _requirements()
    said = {finding.subject for finding in unmet}
    packages = [*(found for found in _packages() if found.subject not in said), *unmet]
    return [_python(), *packages, *loads, _cpu(), _gpu(), *_switches(), _cache(), _memory()]


def examine_cluster(address: str) -> list[Finding]:
    """Call the roll of a Ray cluster: what each machine has, and whether a search can use it.

    Args:
        address: ``auto`` or HOST:PORT.

    Raises:
        AutoclueError: The cluster can't be reached.
    """
    from autoclue.search.execution.ray import visit

    called = visit(address)
    if not called:
        return [Finding(address, False, "no machine with a CPU core is there")]
    return [
        Finding(
            each.node.name, not each.reasons, _describe_node(each.node, each.answer, each.reasons)
        )
        for each in called
    ]


def _describe_node(node: Node, said: NodeAnswer | None, reasons: Sequence[str]) -> str:
    parts = [f"{node.cpus:g} CPU cores, {node.gpus:g} GPUs"]
    if said is not None:
        parts += [f"{name} {version}" for name, version in said.versions.items()]
        parts.append(f"{said.free_bytes / GIB:.0f} GiB free")
    return "; ".join([", ".join(parts), *reasons])


def constraints() -> str:
    """Return the exact versions that have been tried together, as pip's ``-c`` takes them.

    Raises:
        UsageError: This copy of autoclue was installed without them.
    """
    file = resources.files("autoclue") / "constraints.txt"
    if not file.is_file():
        raise UsageError("This copy of autoclue holds no constraints; install it from a wheel.")
    return file.read_text(encoding="utf-8")


def _requirements() -> list[Finding]:
    """Compare what is installed with what autoclue says it needs, its own pins included."""
    try:
        stated = importlib.metadata.requires("autoclue") or []
    except importlib.metadata.PackageNotFoundError:
        return [Finding("autoclue", False, "not installed; run: pip install '.[cpu]'")]
    due = list(_due(stated))
    wrong = [found for requirement in due if (found := _unmet(requirement)) is not None]
    if wrong:
        return wrong
    return [Finding("requirements", True, f"all {len(due)} are met")]


def _due(stated: list[str]) -> Iterator[Requirement]:
    """Yield the requirements that hold here: those of no extra, and those of the Paddle found."""
    extras = {"", *(extra for name, extra in PADDLES.items() if _version(name) is not None)}
    for text in stated:
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
            yield requirement


def _unmet(requirement: Requirement) -> Finding | None:
    """Return what is wrong with an installed distribution; ``None`` where nothing is."""
    name = canonicalize_name(requirement.name)
    version = _version(name)
    advice = f"run: pip install '{requirement.name}{requirement.specifier}'"
    if version is None:
        return None if name in SHOWN else Finding(name, False, f"not installed; {advice}")
    if requirement.specifier.contains(version, prereleases=True):
        return None
    needed = f"autoclue needs {requirement.specifier}"
    return Finding(name, False, f"{version} is installed, but {needed}; {advice}")


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _load(name: str, code: str) -> Finding:
    """Import a package in a process of its own, which may die of it.

    It imports from where this one does, and not from the current folder.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
            capture_output=True,
            text=True,
            timeout=LOAD_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Finding(f"import of {name}", False, f"takes more than {LOAD_TIMEOUT_S:g} s")
    if done.returncode == 0:
        return Finding(f"import of {name}", True, "works")
    reason = last_line(done.stderr, otherwise=f"the process ended with {done.returncode}")
    advice = "install the versions that 'autoclue doctor --constraints' prints"
    return Finding(f"import of {name}", False, f"fails ({reason}); {advice}")


def _python() -> Finding:
    return Finding("Python", True, f"{platform.python_version()} on {platform.platform()}")


def _packages() -> list[Finding]:
    found = versions()
    findings = []
    paddle = [name for name in ("paddlepaddle", "paddlepaddle-gpu") if name in found]
    text = ", ".join(f"{name} {found[name]}" for name in paddle)
    findings.append(
        Finding(
            "Paddle",
            len(paddle) == 1,
            text
            if len(paddle) == 1
            else "not installed; run: pip install 'autoclue[cpu]' or 'autoclue[gpu]'"
            if not paddle
            else f"{text} are both installed and hide each other; uninstall one",
        )
    )
    for name in ("paddlenlp", "ray", "optuna", "plotly"):
        good = name in found
        findings.append(
            Finding(name, good, found.get(name, "not installed; run: pip install autoclue"))
        )
    return findings


def _cpu() -> Finding:
    cpu = read_cpu()
    sets = [name for name in ("avx2", "avx512f") if name in cpu.flags]
    return Finding(
        "CPU",
        True,
        f"{cpu.model or 'unknown'} ({cpu.vendor or 'unknown vendor'}), {cpu.cores} cores that can "
        f"be used, {', '.join(sets) or 'no AVX2'}",
    )


def _gpu() -> Finding:
    present, usable = listed_gpus(), count_gpus()
    if present == 0:
        return Finding("GPU", True, "none; trials train on the CPU, one core each")
    if usable == 0:
        return Finding(
            "GPU",
            False,
            f"{present} present, but none can be used: install 'autoclue[gpu]' in place of the "
            "CPU build of Paddle, or check CUDA_VISIBLE_DEVICES",
        )
    return Finding("GPU", True, f"{usable} of {present} can be used")


def _switches() -> list[Finding]:
    chosen = choose_switches(read_cpu(), os.environ, gpu=count_gpus() > 0)
    return [
        Finding("switch", True, f"{switch.name}={switch.value} ({switch.reason})")
        for switch in chosen
    ]


def _cache() -> Finding:
    folder = cache_dir()
    place = folder
    while not place.exists():
        place = place.parent
    if not (place.is_dir() and os.access(place, os.W_OK)):
        return Finding(
            "cache", False, f"{folder} can't be written; set AUTOCLUE_CACHE to another folder"
        )
    free_gib = shutil.disk_usage(place).free / 2**30
    good = free_gib >= ROOM_GIB
    advice = "" if good else f"; at least {ROOM_GIB:g} GiB are needed"
    return Finding("cache", good, f"{folder}, {free_gib:.1f} GiB free{advice}")


def _memory() -> Finding:
    if not hasattr(os, "sysconf"):
        return Finding("memory", True, "unknown")
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Finding("memory", True, f"{gib:.1f} GiB")
