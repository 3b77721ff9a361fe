from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from autoclue import doctor
from autoclue.doctor import Finding, examine
from autoclue.training.platform import runtime

Cli = Callable[..., CompletedProcess[str]]

COMPLETE = {"paddlepaddle": "3", "paddlenlp": "2", "ray": "2", "optuna": "5", "plotly": "7"}


@pytest.fixture(autouse=True)
def installed(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The packages that are found; a test takes some away."""
    packages = dict(COMPLETE)
    monkeypatch.setattr(doctor, "versions", lambda: packages)
    return packages


def found(subject: str) -> Finding:
    """The finding about one thing."""
    return next(finding for finding in examine() if finding.subject == subject)


def test_complete_machine_is_well(cli: Cli) -> None:
    done = cli("doctor")
    assert done.returncode == 0
    assert all(line.startswith("ok ") for line in done.stdout.splitlines())


def test_findings_as_json_are_those_of_the_text(cli: Cli) -> None:
    findings = json.loads(cli("doctor", "--json").stdout)
    lines = cli("doctor").stdout.splitlines()
    assert [f"ok  {f['subject']}" for f in findings] == [line.partition(":")[0] for line in lines]


def test_a_version_outside_our_own_ranges_is_a_problem(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.metadata.version
    newer = {"aistudio-sdk": "0.3.1", "ray": "9.0"}
    monkeypatch.setattr(importlib.metadata, "version", lambda name: newer.get(name) or found(name))
    done = cli("doctor")
    assert done.returncode == 1
    assert [line[:30] for line in done.stdout.splitlines() if not line.startswith("ok ")] == [
        "!!  aistudio-sdk: 0.3.1 is ins",
        "!!  ray: 9.0 is installed, but",
    ]
    assert "autoclue needs <0.3,>=0.2.6; run: pip install 'aistudio-sdk" in done.stdout


def test_a_missing_requirement_is_a_problem(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: ["no-such-thing>=1"])
    assert "!!  no-such-thing: not installed; run: pip install" in cli("doctor").stdout


def test_deep_tells_what_can_not_be_imported(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "LOADS", {"Good": "pass", "Bad": "import no_such_module"})
    done = cli("doctor", "--deep")
    assert done.returncode == 1
    assert "ok  import of Good: works" in done.stdout
    assert "!!  import of Bad: fails (ModuleNotFoundError: No module named" in done.stdout


def test_deep_imports_what_the_command_imports(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "optuna.py").write_text("raise ImportError('of the current folder')")
    monkeypatch.setattr(doctor, "LOADS", {"Optuna": "import optuna"})
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each])
    monkeypatch.chdir(tmp_path)
    assert "ok  import of Optuna: works" in cli("doctor", "--deep").stdout


def test_constraints_are_printed_as_pip_takes_them(cli: Cli) -> None:
    printed = cli("doctor", "--constraints").stdout
    assert printed == (Path(__file__).parents[3] / "constraints.txt").read_text(encoding="utf-8")
    assert "\npaddlenlp==" in printed


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"paddlepaddle": None}, "not installed; run: pip install 'autoclue[cpu]'"),
        ({"paddlepaddle-gpu": "3"}, "hide each other"),
        ({"ray": None}, "ray: not installed"),
    ],
)
def test_wrong_package_makes_doctor_leave_with_1(
    changes: Mapping[str, str | None], said: str, cli: Cli, installed: dict[str, str]
) -> None:
    wanted = {**COMPLETE, **changes}
    installed.clear()
    installed.update({name: version for name, version in wanted.items() if version is not None})
    done = cli("doctor")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if line.startswith("!! ") and said in line]


def test_switch_that_the_user_has_set_wins(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    monkeypatch.setenv("FLAGS_use_stride_kernel", "1")
    assert "FLAGS_use_stride_kernel=1 (set by you)" in cli("doctor").stdout


def test_switch_that_autoclue_sets_says_why(monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:
    cpu = runtime.Cpu("AuthenticAMD", "some EPYC", frozenset({"avx2"}), 4)
    monkeypatch.setattr(doctor, "read_cpu", lambda: cpu)
    monkeypatch.delenv("MKL_DEBUG_CPU_TYPE", raising=False)
    printed = cli("doctor").stdout
    assert "MKL_DEBUG_CPU_TYPE=5 (Paddle's MKL takes its SSE2 path on AMD without it)" in printed
    assert "some EPYC (AuthenticAMD), 4 cores that can be used, avx2" in printed


def test_gpus_without_a_paddle_that_uses_them_are_a_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(doctor, "listed_gpus", lambda: 1)
    monkeypatch.setattr(doctor, "count_gpus", lambda: 0)
    assert found("GPU").good is False
    assert "1 present, but none can be used" in found("GPU").text


def test_usable_gpus_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "listed_gpus", lambda: 2)
    monkeypatch.setattr(doctor, "count_gpus", lambda: 1)
    assert found("GPU") == Finding("GPU", True, "1 of 2 can be used")


def test_cache_that_is_no_folder_is_a_problem(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "file" / "cache"))
    assert found("cache").good is False
    assert "set AUTOCLUE_CACHE to another folder" in found("cache").text


def test_cache_without_room_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "ROOM_GIB", 1e9)
    assert found("cache").good is False
    assert "at least 1e+09 GiB are needed" in found("cache").text
