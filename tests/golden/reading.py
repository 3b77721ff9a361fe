"""What PaddleNLP's published scripts for the reading tasks computed, on text of our own.

The files in ``mrc/`` were recorded from runs of those scripts (June 2022) with Paddle 3.3.1 and
PaddleNLP 2.8.1. What they computed on parts of the data sets is no part of the project.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

RECORDED = Path(__file__).parent / "mrc"
SHARED = Path(__file__).parents[3] / "shared"
SHARED_RECORDED = SHARED / "golden" / "mrc"


@cache
def recorded(name: str) -> Any:
    """Load a file of recorded numbers on our own text."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def by_subject(cases: list[dict[str, Any]]) -> list[Any]:
    """Make one test of each case, named by what it is about."""
    return [pytest.param(case, id=case["about"]) for case in cases]


@cache
def recorded_on_data(name: str) -> Any:
    """Load a file of recorded numbers on a data set's text, or skip where it is missing."""
    path = SHARED_RECORDED / f"{name}.json"
    if not path.is_file():
        pytest.skip(f"the recorded runs on the publishers' data are not at {path}")
    return json.loads(path.read_text(encoding="utf-8"))
