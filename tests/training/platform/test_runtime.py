from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from autoclue.errors import MissingDependencyError
from autoclue.training.platform import runtime
from autoclue.training.platform.runtime import (
    FLUSH_VARIABLE,
    KEEP_VARIABLE,
    OWN_VARIABLES,
    Cpu,
    apply_switches,
    choose_switches,
    flushing_enabled,
    read_cpu,
)

AMD = "AuthenticAMD"
INTEL = "GenuineIntel"
STRIDE = "FLAGS_use_stride_kernel"


def chosen(
    vendor: str, *flags: str, environment: Mapping[str, str] | None = None, gpu: bool = False
) -> dict[str, str]:
    cpu = Cpu(vendor=vendor, model="", flags=frozenset(flags), cores=2)
    switches = choose_switches(cpu, environment or {}, gpu=gpu)
    return {s.name: s.value for s in switches if s.name not in OWN_VARIABLES}


@pytest.mark.parametrize(
    ("vendor", "flags", "kind"),
    [
        (AMD, ("sse2", "avx2", "avx512f"), "7"),
        (AMD, ("sse2", "avx2"), "5"),
        (AMD, ("sse2",), None),
        (INTEL, ("sse2", "avx2", "avx512f"), None),
        ("", (), None),
    ],
)
def test_mkl_is_told_what_an_amd_processor_can_do(
    vendor: str, flags: tuple[str, ...], kind: str | None
) -> None:
    assert chosen(vendor, *flags).get("MKL_DEBUG_CPU_TYPE") == kind


def test_every_cpu_saves_copies_of_strided_tensors() -> None:
    assert chosen(INTEL)[STRIDE] == "0"


def test_a_gpu_gets_what_the_published_script_sets_and_nothing_for_cpus() -> None:
    assert chosen(AMD, "avx2", gpu=True) == {"FLAGS_cudnn_deterministic": "True"}


def test_the_users_environment_wins_and_is_said_to() -> None:
    cpu = Cpu(vendor=AMD, model="", flags=frozenset({"avx512f"}), cores=2)
    switches = choose_switches(cpu, {"MKL_DEBUG_CPU_TYPE": "5"}, gpu=False)
    (switch,) = (s for s in switches if s.name == "MKL_DEBUG_CPU_TYPE")
    assert (switch.value, switch.by_user) == ("5", True)
    assert not any(s.by_user for s in switches if s is not switch)


@pytest.mark.parametrize(
    ("variable", "asked"), [(FLUSH_VARIABLE, "can_flush"), (KEEP_VARIABLE, "can_keep_memory")]
)
def test_autoclue_s_own_switches_are_listed_where_they_do_something(
    monkeypatch: pytest.MonkeyPatch, variable: str, asked: str
) -> None:
    cpu = Cpu(vendor=INTEL, model="", flags=frozenset(), cores=2)
    for possible in (True, False):
        monkeypatch.setattr(runtime, asked, lambda answer=possible: answer)
        names = [s.name for s in choose_switches(cpu, {}, gpu=False)]
        assert (variable in names) is possible


@pytest.mark.parametrize(("value", "enabled"), [("1", True), ("0", False), ("off", False)])
def test_the_user_decides_about_denormals(
    monkeypatch: pytest.MonkeyPatch, value: str, enabled: bool
) -> None:
    monkeypatch.setenv(FLUSH_VARIABLE, value)
    assert flushing_enabled() is enabled


def test_denormals_are_flushed_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(FLUSH_VARIABLE, raising=False)
    assert flushing_enabled()


@pytest.mark.parametrize(
    ("said", "gpu", "kept"), [(None, False, 1), ("1", False, 1), ("0", False, 0), (None, True, 0)]
)
def test_malloc_is_told_on_a_cpu_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, said: str | None, gpu: bool, kept: int
) -> None:
    told: list[bool] = []
    monkeypatch.setattr(runtime, "keep_freed_memory", lambda: told.append(True))
    monkeypatch.setattr(os, "environ", {} if said is None else {KEEP_VARIABLE: said})
    monkeypatch.delitem(sys.modules, "paddle", raising=False)
    apply_switches(gpu=gpu)
    assert len(told) == kept


@pytest.fixture
def amd(monkeypatch: pytest.MonkeyPatch) -> None:
    """An AMD processor, a clean environment, Paddle not loaded yet."""
    cpu = Cpu(vendor=AMD, model="", flags=frozenset({"avx2"}), cores=2)
    monkeypatch.setattr(runtime, "read_cpu", lambda: cpu)
    monkeypatch.setattr(os, "environ", {STRIDE: "1"})
    monkeypatch.delitem(sys.modules, "paddle", raising=False)


@pytest.mark.usefixtures("amd")
def test_switches_are_set_but_never_over_the_users_own() -> None:
    apply_switches(gpu=False)
    assert os.environ["MKL_DEBUG_CPU_TYPE"] == "5"
    assert os.environ[STRIDE] == "1"


@pytest.mark.usefixtures("amd")
def test_switches_after_paddle_was_loaded_are_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "paddle", os)
    with pytest.warns(UserWarning, match="Paddle was loaded before.*MKL_DEBUG_CPU_TYPE=5"):
        apply_switches(gpu=False)
    assert "MKL_DEBUG_CPU_TYPE" not in os.environ


def test_a_processor_is_read_from_what_the_kernel_tells(tmp_path: Path) -> None:
    file = tmp_path / "cpuinfo"
    core = "vendor_id\t: AuthenticAMD\nmodel name\t: EPYC\nflags\t\t: sse2 avx2\n\n"
    file.write_text(2 * core, encoding="utf-8")
    cpu = read_cpu(file)
    assert (cpu.vendor, cpu.model, cpu.flags) == (AMD, "EPYC", frozenset({"sse2", "avx2"}))
    assert cpu.cores >= 1


def test_a_platform_without_cpuinfo_gives_an_unknown_processor(tmp_path: Path) -> None:
    cpu = read_cpu(tmp_path / "missing")
    assert (cpu.vendor, cpu.flags) == ("", frozenset())


def test_a_missing_paddle_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingDependencyError, match="Paddle is not installed; run: pip install"):
        runtime.load_paddle.__wrapped__()
