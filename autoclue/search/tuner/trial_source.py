"""Where a tuner's trials come from: a search of a space, or a list made beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from autoclue.records import Scalar
from autoclue.search.sampling import Proposer, ask, ask_baseline, exhausted
from autoclue.search.store import Ledger
from autoclue.training import TrialConfig


class TrialSource(Protocol):
    """Says which trial comes next; what it has asked stands in the ledger."""

    def restore(self) -> None:
        """Take note of what the ledger holds already."""

    def next(self) -> tuple[int, TrialConfig]:
        """Ask for a trial and settle it; only called while ``spent`` is ``None``."""

    def spent(self) -> str | None:
        """Return why nothing is left to ask, or ``None`` while something is."""

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the published default, which is never stopped."""


@dataclass(slots=True)
class SearchSource:
    """The published default first, and then what a sampler proposes.

    Attributes:
        ledger: Where trials are asked.
        proposer: Knows what to try next.
        configure: Makes a trial's complete settings of the searched ones.
        baseline: The published default configuration.
        baseline_params: Its values of the space's parameters.
        trials: How many trials the study shall have in all.
    """

    ledger: Ledger
    proposer: Proposer
    configure: Callable[[Mapping[str, Scalar]], TrialConfig]
    baseline: TrialConfig
    baseline_params: Mapping[str, Scalar]
    trials: int
    _asked: int = 0
    _baseline: int | None = None

    def restore(self) -> None:
        """Count the trials of the ledger and find its baseline."""
        committed = [t for t in self.ledger.trials() if "config" in t.user_attrs]
        self._asked = len(committed)
        found = [t.number for t in committed if t.user_attrs.get("baseline", False)]
        self._baseline = found[0] if found else None

    def next(self) -> tuple[int, TrialConfig]:
        """Ask for the baseline if it is missing, and for a proposal otherwise."""
        if self._baseline is None:
            number = ask_baseline(self.ledger, self.proposer, self.baseline_params)
            config = self.baseline
            self._baseline = number
        else:
            number, params = ask(self.ledger, self.proposer)
            config = self.configure(params)
        self.ledger.commit(number, config.model_dump(), config.key)
        self._asked += 1
        return number, config

    def spent(self) -> str | None:
        """Return why nothing is left: all trials have been asked, or the whole space was tried."""
        if self._asked >= self.trials:
            return f"all {self.trials} trials have been asked"
        if self._baseline is not None and exhausted(self.ledger, self.proposer):
            return "every configuration of the space has been tried"
        return None

    def is_baseline(self, number: int) -> bool:
        """Return whether a trial is the published default."""
        return number == self._baseline


@dataclass(slots=True)
class ListSource:
    """Configurations that are known beforehand, each once, in their order.

    Attributes:
        ledger: Where trials are asked.
        configs: What is run.
        about: For each of them, further attributes that the ledger keeps of its trial.
    """

    ledger: Ledger
    configs: Sequence[TrialConfig]
    about: Sequence[Mapping[str, object]]
    _left: list[int] | None = None

    def restore(self) -> None:
        """Leave out what the ledger holds already, whether it went well or not."""
        asked = {t.user_attrs["key"] for t in self.ledger.trials() if "config" in t.user_attrs}
        changed = {
            TrialConfig.model_validate(t.user_attrs["change"]["before"]).key
            for t in self.ledger.trials()
            if "change" in t.user_attrs
        }
        done = asked | changed
        self._left = [i for i, config in enumerate(self.configs) if config.key not in done]

    def next(self) -> tuple[int, TrialConfig]:
        """Ask for the next one of the list."""
        place = self._remaining().pop(0)
        number = self.ledger.ask_without_parameters()
        config = self.configs[place]
        self.ledger.commit(number, config.model_dump(), config.key, about=self.about[place])
        return number, config

    def spent(self) -> str | None:
        """Return why nothing is left, once the list has ended."""
        return None if self._remaining() else f"all {len(self.configs)} trials have been asked"

    def is_baseline(self, number: int) -> bool:
        """Return ``False``: nothing is stopped in such a list."""
        return False

    def _remaining(self) -> list[int]:
        if self._left is None:
            self.restore()
        return [] if self._left is None else self._left
