"""A study as optuna-dashboard shows it: a copy of the ledger with words that read well there."""

from autoclue.reporting.dashboard.server import serve_dashboard

__all__ = [
    "serve_dashboard",
]
