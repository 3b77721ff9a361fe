"""``autoclue report``: write a study's page anew, from its ledger alone."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.option_fields import read_options
from autoclue.options import ReportArguments


@with_options(ReportArguments)
def report_command(given: Given, as_json: Json = False) -> int:
    """Write report.html and results.json of a study, running or finished.

    Examples:
    `autoclue report xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d`

    `autoclue report xnli --figures ./figures`
    """
    from autoclue import api
    from autoclue.screen import close_study

    arguments = read_options(ReportArguments, given)
    existing = arguments.existing
    result = api.report(
        existing.study,
        folder=existing.folder,
        follow_storage=existing.follow_storage,
        figures=arguments.figures,
    )
    close_study(result, as_json=as_json)
    return 0
