"""What a machine has, for whoever reads a result later; found without loading Paddle."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from autoclue.training.platform.devices.finding import GPU_FOLDER
from autoclue.training.platform.runtime import read_cpu

MEMORY_FILE = Path("/proc/meminfo")


def hardware(
    *,
    gpu: bool,
    cpuinfo: Path = Path("/proc/cpuinfo"),
    meminfo: Path = MEMORY_FILE,
    gpus: Path = GPU_FOLDER,
) -> dict[str, str]:
    """Return the machine's processor, memory and, where trials use them, GPUs, in words.

    Args:
        gpu: Whether trials run on a GPU.
        cpuinfo: Where the system says which processors there are.
        meminfo: Where it says how much memory there is.
        gpus: Where the driver lists its devices, a folder each.
    """
    cpu = read_cpu(cpuinfo)
    cores = "1 core" if cpu.cores == 1 else f"{cpu.cores} cores"
    found = {"processor": f"{cpu.model}, {cores}" if cpu.model else cores}
    memory = _fields(meminfo).get("MemTotal", "").removesuffix(" kB")
    if memory.isdigit():
        found["memory"] = f"{int(memory) / 2**20:.0f} GiB"
    if gpu and gpus.is_dir():
        names = [_fields(each / "information").get("Model", "GPU") for each in gpus.iterdir()]
        counted = sorted(Counter(names).items())
        found["GPU"] = ", ".join(name if n == 1 else f"{n} x {name}" for name, n in counted)
    return found


def _fields(path: Path) -> dict[str, str]:
    """Read lines of the form ``name: value``; none of a file that can't be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return {}
    pairs = (line.partition(":") for line in text.split("\n"))
    return {name.strip(): value.strip() for name, _, value in pairs}
