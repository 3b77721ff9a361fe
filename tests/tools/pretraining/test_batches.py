"""Sequences and their relations, masks, and the stream that joins them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.pretraining.batches import NO_RELATION, RELATIONS, Batch, Drawer, kept_tokens
from tools.pretraining.masking import mask_spans
from tools.pretraining.store import Store
from tools.pretraining.stream import Stream, specials_of
from tools.pretraining.vocabulary import SPECIAL_TOKENS

ENTRIES = 5000
VOCABULARY = {
    entry: i for i, entry in enumerate([*SPECIAL_TOKENS, *(f"t{n}" for n in range(5, ENTRIES))])
}
SPECIALS = specials_of(VOCABULARY)
NAMES = tuple(RELATIONS)


def counting_store(documents: int = 10) -> Store:
    """Tokens that count upwards, in sentences of ten and documents of forty sentences."""
    sentences = 40 * documents
    return Store(
        np.arange(5, 5 + 10 * sentences, dtype=np.uint16),
        np.arange(0, 10 * sentences + 1, 10, dtype=np.int64),
        np.repeat(np.arange(documents), 40),
        np.ones(sentences),
    )


def drawn(pair_share: float = 1.0, *, batch: int = 400, length: int = 64) -> Batch:
    drawer = Drawer(counting_store(), SPECIALS, pair_share=pair_share)
    return drawer.draw(np.random.default_rng(0), batch=batch, length=length)


def pairs_of(batch: Batch, relation: str) -> list[tuple[list[int], list[int]]]:
    """The two texts of every pair with a relation, without their frame."""
    rows = np.flatnonzero(batch.relations == NAMES.index(relation))
    found = []
    for row in rows:
        first = batch.ids[row][batch.types[row] == 0].tolist()
        second = batch.ids[row][batch.types[row] == 1].tolist()
        assert (first[0], first[-1], second[-1]) == (SPECIALS.cls, SPECIALS.sep, SPECIALS.sep)
        found.append((first[1:-1], second[:-1]))
    assert found
    return found


def test_single_texts_are_framed_and_have_no_relation() -> None:
    batch = drawn(pair_share=0.0, batch=20)
    assert (batch.ids[:, 0] == SPECIALS.cls).all()
    assert (batch.ids[:, -1] == SPECIALS.sep).all()
    assert (np.diff(batch.ids[:, 1:-1]) == 1).all()
    assert not batch.types.any()
    assert (batch.relations == NO_RELATION).all()


def test_next_text_follows_the_first() -> None:
    assert all(b[0] == a[-1] + 1 for a, b in pairs_of(drawn(), "next"))


def test_previous_text_comes_before_the_first() -> None:
    assert all(a[0] == b[-1] + 1 for a, b in pairs_of(drawn(), "previous"))


def test_first_of_neighbours_ends_a_sentence() -> None:
    assert all((a[-1] - 5) % 10 == 9 for a, _ in pairs_of(drawn(length=128), "next"))


def test_fragment_leaves_tokens_out_and_changes_nothing() -> None:
    for first, second in pairs_of(drawn(), "fragment"):
        assert set(second) <= set(first)
        assert second == sorted(second)


def test_altered_copy_has_one_run_of_other_tokens() -> None:
    batch = drawn()
    rows = batch.relations == NAMES.index("altered")
    body = (batch.ids[rows] != SPECIALS.cls) & (batch.ids[rows] != SPECIALS.sep)
    changed = body & ~batch.maskable[rows]
    assert ((changed.sum(1) >= 1) & (changed.sum(1) <= 4)).all()
    assert (changed <= (batch.types[rows] == 1)).all()


def test_relations_are_as_frequent_as_they_should_be() -> None:
    found = np.bincount(drawn(batch=2000).relations, minlength=len(NAMES)) / 2000
    assert np.abs(found - np.array(list(RELATIONS.values()))).max() < 0.06


def test_weights_decide_where_text_is_taken_from() -> None:
    store = counting_store()
    heavy = Store(store.tokens, store.starts, store.documents, store.weights * 1.0)
    heavy.weights[:40] = 9.0
    drawer = Drawer(heavy, SPECIALS, pair_share=0.0)
    batch = drawer.draw(np.random.default_rng(0), batch=2000, length=16)
    assert abs((batch.ids[:, 1] < 405).mean() - 0.5) < 0.05


@given(st.integers(8, 60), st.integers(0, 7), st.integers(0, 99))
def test_exactly_as_many_tokens_as_wanted_are_left_out(whole: int, out: int, seed: int) -> None:
    assert kept_tokens(whole, out, np.random.default_rng(seed)).sum() == whole - out


@pytest.mark.parametrize("share", [0.15, 0.2, 0.4])
def test_masks_cover_exactly_the_share(share: float) -> None:
    batch = drawn()
    masked = mask_spans(
        batch.ids,
        batch.maskable,
        np.random.default_rng(0),
        share=share,
        mask_id=SPECIALS.mask,
        ordinary=range(5, ENTRIES),
    )
    assert len(masked.places) == int(share * batch.ids.size)
    assert batch.maskable.ravel()[masked.places].all()
    assert np.array_equal(masked.labels, batch.ids.ravel()[masked.places])
    untouched = np.delete(np.arange(batch.ids.size), masked.places)
    assert np.array_equal(masked.ids.ravel()[untouched], batch.ids.ravel()[untouched])
    assert abs((masked.ids.ravel()[masked.places] == SPECIALS.mask).mean() - 0.8) < 0.03


def test_masked_tokens_stand_together() -> None:
    batch = drawn(pair_share=0.0)
    masked = mask_spans(
        batch.ids,
        batch.maskable,
        np.random.default_rng(0),
        share=0.15,
        mask_id=SPECIALS.mask,
        ordinary=range(5, ENTRIES),
    )
    neighbours = (np.diff(masked.places) == 1).mean()
    assert 0.45 < neighbours < 0.65  # 0.15 if they stood alone


def test_stream_gives_the_same_batch_for_the_same_number() -> None:
    streams = [
        Stream(counting_store(), VOCABULARY, seed=1, batch_tokens=512, mask_share=0.2)
        for _ in range(2)
    ]
    streams[0].example(0)
    first, second = (stream.example(7) for stream in streams)
    assert np.array_equal(first.masked.ids, second.masked.ids)
    assert np.array_equal(first.masked.places, second.masked.places)
    assert not np.array_equal(first.masked.labels, streams[0].example(8).masked.labels)


def test_every_batch_has_as_many_tokens() -> None:
    stream = Stream(counting_store(), VOCABULARY, seed=1, batch_tokens=512, mask_share=0.2)
    shapes = {stream.example(number).masked.ids.shape for number in range(40)}
    assert {rows * length for rows, length in shapes} == {512}
    assert len(shapes) > 1
