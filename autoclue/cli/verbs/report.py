"""``autoclue report``: write a study's page anew, from its ledger alone."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.options import ReportArguments


@with_options(ReportArguments)
def report_command(given: Given, as_json: Json = False) -> int:
    """Write report.html and results.json of a study or a suite, running or finished.

    Examples:
    `autoclue report xnli-discriminative-ernie-3.0-base-zh-1a2b3c4d`

    `autoclue report xnli --figures ./figures`

    `autoclue report grid-ernie-3.0-base-zh-1a2b3c4d`
    """
    from autoclue import api
    from autoclue.screen import close_study, close_suite
    from autoclue.search.suite import names_a_suite

    arguments = read_options(ReportArguments, given)
    existing = arguments.existing
    if names_a_suite(existing.folder, existing.study):
        if arguments.figures is not None:
            raise UsageError(
                f"{existing.study} is a suite, and --figures writes those of one study; name one "
                "of its studies ('autoclue ls studies')."
            )
        close_suite(api.report_suite(existing.study, folder=existing.folder), as_json=as_json)
        return 0
    result = api.report(
        existing.study,
        folder=existing.folder,
        follow_storage=existing.follow_storage,
        figures=arguments.figures,
    )
    close_study(result, as_json=as_json)
    return 0
