"""Find out how the trials of a search share GPUs, or read what was found out before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from autoclue.records import CardSharing
from autoclue.search.cards.packer import Packer
from autoclue.search.cards.probing import ask_for_memory
from autoclue.search.cards.shares import fitting_share
from autoclue.search.execution import Resources
from autoclue.search.store import StudyAttributes
from autoclue.search.tuner import Tuner
from autoclue.training import TrialConfig
from autoclue.training.platform import Cards, MemoryReading, open_cards

STILL_FREE: Final = 0.98
"""What a driver keeps for itself differs a little from start to start."""

Ask = Callable[[TrialConfig, str], MemoryReading]
"""Probes what a configuration takes of ``cpu`` or ``gpu``."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What trials run on, and who decides how many share a card.

    Attributes:
        resources: With the share of a trial, and as many trials at once as may ever be.
        packer: Decides; tells and keeps nothing yet.
    """

    resources: Resources
    packer: Packer


def share_cards(
    largest: Sequence[TrialConfig],
    resources: Resources,
    before: CardSharing | None,
    *,
    ask: Ask = ask_for_memory,
    cards: Callable[[], Cards | None] = open_cards,
    tell: Callable[[str], None] = lambda text: None,
) -> Shared:
    """Probe the largest configurations of a search, unless that has been done.

    Args:
        largest: What takes the most memory: one configuration for each task and model.
        resources: As asked.
        before: What an earlier run of the study has found out.
        ask: Probes.
        cards: Gives the GPUs as they are now.
        tell: Is told what is done and found.

    Raises:
        UsageError: Not even one trial fits, or something that it needs can't be read.
        AutoclueError: The probe can't be run.
    """
    identity = " ".join(sorted({config.key for config in largest}))
    known = before if before is not None and _still_holds(before, identity, cards()) else None
    if known is None:
        for config in largest:
            tell(
                f"Probing how much of a GPU the largest trial of {config.task} takes: batches of "
                f"{config.micro_batch_size} with up to {config.max_length_tokens} tokens."
            )
        readings = [ask(config, "gpu") for config in largest]
        known = _found_out(identity, max(readings, key=lambda each: each.peak_bytes))
        tell(words_of(known))
    per_card = known.per_card
    at_once = min(resources.parallel, resources.gpus * known.fitting)
    settled = replace(resources, gpus_per_trial=1 / per_card, parallel=max(1, at_once))
    return Shared(settled, Packer(resources.gpus, known, settled.parallel, tell=tell))


@dataclass(frozen=True, slots=True)
class NoSharing:
    """What trials run on where the share of each is given.

    Attributes:
        resources: As asked.
        packer: Nobody decides anything.
    """

    resources: Resources
    packer: None = None


def arrange_cards(
    largest: Callable[[], Sequence[TrialConfig]],
    resources: Resources,
    tuners: Sequence[Tuner],
    *,
    before: CardSharing | None = None,
    ask: Ask = ask_for_memory,
) -> Shared | NoSharing:
    """Find out how trials share GPUs where that was left to autoclue, and keep it in the ledger.

    Args:
        largest: Gives what takes the most memory: a configuration for each task and model.
        resources: As asked.
        tuners: Run the trials; listeners are told, and their ledgers keep what is found out.
        before: What is known from another study of the same trials.
        ask: Probes.

    Raises:
        UsageError: See ``share_cards``.
        AutoclueError: See ``share_cards``.
    """
    if not resources.shares_cards:
        return NoSharing(resources)
    known = tuners[0].ledger.attributes.sharing or before
    found = share_cards(largest(), resources, known, ask=ask, tell=tuners[0].noted)

    def settle(now: CardSharing) -> None:
        for tuner in tuners:
            tuner.check()
            tuner.ledger.note(StudyAttributes(sharing=now))

    settle(found.packer.known)
    found.packer.settle = settle
    return found


def _still_holds(known: CardSharing, identity: str, cards: Cards | None) -> bool:
    """Return whether what was found out is of the same trials, and the same GPUs as free."""
    if known.probed != identity or cards is None:
        return False
    return all(
        card.name == known.card and card.free_bytes >= STILL_FREE * known.room_bytes
        for card in cards.read()
    )


def _found_out(identity: str, found: MemoryReading) -> CardSharing:
    share = fitting_share(
        peak_bytes=found.peak_bytes,
        room_bytes=found.room_bytes,
        context_bytes=found.context_bytes,
    )
    return CardSharing(
        card=found.device,
        probed=identity,
        peak_bytes=found.peak_bytes,
        context_bytes=found.context_bytes,
        room_bytes=found.room_bytes,
        fitting=share.per_card,
        per_card=share.per_card,
    )


def words_of(known: CardSharing) -> str:
    """Write what a probe has found."""
    takes = f"It takes {known.peak_bytes / 2**30:.1f} of {known.room_bytes / 2**30:.1f} GiB"
    if known.fitting == 1:
        return f"{takes}; each trial has a GPU to itself."
    return f"{takes}; up to {known.fitting} trials share a GPU, if that is faster."
