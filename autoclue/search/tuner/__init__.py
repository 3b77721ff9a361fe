"""The loop that asks, records and decides, and where its trials come from."""

from autoclue.search.tuner.trial_source import ListSource, SearchSource
from autoclue.search.tuner.tuner import Conductor, Listener

__all__ = [
    "Conductor",
    "ListSource",
    "Listener",
    "SearchSource",
]
