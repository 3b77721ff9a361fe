"""From a probe to trials that share a GPU, by Ray itself; the GPU is made up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.records import TrialState
from autoclue.search.cards import arrange_cards, share_cards
from autoclue.search.execution import Resources
from autoclue.search.store import Ledger, Repetition, StudyAttributes
from autoclue.search.tuner import Silent, Tuner
from autoclue.search.tuner.trial_source import ListSource
from autoclue.training import TrialConfig
from autoclue.training.platform import CardState, MemoryReading

MIB = 2**20
ONE_GPU = Resources(1, 1.0, 8, None, shares_cards=True)


class MadeUpCards:
    """One GPU, so free."""

    def __init__(self, free_mib: int = 4_000, name: str = "made up") -> None:
        self.free_mib, self.name = free_mib, name

    def read(self) -> tuple[CardState, ...]:
        return (CardState(0, self.name, 5_000 * MIB, (5_000 - self.free_mib) * MIB, 0.5),)

    def held_by(self, index: int, pid: int) -> int | None:
        return None


def config(batch_size: int = 32, seed: int = 1) -> TrialConfig:
    return TrialConfig(
        task="xnli", model="builtin", learning_rate=1e-3, batch_size=batch_size, epochs=1,
        max_length_tokens=64, seed=seed,
    )  # fmt: skip


def probe(asked: TrialConfig, device: str, room_mib: int = 4_000) -> MemoryReading:
    """The probe takes 1,000 MiB with batches of 32, in proportion with others."""
    assert device == "gpu"
    return MemoryReading("made up", asked.batch_size * 1_000 * MIB // 32, 0, room_mib * MIB)


def test_as_many_trials_share_a_gpu_as_the_largest_leaves_room_for() -> None:
    told = list[str]()
    found = share_cards([config(16), config(32)], ONE_GPU, None, ask=probe, tell=told.append)
    assert (found.packer.known.fitting, found.resources.parallel) == (3, 3)
    assert found.resources.gpus_per_trial == pytest.approx(1 / 3)
    assert "batches of 16 with up to 64 tokens" in told[0]
    assert told[2] == "It takes 1.0 of 3.9 GiB; up to 3 trials share a GPU, if that is faster."


def test_no_more_run_at_once_than_is_asked_for() -> None:
    two = Resources(1, 1.0, 2, None, shares_cards=True)
    assert share_cards([config()], two, None, ask=probe).packer.at_once == 1
    assert share_cards([config()], two, None, ask=probe).resources.parallel == 2


@pytest.mark.parametrize(
    ("cards", "batch_size", "probes"),
    [
        (MadeUpCards(), 32, 0),
        (MadeUpCards(3_000), 32, 1),  # somebody else uses it now
        (MadeUpCards(name="another"), 32, 1),
        (MadeUpCards(), 16, 1),
        (None, 32, 1),
    ],
)
def test_what_is_known_is_not_probed_again_on_the_same_gpu(
    cards: MadeUpCards | None, batch_size: int, probes: int
) -> None:
    asked = list[TrialConfig]()

    def ask(each: TrialConfig, device: str) -> MemoryReading:
        asked.append(each)
        return probe(each, device)

    first = share_cards([config()], ONE_GPU, None, ask=probe).packer.known
    known = replace(first, per_card=2, speedup=1.5)
    found = share_cards([config(batch_size)], ONE_GPU, known, ask=ask, cards=lambda: cards)
    assert len(asked) == probes
    assert (found.packer.known == known) == (probes == 0)


def test_a_trial_that_no_gpu_holds_is_refused_before_anything_runs() -> None:
    with pytest.raises(UsageError, match=r"takes 4\.9 GiB .* and 3\.9 GiB are free"):
        share_cards([config(160)], ONE_GPU, None, ask=probe)


def conduct(ledger: Ledger, *batch_sizes: int) -> Tuner:
    configs = [config(each, seed=n) for n, each in enumerate(batch_sizes)]
    repeats = [Repetition("key", each.seed) for each in configs]
    source = ListSource(ledger, configs, repeats)
    return Tuner(ledger, source, None, 1, (Silent(),))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    attributes = StudyAttributes(metric="accuracy")
    return Ledger.create(f"sqlite:///{tmp_path}/ledger.db", "shared", attributes)


def test_where_shares_are_given_nothing_is_probed(ledger: Ledger) -> None:
    given = Resources(1, 0.5, 2, None)
    found = arrange_cards(lambda: [], given, [conduct(ledger, 32)])
    assert (found.resources, found.packer) == (given, None)


def test_what_is_found_out_is_in_the_ledger_of_each_study(ledger: Ledger, tmp_path: Path) -> None:
    other = Ledger.create(f"sqlite:///{tmp_path}/other.db", "other", StudyAttributes())
    tuners = [conduct(ledger, 32), conduct(other, 32)]
    found = arrange_cards(lambda: [config()], ONE_GPU, tuners, ask=probe)
    assert found.packer is not None
    assert ledger.attributes.sharing == other.attributes.sharing == found.packer.known
    found.packer.began(0)
    assert found.packer.ran_out(0)
    assert ledger.attributes.sharing == replace(found.packer.known, per_card=1)
    assert other.attributes.sharing == ledger.attributes.sharing


@pytest.mark.ray
@pytest.mark.slow
@pytest.mark.parametrize(
    ("batch_sizes", "per_card", "limits"),
    [
        pytest.param((32,) * 6, 3, {"1333"}, id="all fit"),
        pytest.param((32, 32, 64, 32, 32), 1, {"1333", "None"}, id="one outgrows the probe"),
    ],
)
def test_trials_of_a_search_share_a_gpu_by_ray(
    ledger: Ledger, tmp_path: Path, batch_sizes: tuple[int, ...], per_card: int, limits: set[str]
) -> None:
    from autoclue.search.execution.ray import run_with_ray

    tuner = conduct(ledger, *batch_sizes)
    tuner.restore()
    shared = share_cards([config()], ONE_GPU, None, ask=probe)
    run_with_ray(
        *(tuner, tmp_path, shared.resources),
        worker="tests.search.cards.made_up_worker:MadeUpWorker",
        sharing=shared.packer,
    )
    trials = ledger.committed()
    assert [trial.state for trial in trials] == [TrialState.COMPLETE] * len(batch_sizes)
    assert shared.packer.known.per_card == per_card
    shares = [path.read_text(encoding="utf-8").split() for path in tmp_path.rglob("shares.txt")]
    assert {cards for each in shares for cards in each[::2]} == {"0"}
    assert {limit for each in shares for limit in each[1::2]} == limits
    told = [trial.attributes for trial in trials]
    died = [(*each.deaths, *each.starvations) for each in told]
    assert [each.restarts for each in told] == [int(size == 64) for size in batch_sizes], died
