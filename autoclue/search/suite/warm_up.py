"""Load models, data and features of a suite once before its first run, so that a fault shows."""

from __future__ import annotations

from collections.abc import Iterable

from autoclue.training import TrialConfig
from autoclue.training.data import Workspace
from autoclue.training.platform import apply_switches


def warm_up(configs: Iterable[TrialConfig], *, gpu: bool) -> None:
    """Fetch what isn't here yet, and make and keep the features that trials will map.

    Args:
        configs: Settings of which one for each model, task and length counts.
        gpu: Whether trials will run on GPUs.

    Raises:
        UsageError: A model, its tokenizer or the data can't be fetched or read.
    """
    apply_switches(gpu=gpu)
    seen: set[tuple[str, str, int]] = set()
    for config in configs:
        place = (config.model, config.task, config.max_length_tokens)
        if place not in seen:
            seen.add(place)
            Workspace().materials(config)
