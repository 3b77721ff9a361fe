"""The example files for Slurm, Ray's launcher and KubeRay, as far as they can be read here."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.test_docs import find_command, options_of

FOLDER = Path(__file__).parents[1] / "docs" / "clusters"
VARIABLE = re.compile(r"\$\{?\w+\}?")


def parsed(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))


def search_of(text: str) -> str:
    """The search that a file runs, on one line and without shell variables."""
    joined = " ".join(text.replace("\\\n", " ").split())
    found = re.search(r"autoclue tune [^&]*", joined)
    return "" if found is None else VARIABLE.sub("x", found.group(0))


@pytest.mark.parametrize("name", ["slurm.sh", "kuberay.yaml"])
def test_the_search_of_a_file_is_a_command_of_ours(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    words = shlex.split(search_of(text.partition("submissionMode")[0]))
    command, rest = find_command(words[1:])

    given = {word for word in rest if word.startswith("--")}

    assert {"--address", "--folder"} <= given <= options_of(command)


def test_the_slurm_script_is_bash_and_asks_for_an_early_signal() -> None:
    script = FOLDER / "slurm.sh"
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "#SBATCH --signal=B:TERM@" in script.read_text(encoding="utf-8")


@pytest.mark.ray
def test_rays_launcher_accepts_its_file() -> None:
    from ray.autoscaler._private.util import prepare_config, validate_config

    validate_config(prepare_config(parsed("ray-cluster.yaml")))


def test_every_pod_of_the_job_has_the_token_and_the_volume() -> None:
    cluster = parsed("kuberay.yaml")["spec"]["rayClusterSpec"]
    groups = [cluster["headGroupSpec"], *cluster["workerGroupSpecs"]]
    pods = [group["template"]["spec"]["containers"][0] for group in groups]

    assert all(pod["env"][0] == {"name": "RAY_AUTH_MODE", "value": "token"} for pod in pods)
    assert all(pod["volumeMounts"][0]["mountPath"] == "/shared" for pod in pods)


def test_the_job_runs_the_ray_that_is_tried() -> None:
    pins = (Path(__file__).parents[1] / "constraints.txt").read_text(encoding="utf-8")
    version = parsed("kuberay.yaml")["spec"]["rayClusterSpec"]["rayVersion"]

    assert f"\nray=={version}\n" in pins


def test_every_finding_on_clusters_has_tests_that_are_there() -> None:
    page = (FOLDER.parent / "development.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (B\d) \|.*\|(.*)\|$", page, re.MULTILINE)
    defined = {
        f"{path.name}::{name}"
        for path in Path(__file__).parent.rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    named = {number: set(re.findall(r"`([^`]+)`", tests)) for number, tests in rows}

    assert list(named) == [f"B{number}" for number in range(1, 9)]
    assert {number: tests - defined for number, tests in named.items() if tests - defined} == {}
    assert all(named.values())
