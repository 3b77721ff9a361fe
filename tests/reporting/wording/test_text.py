from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.reporting.wording import (
    duration,
    label,
    plural,
    rung_text,
    settings_text,
    shorten,
    value_text,
    wrapped,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3e-5, "3e-5"),
        (0.00012345, "1.234e-4"),
        (1.09782, "1.098"),
        (0.1, "0.1"),
        (0.0, "0"),
        (-2.5e-7, "-2.5e-7"),
        (32, "32"),
        (True, "yes"),
        (False, "no"),
        (None, "none"),
        ("学习率", "学习率"),
        ([16, 32], "[16, 32]"),
        (float("nan"), "nan"),
    ],
)
def test_settings_are_written_as_people_write_them(value: object, text: str) -> None:
    assert value_text(value) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.0, "0 s"),
        (4.25, "4.2 s"),
        (41.4, "41 s"),
        (59.7, "1 min 0 s"),
        (725.0, "12 min 5 s"),
        (12_000.0, "3 h 20 min"),
    ],
)
def test_durations_use_two_units_at_most(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@pytest.mark.parametrize(
    ("fraction", "text"),
    [(1 / 30, "3.3%"), (0.0577, "5.8%"), (0.1, "10%"), (1 / 3, "33%"), (0.996, "100%")],
)
def test_every_rung_is_written_in_one_notation(fraction: float, text: str) -> None:
    assert rung_text(fraction) == text


def test_counts_agree_with_their_noun() -> None:
    assert plural(1, "trial") == "1 trial"
    assert plural(1200, "trial") == "1,200 trials"


def test_markup_in_user_text_becomes_plain_text() -> None:
    assert label("<b>&") == "&lt;b&gt;&amp;"
    assert wrapped("<b>x</b> y", 40) == "&lt;b&gt;x&lt;/b&gt; y"


def test_settings_are_joined_in_their_order() -> None:
    assert settings_text({"b": 1, "a": 3e-5}) == "b=1, a=3e-5"


def test_a_chinese_name_is_cut_by_its_width() -> None:
    assert shorten("学习率分组方式", 14) == "学习率分组方式"
    assert shorten("学习率分组方式", 10) == "学习…方式"


@given(text=st.text(alphabet="abc学 <", max_size=60), width=st.integers(3, 30))
def test_a_shortened_name_keeps_its_ends_and_fits(text: str, width: int) -> None:
    short = shorten(text, width)

    assert len(short) <= max(width, 1)
    assert short == text or "…" in short


@given(text=st.text(alphabet="ab 学", max_size=200), width=st.integers(5, 40))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width).split("<br>")

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(len(line) <= width for line in lines)
