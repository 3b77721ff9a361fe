"""A trial that was trained elsewhere, to be written as one that has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import optuna
from optuna.distributions import BaseDistribution
from optuna.trial import FrozenTrial, TrialState

from autoclue.records import Evaluation
from autoclue.search.store.schema import Prepared, RecordedEvaluation, TrialAttributes


@dataclass(frozen=True, slots=True)
class EndedTrial:
    """All that a ledger shall hold of it.

    Attributes:
        config: Its complete settings.
        key: Their identity.
        params: Its values of the space's parameters; empty where it is no point of the space.
        distributions: What those parameters may be.
        prepared: What it knew before its first step.
        evaluations: In order of their step.
        failure: Why it failed, if it did.
    """

    config: Mapping[str, object]
    key: str
    params: Mapping[str, object]
    distributions: Mapping[str, BaseDistribution]
    prepared: Prepared
    evaluations: Sequence[Evaluation]
    failure: str | None = None

    def frozen(self, place: Callable[[], int]) -> FrozenTrial:
        """Return it as Optuna keeps it.

        Args:
            place: Gives the next place in the study's order of events.
        """
        asked = place()
        recorded = {each.step: RecordedEvaluation(each, place()) for each in self.evaluations}
        attributes = TrialAttributes(
            key=self.key,
            asked=asked,
            config=dict(self.config),
            prepared=self.prepared,
            evaluations=recorded,
            closed=place(),
        )
        failed = {}
        if self.failure is not None:
            failed = TrialAttributes(failure=self.failure).entries()
        best = max((each.score for each in self.evaluations), default=None)
        return optuna.trial.create_trial(
            state=TrialState.COMPLETE if self.failure is None else TrialState.FAIL,
            value=best if self.failure is None else None,
            params=dict(self.params),
            distributions=dict(self.distributions),
            user_attrs={**attributes.entries(), **failed},
            intermediate_values={each.step: each.score for each in self.evaluations},
        )
