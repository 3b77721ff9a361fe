"""The scheduler that learns during a study how far early scores can be trusted."""

from autoclue.search.stopping.adaptive.exact_sum import ExactSum
from autoclue.search.stopping.adaptive.rule import Adaptive

__all__ = [
    "Adaptive",
    "ExactSum",
]
