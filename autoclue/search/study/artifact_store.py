"""Which artifact store a study has, whether it can be used, and what is sent there."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from autoclue.errors import UsageError
from autoclue.search.execution import Expected, StoreHere, StudyArtifacts, node_versions
from autoclue.search.inputs import KeptInputs, TrialInputs, keep_inputs, keep_tested
from autoclue.search.objects import PROBES, open_objects, read_address, try_objects
from autoclue.search.spec import Plan
from autoclue.search.store import StoredArtifacts, StudyAttributes
from autoclue.search.study.test_scores import fingerprint_test_part


def new_store(given: str | None, name: str) -> StoredArtifacts | None:
    """Choose the place of a new study in the store that is given for it, and try the store.

    Args:
        given: As ``--artifacts`` has it; ``None`` for no store.
        name: The study's name.

    Raises:
        UsageError: It is no address of a store.
        StoreError: The store can't be used.
    """
    if given is None:
        return None
    chosen = StoredArtifacts(read_address(given).text, f"{name}-{secrets.token_hex(4)}")
    try_store(chosen)
    return chosen


def same_store(
    given: str | None, known: StoredArtifacts | None, name: str, *, option: str = "--study"
) -> None:
    """Refuse another store than a study was begun with, and try the one that it has.

    Args:
        given: As ``--artifacts`` has it; ``None`` takes what the study has.
        known: What its ledger holds.
        name: The study's name.
        option: What names another study, or the suite of another one.

    Raises:
        UsageError: Another one is given.
        StoreError: The store can't be used.
    """
    if given is not None and (known is None or read_address(given).text != known.uri):
        where = "in its own folder" if known is None else f"at {known.uri}"
        raise UsageError(
            f"The study {name!r} keeps its states and models {where}; leave --artifacts out to go "
            f"on with it, or begin another one with {option}."
        )
    if known is not None:
        try_store(known)


def try_store(known: StoredArtifacts) -> None:
    """See that a store can be written and read.

    Raises:
        StoreError: It can't.
    """
    try_objects(open_objects(known.uri), f"{known.place}/{PROBES}")


def expected_away(plans: Iterable[Plan], away: StudyArtifacts) -> Expected:
    """Return what searches need of every machine of a cluster that shares an artifact store.

    Their data and models are sent there.

    Args:
        plans: What is searched.
        away: The artifact store of one of them, in whose place they are kept.

    Raises:
        TroubleError: The store can't be used, or a file can't be read.
    """
    return expected_of_sent(keep_inputs(plans, away.store, away.search_place), away)


def expected_of_sent(inputs: TrialInputs, away: StudyArtifacts) -> Expected:
    """Return what searches need of every machine, where their data and models are sent already."""
    here = StoreHere(away.store.text, away.search_place)
    return Expected(node_versions(), inputs, artifacts=here)


def keep_for(plan: Plan, away: StudyArtifacts) -> TrialInputs:
    """Send what trials read to the artifact store, and note it where the study may go on from.

    Nothing is sent to a store in the study's own folder, nor by a suite on one machine, which goes
    on where it was begun.
    """
    known = away.ledger.attributes
    if away.is_own or (away.shares_folder and known.suite is not None):
        return TrialInputs()
    place = away.search_place
    inputs = keep_inputs([plan], away.store, place)
    if known.confirms is None:
        has_test = fingerprint_test_part(plan.data) is not None
        tested = keep_tested(plan, away.store, place) if has_test else None
        away.ledger.note(StudyAttributes(inputs=KeptInputs(inputs, tested).noted))
    return inputs
