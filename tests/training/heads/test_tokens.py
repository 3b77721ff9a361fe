from __future__ import annotations

from typing import Any

import pytest

from autoclue.training.heads.tokens import framed, padded, token_ids
from tests.golden.reading import by_subject, recorded

RECORDED = recorded("tokenizer_cases")
CASES = by_subject(RECORDED["cases"])


@pytest.mark.paddle
@pytest.mark.parametrize("case", CASES)
def test_tokens_become_the_recorded_ids(tokenizer: Any, case: dict[str, Any]) -> None:
    direct = token_ids(tokenizer, case["tokens"])
    again = token_ids(tokenizer, case["tokens"], cut_again=True)
    assert framed(tokenizer, direct)[0] == case["direct_ids"]
    assert framed(tokenizer, again)[0] == case["cut_again_ids"]


@pytest.mark.paddle
@pytest.mark.parametrize("way", ["direct", "cut_again"])
def test_pair_of_token_lists_becomes_the_recorded_input(tokenizer: Any, way: str) -> None:
    pairs = RECORDED["pairs"]
    parts = [
        token_ids(tokenizer, pairs[name], cut_again=way == "cut_again")
        for name in ("text", "pair")
    ]
    ids, types = framed(tokenizer, *parts)
    assert (ids, types) == (pairs[way]["input_ids"], pairs[way]["token_type_ids"])


def test_rows_are_filled_up_on_the_right_to_the_longest() -> None:
    assert padded([[1, 2], [3], []], 9).tolist() == [[1, 2], [3, 9], [9, 9]]
