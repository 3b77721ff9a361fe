"""How often a driver waits for the disk: what is known at one moment is one transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy.exc

from autoclue.records import Evaluation, Stop, StudyRecord, TrialState
from autoclue.search.sampling import ask
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.store import Ledger, Prepared, StoredState, StudyAttributes
from autoclue.search.store.cached_storage import CachedStorage
from autoclue.search.tuner import Silent
from autoclue.search.tuner.tuner import Tuner
from autoclue.space import SearchSpace
from benchmarks.scale.commits import Commits

MakeTuner = Callable[..., Tuner]
Run = Callable[..., StudyRecord]
Evaluate = Callable[..., Evaluation]
STOP = Stop("It was behind.", rung=1 / 3, step=300, score=0.5, cutoff=0.625, comparators=4)
CONFIG = {"task": "xnli", "learning_rate": 2e-5, "max_steps": None, "strategy_params": {"b": 1}}
PREPARED = Prepared(900.0, (300, 600, 900), ())


@pytest.fixture
def commits() -> Iterator[Commits]:
    counted = Commits()
    with counted.counting():
        yield counted


@pytest.fixture
def held(storage: str, facts: StudyAttributes) -> Ledger:
    Ledger.create(storage, "study", facts)
    return Ledger.open(storage, "study", held=True)


@pytest.fixture
def begun(held: Ledger, toy_space: SearchSpace) -> int:
    number, _ = ask(held, Proposer(toy_space, "random", 0))
    held.commit(number, CONFIG, "key")
    return number


@dataclass
class Counting(Silent):
    """Notes the commits since the event before, by the kind of the event."""

    commits: Commits
    found: Counter[tuple[str, int]] = field(default_factory=Counter)
    _before: int = 0

    def _note(self, kind: str) -> None:
        self.found[kind, self.commits.here - self._before] += 1
        self._before = self.commits.here

    def prepared(self, number: int, prepared: Prepared) -> None:
        self._note("prepared")

    def started(self, number: int, config: object) -> None:
        self._note("started")

    def evaluated(self, number: int, evaluation: Evaluation) -> None:
        self._note("evaluated")

    def ended(
        self, number: int, state: TrialState, *, score: float | None, reason: str | None
    ) -> None:
        self._note(state.value)


def test_every_report_of_a_search_is_one_commit_and_so_is_an_end(
    held: Ledger, make_tuner: MakeTuner, run: Run, commits: Commits
) -> None:
    counting = Counting(commits)
    run(make_tuner(ledger=held, listeners=(counting,)))

    kinds = {kind: {n for each, n in counting.found if each == kind} for kind, _ in counting.found}
    assert kinds["evaluated"] == kinds["prepared"] == {1}
    assert kinds[TrialState.COMPLETE.value] == {1}
    assert kinds[TrialState.PRUNED.value] == {0}  # a stop closes with its evaluation
    assert max(kinds["started"]) <= 4


def test_a_failure_and_a_change_of_settings_are_one_commit_each(
    held: Ledger, begun: int, commits: Commits
) -> None:
    held.changed(begun, {**CONFIG, "max_steps": 3}, "other", reason="Memory ran out.")
    assert commits.here == 1
    held.failed(begun, "It blew up.", log="trials/0/trial.log")
    assert commits.here == 2


def test_an_evaluation_stands_whole_or_not_at_all(
    held: Ledger,
    storage: str,
    begun: int,
    evaluate: Evaluate,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*given: object) -> None:
        raise sqlalchemy.exc.OperationalError("insert", {}, Exception("disk is full"))

    held.prepared(begun, PREPARED)
    monkeypatch.setattr(CachedStorage, "set_trial_intermediate_value", refuse)
    with pytest.raises(Exception, match="disk is full"):
        held.evaluated(begun, evaluate(300, 0.5))
    monkeypatch.undo()

    for ledger in (held, Ledger.open(storage, "study")):
        trial = ledger.trial(begun)
        assert (trial.attributes.recorded, dict(trial.scores)) == ((), {})
    held.evaluated(begun, evaluate(300, 0.5), STOP, closes=True)
    for ledger in (held, Ledger.open(storage, "study")):
        trial = ledger.trial(begun)
        assert [each.evaluation.step for each in trial.attributes.recorded] == [300]
        assert (dict(trial.scores), trial.state) == ({300: 0.5}, TrialState.PRUNED)


def test_a_database_that_is_away_for_a_moment_is_asked_for_the_whole_again(
    held: Ledger,
    storage: str,
    begun: int,
    evaluate: Evaluate,
    commits: Commits,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain, left = CachedStorage.set_trial_intermediate_value, [1]

    def away_once(at: CachedStorage, *given: object) -> None:
        if left.pop() if left else 0:
            raise sqlalchemy.exc.OperationalError("insert", {}, Exception("server closed"))
        plain(at, *given)  # type: ignore[arg-type]

    monkeypatch.setattr("autoclue.search.store.storage.RETRY_DELAYS_S", (0.0,))
    monkeypatch.setattr(CachedStorage, "set_trial_intermediate_value", away_once)
    state = StoredState("trials/0/state", "0" * 64)
    held.evaluated(begun, evaluate(300, 0.5), state=state)

    assert commits.here == 1
    (recorded,) = Ledger.open(storage, "study").trial(begun).attributes.recorded
    assert recorded.state == state


def test_a_trial_is_read_once_for_as_long_as_nothing_is_written_about_it(
    held: Ledger, begun: int, evaluate: Evaluate
) -> None:
    before = held.trial(begun)
    assert held.trial(begun) is before

    held.evaluated(begun, evaluate(300, 0.5))
    assert held.trial(begun) is not before
    assert len(held.trial(begun).attributes.recorded) == 1


def test_the_ledger_of_a_search_that_is_read_beside_it_holds_each_report_at_once(
    tmp_path: Path, held: Ledger, storage: str, make_tuner: MakeTuner, run: Run
) -> None:
    missing = []

    class Reading(Silent):
        def evaluated(self, number: int, evaluation: Evaluation) -> None:
            found = Ledger.open(storage, "study", read_only=True).trial(number)
            if evaluation.step not in found.scores:
                missing.append((number, evaluation.step))

    run(make_tuner(ledger=held, listeners=(Reading(),), trials=3))
    assert missing == []
