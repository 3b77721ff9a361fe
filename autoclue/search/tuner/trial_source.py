"""Where a tuner's trials come from: a search of a space, or a list made beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from autoclue.records import Scalar
from autoclue.search.sampling import Proposer, ask, ask_again, ask_baseline, ask_start, exhausted
from autoclue.search.store import Ledger, Repetition
from autoclue.search.tuner.events import Done, Job, Wait
from autoclue.training import TrialConfig


class TrialSource(Protocol):
    """Asks for trials. What it has asked is in the ledger, and what comes next follows from it.

    A source that is made anew over the same ledger goes on where the other one was, wherever that
    was cut off.
    """

    def restore(self) -> Done | None:
        """Take note of what the ledger holds.

        Returns:
            What ``next`` would say if that is ``Done``, without asking anything.
        """

    def next(self) -> Job | Wait | Done:
        """Ask for a trial and commit it, unless none can be asked.

        Returns:
            The trial; ``Wait`` where what comes next depends on trials that run, and the tuner
            asks again after the next event of one of them; ``Done`` for good.
        """

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the baseline, which is never stopped."""

    def needs_state(self, number: int) -> bool:
        """Return whether a later trial may start from the state of a trial that has ended."""


class Configurations(Protocol):
    """What makes trials of the values that a sampler proposes; a plan does."""

    @property
    def baseline(self) -> TrialConfig:
        """The baseline's settings."""

    @property
    def baseline_params(self) -> Mapping[str, Scalar]:
        """The baseline's values of the space's parameters."""

    def configure(self, params: Mapping[str, Scalar], /) -> TrialConfig:
        """Make a trial's complete settings of the searched ones."""


@dataclass(frozen=True, slots=True)
class FixedConfigurations:
    """The same without a plan, for a search that is simulated.

    Attributes:
        configure: Makes a trial's complete settings of the searched ones.
        baseline: The baseline's settings.
        baseline_params: Its values of the space's parameters.
    """

    configure: Callable[[Mapping[str, Scalar]], TrialConfig]
    baseline: TrialConfig
    baseline_params: Mapping[str, Scalar]


@dataclass(slots=True)
class SearchSource:
    """The baseline first, then what the search was told to start from, then proposals.

    Attributes:
        ledger: Where trials are asked.
        proposer: Knows what to try next.
        plan: Makes trials of what is proposed, and knows the baseline.
        trials: How many trials the study shall have in all.
        retry: Numbers of failed trials to ask again before any other.
        starts: What comes after the baseline, before a proposal.
    """

    ledger: Ledger
    proposer: Proposer
    plan: Configurations
    trials: int
    retry: Sequence[int] = ()
    starts: Sequence[Mapping[str, Scalar]] = ()
    _n_asked: int = 0
    _baseline: int | None = None
    _left: list[int] = field(default_factory=list)  # failed trials to ask again
    _ahead: list[int] = field(default_factory=list)  # places of starts to ask for

    def restore(self) -> Done | None:
        """Count the trials of the ledger and find its baseline."""
        committed = self.ledger.committed()
        again = {trial.attributes.retries for trial in committed} - {None}
        self._n_asked = len(committed) - len(again)
        self._left = [number for number in self.retry if number not in again]
        found = [trial.number for trial in committed if trial.attributes.baseline]
        self._baseline = found[-1] if found else None
        begun = {trial.attributes.start for trial in committed}
        self._ahead = [place for place in range(len(self.starts)) if place not in begun]
        return self._done()

    def next(self) -> Job | Wait | Done:
        """Ask again what failed, for the baseline if it is missing, and for a proposal else."""
        if self._left and not self.ledger.has_proposal:
            return self._again(self._left.pop(0))
        done = self._done()
        if done is not None:
            return done
        if self._baseline is None:
            number = ask_baseline(self.ledger, self.proposer, self.plan.baseline_params)
            config = self.plan.baseline
            self._baseline = number
        elif self._ahead and not self.ledger.has_proposal:
            return self._start(self._ahead.pop(0))
        else:
            number, params = ask(self.ledger, self.proposer)
            config = self.plan.configure(params)
        self.ledger.commit(number, config.model_dump(), config.key)
        self._n_asked += 1
        return Job(number, config)

    def _start(self, place: int) -> Job:
        settings = self.starts[place]
        config = self.plan.configure(settings)
        whole = self.proposer.space.contains(settings)
        number = ask_start(self.ledger, self.proposer, settings, whole=whole)
        self.ledger.commit(number, config.model_dump(), config.key, start=place)
        self._n_asked += 1
        return Job(number, config)

    def _again(self, failed: int) -> Job:
        number = ask_again(self.ledger, self.proposer, failed)
        config = TrialConfig.model_validate(self.ledger.trial(failed).config)
        self.ledger.commit(number, config.model_dump(), config.key, retries=failed)
        if failed == self._baseline:
            self._baseline = number
        return Job(number, config)

    def _done(self) -> Done | None:
        if self._left:
            return None
        if self._n_asked >= self.trials:
            return Done(f"all {self.trials} trials have been asked")
        if self._baseline is not None and exhausted(self.ledger, self.proposer):
            return Done("every configuration of the space has been tried")
        return None

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the baseline."""
        return number == self._baseline

    def needs_state(self, number: int) -> bool:
        """Return ``False``: every trial starts from the pretrained weights."""
        return False


@dataclass(slots=True)
class ListSource:
    """Configurations that are known beforehand, each once, in their order.

    Attributes:
        ledger: Where trials are asked.
        configs: What is run.
        repeats: For each of them, which configuration it trains again.
    """

    ledger: Ledger
    configs: Sequence[TrialConfig]
    repeats: Sequence[Repetition]
    _left: list[int] | None = None

    def restore(self) -> Done | None:
        """Leave out what the ledger holds already, whether it went well or not."""
        known = [trial.attributes for trial in self.ledger.committed()]
        asked = {each.key for each in known}
        changed = {
            TrialConfig.model_validate(each.change.before).key
            for each in known
            if each.change is not None
        }
        done = asked | changed
        self._left = [i for i, config in enumerate(self.configs) if config.key not in done]
        return self._done(self._left)

    def next(self) -> Job | Wait | Done:
        """Ask for the next one of the list."""
        if self._left is None:
            self.restore()
        left = self._left or []
        done = self._done(left)
        if done is not None:
            return done
        place = left.pop(0)
        number = self.ledger.ask_without_parameters()
        config = self.configs[place]
        self.ledger.commit(number, config.model_dump(), config.key, repeats=self.repeats[place])
        return Job(number, config)

    def _done(self, left: Sequence[int]) -> Done | None:
        return None if left else Done(f"all {len(self.configs)} trials have been asked")

    def is_baseline(self, number: int) -> bool:
        """Return ``False``: nothing is stopped in such a list."""
        return False

    def needs_state(self, number: int) -> bool:
        """Return ``False``: every trial starts from the pretrained weights."""
        return False
