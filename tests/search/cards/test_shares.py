from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.search.cards import MARGIN, CardShare, fitting_share, is_worthwhile, speedup

MIB, GIB = 2**20, 2**30


@pytest.mark.parametrize(
    ("peak_gib", "room_gib", "per_card"),
    [(10, 80, 6), (10, 22.9, 1), (10, 23.01, 2), (1, 24, 20), (30, 80, 2), (80, 80, 1)],
)
def test_as_many_trials_share_a_card_as_fit_with_the_margin(
    peak_gib: float, room_gib: float, per_card: int
) -> None:
    found = fitting_share(peak_bytes=int(peak_gib * GIB), room_bytes=int(room_gib * GIB))
    assert found.per_card == per_card


def test_what_does_not_fit_at_all_is_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"takes 9\.0 GiB .* 8\.0 GiB are free; give a smaller"):
        fitting_share(peak_bytes=9 * GIB, room_bytes=8 * GIB)


@given(peak=st.integers(1, 200 * GIB), room=st.integers(1, 200 * GIB), context=st.integers(0, GIB))
def test_limits_of_all_trials_together_fit_the_card_and_each_holds_the_probe(
    peak: int, room: int, context: int
) -> None:
    peak, room = min(peak, room) + context, max(peak, room) + context
    found = fitting_share(peak_bytes=peak, room_bytes=room, context_bytes=context)
    assert found.per_card * found.share <= 1
    assert found.per_card * found.most_bytes <= room
    if found.limit_mib is not None and peak >= 100 * MIB:
        assert found.per_card * (found.limit_mib * MIB + context) <= room
        assert found.limit_mib * MIB + context >= peak
        assert found.most_bytes >= MARGIN * peak - 1


def test_a_trial_that_has_a_card_has_no_limit() -> None:
    assert CardShare(1, 8 * GIB).limit_mib is None


@pytest.mark.parametrize(("before", "after"), [(7, 3), (3, 1), (2, 1), (1, 1)])
def test_halving_ends_at_a_card_each(before: int, after: int) -> None:
    halved = CardShare(before, 8 * GIB, GIB).halved()
    assert (halved.per_card, halved.room_bytes, halved.context_bytes) == (after, 8 * GIB, GIB)


@pytest.mark.parametrize(
    ("alone", "together", "at_once", "factor", "worth"),
    [
        (10, 5, 2, 1.0, False),
        (10, 5.5, 2, 1.1, False),
        (10, 5.6, 2, 1.12, True),
        (4, 2, 4, 2, True),
    ],
)
def test_sharing_is_worth_it_above_a_tenth(
    alone: float, together: float, at_once: int, factor: float, worth: bool
) -> None:
    found = speedup(alone=alone, together=together, at_once=at_once)
    assert found == pytest.approx(factor)
    assert is_worthwhile(found) is worth
