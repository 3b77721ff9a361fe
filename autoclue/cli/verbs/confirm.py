"""``autoclue confirm``: train the best of a study again with other seeds."""

from __future__ import annotations

from autoclue.cli.options import Given, Json, with_options
from autoclue.options import ConfirmArguments


@with_options(ConfirmArguments)
def confirm_command(given: Given, as_json: Json = False) -> int:
    """Train the best configurations of a study and its baseline again with other seeds.

    All get the same seeds, and none is stopped early. The same command again goes on with what is
    missing.

    Example: `autoclue confirm xnli-discriminative-builtin-1a2b3c4d --confirm 3 --seeds 5`
    """
    from autoclue import api
    from autoclue.option_fields import read_options
    from autoclue.screen import close_study, watch

    close_study(api.confirmation(read_options(ConfirmArguments, given), watch), as_json=as_json)
    return 0
