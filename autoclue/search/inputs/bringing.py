"""Bring what a study reads to a machine that lacks it, for the command that goes on with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from autoclue.errors import AutoclueError, UsageError
from autoclue.search.inputs.finding import MissingInputError, fetch_input, find_input
from autoclue.search.inputs.import_path import import_from
from autoclue.search.inputs.needed import CodeHere, DataHere, Here, KeptInputs, ModelHere
from autoclue.search.objects import LostObjectError, ObjectStore
from autoclue.search.spec import Brought
from autoclue.tasks import (
    DOWNLOAD,
    TaskData,
    TaskSpec,
    load_task,
    names_a_file,
    names_a_folder,
    open_moved,
    was_downloaded,
)


def bring_inputs(
    kept: KeptInputs, open_store: Callable[[], ObjectStore], *, code: bool
) -> tuple[Brought, tuple[str, ...]]:
    """Find what a study reads at its place, or fetch it from the study's artifact store.

    What lies there and has another content is left alone, and that of the study fetched. A module
    is put before all others on the import path of this process.

    Args:
        kept: What the store has.
        open_store: Opens the store; it isn't asked where nothing is lacking.
        code: Whether the word of the study's ledger is enough to import a module.

    Returns:
        What was fetched, and a sentence about each.

    Raises:
        UsageError: Something is neither at its place nor in the store, or a module isn't there
            that may not be fetched.
        StoreError: The store can't be used.
        TroubleError: The cache can't be read or written.
    """
    brought, told = Brought(), []
    for here in kept.trials.all:
        lacks = None if here.address is None else _lacks(here)
        if here.address is None or lacks is None:
            continue
        if isinstance(here, CodeHere) and not code:
            raise UsageError(
                f"The study can't go on here: {lacks}. Put it there, or run 'autoclue resume' "
                "with the URL of the study's database as --storage, which says that you trust it "
                "to have a module imported from its artifact store."
            )
        tested = kept.tested if isinstance(here, DataHere) else None
        try:
            folder = fetch_input(open_store(), tested or here.address)
        except LostObjectError as error:
            raise UsageError(
                f"The study can't go on here: {lacks}, and {error}. Put {here.words} where the "
                "study names it, or run the command on a machine that has it."
            ) from error
        brought = _with(brought, here, folder)
        told.append(f"{here.words} comes from the artifact store: {lacks}")
    return brought, tuple(told)


def _with(brought: Brought, here: Here, folder: Path) -> Brought:
    if isinstance(here, DataHere):
        return replace(brought, data=_opened(here, folder), tree=folder)
    if isinstance(here, ModelHere):
        return replace(brought, model=folder)
    import_from(folder)
    return replace(brought, code=True)


def _opened(here: DataHere, folder: Path) -> TaskData:
    """Open data as it would be at its place."""
    found = open_moved(folder)
    if found.fingerprint != here.fingerprint:
        raise UsageError(
            f"The study can't go on here: {here.words} had changed when it was sent. Run the "
            "command on a machine that has it as it was."
        )
    return replace(found, spec=_spec_at(here.task, found.spec))


def _spec_at(task: str, sent: TaskSpec) -> TaskSpec:
    """Return a task as it was sent, under its name; one that ships has the version of here."""
    if names_a_file(task):
        return sent.read_from(Path(task))
    return sent.model_copy(update={"version": load_task(task).version})


def _lacks(here: Here) -> str | None:
    """Say in a clause why what a study reads isn't at its place; ``None`` where it is."""
    if isinstance(here, DataHere) and _is_to_be_downloaded(here):
        return "it hasn't been downloaded here"
    try:
        find_input(replace(here, address=None), None)
    except MissingInputError:
        return _words(here)
    return None


def _is_to_be_downloaded(here: DataHere) -> bool:
    """Return whether a publisher would have to be asked for the data."""
    try:
        spec = load_task(here.task)
    except AutoclueError:
        return False  # the task itself isn't here
    return here.data == DOWNLOAD and spec.download is not None and not was_downloaded(spec)


def _words(here: Here) -> str:
    if isinstance(here, CodeHere):
        return f"{here.words} isn't on the import path here, or is another one"
    if isinstance(here, ModelHere) and here.hub:
        return f"{here.words} of PaddleNLP's hub isn't in the cache here, or is another one"
    places = list(_places(here))
    missing = next((place for place in places if not Path(place).exists()), None)
    if missing is not None:
        return f"there is no {missing} here"
    return f"what is at {places[-1]} here isn't what the study was begun with"


def _places(here: DataHere | ModelHere) -> Iterator[str]:
    """Yield the paths by which a study names its data or its model."""
    if isinstance(here, ModelHere):
        yield here.folder
        return
    if names_a_file(here.task):
        yield here.task
    if names_a_folder(here.data):
        yield here.data
