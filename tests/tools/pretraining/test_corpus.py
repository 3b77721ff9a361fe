"""Reading documents and storing their tokens."""

from __future__ import annotations

import lzma
from pathlib import Path

import numpy as np

from tools.pretraining.corpus import Document, documents, is_held_out, read_lines
from tools.pretraining.store import Encoder, Store, build_store
from tools.pretraining.vocabulary import SPECIAL_TOKENS

VOCABULARY = {entry: i for i, entry in enumerate([*SPECIAL_TOKENS, *"甲乙丙丁。！”"])}


def test_empty_lines_end_documents() -> None:
    found = list(documents(["甲", "乙", "", "", "丙"]))
    assert found == [Document(("甲", "乙"), 1), Document(("丙",), 5)]


def test_first_line_is_a_line_number_of_the_file() -> None:
    lines = ["", "甲", "乙", "", "丙", ""]
    assert [lines[found.first_line - 1] for found in documents(lines)] == ["甲", "丙"]


def test_packed_text_reads_as_plain_text_does(tmp_path: Path) -> None:
    text = "甲乙\n\n丙\u2028丁\n"
    (tmp_path / "plain.txt").write_text(text, encoding="utf-8")
    (tmp_path / "packed.txt.xz").write_bytes(lzma.compress(text.encode()))
    expected = ["甲乙", "", "丙\u2028丁"]
    assert list(read_lines(tmp_path / "plain.txt")) == expected
    assert list(read_lines(tmp_path / "packed.txt.xz")) == expected


def test_share_of_held_out_documents_is_kept_to() -> None:
    texts = [Document((f"第{number}篇",), number) for number in range(20_000)]
    assert 0.04 < np.mean([is_held_out(text, 0.05) for text in texts]) < 0.06
    assert not any(is_held_out(text, 0.0) for text in texts)


def test_closing_quote_stays_with_its_sentence() -> None:
    found = Encoder(VOCABULARY).sentences("甲乙。”丙！丁")
    entries = list(VOCABULARY)
    assert ["".join(entries[i] for i in one) for one in found] == ["甲乙。”", "丙！", "丁"]


def small_store() -> Store:
    texts = [Document(("甲。乙", "丙"), 1), Document(("丁甲",), 5)]
    return build_store(texts, VOCABULARY, general_until=5, general_weight=3.0)


def test_store_knows_sentences_documents_and_weights() -> None:
    store = small_store()
    assert store.starts.tolist() == [0, 2, 3, 4, 6]
    assert store.documents.tolist() == [0, 0, 0, 1]
    assert store.weights.tolist() == [3.0, 3.0, 3.0, 1.0]
    assert store.tokens.tolist() == [VOCABULARY[char] for char in "甲。乙丙丁甲"]


def test_store_is_read_back(tmp_path: Path) -> None:
    store = small_store()
    store.save(tmp_path / "store.npz")
    read = Store.load(tmp_path / "store.npz")
    assert read.tokens.dtype == np.uint16
    assert np.array_equal(read.tokens, store.tokens)
    assert np.array_equal(read.starts, store.starts)
