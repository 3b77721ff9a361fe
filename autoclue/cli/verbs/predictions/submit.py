"""``autoclue submit``: prediction files, checked and packed."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.option_fields import read_options
from autoclue.predict_options import SubmitArguments


@with_options(SubmitArguments)
def submit_command(given: Given, as_json: Json = False) -> int:
    """Check prediction files against the rows of their test parts and pack them into an archive.

    Everything that is wrong or missing is named at once; the same files make the same bytes.

    Example: `autoclue submit autoclue-predictions --data ./CLUE --out clue.zip`
    """
    from autoclue import api
    from autoclue.screen import close_submission

    close_submission(api.submitting(read_options(SubmitArguments, given)), as_json=as_json)
    return 0
