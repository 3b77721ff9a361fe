"""The scheduler that learns during a study how far early scores can be trusted."""

from autoclue.search.stopping.adaptive.adaptive import BEHIND, Adaptive
from autoclue.search.stopping.adaptive.evidence import wobble_of

__all__ = ["BEHIND", "Adaptive", "wobble_of"]
