"""What Ray is told when a search of this machine begins, and when one joins a cluster."""

from __future__ import annotations

import importlib.metadata
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, NoReturn

import pytest
import ray
from ray._private import ray_constants

from autoclue.errors import AutoclueError
from autoclue.search.execution.ray import run_with_ray
from autoclue.search.execution.resources import Resources

SWITCH = ray_constants.ENABLE_RAY_CLUSTERS_ENV_VAR


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What Ray was told when it was to start; it doesn't."""
    found: dict[str, Any] = {}

    def init(**options: Any) -> NoReturn:
        switches = {"variable": os.environ.get(SWITCH), "on": ray_constants.ENABLE_RAY_CLUSTER}
        found.update(options, **switches)
        raise RuntimeError("not here")

    monkeypatch.setattr(ray, "is_initialized", lambda: False)
    monkeypatch.setattr(ray, "init", init)
    monkeypatch.setattr("autoclue.search.execution.ray.runner.reach", lambda address: None)
    monkeypatch.delenv(SWITCH, raising=False)
    return found


def begin(folder: Path, address: str | None) -> None:
    with pytest.raises(AutoclueError, match=r"^Ray can't be started on .*: not here$"):
        run_with_ray(None, folder, Resources(0, 0.0, 1, address))  # type: ignore[arg-type]


def test_a_search_of_this_machine_starts_a_ray_that_listens_on_the_loopback_alone(
    told: dict[str, Any], tmp_path: Path
) -> None:
    begin(tmp_path, None)
    assert (told["variable"], told["on"]) == ("0", False)
    assert (told["address"], told["include_dashboard"]) == ("local", False)


def test_a_search_on_a_cluster_afterwards_may_be_reached_from_it(
    told: dict[str, Any], tmp_path: Path
) -> None:
    before = ray_constants.ENABLE_RAY_CLUSTER
    begin(tmp_path, None)
    begin(tmp_path, "10.0.0.1:6379")
    assert (told["variable"], told["on"]) == (None, before)
    assert told["address"] == "10.0.0.1:6379"


def test_every_ray_that_may_be_installed_asks_for_its_token() -> None:
    requirements = pytest.importorskip("packaging.requirements")
    found = map(requirements.Requirement, importlib.metadata.requires("autoclue") or ())
    (ours,) = (each for each in found if each.name == "ray" and each.marker is None)
    assert not ours.specifier.contains("2.59.1")
    assert ours.specifier.contains(ray.__version__)


def test_the_folder_of_a_killed_search_goes_with_the_next_one(
    told: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    name = "from autoclue.system import scratch_name; print(scratch_name('autoclue-ray-'), end='')"
    done = subprocess.run([sys.executable, "-c", name], capture_output=True, text=True, check=True)
    (tmp_path / done.stdout).mkdir()

    begin(tmp_path / "study", None)

    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("autoclue-")] == []
