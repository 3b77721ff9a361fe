"""Tell a study that begins because the data has changed from one that is new altogether."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from autoclue.errors import UsageError, one_door
from autoclue.search.spec import Plan, differences
from autoclue.search.store import not_as_written
from autoclue.search.study.location import (
    Place,
    check_followed,
    find_study,
    open_ledger,
    study_names,
)

OF_THE_DATA = frozenset({"data_fingerprint", "train_examples", "dev_examples"})
"""What differs between two studies of which one began before the data's files were changed."""


def changed_data(plan: Plan, root: Path) -> str | None:
    """Find a study that asks the same of other content in the same files.

    Args:
        plan: What is asked, of a study that is about to begin.
        root: Folder of all studies.

    Returns:
        What has changed since which study, as a sentence without its end; ``None`` where no study
        differs in its data alone.
    """
    prefix = f"{plan.default_name.rpartition('-')[0]}-"
    for name in study_names(root):
        if not name.startswith(prefix) or name == plan.default_name:
            continue
        with contextlib.suppress(UsageError):  # a study that can't be read tells nothing
            found = differences(_settings_of(find_study(root, name)), plan.settings)
            if found and found.keys() <= OF_THE_DATA:
                return f"a study of its own: {'; '.join(found.values())} since {name}"
    return None


def _settings_of(place: Place) -> Mapping[str, object]:
    """Read what a study asks.

    Raises:
        UsageError: It can't be read, or its ledger lies outside of its folder.
    """
    check_followed(place, follow_storage=False)
    with one_door(lambda why: not_as_written(place.storage, why)):
        return open_ledger(place).attributes.settings
