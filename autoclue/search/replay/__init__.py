"""Recorded curves on a simulated clock, and the audit of a ledger."""

from autoclue.search.replay.replay import Replay, replay_study
from autoclue.search.replay.suites import SchedulerEvidence, scheduler_evidence

__all__ = [
    "Replay",
    "SchedulerEvidence",
    "replay_study",
    "scheduler_evidence",
]
