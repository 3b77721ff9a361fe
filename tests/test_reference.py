"""The API reference: whatever a user can name stands in it, documented from the code."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import re
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel
from pydantic.dataclasses import is_pydantic_dataclass

import autoclue
from autoclue.layers.registry import STRATEGIES
from autoclue.models import models
from autoclue.option_fields import options_of
from autoclue.parameters import describe_parameters
from autoclue.search.sampling import SAMPLERS
from autoclue.search.stopping import SCHEDULERS
from autoclue.space import space_names
from autoclue.tasks import KINDS, METRICS, task_names
from autoclue.training import TrialConfig
from docs.make_site import PAGES, ROOT, filled, lay_pages
from docs.reference_tables import VERBS

CONFIG = yaml.safe_load((ROOT / "docs" / "mkdocs.yml").read_text(encoding="utf-8"))
REFERENCE = sorted((ROOT / "docs" / "reference").glob("*.md"))
TEXTS = {page.stem: filled(page.read_text(encoding="utf-8")) for page in REFERENCE}
DIRECTIVE = re.compile(r"^::: (\S+)$", re.MULTILINE)
DIRECTIVES = sorted({name for text in TEXTS.values() for name in DIRECTIVE.findall(text)})


def found(name: str) -> object:
    """Import what a directive names: a module, or a member of one."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        module, _, member = name.rpartition(".")
        return getattr(importlib.import_module(module), member)


def fields(kind: object) -> list[str]:
    """The public fields of a dataclass or a pydantic model."""
    if inspect.isclass(kind) and issubclass(kind, BaseModel):
        return list(kind.model_fields)
    if inspect.isclass(kind) and dataclasses.is_dataclass(kind):
        return [f.name for f in dataclasses.fields(kind) if not f.name.startswith("_")]
    return []


def described(kind: object) -> set[str]:
    """The fields that hold their sentence themselves, as parameters of a registry do."""
    if not (inspect.isclass(kind) and is_pydantic_dataclass(kind)):
        return set()
    return {p.name for p in describe_parameters(kind).values() if p.doc}


def in_nav(entry: object) -> list[str]:
    """The pages of an entry of the navigation and of all below it."""
    if isinstance(entry, str):
        return [entry]
    below = entry.values() if isinstance(entry, dict) else entry
    assert hasattr(below, "__iter__")
    return [page for each in below for page in in_nav(each)]


@pytest.mark.parametrize("name", DIRECTIVES)
def test_what_the_reference_names_exists_and_has_a_docstring(name: str) -> None:
    assert inspect.getdoc(found(name))


@pytest.mark.parametrize("name", DIRECTIVES)
def test_every_field_of_a_class_is_documented(name: str) -> None:
    thing = found(name)
    family = thing.__mro__ if inspect.isclass(thing) else (thing,)
    text = "\n".join(inspect.getdoc(each) or "" for each in family)
    documented = set(re.findall(r"^ +(\w+): ", text, re.MULTILINE))
    assert set(fields(thing)) - described(thing) <= documented


def test_every_public_name_of_the_package_stands_in_the_reference() -> None:
    public = {f"autoclue.{name}" for name in autoclue.__all__ if not name.startswith("__")}
    assert public <= set(DIRECTIVES)


@pytest.mark.parametrize(
    ("page", "names"),
    [
        ("spaces", space_names()),
        ("strategies", STRATEGIES.names()),
        ("schedulers", SCHEDULERS.names()),
        ("samplers", SAMPLERS.names()),
        ("tasks", task_names()),
        ("models", [card.name for card in models()]),
        ("tasks", [key for kind in KINDS.values() for key in kind.spec.model_fields]),
        ("tasks", list(METRICS)),
        ("options", [name for model in VERBS.values() for name in options_of(model)]),
        ("trial-settings", list(TrialConfig.model_fields)),
    ],
)
def test_every_registered_name_stands_in_the_reference(page: str, names: list[str]) -> None:
    assert [name for name in names if f"`{name}`" not in TEXTS[page]] == []


def test_every_page_is_in_the_navigation_or_left_out_on_purpose() -> None:
    pages = {p.relative_to(ROOT).as_posix() for pattern in PAGES for p in ROOT.glob(pattern)}
    apart = re.compile(r"docs/adr/0|tools/|autoclue/")
    assert {page for page in pages if not apart.match(page)} == set(in_nav(CONFIG["nav"]))


def test_pages_are_laid_with_the_places_they_have_in_the_repository(tmp_path: Path) -> None:
    lay_pages(tmp_path / "pages")
    assert (tmp_path / "pages" / "docs" / "images" / "demo.svg").is_file()
    spaces = (tmp_path / "pages" / "docs" / "reference" / "spaces.md").read_text(encoding="utf-8")
    assert "| `learning_rate` | 1e-05, 2e-05, 3e-05, 5e-05 |" in spaces
    assert "<!-- every" not in spaces


def test_nothing_is_downloaded_to_build_or_to_read_the_site() -> None:
    assert CONFIG["theme"]["font"] is False
    assert CONFIG["strict"] is True
    assert CONFIG["plugins"][0] == "search"
    assert [next(iter(plugin)) for plugin in CONFIG["plugins"][1:]] == ["mkdocstrings"]
