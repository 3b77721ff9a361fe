"""A module of the user's own on a machine that lacks it, or has it otherwise."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest

from autoclue.options import StudySpec
from autoclue.search.execution.working import take_inputs
from autoclue.search.inputs import (
    CodeHere,
    MissingInputError,
    TrialInputs,
    command_folders,
    find_code_here,
    keep_inputs,
)
from autoclue.search.inputs.code import code_files, code_key, module_of
from autoclue.search.objects import FolderObjects
from autoclue.search.spec import make_plan
from autoclue.training.data import Workspace

STRATEGY = '''
from dataclasses import dataclass

from autoclue.strategies.uniform import Uniform
from travelling.values import NAME


@dataclass(frozen=True)
class Plain:
    """Plain fine-tuning."""

    name = NAME

    def plan(self, encoder, *, weight_decay, epoch):
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)
'''


@dataclass
class Command:
    """The command's machine: a folder with a package, and what it has sent of it."""

    own: Path
    store: FolderObjects
    here: CodeHere


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """A command that has sent a package and whose own one isn't imported any more."""
    package = tmp_path / "own" / "travelling"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(STRATEGY, encoding="utf-8")
    (package / "values.py").write_text("NAME = 'plain'\n", encoding="utf-8")
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "path", [str(package.parent), *sys.path])
    asked = StudySpec(
        task="tnews",
        data="builtin",
        builtin_size="tiny",
        strategy="travelling:Plain",
        settings={"learning_rate": "1e-4..1e-3:log"},
    )
    store = FolderObjects(tmp_path / "store")
    found = keep_inputs([make_plan(asked)], store, "study")
    forget()
    yield Command(package.parent, store, found.code[0])
    forget()


def forget() -> None:
    """Have nothing imported of the package."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "travelling"]:
        del sys.modules[name]


def test_a_strategy_is_of_a_module_only_where_it_is_written_so() -> None:
    assert module_of("deep.inside:Plain") == "deep"
    assert module_of("discriminative") is None
    assert module_of("autoclue.strategies.uniform:Uniform") is None


def test_what_is_installed_is_not_sent() -> None:
    assert code_files("pydantic", sys.path)
    assert code_files("pydantic", command_folders()) == {}


def test_the_same_module_at_its_place_is_used(command: Command) -> None:
    found = find_code_here(command.here, command.store)

    assert (found.folder, found.fetched) == (command.own, False)


def test_another_module_of_that_name_is_told_and_the_commands_fetched(command: Command) -> None:
    (command.own / "travelling" / "values.py").write_text("NAME = 'else'\n", encoding="utf-8")

    with pytest.raises(MissingInputError, match="the module travelling isn't that of this search"):
        find_code_here(command.here, None)
    found = find_code_here(command.here, command.store)

    assert found.fetched
    assert code_key(code_files("travelling", [str(found.folder)])) == command.here.content


def test_a_worker_imports_what_it_has_fetched(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [each for each in sys.path if each != str(command.own)])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    with pytest.raises(MissingInputError, match="isn't on its import path"):
        find_code_here(replace(command.here, address=None), command.store)

    inputs = asdict(TrialInputs(code=(command.here,)))
    take_inputs(Workspace(), {"uri": command.store.text, "inputs": inputs})

    assert importlib.import_module("travelling").Plain.name == "plain"


def test_what_python_adds_to_a_fetched_module_does_not_make_it_another(command: Command) -> None:
    (command.own / "travelling" / "values.py").write_text("NAME = 'else'\n", encoding="utf-8")
    folder = find_code_here(command.here, command.store).folder
    (folder / "travelling" / "__pycache__").mkdir()
    (folder / "travelling" / "__pycache__" / "values.pyc").write_bytes(b"compiled")
    shutil.rmtree(command.store.text)

    assert find_code_here(command.here, command.store).folder == folder
