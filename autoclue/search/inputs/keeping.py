"""Name the data and models of searches, and put them where machines that lack them fetch them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from autoclue.errors import TroubleError
from autoclue.models.folders import content_key, model_files
from autoclue.search.inputs.code import code_files, code_key, module_of
from autoclue.search.inputs.import_path import command_folders
from autoclue.search.inputs.needed import PLACE, CodeHere, DataHere, ModelHere, TrialInputs
from autoclue.search.objects import ObjectStore, keep_tree
from autoclue.search.spec import Plan
from autoclue.tasks import DOWNLOAD, TaskData, names_a_folder, pack_data, rows_key
from autoclue.training.model import HubModel, copied_hub_model, hub_model_here
from autoclue.training.platform import trouble_words

TEST: Final = "test"
Kept = TypeVar("Kept", ModelHere, CodeHere)


def inputs_of(plans: Iterable[Plan]) -> TrialInputs:
    """Return what searches read, as this machine has it; each once.

    Args:
        plans: What is searched.

    Raises:
        UsageError: A model's file can't be read.
        TroubleError: One of a module can't be read.
    """
    plans = list(plans)
    with _readable():
        return TrialInputs(
            tuple(dict.fromkeys(_data_of(plan) for plan in plans)),
            tuple(_models_of(plans)),
            tuple(CodeHere(name, code_key(files)) for name, files in _code_of(plans).items()),
        )


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise TroubleError(trouble_words("A file that trials read", error)) from error


def _code_of(plans: Iterable[Plan]) -> dict[str, dict[str, Path]]:
    """Return the files of modules that aren't installed but the user's own, by module."""
    names = dict.fromkeys(module_of(plan.question.strategy) for plan in plans)
    found = {name: code_files(name, command_folders()) for name in names if name is not None}
    return {name: files for name, files in found.items() if files}


def _models_of(plans: Iterable[Plan]) -> dict[ModelHere, Path]:
    """Return the models of plans under their names, with the folders where they are."""
    named = {plan.question.model: plan.model.path for plan in plans}
    folders = {name: path for name, path in named.items() if path is not None}
    return {ModelHere(name, content_key(path)): path for name, path in folders.items()}


def _hub_models_of(plans: Iterable[Plan]) -> dict[ModelHere, HubModel]:
    """Return the models of PaddleNLP's hub that are on this machine."""
    of_hub = {plan.model.name: plan.model for plan in plans if plan.model.kind == "hub"}
    found = {
        name: hub_model_here(name)
        if model.fetched is None
        else copied_hub_model(name, model.fetched)
        for name, model in of_hub.items()
    }
    here = {name: each for name, each in found.items() if each is not None}
    return {ModelHere(n, content_key(each.folder), hub=True): each for n, each in here.items()}


def _data_of(plan: Plan) -> DataHere:
    asked = plan.question
    return DataHere(asked.task, asked.data, plan.data_fingerprint, rows_key(plan.spec))


def keep_inputs(plans: Iterable[Plan], store: ObjectStore, place: str) -> TrialInputs:
    """Keep what searches read in an artifact store; what is there already isn't sent again.

    Text that every machine generates by itself isn't kept. A model of PaddleNLP's hub is, once it
    is on this machine.

    Args:
        plans: What is searched.
        store: The artifact store.
        place: The place of the study, or of all of them, in it.

    Returns:
        What they read, with addresses.

    Raises:
        StoreError: The store can't be used.
        TroubleError: A file can't be read.
        UsageError: A model's file can't be read.
    """
    plans, own = list(plans), f"{place}/{PLACE}"
    rows, code = {_data_of(plan): plan.data for plan in plans}, _code_of(plans)
    with _readable():
        return TrialInputs(
            tuple(_keep_data(store, own, each, data) for each, data in rows.items()),
            (
                *(_keep(store, own, m, model_files(at)) for m, at in _models_of(plans).items()),
                *(_keep_hub(store, own, *each) for each in _hub_models_of(plans).items()),
            ),
            tuple(
                _keep(store, own, CodeHere(name, code_key(files)), files)
                for name, files in code.items()
            ),
        )


def keep_tested(plan: Plan, store: ObjectStore, place: str) -> str | None:
    """Keep the data of a search with its test part, which the command alone may fetch.

    Args:
        plan: What is searched; its data has a test part to score by.
        store: The artifact store.
        place: The place of the study in it.

    Returns:
        Its address; ``None`` where every machine has it anyway, or the test part is cut off the
        training rows.

    Raises:
        StoreError: The store can't be used.
        TroubleError: A file can't be read.
    """
    if not _is_kept(plan.question.data) or TEST not in plan.data.files:
        return None
    with _readable():
        return _keep_rows(store, f"{place}/{PLACE}", plan.data, test=True)


def _is_kept(data: str) -> bool:
    return data == DOWNLOAD or names_a_folder(data)


def _keep_data(store: ObjectStore, place: str, here: DataHere, data: TaskData) -> DataHere:
    if not _is_kept(here.data):
        return here
    return replace(here, address=_keep_rows(store, place, data))


def _keep_rows(store: ObjectStore, place: str, data: TaskData, *, test: bool = False) -> str:
    packed = pack_data(data, test=test)
    return f"{place}/{keep_tree(store, place, packed.files, packed.texts).name}"


def _keep_hub(store: ObjectStore, place: str, here: ModelHere, found: HubModel) -> ModelHere:
    described = found.description
    files = {name: at for name, at in model_files(found.folder).items() if name not in described}
    return replace(here, address=f"{place}/{keep_tree(store, place, files, described).name}")


def _keep(store: ObjectStore, place: str, here: Kept, files: Mapping[str, Path]) -> Kept:
    return replace(here, address=f"{place}/{keep_tree(store, place, files).name}")
