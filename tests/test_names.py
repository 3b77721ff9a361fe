"""One word for one thing: public names are unique, and words that were given up stay away."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted([*ROOT.glob("autoclue/**/*.py"), *ROOT.glob("strategies/*.py")])

RETIRED: Mapping[str, str] = {
    r"conductor": "tuner",
    r"stopping rules?|make_rule": "scheduler",
    r"\bunseen": "test score",
    r"price of selection": "selection bias",
    r"thrown back": "requeued",
    r"last\s+checkpoint|(?:its|their)\s+checkpoints?\b": "trial state",
    r"kept checkpoint": "best model",
    r"\bpass(?:es)? over (?:the|its) (?:data|training)|\bpass e\b|next pass\b": "epoch",
    r"\bupdates (?:a second|done|during|taken|per)|\b(?:so many|of|an|each) updates\b": "step",
    r"\bretrainings?\b": "confirmation",
}
"""Words that once stood for something that ``docs/glossary.md`` has another word for."""

WRITTEN = sorted(
    path
    for pattern in (
        *("autoclue/**/*.py", "autoclue/**/*.yaml", "autoclue/reporting/page/*.*"),
        *("strategies/*", "search_spaces/*", "README.md", "CHANGELOG.md", "docs/*.md"),
        "docs/reference/*.md",
    )
    for path in ROOT.glob(pattern)
    if path.is_file()
)
"""What users and newcomers read. Decision records aren't rewritten, so they keep their words."""


def public_names(path: Path) -> list[str]:
    """The public classes and functions at the top of a module."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    kinds = (ast.ClassDef, ast.FunctionDef)
    return [n.name for n in body if isinstance(n, kinds) and not n.name.startswith("_")]


def homes() -> dict[str, list[str]]:
    """By public name, the modules that define it."""
    found = defaultdict(list)
    for path in SOURCES:
        for name in public_names(path):
            found[name].append(path.relative_to(ROOT).as_posix())
    return found


def test_no_two_public_classes_or_functions_share_a_name() -> None:
    assert {name: places for name, places in homes().items() if len(places) > 1} == {}


@pytest.mark.parametrize(("word", "instead"), RETIRED.items())
def test_a_retired_word_stays_away(word: str, instead: str) -> None:
    found = {
        path.relative_to(ROOT).as_posix(): hits
        for path in WRITTEN
        if (hits := re.findall(word, path.read_text(encoding="utf-8"), re.IGNORECASE))
    }
    assert found == {}, f"the word is {instead}; see docs/glossary.md"


def glossary() -> list[str]:
    """The words that the glossary explains."""
    text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    return re.findall(r"^\| \*\*([^*]+)\*\* \|", text, re.MULTILINE)


def test_the_glossary_explains_each_word_once() -> None:
    words = glossary()
    assert len(words) >= 20
    assert len(set(words)) == len(words)


def test_every_retired_word_has_another_in_the_glossary() -> None:
    assert set(RETIRED.values()) <= set(glossary())
