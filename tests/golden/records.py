"""The recorded files: where they lie, how they are written, and on which kind of machine."""

from __future__ import annotations

import hashlib
import json
import math
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "recorded"
WIDTH = 110
PACKAGES = ("paddlepaddle", "paddlepaddle-gpu", "optuna", "numpy", "cmaes")


def machine() -> dict[str, str]:
    """Return what digits depend on: the kind of processor, and the packages that calculate."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    told = {name.strip(): value.strip() for name, _, value in (x.partition(":") for x in lines)}
    flags = " ".join(sorted(told.get("flags", "").split()))
    return {
        "processor": told.get("model name", platform.machine()),
        "flags": hashlib.sha256(flags.encode()).hexdigest()[:16],
        **{name: _version(name) for name in PACKAGES},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def write(name: str, found: Any) -> Path:
    """Record something; the same thing always gives the same file."""
    path = FOLDER / f"{name}.json"
    FOLDER.mkdir(exist_ok=True)
    text = _laid_out({"machine": machine(), "found": found}, "")
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def read(name: str) -> tuple[dict[str, str], Any]:
    """Return the machine of a record, and what was recorded."""
    whole = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return whole["machine"], whole["found"]


def _laid_out(value: Any, indent: str) -> str:
    """Write JSON with one line for whatever fits on a line."""
    short = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(short) <= WIDTH or not isinstance(value, dict | list):
        return short
    deeper = f"{indent} "
    if isinstance(value, dict):
        parts = [f"{json.dumps(k)}: {_laid_out(v, deeper)}" for k, v in value.items()]
        begin, end = "{}"
    elif any(isinstance(v, dict | list) for v in value):
        parts = [_laid_out(v, deeper) for v in value]
        begin, end = "[]"
    else:
        parts = _filled([json.dumps(v, ensure_ascii=False) for v in value], WIDTH - len(deeper))
        begin, end = "[]"
    inside = ",\n".join(f"{deeper}{part}" for part in parts)
    return f"{begin}\n{inside}\n{indent}{end}"


def _filled(items: list[str], width: int) -> list[str]:
    """Put as many items on each line as fit."""
    lines = [items[0]]
    for item in items[1:]:
        joined = f"{lines[-1]}, {item}"
        if len(joined) < width:
            lines[-1] = joined
        else:
            lines.append(item)
    return lines


def differences(found: Any, recorded: Any, *, tolerance: float, place: str = "") -> list[str]:
    """List where two values differ.

    Args:
        found: What there is now.
        recorded: What was recorded.
        tolerance: How far a float may lie from the recorded one, relative to it or, below 1,
            absolute; 0 wants every digit. Everything else must always be equal.
        place: Where the values stand.
    """
    if isinstance(found, dict) and isinstance(recorded, dict) and found.keys() == recorded.keys():
        pairs = [(f"{place}/{key}", found[key], recorded[key]) for key in found]
    elif isinstance(found, list) and isinstance(recorded, list) and len(found) == len(recorded):
        pairs = [
            (f"{place}/{i}", *pair) for i, pair in enumerate(zip(found, recorded, strict=True))
        ]
    else:
        return [] if _same(found, recorded, tolerance) else [f"{place}: {found}, not {recorded}"]
    return [
        x for where, a, b in pairs for x in differences(a, b, tolerance=tolerance, place=where)
    ]


def _same(found: Any, recorded: Any, tolerance: float) -> bool:
    floats = isinstance(found, float) and isinstance(recorded, float)
    if floats and tolerance > 0:
        return math.isclose(found, recorded, rel_tol=tolerance, abs_tol=tolerance * 1e-4)
    return type(found) is type(recorded) and bool(found == recorded)
