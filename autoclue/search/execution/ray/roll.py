"""Call the roll of a cluster: which machines may train, and which are kept out, and why."""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import ray
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from autoclue.errors import AutoclueError, FolderError, last_line
from autoclue.search.execution.resources import Resources
from autoclue.search.execution.roll_call import (
    DRIVER,
    PROBE,
    Expected,
    Node,
    NodeAnswer,
    answer,
    misfits,
    settled,
)
from autoclue.search.execution.store_roll import has_signed_in_store

ANSWER_TIMEOUT_S: Final = 120.0
"""How long a machine may take: it may have to generate its data first."""
FETCH_TIMEOUT_S: Final = 1800.0
"""How long the search waits for the first machine, where all have to fetch data and models."""
LOOK_EVERY_S: Final = 5.0
"""How often Ray is asked for its machines; the answer comes over the net and the loop waits."""
NODE_LABEL: Final = "ray.io/node-id"


@dataclass(frozen=True, slots=True)
class Called:
    """A machine and what its answer means.

    Attributes:
        node: The machine.
        answer: What it said; ``None`` where it said nothing.
        reasons: Why it can't take part; empty where it can.
    """

    node: Node
    answer: NodeAnswer | None
    reasons: tuple[str, ...]


def live_nodes() -> list[Node]:
    """Return the machines of the cluster that are there and can hold a trial."""
    found = []
    for each in ray.nodes():
        resources = each["Resources"]
        if each["Alive"] and resources.get("CPU", 0) >= 1:
            name = f"{each['NodeManagerHostname']} ({each['NodeManagerAddress']})"
            found.append(Node(each["NodeID"], name, resources["CPU"], resources.get("GPU", 0)))
    return found


@dataclass(slots=True)
class Roll:
    """The machines of a cluster that take part in a search.

    Attributes:
        expected: What every machine is asked for.
        tell: Is told a sentence about each machine that is kept out.
        resources: What was asked for.
        fit: Machines that take part, by Ray's name of them.
        benched: Why others don't, by the same.
        clock: Seconds that only grow.
    """

    expected: Expected
    tell: Callable[[str], None]
    resources: Resources
    fit: dict[str, Node] = field(default_factory=dict)
    benched: dict[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _asked: dict[str, tuple[Node, Any]] = field(default_factory=dict)  # who hasn't answered yet
    _suspects: dict[int, dict[str, str]] = field(default_factory=dict)  # by trial, and why
    _begun: set[int] = field(default_factory=set)  # trials that stand before or behind a step
    _next_look_s: float = 0.0

    def call(self) -> None:
        """Ask every machine that is there, and wait for the answers.

        Where machines may have to fetch what they lack, those that take long join once they have
        it, and the search begins with the others.

        Raises:
            AutoclueError: None of them can take part.
        """
        if self.expected.inputs.may_be_fetched:
            self._call_patiently()
        else:
            for called in call_roll(self.expected, live_nodes()):
                self._take(called)
        self._refuse_if_none()
        asked, room = self.resources, self.settled.parallel
        if asked.parallel_given and room < asked.parallel:
            self.tell(
                f"Only {room} trials at once fit on the machines of the cluster, fewer than "
                f"--parallel {asked.parallel}; more run once machines join."
            )

    def _call_patiently(self) -> None:
        self._asked = {node.id: (node, _ask(self.expected, node)) for node in live_nodes()}
        deadline_s = self.clock() + FETCH_TIMEOUT_S
        self._hear(wait_s=ANSWER_TIMEOUT_S, wait_for=len(self._asked))
        while self._asked and not self.fit and self.clock() < deadline_s:
            self._hear(wait_s=LOOK_EVERY_S, wait_for=1)
        if not self.fit:
            for node_id, (node, _) in self._asked.items():
                self.bench(node_id, f"it gave no answer within {FETCH_TIMEOUT_S:g} s", node.name)

    def _hear(self, *, wait_s: float, wait_for: int) -> None:
        """Wait for answers and judge those that have come."""
        references = [reference for _, reference in self._asked.values()]
        if references:
            ray.wait(references, num_returns=wait_for, timeout=wait_s)
        for node_id, (node, reference) in list(self._asked.items()):
            if ray.wait([reference], timeout=0)[0]:
                del self._asked[node_id]
                self._take(_heard(self.expected, node, reference))

    def _refuse_if_none(self) -> None:
        if not self.fit:
            told = "; ".join(self.benched.values()) or "none with a CPU core is there"
            raise AutoclueError(
                f"No machine of the cluster can take part: {told}. Mend that and run the same "
                "command again; nothing that was reported is lost."
            )

    @property
    def settled(self) -> Resources:
        """What was asked for, with what was left to the cluster."""
        return settled(self.resources, list(self.fit.values()))

    def look(self) -> None:
        """Take note of machines that have gone, ask those that are new, hear who has answered.

        Called in every turn of Ray's loop, it looks every ``LOOK_EVERY_S``.

        Raises:
            AutoclueError: None is left.
        """
        if self.clock() >= self._next_look_s:
            self._look()

    def _look(self) -> None:
        self._next_look_s = self.clock() + LOOK_EVERY_S
        there = {node.id: node for node in live_nodes()}
        for gone in self.fit.keys() - there.keys():
            del self.fit[gone]
        for new in there.keys() - self.fit.keys() - self.benched.keys() - self._asked.keys():
            self._asked[new] = (there[new], _ask(self.expected, there[new]))
        for node_id, (node, reference) in list(self._asked.items()):
            ready, _ = ray.wait([reference], timeout=0)
            if ready or node_id not in there:
                del self._asked[node_id]
                self._take(_heard(self.expected, node, reference))
        if not self._asked:
            self._refuse_if_none()

    def _take(self, called: Called) -> None:
        reasons = called.reasons or self._too_small(called.node)
        if reasons:
            self.bench(called.node.id, "; ".join(reasons), called.node.name)
            return
        self.fit[called.node.id] = called.node
        if called.answer is not None and called.answer.fetched:
            *others, last = called.answer.fetched
            fetched = f"{', '.join(others)} and {last}" if others else last
            self.tell(f"{called.node.name} has {fetched} from the artifact store.")

    def _too_small(self, node: Node) -> tuple[str, ...]:
        """Say why a machine can't hold a single trial, where what one takes is known."""
        share, cards = self.resources.gpus_per_trial, self.resources.cards
        if self.resources.share_given and node.room(share) == 0:
            return (f"it has no {share:g} GPUs for a trial that its Paddle can use",)
        if int(node.cpus) < cards:
            return (f"it has {node.cpus:g} CPU cores for a trial of {cards} processes",)
        if not self.resources.share_given and 0 < node.gpus < cards:
            return (f"it has {node.gpus:g} GPUs for a trial of {cards} cards",)
        return ()

    def bench(self, node_id: str, reason: str, name: str | None = None) -> None:
        """Keep a machine out from now on, and say why; once is enough."""
        node = self.fit.pop(node_id, None)
        if node_id not in self.benched:
            words = name or (node.name if node is not None else f"node {node_id[:8]}")
            self.benched[node_id] = f"{words} takes no part: {reason}"
            self.tell(self.benched[node_id])

    def places(self, number: int) -> list[str]:
        """Return the machines where a trial may run now: those where it hasn't failed at once.

        Where it has failed on all that are left, any of them; the next failure is its own.
        """
        return sorted(self.fit.keys() - self._suspects.get(number, {}).keys() or self.fit)

    def left(self, number: int) -> None:
        """Take note that a trial's process has ended; its next one begins anew."""
        self._begun.discard(number)

    def blames(self, node_id: str, number: int, event: str, reason: str) -> bool:
        """Hear what a trial has come to, and return whether its machine is to blame for it.

        Args:
            node_id: Where it runs.
            number: The trial.
            event: As ``TrialWorker`` names it.
            reason: Why it failed or halted; "" otherwise.
        """
        if event == "prepared":
            self._began(number)
        elif event == "halted":
            return self._trouble(node_id, reason)
        elif event == "failed" and number not in self._begun:
            return self._suspect(number, node_id, reason)
        return False

    def _began(self, number: int) -> None:
        """Blame the machines where a trial failed before the step that it has now reached."""
        self._begun.add(number)
        for node_id, reason in self._suspects.pop(number, {}).items():
            self.bench(node_id, f"a trial failed there at once that runs elsewhere ({reason})")

    def _suspect(self, number: int, node_id: str, reason: str) -> bool:
        """Return whether another machine is left to try what failed on this before its first step.

        It is the trial's own failure otherwise.
        """
        self._look()
        self._suspects.setdefault(number, {})[node_id] = reason
        if self.fit.keys() - self._suspects[number].keys():
            return True
        del self._suspects[number]
        return False

    def _trouble(self, node_id: str, reason: str) -> bool:
        """Keep a machine out that can't read or write what others can, if another one is left."""
        self._look()
        if not self.fit.keys() - {node_id}:
            return False
        self.bench(node_id, reason)
        return True


def selector(nodes: Sequence[str]) -> dict[str, str]:
    """Return in Ray's words that a bundle belongs on one of some machines."""
    return {NODE_LABEL: f"in({','.join(nodes)})"}


@contextmanager
def signing(folder: Path | None) -> Iterator[str]:
    """Leave a token in the folder of the search for machines to find, and remove it in the end.

    Args:
        folder: The folder of the search; ``None`` leaves none.

    Yields:
        The token.

    Raises:
        FolderError: The folder can't be written.
    """
    token = secrets.token_hex(8)
    if folder is None:
        yield token
        return
    probe = folder / PROBE
    try:
        probe.mkdir(parents=True, exist_ok=True)
        (probe / DRIVER).write_text(token, encoding="utf-8")
    except OSError as error:
        raise FolderError.writing("a probe", probe, error) from error
    try:
        yield token
    finally:
        shutil.rmtree(probe, ignore_errors=True)  # a machine may be writing into it


def call_roll(expected: Expected, nodes: Sequence[Node]) -> list[Called]:
    """Ask machines whether they can take part, all at once, and wait for their answers."""
    asked = [(node, _ask(expected, node)) for node in nodes]
    if asked:
        ray.wait([each for _, each in asked], num_returns=len(asked), timeout=ANSWER_TIMEOUT_S)
    return [_heard(expected, node, reference) for node, reference in asked]


def _ask(expected: Expected, node: Node) -> Any:
    """Have a machine answer, beside whatever it is doing."""
    place = NodeAffinitySchedulingStrategy(node.id, soft=False)
    asked = ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=place)(answer)
    return asked.remote(asdict(expected), node.id)


def _heard(expected: Expected, node: Node, reference: Any) -> Called:
    """Judge what a machine has answered, if it has."""
    try:
        given = NodeAnswer(**ray.get(reference, timeout=0))
    except ray.exceptions.GetTimeoutError:
        ray.cancel(reference, force=True)
        return Called(node, None, (f"it gave no answer within {ANSWER_TIMEOUT_S:g} s",))
    except ray.exceptions.RayError as error:
        reason = last_line(str(error), otherwise="Ray gives no reason")
        return Called(node, None, (f"autoclue can't be run there ({reason})",))
    node = replace(node, gpus=min(node.gpus, float(given.gpus)))
    reasons = misfits(expected, given)
    if not reasons and expected.folder is not None and not _has_signed(expected, node):
        away = f"what it writes to the folder of the search {expected.folder} doesn't arrive here"
        reasons = (f"{away}; put the study on a file system that all machines share (--folder)",)
    store = expected.artifacts
    if not reasons and store and not has_signed_in_store(store, expected.token, node.id):
        reasons = (f"what it writes to the artifact store {store.uri} doesn't arrive there",)
    return Called(node, given, reasons)


def _has_signed(expected: Expected, node: Node) -> bool:
    signed = Path(str(expected.folder)) / PROBE / node.id
    return signed.is_file() and signed.read_text(encoding="utf-8") == expected.token
