"""The scheduler that learns during a study how far early scores can be trusted."""

from autoclue.search.stopping.adaptive.adaptive import Adaptive

__all__ = ["Adaptive"]
