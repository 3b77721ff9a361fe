"""Which configuration to try next: samplers, their history and the initial design."""

from autoclue.search.sampling.ask import ask, ask_baseline, exhausted
from autoclue.search.sampling.proposer import Proposer, check_sampler

__all__ = [
    "Proposer",
    "ask",
    "ask_baseline",
    "check_sampler",
    "exhausted",
]
