from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from autoclue.reporting.drawing import BASELINE, STATES, WINNER, with_room


@given(st.lists(st.floats(0, 1), max_size=20), st.floats(0.01, 0.5))
def test_labels_keep_their_distance_and_the_first_always_has_room(
    positions: list[float], gap: float
) -> None:
    chosen = with_room(positions, gap)
    assert chosen[:1] == [0][: len(positions)]
    assert all(abs(positions[a] - positions[b]) >= gap for a in chosen for b in chosen if a < b)


def grey(color: str) -> float:
    """The relative luminance of a colour, as WCAG 2 defines it."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_winner_and_complete_trials_differ_in_a_grey_print() -> None:
    complete = grey(STATES["COMPLETE"].color) + 0.05
    assert complete / (grey(WINNER.color) + 0.05) >= 1.9
    assert complete / (grey(BASELINE.color) + 0.05) >= 1.9
