"""Which configurations are trained again, with which seeds: plain decisions on plain records.

The best configurations of a search and its baseline are trained again with the same few seeds,
none of them the search's own, so that no score is counted that was selected for being high.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np

from autoclue.errors import UsageError
from autoclue.records import (
    Confirmation,
    ConfirmationTrial,
    StudyRecord,
    TrialRecord,
    best_score_of,
)
from autoclue.search.store import (
    ConfirmationExtent,
    ConfirmationRequest,
    Ledger,
    Repetition,
    StudyAttributes,
    read_trial,
)
from autoclue.training import TrialConfig

STREAM: Final = 0xC0F1
"""Tells the seeds of a confirmation from everything else that is spawned from a root seed."""
HIGHEST_SEED: Final = 1_000_000
"""Seeds stay below this, so that people can type them."""


def confirmation_seeds(root: int, count: int, *, avoid: Collection[int]) -> tuple[int, ...]:
    """Spawn training seeds from the root seed of a search.

    Asking for more gives the same ones first, so that what has been trained stays of use.

    Args:
        root: The search's root seed, 0 or more.
        count: How many.
        avoid: Seeds that the search itself has trained with.
    """
    found: list[int] = []
    place = 0
    while len(found) < count:
        sequence = np.random.SeedSequence(root, spawn_key=(STREAM, place))
        seed = int(sequence.generate_state(1)[0]) % HIGHEST_SEED
        if seed not in found and seed not in avoid:
            found.append(seed)
        place += 1
    return tuple(found)


def with_seed(trial: TrialRecord, seed: int) -> TrialConfig:
    """Return a trial's complete settings with another training seed, up to the schedule's end."""
    found = TrialConfig.model_validate({**trial.config, "until_step": None})
    return found.with_seed(seed)


def key_without_seed(trial: TrialRecord) -> str:
    """Return the identity of a trial's settings without their seed."""
    return with_seed(trial, 0).key


def make_request(study: StudyRecord, best: int, seeds: int) -> ConfirmationRequest:
    """Choose what to train again: the best complete configurations and the baseline.

    Of a population whose members go on from each other the best one whose settings never changed
    is among them: what changing them is worth shows against that one.

    Trials that differ in their seed alone count as one, the best of them. Of equals the earliest
    comes first.

    Raises:
        UsageError: No trial is complete.
    """
    complete = study.complete
    if not complete:
        raise UsageError(
            f"The study {study.name!r} has no complete trial, so there is nothing to confirm."
        )
    ranked: dict[str, TrialRecord] = {}
    for trial in sorted(complete, key=best_score_of, reverse=True):  # the earliest of equals first
        ranked.setdefault(key_without_seed(trial), trial)
    chosen = list(ranked.values())[:best]
    constant = study.constant_member
    if constant is not None and key_without_seed(constant) not in map(key_without_seed, chosen):
        chosen.append(constant)
    baseline = next((t for t in complete if t.baseline), None)
    if baseline is not None:
        same = next((t for t in chosen if key_without_seed(t) == key_without_seed(baseline)), None)
        if same is None:
            chosen.append(baseline)
        else:
            baseline = same
    own = {TrialConfig.model_validate(trial.config).seed for trial in study.trials}
    return ConfirmationRequest(
        best=best,
        seeds=confirmation_seeds(_root_seed(study), seeds, avoid=own),
        candidates=tuple(trial.number for trial in chosen),
        baseline=None if baseline is None else baseline.number,
    )


def _root_seed(study: StudyRecord) -> int:
    seed = study.settings.get("seed")
    return seed if isinstance(seed, int) else 0


def note_extent(ledger: Ledger, extent: ConfirmationExtent | None) -> None:
    """Write into a search's ledger what is to be trained again after it, where that has changed.

    Args:
        ledger: The search's ledger.
        extent: How much; ``None`` for nothing.
    """
    if ledger.attributes.confirm != extent:
        ledger.note(StudyAttributes(confirm=extent))


def extent_of(
    search: StudyAttributes, confirmation: Confirmation | None
) -> ConfirmationExtent | None:
    """Find what is to be trained again after a search that goes on.

    A confirmation that was cut off goes on, whichever command began it; else what the search was
    last told holds.

    Args:
        search: What the search's ledger holds about the study itself.
        confirmation: What there is of it so far, if there was any.
    """
    if confirmation is not None and not confirmation.finished:
        return ConfirmationExtent(confirmation.best, len(confirmation.seeds))
    return search.confirm


@dataclass(frozen=True, slots=True)
class ConfirmationTraining:
    """One training that a request asks for.

    Attributes:
        config: Its complete settings.
        repeats: Whose settings they are, and the seed.
    """

    config: TrialConfig
    repeats: Repetition


def trainings(
    study: StudyRecord, request: ConfirmationRequest
) -> tuple[ConfirmationTraining, ...]:
    """List every training of a request: all configurations with one seed, then with the next.

    Whenever an interruption comes, the configurations have then been trained with the same seeds,
    all but one.
    """
    by_number = {trial.number: trial for trial in study.trials}
    return tuple(
        ConfirmationTraining(
            config=with_seed(by_number[number], seed),
            repeats=Repetition(key_without_seed(by_number[number]), seed),
        )
        for seed in request.seeds
        for number in request.candidates
    )


def read_confirmation(study: StudyRecord, ledger: Ledger) -> Confirmation:
    """Read what a confirmation's ledger holds about the configurations that were last asked for.

    Args:
        study: The search.
        ledger: The ledger of its confirmation.
    """
    request = ledger.attributes.request
    if request is None:
        raise UsageError(f"The study {ledger.name!r} is no confirmation; read it as a search.")
    numbers = {
        key_without_seed(trial): trial.number
        for trial in study.trials
        if trial.number in request.candidates
    }
    runs = tuple(
        ConfirmationTrial(
            of=numbers[repeats.of],
            seed=repeats.seed,
            trial=read_trial(trial),
        )
        for trial in ledger.committed()
        if (repeats := trial.attributes.repeats) is not None and repeats.of in numbers
    )
    return Confirmation(request.best, request.seeds, request.candidates, request.baseline, runs)
