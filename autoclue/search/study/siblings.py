"""Tell a study that begins because the data has changed from one that is new altogether."""

from __future__ import annotations

import contextlib
from pathlib import Path

from autoclue.errors import UsageError
from autoclue.search.spec import Plan, differences
from autoclue.search.study.location import find_study, open_ledger, study_names

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
            place = find_study(root, name)
            found = differences(open_ledger(place).attributes.settings, plan.settings)
            if found and found.keys() <= OF_THE_DATA:
                return f"a study of its own: {'; '.join(found.values())} since {name}"
    return None
