"""What is known of a search's trials while it runs, whatever shows it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.reporting import at_chance
from autoclue.screen.pace import SearchPace

if TYPE_CHECKING:
    from autoclue.training import TrialConfig
    from autoclue.training.logs import StepProgress

Naming = Callable[[int, "TrialConfig"], str]
"""From a trial's number and settings to what it is called."""

WORDS = {
    TrialState.COMPLETE: "complete",
    TrialState.PRUNED: "stopped early",
    TrialState.FAIL: "failed",
    TrialState.RUNNING: "running",
}
SCORING = {
    "test": "is scored on the test part",
    "dev": "answers the development set, to be counted by label",
}
"""What is done with a kept model after the search, by the split that it answers."""
PUBLISHED_SEED = 42
SHOWN = frozenset({"learning_rate", "batch_size", "dropout", "seed"})
"""Settings that have a place of their own in a trial's line."""


def trial_name(number: int, config: TrialConfig) -> str:
    """Call a trial of a search by its number."""
    return f"trial {number}"


def settings_summary(config: TrialConfig, searched: Collection[str] = ()) -> str:
    """Write the settings by which trials differ in a few words.

    Args:
        config: A trial's complete settings.
        searched: Names of the parameters that are searched; each of them is shown.
    """
    parts = [f"lr {config.learning_rate:.3g}", f"batch {config.batch_size}"]
    if config.dropout != 0.1 or "dropout" in searched:
        parts.append(f"dropout {config.dropout:g}")
    for name, value in config.strategy_params.items():
        parts.append(f"{name} {_shown(value)}")
    own = type(config).model_fields
    for name in searched:
        if name in own and name not in SHOWN:
            parts.append(f"{name} {_shown(getattr(config, name))}")
    if config.seed != PUBLISHED_SEED:
        parts.append(f"seed {config.seed}")
    return ", ".join(parts)


def _shown(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Chance:
    """What guessing scores: always the class that most development examples have.

    Attributes:
        score: The share of that class, in [0, 1].
        examples: How many development examples select.
    """

    score: float
    examples: int


@dataclass(slots=True)
class Tally:
    """The states and best scores of all trials so far, those of earlier runs included.

    Attributes:
        total: Trials that there shall be in all.
        chance: What guessing scores, where that is known.
        baseline: The baseline's settings, where there is one in this search.
        searched: Names of the searched parameters, all of which a trial's line shows.
        naming: What a trial is called.
        compares: Whether the scores of two trials can be compared.
        pace: What is known of the speed.
        devices: Writes how the GPUs stand; ``None`` where there is none to look at.
        names: What each trial of this run is called.
        states: Where each trial stands.
        scores: Each trial's best score so far.
        baseline_number: The baseline's number, once it has begun.
        interrupted: Whether the search ends now, and its running trials with it.
    """

    total: int
    chance: Chance | None = None
    baseline: TrialConfig | None = None
    searched: tuple[str, ...] = ()
    naming: Naming = trial_name
    compares: bool = True
    pace: SearchPace | None = None
    devices: Callable[[], str | None] | None = None
    names: dict[int, str] = field(default_factory=dict)
    states: dict[int, TrialState] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    baseline_number: int | None = None
    interrupted: bool = False

    def recall(self, record: StudyRecord) -> None:
        """Take over what earlier runs of a study have recorded."""
        for trial in record.trials:
            self._recall(trial)

    def _recall(self, trial: TrialRecord) -> None:
        self.states[trial.number] = trial.state
        if self.pace is not None and trial.evaluations:
            self.pace.steps_before[trial.number] = trial.evaluations[-1].step
        if trial.best_score is not None:
            self.scores[trial.number] = trial.best_score
        if trial.baseline:
            self.baseline_number = trial.number

    def begin(self, number: int, config: TrialConfig) -> None:
        """Note that a trial begins or goes on."""
        self.names[number] = self.naming(number, config)
        self.states[number] = TrialState.RUNNING
        if self.pace is not None:
            self.pace.begin(number)
        if self.baseline is not None and config == self.baseline:
            self.baseline_number = number

    def prepared(self, number: int, total_steps: float) -> None:
        """Note the length of a trial."""
        if self.pace is not None:
            self.pace.prepared(number, total_steps)

    def score(self, number: int, score: float, *, step: int = 0) -> None:
        """Note a score of a trial, and the step that it was measured at."""
        if self.pace is not None:
            self.pace.at(number, step)
        self.scores[number] = max(score, self.scores.get(number, score))

    def end(self, number: int, state: TrialState) -> None:
        """Note that a trial has ended."""
        self.states[number] = state
        if self.pace is not None:
            self.pace.end(number)

    def name(self, number: int) -> str:
        """Return what a trial is called."""
        return self.names.get(number, f"trial {number}")

    def summary(self, config: TrialConfig) -> str:
        """Write the settings by which a trial differs, every searched one among them."""
        return settings_summary(config, self.searched)

    @property
    def running(self) -> list[int]:
        """The numbers of the trials that run."""
        return [n for n, state in self.states.items() if state is TrialState.RUNNING]

    @property
    def n_ended(self) -> int:
        """How many trials have ended."""
        return sum(state is not TrialState.RUNNING for state in self.states.values())

    def counts(self) -> str:
        """Count the trials by state: "3 complete, 1 failed, 2 running"."""
        words = {**WORDS, TrialState.RUNNING: "interrupted"} if self.interrupted else WORDS
        held = {state: list(self.states.values()).count(state) for state in words}
        return ", ".join(f"{n} {words[state]}" for state, n in held.items() if n)

    def progress(self, number: int) -> StepProgress | None:
        """Return how far a running trial says it is, where it is known."""
        return None if self.pace is None else self.pace.progress(number)

    def pace_words(self) -> str | None:
        """Write what is left of the search, and what its budgets have been used for."""
        return None if self.pace is None or self.interrupted else self.pace.words(self.n_ended)

    def device_words(self) -> str | None:
        """Write how full and how busy the GPUs are; ``None`` where that isn't known."""
        return None if self.devices is None or self.interrupted else self.devices()

    def leader(self) -> int | None:
        """Return the number of the best trial that may still win, or ``None`` before any score.

        A trial that was stopped early or failed never wins; one that is running may.
        """
        out = (TrialState.PRUNED, TrialState.FAIL)
        standing = [n for n in self.scores if self.states.get(n) not in out]
        return min(standing, key=lambda n: (-self.scores[n], n), default=None)

    def best_words(self) -> str | None:
        """Write the best score so far, whose it is and its lead over the baseline."""
        leader = self.leader() if self.compares else None
        if leader is None:
            return None
        score = self.scores[leader]
        said = f"best so far {score:.4f} ({self.name(leader)}{self._running(leader)})"
        rival = None if self.baseline_number is None else self.scores.get(self.baseline_number)
        if leader == self.baseline_number:
            return f"{said}, the baseline"
        return said if rival is None else f"{said}, {score - rival:+.4f} over the baseline"

    def _running(self, number: int) -> str:
        return ", running" if self.states.get(number) is TrialState.RUNNING else ""

    def chance_words(self) -> str | None:
        """Warn while no trial is above what guessing scores; ``None`` where one is, or none ended.

        Scores that sampling error alone could have lifted above it count as chance.
        """
        chance = self.chance
        if chance is None or self.n_ended == 0 or not self.scores:
            return None
        best = max(self.scores.values())
        if not at_chance(best, chance.score, chance.examples):
            return None
        return (
            f"no trial is clearly above chance yet ({chance.score:.4f}, always the most frequent "
            "class): try higher learning rates, or longer trials"
        )
