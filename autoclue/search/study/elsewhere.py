"""A study that goes on on another machine: its database and its artifact store are enough."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from autoclue.errors import UsageError, one_door
from autoclue.options import StudySpec
from autoclue.outside import quoted
from autoclue.search.inputs import KeptInputs, bring_inputs
from autoclue.search.objects import open_objects
from autoclue.search.spec import Brought, Plan, make_plan, question_of
from autoclue.search.store import Ledger, StudyAttributes, not_as_written, public
from autoclue.search.study.location import POINTER, Place, find_study, is_known, place_of
from autoclue.tasks import names_a_file, names_a_folder


def find_in_storage(root: Path, name: str, storage: str) -> Place:
    """Find a study by its name in a database, and give it a folder on this machine.

    Nothing is written yet.

    Args:
        root: Folder of all studies.
        name: The study's whole name.
        storage: URL of the database.

    Raises:
        UsageError: The database can't be used or holds no such study, the study has no artifact
            store, or a folder of its name here is another one's.
    """
    place = place_of(root, name, storage)
    if is_known(place):
        known = find_study(root, name)
        if known.storage != storage:
            raise UsageError(
                f"{place.folder / POINTER} says that the study {quoted(name)} is in "
                f"{public(known.storage)}; leave --storage out, or give another --folder."
            )
        return known
    if not Ledger.readable(storage, name):
        raise UsageError(f"The storage {public(storage)} holds no study {quoted(name)}.")
    if Ledger.open(storage, name, read_only=True).attributes.artifacts is None:
        raise UsageError(
            f"The study {quoted(name)} keeps its states and models in its own folder, as it was "
            "begun without --artifacts; go on with it where that folder is."
        )
    return place


def plan_again(
    attributes: StudyAttributes, storage: str, *, trusted: bool = False
) -> tuple[Plan, tuple[str, ...]]:
    """Make the plan of a study that goes on, of the files that it was begun with.

    What lies elsewhere than where the study names it, or is another by now, is fetched from the
    artifact store, if the study has one: the scores in the ledger are those of its content.

    Args:
        attributes: What the ledger holds about the study itself.
        storage: URL of the ledger.
        trusted: Whether the user has named the ledger's database, so that its word is enough to
            import a module that it names.

    Returns:
        The plan, and in a clause each what was fetched and why.

    Raises:
        UsageError: Something isn't here and can't be fetched, or doesn't go with the rest.
        StoreError: The store can't be used.
        TroubleError: The cache can't be read or written.
    """
    question, space = question_of(attributes)
    away, brought, told = attributes.artifacts, Brought(), tuple[str, ...]()
    if away is not None and attributes.inputs:
        with one_door(lambda why: not_as_written(storage, why)):
            kept = KeptInputs.read(attributes.inputs)
        asked = (question.task, question.data, question.model, question.strategy)
        kept = replace(kept, trials=kept.trials.to_fetch(*asked))
        brought, told = bring_inputs(kept, lambda: open_objects(away.uri), code=trusted)
    try:
        return make_plan(question, space=space, brought=brought), told
    except UsageError as error:
        if away is None or attributes.inputs or not _names_what_is_gone(question):
            raise
        raise UsageError(
            f"{error} The artifact store {away.uri} has no copy of what this study reads, so it "
            "goes on only where that is as the study names it."
        ) from error


def _names_what_is_gone(question: StudySpec) -> bool:
    """Return whether a folder or file that a question names isn't on this machine."""
    paths = [question.task] if names_a_file(question.task) else []
    paths += [question.data] if names_a_folder(question.data) else []
    paths += [question.model] if Path(question.model).is_absolute() else []
    return not all(Path(each).exists() for each in paths)
