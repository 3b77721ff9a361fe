"""What the page says of the machine: what it has, and how full and how busy its GPUs were."""

from __future__ import annotations

from autoclue.records import CardSharing, CardUse, StudyRecord
from autoclue.reporting.wording import duration, share

GIB = 2**30


def machine(study: StudyRecord) -> list[tuple[str, str]]:
    """List what the machine has that ran a study last, and what was seen of its GPUs."""
    rows = list(study.hardware.items())
    rows += [(f"GPU {place}", use_words(use)) for place, use in enumerate(study.cards)]
    if study.sharing is not None:
        rows.append(("GPU sharing", sharing_words(study.sharing)))
    return rows


def use_words(use: CardUse) -> str:
    """Write how full and how busy a GPU was; what its driver doesn't say is left out."""
    full = f"at most {use.peak_bytes / GIB:.1f} of {use.total_bytes / GIB:.1f} GiB"
    if use.busy_s is None or use.idle_s is None or use.watched_s <= 0:
        return full
    busy, idle = use.busy_s / use.watched_s, use.idle_s / use.watched_s
    return (
        f"{full}, busy {share(round(busy, 2))} and idle {share(round(idle, 2))} of "
        f"{duration(use.watched_s)}"
    )


def sharing_words(found: CardSharing) -> str:
    """Write how trials shared GPUs, and why so many."""
    takes = f"the largest trial takes {found.peak_bytes / GIB:.1f} GiB, {found.fitting} fit"
    if found.fitting == 1:
        return f"none; {takes}"
    shared = f"{found.per_card} trials a GPU" if found.per_card > 1 else "none"
    if found.speedup is None:
        return f"{shared}; {takes}"
    return f"{shared}; {takes}, together {found.speedup:.2f} times as fast as one alone"
