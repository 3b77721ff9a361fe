"""Every example in a docstring of the package gives what it shows."""

from __future__ import annotations

import ast
import doctest
import importlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

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


@pytest.mark.parametrize(("module", "name"), EXAMPLES, ids=[name for _, name in EXAMPLES])
def test_example_gives_what_it_shows(
    module: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    attempted, wrong = run_examples(module, name)
    assert wrong == ""
    assert attempted > 0
