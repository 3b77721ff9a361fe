from __future__ import annotations

from typing import Any

import pytest

from tests.golden.reading import recorded, recorded_on_data
from tests.golden.reading_features import as_recorded, digests, encode
from tests.golden.reading_rows import data_rows, own_rows

pytestmark = pytest.mark.paddle

OWN_SETTINGS: dict[str, dict[str, Any]] = {
    "cmrc2018": {"length": 48, "hop": 16},
    "c3": {"length": 40},
    "chid": {"length": 64},
}
SPLITS = ("train", "dev", "test")
WAYS = [
    ("cmrc2018", "features"),
    *((t, w) for t in ("c3", "chid") for w in ("direct", "cut_again")),
]


def own_fields(task: str, split: str, tokenizer: Any, **settings: Any) -> dict[str, list[Any]]:
    rows = own_rows(task, split)
    features = encode(task, rows, tokenizer, **OWN_SETTINGS[task], **settings)
    return as_recorded(task, features, rows)


def in_rows(fields: dict[str, list[Any]], like: dict[str, Any]) -> list[dict[str, Any]]:
    """Turn fields around, keeping those that a recorded row has."""
    values = zip(*(fields[name] for name in like), strict=True)
    return [dict(zip(like, row, strict=True)) for row in values]


@pytest.mark.parametrize("kind", ["train_features", "dev_features"])
def test_windows_of_our_own_text_are_the_recorded_ones(tokenizer: Any, kind: str) -> None:
    expected = recorded("feature_cases")["cmrc2018"][kind]
    assert in_rows(own_fields("cmrc2018", "train", tokenizer), expected[0]) == expected


@pytest.mark.parametrize("way", ["direct", "cut_again"])
def test_choices_of_our_own_text_are_the_recorded_ones(tokenizer: Any, way: str) -> None:
    expected = recorded("feature_cases")["c3"][way]["train_features"]
    fields = own_fields("c3", "train", tokenizer, cut_again=way == "cut_again")
    assert in_rows(fields, expected[0]) == expected


@pytest.mark.parametrize("task", ["c3", "chid"])
def test_test_rows_of_our_own_text_have_the_recorded_features(tokenizer: Any, task: str) -> None:
    expected = recorded("feature_cases")[task]["direct"]["test_features"]
    assert in_rows(own_fields(task, "test", tokenizer), expected[0]) == expected


def test_blanks_of_our_own_text_are_the_recorded_ones(tokenizer: Any) -> None:
    expected = recorded("feature_cases")["chid"]["direct"]["train_features"]
    assert in_rows(own_fields("chid", "train", tokenizer), expected[0]) == expected


def test_blanks_of_our_own_text_cut_again_are_the_recorded_ones(tokenizer: Any) -> None:
    expected = recorded("feature_cases")["chid"]["cut_again"]["train_first_candidate_only"]
    fields = own_fields("chid", "train", tokenizer, cut_again=True)
    for name in ("input_ids", "token_type_ids"):
        fields[name] = [rows[:1] for rows in fields[name]]
    assert in_rows(fields, expected[0]) == expected


@pytest.mark.parametrize("task", ["cmrc2018", "c3", "chid"])
@pytest.mark.parametrize("split", SPLITS)
def test_features_of_the_runs_on_our_own_text_are_the_recorded_ones(
    tokenizer: Any, task: str, split: str
) -> None:
    expected = recorded("own_text_runs")["features"][task][split]
    fields = own_fields(task, split, tokenizer)
    assert len(fields["input_ids"]) == expected["count"]
    assert digests(fields, expected["fields"]) == expected["sha256_by_field"]


@pytest.mark.shared_data
@pytest.mark.parametrize(("task", "way"), WAYS)
@pytest.mark.parametrize("split", SPLITS)
def test_features_of_the_publishers_rows_are_the_recorded_ones(
    tokenizer: Any, task: str, way: str, split: str
) -> None:
    run = recorded_on_data(task)
    expected = run["features"][way][split]
    rows = data_rows(task, split)
    length = {"cmrc2018": 512, "chid": 64, "c3": 400 if way == "cut_again" else 512}[task]
    features = encode(task, rows, tokenizer, length=length, cut_again=way == "cut_again")
    fields = as_recorded(task, features, rows)
    first = expected["first_rows"]
    assert len(features) == expected["count"]
    assert digests(fields, expected["fields"]) == expected["sha256_by_field"]
    assert in_rows(fields, first[0])[: len(first)] == first
