"""A model of PaddleNLP's hub on a machine that can't reach the hub: it comes from the store."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models.folders import content_key
from autoclue.options import StudySpec
from autoclue.search.execution.working import take_inputs
from autoclue.search.inputs import (
    KeptInputs,
    MissingInputError,
    ModelHere,
    TrialInputs,
    bring_inputs,
    find_model_here,
    inputs_of,
    keep_inputs,
)
from autoclue.search.objects import FolderObjects
from autoclue.search.spec import Plan, make_plan, with_model
from autoclue.training.data import Workspace
from autoclue.training.model import PaddleHead, fetch_hub_model, load_network, load_tokenizer
from tests.models.hub import NEXT_LAYER, TABLED, put, put_tabled, take_home
from tests.models.layouts import core

pytestmark = pytest.mark.paddle

THREE = PaddleHead("ForSequenceClassification", {"num_classes": 3})


@dataclass
class Machines:
    """The machine of a command, which has the model, and another one without.

    Attributes:
        folder: Holds the caches of both.
        patch: Changes from one to the other.
        plan: What the command searches.
        store: Its artifact store.
        kept: What it has sent.
    """

    folder: Path
    patch: pytest.MonkeyPatch
    plan: Plan
    store: FolderObjects
    kept: TrialInputs = field(default_factory=TrialInputs)

    @property
    def model(self) -> ModelHere:
        """The model, as it was sent."""
        (found,) = self.kept.models
        return found

    def go_elsewhere(self) -> None:
        """Be on the other machine from now on."""
        self.patch.setenv("AUTOCLUE_CACHE", str(self.folder / "other cache"))
        take_home(self.folder / "other home", self.patch)


@pytest.fixture
def machines(easy_task: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machines:
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    put(put_tabled(take_home(tmp_path / "home", monkeypatch), monkeypatch), core() | NEXT_LAYER)
    plan = with_model(make_plan(StudySpec(task=str(easy_task), model=TABLED)), fetch=True)
    found = Machines(tmp_path, monkeypatch, plan, FolderObjects(tmp_path / "store"))
    found.kept = keep_inputs([plan], found.store, "study")
    return found


def test_the_other_machine_has_it_from_the_store_and_it_is_the_same(machines: Machines) -> None:
    here = load_network(TABLED, THREE, seed=4).state_dict()
    words = load_tokenizer(TABLED)("天地人")
    machines.go_elsewhere()

    found = find_model_here(machines.model, machines.store)

    assert found.fetched
    assert found.folder.parent == machines.folder / "other cache" / "inputs"
    assert content_key(found.folder) == machines.model.content
    there = load_network(str(found.folder), THREE, seed=4).state_dict()
    assert here.keys() == there.keys()
    assert all((here[name].numpy() == each.numpy()).all() for name, each in there.items())
    assert load_tokenizer(str(found.folder))("天地人") == words


def test_what_was_sent_names_no_place_of_the_commands_machine(machines: Machines) -> None:
    machines.go_elsewhere()
    folder = find_model_here(machines.model, machines.store).folder

    for path in folder.glob("*.json"):
        assert str(machines.folder) not in path.read_text(encoding="utf-8")


def test_a_machine_that_has_it_fetches_nothing(machines: Machines) -> None:
    found = find_model_here(machines.model, None)

    assert (found.fetched, found.folder) == (False, fetch_hub_model(TABLED).folder)


def test_a_machine_that_has_another_one_of_that_name_fetches_it(machines: Machines) -> None:
    machines.go_elsewhere()
    put_tabled(machines.folder / "other home", machines.patch)
    assert content_key(fetch_hub_model(TABLED).folder) != machines.model.content

    assert find_model_here(machines.model, machines.store).fetched


def test_without_a_store_it_is_left_to_each_machine(machines: Machines) -> None:
    assert inputs_of([machines.plan]).models == ()
    machines.go_elsewhere()
    with pytest.raises(
        MissingInputError, match="its cache has no model bert-base-chinese of Padd"
    ):
        find_model_here(machines.model, None)


def test_a_trial_under_the_models_name_reads_what_was_fetched(machines: Machines) -> None:
    machines.go_elsewhere()
    workspace, config = Workspace(), machines.plan.baseline
    assert config.model == TABLED
    needed = machines.kept.to_fetch(config.task, config.data, config.model, config.strategy)

    take_inputs(workspace, {"uri": machines.store.text, "inputs": asdict(needed)})

    fetched = find_model_here(machines.model, machines.store).folder
    assert workspace.materials(config).location == str(fetched)


def test_a_study_goes_on_where_no_hub_can_be_reached(machines: Machines) -> None:
    machines.go_elsewhere()
    kept = KeptInputs.read(KeptInputs(machines.kept).noted)

    brought, told = bring_inputs(kept, lambda: machines.store, code=False)
    plan = make_plan(machines.plan.question, space=machines.plan.space, brought=brought)

    words = f"the model {TABLED}"
    assert told == (
        f"{words} comes from the artifact store: {words} of PaddleNLP's hub isn't in the cache "
        "here, or is another one",
    )
    assert plan.settings == machines.plan.settings
    assert plan.baseline.key == machines.plan.baseline.key
    assert plan.model_notes == machines.plan.model_notes
    assert keep_inputs([plan], machines.store, "study") == machines.kept


def test_a_note_of_the_hub_outside_of_the_cache_means_nothing(machines: Machines) -> None:
    machines.go_elsewhere()
    own = machines.folder / "own"
    shutil.copytree(find_model_here(machines.model, machines.store).folder, own)

    with pytest.raises(UsageError, match="don't fit"):
        load_network(str(own), THREE, seed=4)
