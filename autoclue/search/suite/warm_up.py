"""Load models, data and features of a suite once before its first run, so that a fault shows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from autoclue.models import resolve_model
from autoclue.options import ResourceOptions, StudySpec
from autoclue.search.execution import choose_resources
from autoclue.search.spec import make_plan
from autoclue.search.study import is_known, place_of
from autoclue.search.suite.index import SuiteEntry
from autoclue.training import TrialConfig
from autoclue.training.data import Materials, Workspace
from autoclue.training.platform import apply_switches, free_memory, load_paddle, needed_by_all


def warm_up(configs: Iterable[TrialConfig], *, gpu: bool) -> None:
    """Fetch what isn't here yet, and make and keep the features that trials will map.

    The weights of a hub's model are loaded once, so that a download that breaks off does so here,
    and not in several trials at once.

    Args:
        configs: Settings of which one for each model, task and length counts.
        gpu: Whether trials will run on GPUs.

    Raises:
        UsageError: A model, its tokenizer or the data can't be fetched or read.
        TroubleError: Likewise.
    """
    apply_switches(gpu=gpu)
    seen: set[tuple[str, str, int]] = set()
    for config in configs:
        place = (config.model, config.task, config.max_length_tokens)
        if place not in seen:
            first_of_model = config.model not in {model for model, _, _ in seen}
            seen.add(place)
            materials = Workspace().materials(config)
            if first_of_model and resolve_model(config.model).kind == "hub":
                _fetch_weights(materials, config.seed)


def _fetch_weights(materials: Materials, seed: int) -> None:
    """Build a model's network once, in main memory, which trials on a GPU leave alone."""
    load_paddle().set_device("cpu")
    with needed_by_all("The model"):
        materials.head.build(materials.location, seed=seed)
    free_memory()


def prepare_searches(
    folder: Path,
    entries: Sequence[SuiteEntry],
    questions: Sequence[StudySpec],
    resources: ResourceOptions,
) -> None:
    """Check all searches of a suite, and load what they need, before the first one begins.

    What an earlier command has begun was loaded by that one.

    Args:
        folder: The suite's folder.
        entries: The studies.
        questions: What each of them asks.
        resources: What they run on.

    Raises:
        UsageError: Something is unknown, missing, unreadable or out of range.
    """
    cards = max((question.cards_per_trial for question in questions), default=1)
    on_gpu = choose_resources(**resources.model_dump(), cards=cards).on_gpu
    plans = [make_plan(question) for question in questions]
    if not all(is_known(place_of(folder, entry.study, None)) for entry in entries):
        warm_up((plan.baseline for plan in plans), gpu=on_gpu)
