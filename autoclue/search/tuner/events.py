"""What passes between a tuner, its source of trials, its executor and those who listen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from autoclue.records import Evaluation, Stop, TrialState
from autoclue.search.store import Prepared, StateRef, StoredState
from autoclue.training import TrialConfig


@dataclass(frozen=True, slots=True)
class Job:
    """A trial for the executor to run.

    Attributes:
        number: The trial's number.
        config: Its complete settings.
        after_step: The last step whose evaluation is recorded already; 0 for none. The trial goes
            on behind it.
        start_from: The state that it may start from: its own where it goes on, or that of another
            trial whose settings are a prefix of its own, or that it goes on from. ``None`` starts
            from the pretrained weights. A state is a cache: the trial has the same curve without.
        leaves_state: Whether its last evaluation leaves a state for other trials.
    """

    number: int
    config: TrialConfig
    after_step: int = 0
    start_from: StateRef | None = None
    leaves_state: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing can be asked before a running trial has reported or ended."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing is left to ask.

    Attributes:
        reason: A clause for people ("all 32 trials have been asked").
    """

    reason: str


class Steering(Protocol):
    """What an executor needs of a tuner, or of whatever stands in its place; see ``Tuner``."""

    @property
    def done(self) -> bool:
        """Whether no trial runs and none will begin."""

    def next_trial(self) -> Job | None:
        """Begin a trial if one is due and there is room."""

    def prepared(self, number: int, prepared: Prepared) -> bool:
        """Take note that a trial stands before its next step; return whether it goes on."""

    def evaluated(
        self, number: int, evaluation: Evaluation, *, state: StoredState | None = None
    ) -> Stop | None:
        """Take note of an evaluation; return the stop that it brings, if it does."""

    def ended(self, number: int) -> None:
        """Close a trial that has run its whole schedule."""

    def failed(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Close a trial that can't go on."""

    def died(
        self, number: int, reason: str, *, with_machine: bool = False, starved: bool = False
    ) -> None:
        """Let a trial go on later whose process died, for whatever of three reasons."""

    def out_of_memory(self, number: int, reason: str, *, log: str | None = None) -> None:
        """Let a trial go on with smaller micro-batches."""

    def goes_on_later(self, number: int, reason: str) -> None:
        """Let a trial go on later as it is, with more of its device."""

    def fits(self, trials: int) -> None:
        """Take note of how many trials fit at once on what runs them."""

    def noted(self, text: str) -> None:
        """Pass on a sentence about the search as a whole."""


class Listener(Protocol):
    """Is told what happens, as it happens: draws a table, prints lines, or tidies up."""

    def started(self, number: int, config: TrialConfig) -> None:
        """A trial begins."""

    def prepared(self, number: int, prepared: Prepared) -> None:
        """A trial has loaded everything and stands before its next step."""

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """A trial has scored the development set."""

    def requeued(self, number: int, reason: str) -> None:
        """A trial will go on later: its process died, or memory ran out."""

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """A trial has ended, with its best score or with the reason of its stop or failure."""

    def scoring(self, number: int, split: str) -> None:
        """After the search, the kept model of a trial answers a split: ``test`` or ``dev``."""

    def noted(self, text: str) -> None:
        """Something concerns the search as a whole: a machine that takes no part, say."""


@dataclass(frozen=True, slots=True)
class Chorus:
    """Tells several listeners of everything, in their order.

    Attributes:
        listeners: Who is told.
    """

    listeners: Sequence[Listener]

    def started(self, number: int, config: TrialConfig) -> None:
        """Tell that a trial begins."""
        for each in self.listeners:
            each.started(number, config)

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Tell that a trial stands before its next step."""
        for each in self.listeners:
            each.prepared(number, prepared)

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Tell that a trial has scored the development set."""
        for each in self.listeners:
            each.evaluated(number, evaluation)

    def requeued(self, number: int, reason: str) -> None:
        """Tell that a trial will go on later."""
        for each in self.listeners:
            each.requeued(number, reason)

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Tell that a trial has ended."""
        for each in self.listeners:
            each.ended(number, state, score=score, reason=reason)

    def scoring(self, number: int, split: str) -> None:
        """Tell that a kept model answers a split."""
        for each in self.listeners:
            each.scoring(number, split)

    def noted(self, text: str) -> None:
        """Tell what concerns the search as a whole."""
        for each in self.listeners:
            each.noted(text)


class Silent:
    """A listener that does nothing, and so the base of those that want to hear a part."""

    def started(self, number: int, config: TrialConfig) -> None:
        """Do nothing when a trial begins."""

    def prepared(self, number: int, prepared: Prepared) -> None:
        """Do nothing when a trial stands before its next step."""

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        """Do nothing when a trial has scored the development set."""

    def requeued(self, number: int, reason: str) -> None:
        """Do nothing when a trial will go on later."""

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        """Do nothing when a trial has ended."""

    def scoring(self, number: int, split: str) -> None:
        """Do nothing when a kept model answers a split."""

    def noted(self, text: str) -> None:
        """Do nothing when something concerns the search as a whole."""
