"""A listener that does nothing, and so the base of those that want to hear a part."""

from __future__ import annotations

from autoclue.records import Evaluation, TrialState
from autoclue.search.store import Prepared
from autoclue.training import TrialConfig


class Silent:
    """A listener that does nothing."""

    def started(self, number: int, config: TrialConfig) -> None:
        """A trial begins."""

    def prepared(self, number: int, prepared: Prepared) -> None:
        """A trial has loaded everything and stands before its next step."""

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """A trial has scored the development set."""

    def requeued(self, number: int, reason: str) -> None:
        """A trial will go on later."""

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """A trial has ended."""

    def scoring(self, number: int) -> None:
        """A kept model is scored on the test part."""
