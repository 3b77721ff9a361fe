"""``autoclue dashboard``: optuna-dashboard on a study."""

from __future__ import annotations

from autoclue.cli.options import Given, with_options
from autoclue.cli.output import say
from autoclue.option_fields import read_options
from autoclue.options import DashboardArguments


@with_options(DashboardArguments)
def dashboard_command(given: Given) -> int:
    """Show a study, running or finished, in optuna-dashboard until Ctrl-C.

    It shows a copy of the ledger, brought up to date every few seconds, to browsers on this
    machine. Nothing that is clicked there changes the study. Needs the extra `dashboard`.

    Example: `autoclue dashboard xnli`
    """
    from autoclue.reporting import serve_dashboard
    from autoclue.search.study import find_study, load_study

    arguments = read_options(DashboardArguments, given)
    existing = arguments.existing
    place = find_study(existing.folder, existing.study)

    def begun(address: str) -> None:
        say(f"{place.name} is shown at {address} until Ctrl-C.")

    serve_dashboard(
        lambda: load_study(place, follow_storage=existing.follow_storage),
        port=arguments.port,
        begun=begun,
    )
    return 0
