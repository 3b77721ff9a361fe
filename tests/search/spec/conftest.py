from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autoclue.option_fields import read_options
from autoclue.options import StudySpec
from autoclue.search.spec.plan import Plan, make_plan

Planned = Callable[..., Plan]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder for the built-in data of these tests, made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def made() -> dict[str, Plan]:
    """Plans that were made already; a plan never changes."""
    return {}


@pytest.fixture
def planned(cache: Path, made: dict[str, Plan], monkeypatch: pytest.MonkeyPatch) -> Planned:
    """Plans for the built-in data and model, with some of the question replaced."""
    monkeypatch.setenv("AUTOCLUE_CACHE", str(cache))

    def plan(**changes: Any) -> Plan:
        key = repr(changes)
        if key not in made:
            asked = {"task": "xnli", "model": "builtin", "data": "builtin", **changes}
            made[key] = make_plan(read_options(StudySpec, asked))
        return made[key]

    return plan
