"""``autoclue rm``: delete a study for good."""

from __future__ import annotations

from typing import Annotated

import typer

from autoclue.cli.options import Given, with_options
from autoclue.cli.output import say
from autoclue.option_fields import read_options
from autoclue.options import StudyToRead


@with_options(StudyToRead)
def rm_command(
    given: Given,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Delete without asking.")] = False,
) -> int:
    """Delete a study for good: its ledger, its report, its logs and its models.

    A study that a process runs is not deleted.

    Example: `autoclue rm xnli-discriminative-builtin-1a2b3c4d`
    """
    from autoclue.errors import UsageError
    from autoclue.search.study import check_followed, find_study, remove_study, size_of_study

    existing = read_options(StudyToRead, given)
    place = find_study(existing.folder, existing.study)
    check_followed(place, follow_storage=existing.follow_storage)
    size = f"{size_of_study(place) / 2**20:,.1f} MiB"
    if not yes:
        if not typer.get_text_stream("stdin").isatty():
            raise UsageError(f"Give --yes to delete the study {place.name} ({size}) unasked.")
        typer.confirm(f"Delete the study {place.name} in {place.folder} ({size})?", abort=True)
    remove_study(place)
    say(f"The study {place.name} is deleted ({size}).")
    return 0
