"""What PaddleHub's own strategies did, recorded on objectives that are formulas."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from autoclue.space import SearchSpace, space_from_mapping

FOLDER = Path(__file__).parents[5] / "shared" / "golden" / "populations"


@cache
def golden(name: str) -> Any:
    if not FOLDER.is_dir():
        pytest.skip(f"the recorded traces are not at {FOLDER}")
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def golden_space(columns: Sequence[Any]) -> SearchSpace:
    """A space of a golden file, as its ``hparam.yaml`` would be read."""
    parameters = {}
    for name, init, kind, low, high in columns:
        if kind == "float":
            parameters[name] = {"float": [float(low), float(high)], "init": float(init)}
        else:
            parameters[name] = {"int": [low, high], "init": init, "truncate": True}
    return space_from_mapping({"name": "golden", "parameters": parameters}, origin="golden")


def score_of(columns: Sequence[Any], values: Mapping[str, Any]) -> float:
    """The objective ``log`` of the golden files."""
    targets = golden("pshe2")["objectives"]["targets"]
    aims = targets["chineseglue" if len(columns) == 3 else "hubdemo"]
    gaps = [
        ((values[column[0]] - aim) / (column[4] - column[3])) ** 2
        for column, aim in zip(columns, aims, strict=True)
    ]
    off = abs(math.log10(values[columns[0][0]] / aims[0]))
    return float(0.8 - 0.05 * off - 0.05 * sum(gaps[1:]))
