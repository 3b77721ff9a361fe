"""``autoclue report``: write a study's page anew, from its ledger alone."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.option_fields import read_options
from autoclue.options import StudyToRead


@with_options(StudyToRead)
def report_command(given: Given, as_json: Json = False) -> int:
    """Write report.html and results.json of a study, running or finished.

    Example: `autoclue report xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d`
    """
    from autoclue import api
    from autoclue.screen import close_study

    existing = read_options(StudyToRead, given)
    result = api.report(
        existing.study, folder=existing.folder, follow_storage=existing.follow_storage
    )
    close_study(result, as_json=as_json)
    return 0
