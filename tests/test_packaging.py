"""What is installed: the wheel's content, its entry points, and versions that fit together."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

tomllib = pytest.importorskip("tomllib", reason="tomllib comes with Python 3.11")
packaging_requirements = pytest.importorskip("packaging.requirements")

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "pyproject.toml"
PIN = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._-]*==[0-9][A-Za-z0-9.+!]*"
    r"(?: ; [a-z_]+ (?:==|!=|<|>|<=|>=) '[A-Za-z0-9._-]+'"
    r"(?: (?:and|or) [a-z_]+ (?:==|!=|<|>|<=|>=) '[A-Za-z0-9._-]+')*)?"
)


TOP = ("autoclue", "strategies", "search_spaces", "benchmarks", "docs", "tests", "tools")


@pytest.fixture(scope="module")
def _new_setuptools() -> None:
    """Skip where nothing can be built."""
    setuptools = importlib.metadata.version("setuptools")
    if int(setuptools.partition(".")[0]) < 77:
        pytest.skip(f"building needs setuptools 77 or newer, and {setuptools} is installed")


@pytest.fixture(scope="module")
def sdist(_new_setuptools: None, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a source distribution that is built from a copy of the repository."""
    source, out = tmp_path_factory.mktemp("repository"), tmp_path_factory.mktemp("sdist")
    for name in TOP:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, source / path.name)
    code = f"from setuptools.build_meta import build_sdist; build_sdist({str(out)!r})"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with tarfile.open(next(out.glob("*.tar.gz"))) as built:
        return [name.partition("/")[2] for name in built.getnames()]


def test_source_distribution_holds_docs_tests_and_what_they_read(sdist: list[str]) -> None:
    tracked = {
        path.relative_to(ROOT).as_posix()
        for name in TOP
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert len(tracked) > 500
    assert tracked - set(sdist) == set()
    assert {"README.zh-CN.md", "CHANGELOG.md", "Makefile", "constraints.txt"} <= set(sdist)


@pytest.fixture(scope="module")
def wheel(_new_setuptools: None, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names in a wheel that is built from a copy of the sources, without a network."""
    try:
        importlib.metadata.version("pip")  # to look for the module would turn off its distutils
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("building needs pip, which is not installed")
    source = tmp_path_factory.mktemp("source")
    for name in ("autoclue", "strategies", "search_spaces"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps"]
    command += ["--no-build-isolation", "--wheel-dir", str(out), str(source)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(next(out.glob("*.whl"))) as built:
        return built.namelist()


def test_wheel_holds_every_source_file(wheel: list[str]) -> None:
    package = {p.relative_to(ROOT).as_posix() for p in (ROOT / "autoclue").rglob("*.py")}
    extra = {
        f"autoclue/{p.relative_to(ROOT).as_posix()}"
        for folder in ("strategies", "search_spaces")
        for p in (ROOT / folder).glob("*.py")
    }
    assert package | extra <= set(wheel)


def test_wheel_holds_every_data_file(wheel: list[str]) -> None:
    kinds = {".yaml", ".j2", ".css", ".js", ".typed"}
    package = {
        p.relative_to(ROOT).as_posix()
        for p in (ROOT / "autoclue").rglob("*")
        if p.suffix in kinds or p.name == "py.typed"
    }
    spaces = {f"autoclue/search_spaces/{p.name}" for p in (ROOT / "search_spaces").glob("*.yaml")}
    assert "autoclue/py.typed" in package
    assert "autoclue/tasks/specs/xnli.yaml" in package
    model = {p.relative_to(ROOT).as_posix() for p in (ROOT / "autoclue/models/tiny_zh").iterdir()}
    assert "autoclue/models/tiny_zh/model.safetensors" in model
    assert package | spaces | model <= set(wheel)


def test_wheel_holds_the_constraints(wheel: list[str]) -> None:
    assert "autoclue/constraints.txt" in wheel


def test_wheel_puts_no_generic_name_at_the_top(wheel: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"autoclue"}


def test_every_package_folder_is_listed() -> None:
    listed = set(tomllib.loads(PROJECT.read_text())["tool"]["setuptools"]["packages"])
    folders = {
        ".".join(p.parent.relative_to(ROOT).parts)
        for p in (ROOT / "autoclue").rglob("__init__.py")
    }
    assert folders | {"autoclue.strategies", "autoclue.search_spaces"} == listed


def test_entry_points_resolve() -> None:
    points = importlib.metadata.distribution("autoclue").entry_points
    found = {(point.group, point.name): point.load() for point in points}
    shipped = {path.stem for path in (ROOT / "strategies").glob("*.py")} - {"__init__"}
    assert callable(found["console_scripts", "autoclue"])
    assert {name for group, name in found if group == "autoclue.strategies"} == shipped


def pins() -> list[str]:
    """The lines of the constraints file that are no comments."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split("\n")
    return [line for line in lines if line and not line.startswith("#")]


def test_constraints_hold_names_versions_and_markers_only() -> None:
    assert [line for line in pins() if PIN.fullmatch(line) is None] == []


@pytest.mark.parametrize("python", ["3.10", "3.11", "3.12"])
def test_constraints_satisfy_the_ranges(python: str) -> None:
    marks = {"python_version": python, "extra": ""}
    pinned = [packaging_requirements.Requirement(line) for line in pins()]
    versions = {
        canonical(p.name): str(p.specifier).removeprefix("==")
        for p in pinned
        if p.marker is None or p.marker.evaluate(marks)
    }
    project = tomllib.loads(PROJECT.read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["cpu"], *extras["docs"]]
    asked = [packaging_requirements.Requirement(line) for line in wanted]
    due = [r for r in asked if r.marker is None or r.marker.evaluate(marks)]
    wrong = [str(r) for r in due if not r.specifier.contains(versions.get(canonical(r.name), "0"))]
    assert wrong == []


def canonical(name: str) -> str:
    """Write a distribution's name in the one form that all its spellings share."""
    return re.sub(r"[-_.]+", "-", name).lower()
