"""The vocabulary: its order, its limits, and that PaddleNLP's tokenizer cuts as ours does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.pretraining.vocabulary import (
    SPECIAL_TOKENS,
    build_vocabulary,
    read_vocabulary,
    write_vocabulary,
)
from tools.pretraining.words import pieces, words

COUNTS = {"的": 50, "一": 40, "龘": 1, "，": 60, "model": 30, "models": 9, "2019": 20, "a": 5}
TEXTS = [
    "今天天气不错，我们去Model店吧！",
    "café naïve ÅNGSTRÖM 2019models x9 ½ ２",
    "a_b-c/d\\e~f 50%＋5€ №3 ℃",
    "テスト、한국어 и русский",
    "龘字\u3000全角空格\t制表\u200b零宽\u00ad软连字",
    "……——“引号”《书名》、〇",
    "x" * 101 + " 很长",
]


def small_vocabulary() -> dict[str, int]:
    entries = build_vocabulary(COUNTS, size=300, latin_words=2, continuations=4)
    return {entry: index for index, entry in enumerate(entries)}


def test_special_tokens_come_first() -> None:
    vocabulary = small_vocabulary()
    assert tuple(vocabulary)[:5] == SPECIAL_TOKENS
    assert vocabulary["[PAD]"] == 0


def test_frequent_characters_are_entries_and_rare_ones_are_not() -> None:
    vocabulary = small_vocabulary()
    assert {"的", "一", "，", "model", "2019"} <= set(vocabulary)
    assert not {"龘", "models"} & set(vocabulary)


def test_size_drops_the_rarest_characters() -> None:
    whole = build_vocabulary(COUNTS, size=300, latin_words=2, continuations=4)
    assert build_vocabulary(COUNTS, size=len(whole) - 1, latin_words=2, continuations=4) == [
        entry for entry in whole if entry != "一"
    ]


def test_size_without_room_for_characters_is_refused() -> None:
    with pytest.raises(ValueError, match="entries are fixed already"):
        build_vocabulary(COUNTS, size=20)


def test_entries_are_read_back_in_order(tmp_path: Path) -> None:
    write_vocabulary(tmp_path / "vocab.txt", list(small_vocabulary()))
    assert read_vocabulary(tmp_path / "vocab.txt") == small_vocabulary()


def test_words_are_cut_into_the_longest_pieces() -> None:
    vocabulary = {"a": 0, "ab": 1, "##c": 2, "##cd": 3}
    assert pieces("abcd", vocabulary) == ["ab", "##cd"]
    assert pieces("abcx", vocabulary) == ["[UNK]"]


@pytest.mark.paddle
@pytest.mark.parametrize("text", TEXTS)
def test_paddlenlp_tokenizer_cuts_the_same_pieces(text: str, tmp_path: Path) -> None:
    transformers = pytest.importorskip("paddlenlp.transformers")
    write_vocabulary(tmp_path / "vocab.txt", list(small_vocabulary()))
    theirs = transformers.ErnieTokenizer(str(tmp_path / "vocab.txt")).tokenize(text)
    vocabulary = small_vocabulary()
    assert [piece for word in words(text) for piece in pieces(word, vocabulary)] == theirs
