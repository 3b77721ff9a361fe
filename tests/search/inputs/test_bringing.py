"""A study that goes on where its data, model or modules aren't at their places."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from autoclue.errors import AutoclueError, UsageError
from autoclue.options import StudySpec
from autoclue.search.cards import ask_for_memory, largest_of_plan
from autoclue.search.inputs import KeptInputs, bring_inputs, keep_inputs, keep_tested
from autoclue.search.objects import FolderObjects, ObjectStore
from autoclue.search.spec import Plan, make_plan
from tests.conftest import EASY_TASK

pytestmark = pytest.mark.paddle

STRATEGY = """
from dataclasses import dataclass

from autoclue.strategies.uniform import Uniform


@dataclass(frozen=True)
class Plain:
    name = "plain"

    def plan(self, encoder, *, weight_decay, epoch):
        return Uniform().plan(encoder, weight_decay=weight_decay, epoch=epoch)
"""
WITH_TEST = EASY_TASK.replace("dev: dev.tsv", "dev: dev.tsv, test: test.tsv") + (
    "labelled_splits: [train, dev, test]\n"
)


@dataclass
class Begun:
    """A study that was begun and sent what it reads, and the machine where it goes on.

    Attributes:
        folder: Holds ``data``, ``model`` and ``own`` with a module of strategies.
        plan: As it was begun.
        kept: As its ledger notes it.
        store: Its artifact store.
        opened: How often the store was opened.
        trusted: Whether the user has named the study's database.
    """

    folder: Path
    plan: Plan
    kept: KeptInputs
    store: FolderObjects
    opened: int = 0
    trusted: bool = True

    def bring(self) -> tuple[Plan, tuple[str, ...]]:
        """Go on with it."""
        brought, told = bring_inputs(self.kept, self.open, code=self.trusted)
        space = self.plan.space
        return make_plan(self.plan.question, space=space, brought=brought), told

    def open(self) -> ObjectStore:
        """Open the store."""
        self.opened += 1
        return self.store

    def lose(self, *names: str) -> None:
        """Move folders away."""
        for name in names:
            shutil.move(self.folder / name, self.folder / f"{name} of the command")


@pytest.fixture
def begun(
    easy_task: Path, tiny_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Begun]:
    shutil.copytree(easy_task.parent, tmp_path / "data")
    rows = (tmp_path / "data" / "dev.tsv").read_text(encoding="utf-8").splitlines()
    test = "\n".join([*rows[:1], *rows[:0:-1][:50]])
    (tmp_path / "data" / "test.tsv").write_text(f"{test}\n", encoding="utf-8")
    (tmp_path / "data" / "easy.yaml").write_text(WITH_TEST, encoding="utf-8")
    shutil.copytree(tiny_model, tmp_path / "model")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "brought_along.py").write_text(STRATEGY, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "own"), *sys.path])
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    plan = make_plan(
        StudySpec(
            task=str(tmp_path / "data" / "easy.yaml"),
            model=str(tmp_path / "model"),
            data="download",
            strategy="brought_along:Plain",
            settings={"learning_rate": "1e-3..1e-2:log"},
        )
    )
    store = FolderObjects(tmp_path / "store")
    trials = keep_inputs([plan], store, "study")
    kept = KeptInputs.read(KeptInputs(trials, keep_tested(plan, store, "study")).noted)
    yield Begun(tmp_path, plan, kept, store)
    sys.modules.pop("brought_along", None)


def test_what_is_at_its_place_is_used_and_the_store_left_alone(begun: Begun) -> None:
    plan, told = begun.bring()

    assert (told, begun.opened, plan.brought.anything) == ((), 0, False)


def test_the_question_and_the_trials_are_the_same_with_what_was_fetched(begun: Begun) -> None:
    begun.lose("data", "model", "own")

    plan, told = begun.bring()

    data, model = begun.folder / "data" / "easy.yaml", begun.folder / "model"
    assert told == (
        f"the data of easy comes from the artifact store: there is no {data} here",
        f"the model model comes from the artifact store: there is no {model} here",
        "the module brought_along comes from the artifact store: the module brought_along isn't "
        "on the import path here, or is another one",
    )
    assert plan.settings == begun.plan.settings
    assert plan.default_name == begun.plan.default_name
    assert plan.configure({"learning_rate": 2e-3}) == begun.plan.configure({"learning_rate": 2e-3})
    cache = begun.folder / "cache" / "inputs"
    assert plan.model.path is not None
    assert plan.model.path.parent == cache
    assert all(path.is_relative_to(cache) for files in plan.data.files.values() for path in files)
    assert Path(sys.path[0]).parent == cache


def test_memory_is_probed_with_what_was_fetched(begun: Begun) -> None:
    begun.lose("data", "model", "own")
    plan, _ = begun.bring()
    largest = largest_of_plan(plan)

    with pytest.raises(AutoclueError, match="data"):
        ask_for_memory(largest, "cpu")
    assert ask_for_memory(largest, "cpu", brought=plan.brought).peak_bytes > 100_000


def test_what_was_fetched_is_kept_under_the_same_names_again(begun: Begun) -> None:
    begun.lose("data", "model")
    plan, _ = begun.bring()

    again = keep_inputs([plan], begun.store, "study")

    assert KeptInputs(again, keep_tested(plan, begun.store, "study")) == begun.kept


def test_the_test_part_comes_with_the_data_and_no_trial_gets_it(begun: Begun) -> None:
    original = begun.plan.data.examples("test")
    begun.lose("data")

    plan, _ = begun.bring()

    assert plan.data.examples("test") == original
    assert begun.kept.tested not in {each.address for each in begun.kept.trials.all}


def test_other_content_at_its_place_is_left_alone_and_that_of_the_study_used(
    begun: Begun,
) -> None:
    dev = begun.folder / "data" / "dev.tsv"
    dev.write_text("text\tlabel\n劣\tgood\n优\tbad\n", encoding="utf-8")
    (begun.folder / "model" / "config.json").write_text("{}", encoding="utf-8")

    plan, told = begun.bring()

    assert plan.settings == begun.plan.settings
    assert len(told) == 2
    assert all("isn't what the study was begun with" in each for each in told)
    assert "劣" in dev.read_text(encoding="utf-8")


def test_another_task_file_is_left_alone_too(begun: Begun) -> None:
    (begun.folder / "data" / "easy.yaml").write_text(
        WITH_TEST.replace("[bad, good]", "[good, bad]"), encoding="utf-8"
    )

    plan, told = begun.bring()

    assert plan.settings == begun.plan.settings
    assert len(told) == 1


@pytest.mark.parametrize("name", ["data", "model", "own"])
def test_what_the_store_lacks_too_is_told_in_one_sentence(name: str, begun: Begun) -> None:
    begun.lose(name)
    begun.store.drop("study")

    with pytest.raises(UsageError, match=r"^The study can't go on here: .*, and study/inputs/"):
        begun.bring()


def test_a_module_is_not_imported_on_the_word_of_a_ledger_that_nobody_named(begun: Begun) -> None:
    begun.lose("own")
    begun.trusted = False
    before = list(sys.path)

    with pytest.raises(UsageError, match=r"isn't on the import path here.* as --storage, which s"):
        begun.bring()

    assert (sys.path, begun.opened) == (before, 0)


def test_what_is_no_address_is_no_folder_either(begun: Begun) -> None:
    begun.lose("model")
    models = (replace(begun.kept.trials.models[0], address="study/inputs/.."),)
    begun.kept = replace(begun.kept, trials=replace(begun.kept.trials, models=models))

    with pytest.raises(UsageError, match=r"'study/inputs/\.\.' is no address of the artifact sto"):
        begun.bring()


def test_data_that_had_changed_when_it_was_sent_is_refused(begun: Begun) -> None:
    (asked,) = begun.kept.trials.data
    changed = replace(begun.kept.trials, data=(replace(asked, fingerprint="0" * 64),))
    begun.kept = replace(begun.kept, trials=changed)

    with pytest.raises(UsageError, match="the data of easy had changed when it was sent"):
        begun.bring()


def test_a_task_that_ships_keeps_the_version_of_here(tmp_path: Path) -> None:
    plan = make_plan(StudySpec(task="tnews", data="builtin", builtin_size="tiny"))
    kept = KeptInputs(keep_inputs([plan], FolderObjects(tmp_path), "study"))

    brought, told = bring_inputs(kept, lambda: FolderObjects(tmp_path), code=False)

    assert (brought.anything, told) == (False, ())
