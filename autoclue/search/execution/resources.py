"""Which devices a search may use, found without loading Paddle or Ray."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from autoclue.errors import UsageError
from autoclue.training.platform import available_cores, count_gpus


@dataclass(frozen=True, slots=True)
class Resources:
    """What the trials of a search run on.

    Attributes:
        gpus: GPUs of this machine that may be used.
        gpus_per_trial: Share of a GPU, or whole GPUs, that a trial gets; 0 trains on the CPU.
        parallel: Trials that run at once.
        address: An existing Ray cluster, or ``None`` for this machine alone.
        parallel_given: Whether the number of trials at once was asked for; on a cluster it is
            otherwise as many as fit.
        share_given: Whether the share of a GPU was asked for; on a cluster it is otherwise one GPU
            where any machine has one.
        cards: Processes that train a trial together, each with a GPU or a core of its own; their
            GPUs are counted in ``gpus_per_trial``.
        shares_cards: Whether it is found out how many trials share a GPU; ``parallel`` is then
            only the most that may run at once.
    """

    gpus: int
    gpus_per_trial: float
    parallel: int
    address: str | None
    parallel_given: bool = True
    share_given: bool = True
    cards: int = 1
    shares_cards: bool = False

    @property
    def on_gpu(self) -> bool:
        """Whether trials train on a GPU."""
        return self.gpus_per_trial > 0

    def bundles(self) -> tuple[Mapping[str, float], ...]:
        """Return what one trial takes, in Ray's words.

        It is one bundle, because a bundle lies on one machine whole.
        """
        cores = float(self.cards)
        return ({"CPU": cores, "GPU": self.gpus_per_trial} if self.on_gpu else {"CPU": cores},)

    def describe(self) -> str:
        """Return in words where trials run."""
        if self.shares_cards:
            gpus = "1 GPU" if self.gpus == 1 else f"{self.gpus} GPUs"
            return f"as many trials at once as share {gpus} of this machine well"
        place = f"the Ray cluster at {self.address}" if self.address else "this machine"
        if self.address and not self.parallel_given:
            return f"as many trials at once as fit on {place}"
        at_once = (
            "one trial at a time" if self.parallel == 1 else f"{self.parallel} trials at once"
        )
        each = "one CPU core each, no GPU"
        if self.on_gpu:
            each = f"{self.gpus_per_trial:g} GPU{'s' if self.gpus_per_trial > 1 else ''} each"
        elif self.cards > 1:
            each = f"{self.cards} CPU cores each, no GPU"
        return f"{at_once} on {place}, {each}"


def choose_resources(
    *,
    parallel: int | None = None,
    gpus_per_trial: float | Literal["auto"] | None = None,
    address: str | None = None,
    cards: int = 1,
    gpus: int | None = None,
    cores: int | None = None,
) -> Resources:
    """Decide what trials run on.

    Args:
        parallel: Trials at once; ``None`` fills the GPUs, or the CPU cores where there is none.
        gpus_per_trial: A whole number, or a fraction such as 0.5; ``None`` is one GPU where there
            is any, and ``auto`` finds out how many trials share one well.
        address: Address of a running Ray cluster; its own resources then decide what fits.
        cards: Cards of a trial, each a whole one, of one machine.
        gpus: GPUs of this machine; ``None`` counts them.
        cores: CPU cores of this machine; ``None`` counts them.

    Raises:
        UsageError: The numbers are out of range, or more is asked for than there is.
    """
    found_gpus = count_gpus() if gpus is None else gpus
    found_cores = available_cores() if cores is None else cores
    if gpus_per_trial == "auto":
        if cards > 1:
            raise UsageError(
                f"--gpus-per-trial auto lets trials share a GPU, and each of {cards} cards a "
                "trial is a whole one; give one of --cards-per-trial and auto alone."
            )
        return _shared(parallel, address, found_gpus, found_cores)
    share = gpus_per_trial
    if share is None:
        share = 1.0 if found_gpus > 0 else 0.0
    if not math.isfinite(share) or share < 0 or (share > 1 and share != int(share)):
        raise UsageError(
            f"gpus_per_trial is {share:g}; it must be 0, a fraction of one GPU, or a whole number."
        )
    if cards > 1:
        share = _of_cards(share, cards)
    if parallel is not None and parallel < 1:
        raise UsageError(f"parallel is {parallel}; at least one trial must run at a time.")
    if address is None and share == 0 and cards > found_cores:
        raise UsageError(
            f"{cards} cards a trial are asked for, but this machine has no GPU that can be used "
            f"and {found_cores} CPU cores in their place; give --cards-per-trial {found_cores} "
            "or less."
        )
    if address is None and share > found_gpus:
        raise UsageError(
            f"{share:g} GPUs a trial are asked for, but {found_gpus} can be used here (nvidia-smi "
            "lists them; Paddle's GPU build must be installed). Leave --gpus-per-trial out to "
            "train on the CPU."
        )
    given = (
        address is None or parallel is not None,
        address is None or gpus_per_trial is not None,
    )
    room = _room(found_gpus, share) if share > 0 else found_cores // cards
    if parallel is None:
        parallel = max(1, room)
    elif address is None and parallel > room:
        unit = "GPUs" if share > 0 else "CPU cores"
        raise UsageError(
            f"parallel is {parallel}, but the {unit} of this machine hold {room} trials at once."
        )
    return Resources(found_gpus, share, parallel, address, *given, cards=cards)


def _of_cards(share: float, cards: int) -> float:
    """Return the GPUs of a trial on several cards, or 0 for the CPU.

    Raises:
        UsageError: Its share of a GPU is no whole one.
    """
    if share not in (0, 1):
        raise UsageError(
            f"gpus_per_trial is {share:g}, but each of {cards} cards a trial is a whole one; give "
            "--gpus-per-trial 0 to train on CPU cores in their place, or leave it out."
        )
    return share * cards


def _shared(parallel: int | None, address: str | None, gpus: int, cores: int) -> Resources:
    """Let trials share the GPUs of this machine, as many as a probe will find to fit.

    Raises:
        UsageError: There is no GPU, or it is another machine's.
    """
    if address is not None:
        raise UsageError(
            "--gpus-per-trial auto measures a GPU of this machine, and --address names others; "
            "give the share of a GPU that a trial gets, such as 0.5."
        )
    if gpus == 0:
        raise UsageError(
            "--gpus-per-trial auto measures a GPU, and none can be used here (nvidia-smi lists "
            "them; Paddle's GPU build must be installed). Leave it out to train on the CPU."
        )
    if parallel is not None and parallel < 1:
        raise UsageError(f"parallel is {parallel}; at least one trial must run at a time.")
    most = max(gpus, cores) if parallel is None else parallel
    return Resources(gpus, 1.0, most, None, shares_cards=True)


def _room(gpus: int, share: float) -> int:
    """Count the trials that fit; a fraction never reaches over two GPUs."""
    return gpus * int(1 / share + 1e-9) if share <= 1 else gpus // int(share)
