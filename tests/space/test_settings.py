from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue.errors import UsageError
from autoclue.space import (
    Choice,
    Fixed,
    FloatRange,
    IntRange,
    Parameter,
    Scalar,
    load_space,
    override,
    space_from_mapping,
)
from autoclue.space.parse import parse_parameter
from autoclue.space.settings import EXAMPLES

SPACE = space_from_mapping({"parameters": {"a": [1, 2], "b": 0.5}}, origin="test")
ALLOWED = ["learning_rate", "batch_size", "dropout", "factor", "frozen_blocks", "schedule"]

floats = st.floats(-1e6, 1e6, allow_subnormal=False)
integers = st.integers(-(10**6), 10**6)
words = st.from_regex(r"[a-z_]{2,8}", fullmatch=True).filter(
    lambda w: w not in {"true", "false", "null"}
)
scalars = st.one_of(integers, floats, words, st.booleans(), st.none())


def written(value: Scalar) -> str:
    return {"True": "true", "False": "false", "None": "null"}.get(str(value), str(value))


def after(text: str, name: str = "b") -> Parameter:
    return override(SPACE, [f"{name}={text}"], allowed=None).parameters[name]


def parsed(raw: object) -> object:
    return parse_parameter(raw, origin="", key="")


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("1e-5..5e-5:log", {"float": [1e-5, 5e-5], "log": True}),
        ("1.0..1.2", {"float": [1.0, 1.2]}),
        ("1..1.2", {"float": [1, 1.2]}),
        ("0..3", {"int": [0, 3]}),
        ("-3..3:step=2", {"int": [-3, 3], "step": 2}),
        ("1..64:log", {"int": [1, 64], "log": True}),
        ("0..1:step=0.1", {"float": [0, 1], "step": 0.1}),
        ("16,32,64", [16, 32, 64]),
        ("linear, plateau", ["linear", "plateau"]),
        ("true,false", [True, False]),
        ("0.1", 0.1),
        ("plateau", "plateau"),
        ("null", {"value": None}),
        (".5", 0.5),
        ("1e-5", 1e-5),
    ],
)
def test_setting_means_what_the_yaml_would(text: str, raw: object) -> None:
    assert after(text) == parsed(raw)


@given(value=scalars)
def test_fixed_values_round_trip(value: Scalar) -> None:
    assert after(written(value)) == Fixed(value=value)


@given(values=st.lists(scalars, min_size=2, max_size=5, unique=True))
def test_choices_round_trip(values: list[Scalar]) -> None:
    assert after(",".join(map(written, values))) == Choice(choice=tuple(values))


@given(ends=st.tuples(floats, floats).filter(lambda e: e[0] < e[1]))
def test_float_ranges_round_trip(ends: tuple[float, float]) -> None:
    parameter = after(f"{ends[0]}..{ends[1]}")
    assert isinstance(parameter, FloatRange)
    assert parameter.bounds == ends


@given(low=integers, width=st.integers(1, 100), step=st.integers(1, 100))
def test_integer_ranges_round_trip(low: int, width: int, step: int) -> None:
    parameter = after(f"{low}..{low + width * step}:step={step}")
    assert isinstance(parameter, IntRange)
    assert (parameter.bounds, parameter.step) == ((low, low + width * step), step)


def test_override_keeps_the_place_and_appends_new_names() -> None:
    changed = override(SPACE, ["c=1,2", "a=3"], allowed=["a", "b", "c"])
    assert list(changed.parameters) == ["a", "b", "c"]
    assert list(SPACE.parameters) == ["a", "b"]
    assert changed.fingerprint() != SPACE.fingerprint()


def test_real_range_stays_real_when_its_new_ends_are_whole() -> None:
    space = load_space("discriminative")
    changed = override(space, ["factor=1..2", "frozen_blocks=0..2"], allowed=None)
    assert isinstance(changed.parameters["factor"], FloatRange)
    assert isinstance(changed.parameters["frozen_blocks"], IntRange)


def test_override_keeps_the_condition() -> None:
    parameters = {"a": ["x", "y"], "b": {"int": [1, 2], "when": {"a": "x"}}}
    space = space_from_mapping({"parameters": parameters}, origin="test")
    changed = override(space, ["b=7,8"], allowed=None)
    assert changed.parameters["b"].when == {"a": ("x",)}
    assert changed.grid() == [{"a": "x", "b": 7}, {"a": "x", "b": 8}, {"a": "y"}]


def test_override_that_makes_a_condition_impossible_is_refused() -> None:
    parameters = {"a": ["x", "y"], "b": {"int": [1, 2], "when": {"a": "x"}}}
    space = space_from_mapping({"parameters": parameters}, origin="test")
    with pytest.raises(UsageError, match=r"b.when.a a never takes 'x'; write for example"):
        override(space, ["a=y"], allowed=None)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("dropout", "'dropout' needs a name, '=' and a value"),
        ("=3", "'=3' needs a name"),
        ("dropout=", "'dropout=' needs a name, '=' and a value"),
        ("learnin_rate=1", "'learnin_rate' is not known .did you mean learning_rate"),
        ("factor=1..", "needs a number before and after"),
        ("factor=a..b", "needs a number before and after"),
        ("factor=true..2", "needs a number before and after"),
        ("factor=2..1", "low must be below high, but 2 is not below 1"),
        ("factor=0..1:log", "log needs a low above 0"),
        ("factor=1..2:lgo", "has the option 'lgo'; a range takes"),
        ("factor=1..2:step=x", "has the option 'step=x'"),
        ("factor=1.0..2.0:log:step=0.1", "log and step exclude each other"),
        ("batch_size=16,,32", "has an empty choice"),
        ("batch_size=16,16", "choices must differ, but 16 stands twice"),
        ("factor=1..1e999", "must be a finite number"),
    ],
)
def test_bad_setting_is_named_with_what_is_wrong(text: str, match: str) -> None:
    with pytest.raises(UsageError, match=match):
        override(SPACE, [text], allowed=ALLOWED)


def test_all_bad_settings_are_reported_in_one_sentence_with_an_example() -> None:
    with pytest.raises(UsageError, match="is not known") as caught:
        override(SPACE, ["factor=2..1", "dropout=0.1", "dropout=0.2", "x=1"], allowed=ALLOWED)
    message = str(caught.value)
    assert "'factor=2..1' low must be below high" in message
    assert "'dropout=0.2' sets dropout for the second time" in message
    assert "'x=1' 'x' is not known" in message
    assert message.endswith("or --set epochs=3.")
    assert "learning_rate=1e-5..5e-5:log" in message


def test_every_printed_example_is_accepted() -> None:
    texts = EXAMPLES.replace(" or ", ", ").replace("--set ", "").split(", ")
    assert len(override(SPACE, texts, allowed=None).parameters) == 2 + len(texts)
