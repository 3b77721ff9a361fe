"""Every example in a docstring of the package gives what it shows."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

import autoclue

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("autoclue/**/*.py"), *ROOT.glob("strategies/*.py")])
Documented = ast.Module | ast.ClassDef | ast.FunctionDef


def documented(node: Documented, name: str) -> Iterator[tuple[str, str]]:
    """The dotted names below a node, and their docstrings."""
    yield name, ast.get_docstring(node) or ""
    for child in node.body:
        if isinstance(child, ast.ClassDef | ast.FunctionDef):
            yield from documented(child, f"{name}.{child.name}")


def module_of(path: Path) -> str:
    """The name under which a source file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    name = ".".join(part for part in parts if part != "__init__")
    return name if name.startswith("autoclue") else f"autoclue.{name}"


def examples() -> Iterator[tuple[str, str]]:
    """Every module and the dotted name of a docstring of it that holds an example."""
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if ">>>" in text:
            module = module_of(path)
            found = documented(ast.parse(text), module)
            yield from ((module, name) for name, doc in found if ">>>" in doc)


EXAMPLES = sorted(examples())
STUDIES, EXISTING = "autoclue.api.studies", "autoclue.api.existing"
AFTER = "autoclue.api.after_training"
ON_ONE_STUDY = (
    (STUDIES, "tune"),
    *((EXISTING, name) for name in ("report", "load", "replay")),
    *((STUDIES, name) for name in ("resume", "confirm")),
    *((AFTER, name) for name in ("predict", "evaluate", "submit")),
)
"""Functions whose examples go on with the study of ``tune``, in an order in which they can."""
SUITES, WHOLE = "autoclue.api.suites", "autoclue.api.whole_suites"
ON_SUITES = (
    *((SUITES, name) for name in ("grid", "extract", "report_suite")),
    (WHOLE, "suite"),
)
"""Functions whose examples go on with the suite of ``grid``, and one that makes its own."""
TRAINING = f"{STUDIES}.train"
IN_ORDER = {f"{home}.{function}" for home, function in (*ON_ONE_STUDY, *ON_SUITES)}
FAST = [(module, name) for module, name in EXAMPLES if name not in {TRAINING, *IN_ORDER}]


def run_examples(module: str, name: str) -> tuple[int, str]:
    """Run the examples of one docstring.

    Returns:
        How many were run, and what went wrong.
    """
    found = doctest.DocTestFinder(recurse=True).find(importlib.import_module(module), module)
    (test,) = [each for each in found if each.name == name]
    wrong = io.StringIO()
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=wrong.write)
    return result.attempted, wrong.getvalue()


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run examples in a folder of their own, and generate text there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))


@pytest.mark.parametrize(("module", "name"), FAST, ids=[name for _, name in FAST])
def test_example_gives_what_it_shows(module: str, name: str) -> None:
    attempted, wrong = run_examples(module, name)
    assert wrong == ""
    assert attempted > 0


@pytest.mark.paddle
def test_the_example_of_a_training_gives_what_it_shows() -> None:
    assert run_examples(STUDIES, TRAINING)[1] == ""


@pytest.mark.ray
@pytest.mark.slow
def test_the_examples_of_a_study_give_what_they_show_one_after_the_other() -> None:
    said = [run_examples(home, f"{home}.{name}")[1] for home, name in ON_ONE_STUDY]
    assert said == [""] * len(ON_ONE_STUDY)


@pytest.mark.ray
@pytest.mark.slow
def test_the_examples_of_suites_give_what_they_show_one_after_the_other() -> None:
    said = [run_examples(home, f"{home}.{name}")[1] for home, name in ON_SUITES]
    assert said == [""] * len(ON_SUITES)


def test_every_public_function_has_an_example() -> None:
    public = [getattr(autoclue, name) for name in autoclue.__all__]
    functions = {
        f"{each.__module__}.{each.__name__}" for each in public if inspect.isfunction(each)
    }
    assert functions <= {name for _, name in EXAMPLES}
