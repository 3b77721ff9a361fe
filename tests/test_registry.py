from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar

import pydantic.dataclasses
import pytest
from pydantic import Field

from autoclue.errors import UsageError
from autoclue.registry import NamedChoice, Registry
from autoclue.search.stopping import SCHEDULERS, Asha, Median


@dataclass(frozen=True)
class Bell:
    """Ring when it is time."""

    name: ClassVar[str] = "bell"

    loud: Annotated[float, Field(gt=0, description="How loud.")]
    times: int = 1
    tones: tuple[float, ...] = (1.0,)
    word: str = "ding"
    seed: int | None = None

    def ring(self) -> str:
        return self.word * self.times


@pydantic.dataclasses.dataclass(frozen=True)
class Even:
    """Count by twos."""

    count: int = Field(default=2, ge=0)

    def __post_init__(self) -> None:
        if self.count % 2:
            raise ValueError(f"count is {self.count}; it must be even")

    def ring(self) -> str:
        return "even"


class NoDataclass:
    def ring(self) -> str:
        return "no"


BELLS: Registry[Bell] = Registry("bell", "autoclue.nothing", ("ring",), "a dataclass that rings")
BELL = f"{__name__}:Bell"


def test_a_choice_is_a_name_a_path_or_either_with_values() -> None:
    assert SCHEDULERS.split("asha") == NamedChoice("asha", {})
    assert SCHEDULERS.split("asha:first_rung=0.1") == NamedChoice("asha", {"first_rung": 0.1})
    assert SCHEDULERS.split("my.module:Rule") == NamedChoice("my.module:Rule", {})
    assert SCHEDULERS.split("my.module:Rule:a=1,b=x") == NamedChoice(
        "my.module:Rule", {"a": 1, "b": "x"}
    )


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("loud=2", Bell(2.0)),
        ("loud=1e-3,times=3", Bell(1e-3, times=3)),
        ("loud=0.5e1,word=true story", Bell(5.0, word="true story")),
        ("loud=1,tones=0.5,0.25,times=2", Bell(1.0, 2, (0.5, 0.25))),
        ("loud=1, tones = 3", Bell(1.0, tones=(3.0,))),
        ("loud=1,seed=null", Bell(1.0)),
    ],
)
def test_values_are_numbers_words_and_lists(text: str, made: Bell) -> None:
    assert BELLS.make(f"{BELL}:{text}") == made


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("loud=0", "loud is 0; it must be above 0"),
        ("loud=nan", "loud is 'nan' but must be float"),
        ("loud=1,times=1.5", "times is 1.5 but must be int"),
        ("loud=1,times=two", "times is 'two' but must be int"),
        ("loud=1,tones=low,2", r"tones is \['low', 2\] but must be a list of float"),
        ("times=2", "loud is missing"),
        ("loud=1,luod=2", "luod is not one of its parameters"),
        ("loud=1,loud=2", "loud is given twice"),
        ("loud=", "must be written NAME=VALUE"),
    ],
)
def test_a_wrong_value_is_named(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        BELLS.make(f"{BELL}:{text}")


def test_a_check_of_the_class_itself_is_told() -> None:
    with pytest.raises(UsageError, match=r"count is 3; it must be even\. Its parameters: count"):
        BELLS.make(f"{__name__}:Even:count=3")


def test_values_for_what_is_left_open_go_only_where_they_belong() -> None:
    assert BELLS.make(f"{BELL}:loud=1", otherwise={"seed": 5, "other": 1}) == Bell(1.0, seed=5)
    assert BELLS.make(f"{BELL}:loud=1,seed=4", otherwise={"seed": 5}) == Bell(1.0, seed=4)


def test_an_object_stands_for_the_text_that_makes_it_again() -> None:
    bell = Bell(2.5, tones=(1.0, 2.0), word="dong")
    text = BELLS.text_of(bell)
    assert text == f"{BELL}:loud=2.5,tones=1.0,2.0,word=dong"
    assert BELLS.make(text) == bell
    assert SCHEDULERS.text_of(Asha(reduction_factor=4)) == "asha:reduction_factor=4.0"
    assert SCHEDULERS.text_of(Median(rungs=(0.25, 0.5))) == "median:rungs=0.25,0.5"


def test_equal_choices_are_written_alike() -> None:
    same: list[str | Asha] = [
        "asha",
        "asha:reduction_factor=3",
        "asha: min_comparators = 3",
        Asha(),
    ]
    assert {SCHEDULERS.normal(choice) for choice in same} == {"asha"}


@pytest.mark.parametrize("word", ["12", "a,b=c"])
def test_an_object_that_no_text_makes_again_is_refused(word: str) -> None:
    with pytest.raises(UsageError, match="can't be made again when the study is resumed"):
        BELLS.text_of(Bell(1.0, word=word))


def test_an_object_of_another_kind_is_refused() -> None:
    with pytest.raises(UsageError, match=r"is not a bell; it must be a dataclass that rings"):
        BELLS.text_of(Asha())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ("asah", r"Unknown scheduler 'asah'\. Did you mean asha\?"),
        ("asha:4", "values of its parameters are written 'asha:NAME=VALUE,NAME=VALUE'"),
        ("no_such_module:Thing", "No module named 'no_such_module'.*PYTHONPATH"),
        ("json:Nothing", "has no attribute 'Nothing'"),
        ("json:loads", "is not a scheduler; it must be a frozen dataclass"),
        (":Thing", "Can't load scheduler"),
    ],
)
def test_what_can_not_be_found_is_told_with_what_to_do(choice: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        SCHEDULERS.find(choice)


def test_a_class_that_is_no_dataclass_is_refused() -> None:
    with pytest.raises(UsageError, match="it must be a dataclass that rings"):
        BELLS.find(f"{__name__}:NoDataclass")


def test_an_installation_without_entry_points_says_so() -> None:
    with pytest.raises(UsageError, match=r"No bell is registered at all.*install it again"):
        BELLS.find("bell")


def test_parameters_are_described() -> None:
    described = BELLS.parameters(BELL)
    assert [str(parameter) for parameter in described.values()] == [
        "loud: float, above 0",
        "times: int = 1",
        "tones: a list of float = (1.0,)",
        "word: str = 'ding'",
        "seed: int | None = None",
    ]
    assert (described["loud"].doc, BELLS.doc(BELL)) == ("How loud.", "Ring when it is time.")
