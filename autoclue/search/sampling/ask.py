"""Ask for a trial: what a sampler proposes becomes a trial of the ledger."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from autoclue.records import Scalar
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.store import Ledger, persist
from autoclue.space import Parameter, SearchSpace
from autoclue.space.optuna_adapter import suggest


def ask(ledger: Ledger, proposer: Proposer) -> tuple[int, dict[str, Scalar]]:
    """Begin a trial with proposed settings.

    Returns:
        Its number, and its settings with the space's fixed ones. ``Ledger.commit`` completes it.
    """
    return persist(lambda: _ask(ledger, proposer))


def _ask(ledger: Ledger, proposer: Proposer) -> tuple[int, dict[str, Scalar]]:
    trial = ledger.begin(proposer)
    before = ledger.trial(trial.number).attributes.proposal
    try:
        with ledger.together():
            if before is None:
                ledger.note_proposal(trial.number, trial.relative_params)
            else:
                proposer.forced = before.values
            return trial.number, suggest(proposer.space, proposer.renamed(trial))
    finally:
        proposer.forced = None


def ask_baseline(ledger: Ledger, proposer: Proposer, params: Mapping[str, Scalar]) -> int:
    """Begin the trial of the baseline.

    Args:
        ledger: The study's ledger.
        proposer: Knows the space.
        params: The baseline's values of the space's parameters, fixed ones included. One that
            the space doesn't hold is left out, and the samplers then leave the trial aside.

    Returns:
        Its number. ``Ledger.commit`` completes it.
    """
    return persist(lambda: _ask_given(ledger, proposer, params, baseline=True))


def ask_start(
    ledger: Ledger, proposer: Proposer, settings: Mapping[str, Scalar], *, whole: bool
) -> int:
    """Begin a trial with settings that the search was told to start from.

    Args:
        ledger: The study's ledger.
        proposer: Knows the space.
        settings: Values of the space's parameters, and perhaps of others.
        whole: Whether the space could have proposed just this; samplers leave it aside otherwise.

    Returns:
        Its number. ``Ledger.commit`` completes it.
    """
    return persist(lambda: _ask_given(ledger, proposer, settings, baseline=False, aside=not whole))


def ask_again(ledger: Ledger, proposer: Proposer, number: int) -> int:
    """Begin a trial with the searched values of one that has failed.

    Args:
        ledger: The study's ledger.
        proposer: Knows the space.
        number: The failed trial. Where it is the baseline, the new one is.

    Returns:
        The new trial's number. ``Ledger.commit`` completes it.
    """
    failed = ledger.trial(number)
    found = failed.attributes
    return persist(
        lambda: _ask_given(
            *(ledger, proposer, failed.params),
            baseline=found.baseline,
            aside=found.outside_space,
        )
    )


def _ask_given(
    ledger: Ledger,
    proposer: Proposer,
    params: Mapping[str, Scalar],
    *,
    baseline: bool,
    aside: bool = False,
) -> int:
    space = proposer.space
    inside = {
        name: value
        for name, value in params.items()
        if name in space.parameters and space.parameters[name].contains(value)
    }
    proposer.forced = {proposer.stored(name): value for name, value in inside.items()}
    try:
        trial = ledger.begin(proposer)
        some = replace(space, parameters=_restricted(space, inside))
        with ledger.together():
            asked = suggest(some, proposer.renamed(trial))
            outside = aside or not space.contains(asked)
            ledger.note_given(trial.number, baseline=baseline, outside_space=outside)
    finally:
        proposer.forced = None
    return trial.number


def ask_point(
    ledger: Ledger, proposer: Proposer, point: Mapping[str, Scalar]
) -> tuple[int, dict[str, Scalar]]:
    """Begin a trial with given settings instead of proposed ones.

    Args:
        ledger: The study's ledger.
        proposer: Knows the space.
        point: A value for each parameter of the space.

    Returns:
        Its number and its settings. They are others than given where an interruption left a trial
        that was begun with others. ``Ledger.commit`` completes it.
    """
    return persist(lambda: _ask_point(ledger, proposer, point))


def _ask_point(
    ledger: Ledger, proposer: Proposer, point: Mapping[str, Scalar]
) -> tuple[int, dict[str, Scalar]]:
    proposer.forced = {proposer.stored(name): value for name, value in point.items()}
    try:
        trial = ledger.begin(proposer)
        before = ledger.trial(trial.number).attributes.proposal
        with ledger.together():
            if before is None:
                ledger.note_proposal(trial.number, trial.relative_params)
            else:
                proposer.forced = before.values
            return trial.number, suggest(proposer.space, proposer.renamed(trial))
    finally:
        proposer.forced = None


def exhausted(ledger: Ledger, proposer: Proposer) -> bool:
    """Return whether nothing is left to ask."""
    return persist(lambda: not ledger.has_uncommitted and proposer.exhausted(ledger.study))


def _restricted(space: SearchSpace, names: Collection[str]) -> dict[str, Parameter]:
    return {name: p for name, p in space.parameters.items() if name in names}
