"""The loop that asks, records and decides, and where its trials come from."""

from autoclue.search.tuner.silent import Silent
from autoclue.search.tuner.trial_source import ListSource, SearchSource
from autoclue.search.tuner.tuner import Listener, Tuner

__all__ = [
    "ListSource",
    "Listener",
    "SearchSource",
    "Silent",
    "Tuner",
]
