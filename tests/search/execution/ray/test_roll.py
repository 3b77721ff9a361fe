"""Which machines of a cluster take part, as trials fail on them and as they come and go."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest

from autoclue.errors import AutoclueError
from autoclue.search.execution import Expected, Node, NodeAnswer, choose_resources
from autoclue.search.execution.ray import roll as module
from autoclue.search.execution.ray.hooks import place
from autoclue.search.execution.ray.roll import Called, Roll
from autoclue.search.inputs import ModelHere, TrialInputs
from tests.clock import Clock

pytestmark = pytest.mark.ray

ONE, TWO = (Node(name, f"{name} (10.0.0.1)", cpus=2, gpus=0) for name in ("one", "two"))


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> list[Node]:
    """The machines of the cluster; a test changes them."""
    found = [ONE, TWO]
    monkeypatch.setattr(module, "live_nodes", lambda: list(found))
    return found


@pytest.fixture
def roll(there: list[Node], told: list[str], clock: Clock) -> Roll:
    asked = choose_resources(gpus=0, cores=4, address="auto")
    fit = {each.id: each for each in there}
    return Roll(Expected({}), told.append, asked, fit=fit, clock=clock)


def test_as_many_trials_run_as_the_machines_hold(roll: Roll) -> None:
    assert roll.settled.parallel == 4


def test_a_machine_that_does_not_fit_is_told_and_kept_out(
    roll: Roll, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [Called(ONE, None, ("its data isn't that",)), Called(TWO, None, ())]
    monkeypatch.setattr(module, "call_roll", lambda expected, nodes: answers)
    roll.fit.clear()

    roll.call()

    assert roll.places(0) == ["two"]
    assert told == ["one (10.0.0.1) takes no part: its data isn't that"]


def test_what_was_fetched_is_told_and_so_is_less_room_than_was_asked_for(
    roll: Roll, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("the data of easy", "the model tiny")
    given = NodeAnswer({}, gpus=0, free_bytes=1 << 40, problems=(), fetched=words)
    monkeypatch.setattr(module, "call_roll", lambda *_: [Called(ONE, given, ())])
    roll.fit.clear()
    roll.resources = replace(roll.resources, parallel=3, parallel_given=True)

    roll.call()

    assert told == [
        "one (10.0.0.1) has the data of easy and the model tiny from the artifact store.",
        "Only 2 trials at once fit on the machines of the cluster, fewer than --parallel 3; more "
        "run once machines join.",
    ]


@dataclass
class Answers:
    """Stands for Ray: which machines have answered what.

    Attributes:
        there: What each machine has answered so far, by its name.
        later: What arrives each time somebody waits.
    """

    there: dict[str, tuple[str, ...]] = field(default_factory=dict)
    later: list[dict[str, tuple[str, ...]]] = field(default_factory=list)

    def wait(
        self, references: list[str], *, num_returns: int = 1, timeout: float
    ) -> tuple[list[str], list[str]]:
        """Wait for some of them; what was waited for with time arrives."""
        if timeout and self.later:
            self.there |= self.later.pop(0)
        ready = [each for each in references if each in self.there]
        return ready, [each for each in references if each not in self.there]


@pytest.fixture
def answers(roll: Roll, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Answers:
    """A search whose machines may have to fetch what they lack; none has answered yet."""
    found = Answers()

    def wait(references: list[str], *, num_returns: int = 1, timeout: float) -> object:
        clock.now_s += timeout
        return found.wait(references, num_returns=num_returns, timeout=timeout)

    def heard(_: Expected, node: Node, reference: str) -> Called:
        return Called(node, None, found.there[reference])

    monkeypatch.setattr("autoclue.search.execution.ray.roll.ray.wait", wait)
    monkeypatch.setattr(module, "_ask", lambda _, node: node.id)
    monkeypatch.setattr(module, "_heard", heard)
    inputs = TrialInputs(models=(ModelHere("/m", "0", address="study/inputs/0"),))
    roll.expected, roll.fit = Expected({}, inputs), {}
    return found


def test_a_machine_that_still_fetches_joins_once_it_has_everything(
    roll: Roll, answers: Answers, clock: Clock
) -> None:
    answers.later = [{"one": ()}]

    roll.call()
    assert (roll.places(0), roll.benched) == (["one"], {})

    answers.there["two"] = ()
    clock.now_s += module.LOOK_EVERY_S
    roll.look()
    assert roll.places(0) == ["one", "two"]


def test_the_search_waits_for_the_first_machine_that_has_everything(
    roll: Roll, answers: Answers
) -> None:
    answers.later = [{}, {"one": ("it is full",)}, {}, {"two": ()}]

    roll.call()

    assert (roll.places(0), list(roll.benched)) == (["two"], ["one"])


def test_machines_that_never_answer_end_the_wait(roll: Roll, answers: Answers) -> None:
    with pytest.raises(AutoclueError, match="it gave no answer within 1800 s"):
        roll.call()


def test_nothing_begins_where_no_machine_fits(roll: Roll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "call_roll", lambda *_: [Called(ONE, None, ("it is full",))])
    roll.fit.clear()
    with pytest.raises(AutoclueError, match="No machine of the cluster can take part: one"):
        roll.call()


def test_a_failure_that_another_machine_does_not_share_is_the_machines(
    roll: Roll, told: list[str]
) -> None:
    assert roll.blames("one", 3, "failed", "no such file")
    assert roll.places(3) == ["two"]

    assert not roll.blames("two", 3, "prepared", "")

    assert (roll.places(3), roll.places(4)) == (["two"], ["two"])
    assert "no such file" in told[0]


def test_a_failure_that_every_machine_shares_is_the_trials(roll: Roll, told: list[str]) -> None:
    assert roll.blames("one", 3, "failed", "it can't be")
    assert not roll.blames("two", 3, "failed", "it can't be")
    assert (roll.places(3), told) == (["one", "two"], [])


def test_trouble_of_one_machine_keeps_it_out_and_trouble_of_the_last_does_not(
    roll: Roll, told: list[str]
) -> None:
    assert roll.blames("one", 3, "halted", "the disk is full")
    assert not roll.blames("two", 3, "halted", "the disk is full")
    assert (roll.places(0), len(told)) == (["two"], 1)


def test_a_failure_behind_the_first_step_is_the_trials(roll: Roll) -> None:
    assert not roll.blames("one", 3, "prepared", "")
    assert not roll.blames("one", 3, "failed", "the loss is not a number")

    roll.left(3)

    assert roll.blames("two", 3, "failed", "no such file")


def test_where_the_machines_it_has_not_failed_on_are_gone_it_tries_those_that_are_left(
    roll: Roll, there: list[Node], clock: Clock
) -> None:
    assert roll.blames("one", 3, "failed", "no such file")
    there.remove(TWO)
    clock.now_s += module.LOOK_EVERY_S

    roll.look()

    assert roll.places(3) == ["one"]
    assert not roll.blames("one", 3, "failed", "no such file")


def test_the_cluster_is_asked_for_its_machines_every_few_seconds(
    roll: Roll, there: list[Node], clock: Clock
) -> None:
    roll.look()
    there.remove(ONE)
    roll.look()
    assert roll.places(0) == ["one", "two"]

    clock.now_s += module.LOOK_EVERY_S
    roll.look()

    assert roll.places(0) == ["two"]


def test_a_machine_that_has_gone_gets_no_trial(roll: Roll, there: list[Node]) -> None:
    there.remove(ONE)

    roll.look()

    assert (roll.places(0), roll.settled.parallel) == (["two"], 2)


def test_with_the_last_machine_the_search_ends(roll: Roll, there: list[Node]) -> None:
    there.clear()
    with pytest.raises(AutoclueError, match="nothing that was reported is lost"):
        roll.look()


def test_a_job_of_a_cluster_names_its_machines_to_ray() -> None:
    found = place([{"CPU": 1.0}], {"nodes": ["one", "two"]})

    assert found._kwargs["bundle_label_selector"] == [{"ray.io/node-id": "in(one,two)"}]
    assert place([{"CPU": 1.0}], {})._kwargs == {}


@pytest.mark.parametrize(
    ("node", "reason"),
    [
        (Node("small", "small", cpus=1, gpus=2), "it has 1 CPU cores for a trial of 2 processes"),
        (Node("lone", "lone", cpus=8, gpus=1), "it has 1 GPUs for a trial of 2 cards"),
    ],
)
def test_a_machine_that_can_not_hold_all_cards_of_a_trial_is_kept_out(
    node: Node, reason: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    large = Node("large", "large", cpus=8, gpus=4)
    answers = [Called(node, None, ()), Called(large, None, ())]
    monkeypatch.setattr(module, "call_roll", lambda *_: answers)
    monkeypatch.setattr(module, "live_nodes", list)
    asked = choose_resources(gpus=0, cores=4, address="auto", cards=2)
    roll = Roll(Expected({}), told.append, asked)

    roll.call()

    assert told == [f"{node.name} takes no part: {reason}"]
    assert (roll.settled.gpus_per_trial, roll.settled.parallel) == (2.0, 2)
