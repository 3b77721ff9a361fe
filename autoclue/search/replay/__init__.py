"""Recorded curves on a simulated clock, and the audit of a ledger."""

from autoclue.search.replay.replay import Replay, replay_study

__all__ = [
    "Replay",
    "replay_study",
]
