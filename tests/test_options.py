from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.option_fields import read_options
from autoclue.options import Limits


def parse_duration(text: str | None) -> float | None:
    return read_options(Limits, {"time_budget": text}).time_budget


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("45m", 2700.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("1h1m1s", 3661.0),
        ("0.5h", 1800.0),
        (" 10M ", 600.0),
    ],
)
def test_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_no_duration_is_no_limit() -> None:
    assert parse_duration(None) is None


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: int) -> None:
    total = hours * 3600 + minutes * 60 + seconds
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == total


@pytest.mark.parametrize(
    "text", ["", "0", "0h", "-5", "5d", "h", "m5", "1h 30", "nan", "inf", "1e3"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a duration; write for example 90s"):
        parse_duration(text)
