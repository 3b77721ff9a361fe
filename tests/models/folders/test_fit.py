"""A tokenizer that doesn't fit its model or the task is told with the figure."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models.folders import check_folder, check_model, open_model
from autoclue.models.folders.vocabulary import read_vocabulary
from tests.models.layouts import PIECES, write_json, write_layout

TEXTS = ["天地人", "山水火", "日月"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_layout(tmp_path / "m", "PaddleNLP")


def put(folder: Path, *pieces: str) -> None:
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")


def notes_of(folder: Path, texts: list[str]) -> tuple[str, ...]:
    return check_folder(open_model(folder), texts)[1:]


def test_vocabulary_that_fits_says_nothing(folder: Path) -> None:
    put(folder, *PIECES, "##地", "##b")
    assert notes_of(folder, ["天地", "ab"]) == ()


def test_more_pieces_than_embeddings_are_refused(folder: Path) -> None:
    put(folder, *PIECES, *(f"[unused{n}]" for n in range(6)))
    with pytest.raises(UsageError, match=r"has 34 lines, but the model has embeddings for 30"):
        notes_of(folder, TEXTS)


def test_far_fewer_pieces_than_embeddings_are_told(folder: Path) -> None:
    put(folder, *PIECES[:25])
    assert "25 lines for 30 embeddings" in notes_of(folder, TEXTS)[0]


def test_another_models_vocabulary_is_refused_with_the_figure(folder: Path) -> None:
    put(folder, *PIECES[:5], "天", *(f"word{n}" for n in range(22)))
    with pytest.raises(UsageError, match=r"88% of the words .* unknown .* \(7 of 8\)"):
        notes_of(folder, TEXTS)


def test_unknown_words_are_told_with_the_figure(folder: Path) -> None:
    assert notes_of(folder, ["天地人山水火木金土z"]) == (
        "10.0% of the words in the first rows are unknown",
    )


def test_missing_special_tokens_are_refused(folder: Path) -> None:
    put(folder, *(piece for piece in PIECES if piece not in ("[CLS]", "[SEP]")))
    with pytest.raises(UsageError, match=r"lacks the special tokens \[SEP\], \[CLS\]"):
        notes_of(folder, TEXTS)


def test_special_tokens_of_the_folders_own_are_known(folder: Path) -> None:
    put(folder, "<pad>", *PIECES[1:])
    with pytest.raises(UsageError, match=r"lacks the special tokens \[PAD\]"):
        notes_of(folder, TEXTS)
    write_json(folder / "special_tokens_map.json", {"pad_token": {"content": "<pad>"}})
    assert notes_of(folder, TEXTS) == ()


def test_padding_with_another_piece_is_told(folder: Path) -> None:
    put(folder, "[CLS]", "[UNK]", "[PAD]", *PIECES[3:])
    assert notes_of(folder, TEXTS) == (
        "its configuration pads with piece 0, but [PAD] is piece 2",
    )


def test_capitals_that_a_vocabulary_lacks_are_told_with_the_figure(folder: Path) -> None:
    put(folder, *PIECES, "bbc")
    told = {"tokenizer_class": "BertTokenizer", "do_lower_case": False}
    write_json(folder / "tokenizer_config.json", told)
    assert (
        "25.0% of the words in the first rows are unknown for their capitals"
        in (notes_of(folder, ["天地人BBC"])[0])
    )


def test_only_the_first_thousand_texts_are_looked_at(folder: Path) -> None:
    assert notes_of(folder, ["天地人"] * 1000 + ["zzz"] * 9000) == ()


def test_vocabulary_of_ten_million_lines_is_refused(folder: Path) -> None:
    (folder / "vocab.txt").write_bytes(b"a\n" * 10_000_000)
    with pytest.raises(UsageError, match="has more than 2,000,000 lines; no model does"):
        open_model(folder)


@pytest.mark.parametrize(
    ("content", "match"),
    [
        (b"", "is empty"),
        ("[PAD]\n中".encode("gb18030"), "isn't UTF-8"),
        ("[PAD]\n".encode("utf-8-sig"), "begins with a byte order mark"),
    ],
)
def test_vocabulary_in_another_form_is_refused(folder: Path, content: bytes, match: str) -> None:
    (folder / "vocab.txt").write_bytes(content)
    with pytest.raises(UsageError, match=match):
        open_model(folder)


def test_line_ends_of_windows_are_no_part_of_a_piece(folder: Path) -> None:
    (folder / "vocab.txt").write_bytes("\r\n".join(PIECES).encode())
    assert read_vocabulary(folder / "vocab.txt").places["天"] == 5


def test_an_architecture_without_the_head_is_refused_without_a_network(folder: Path) -> None:
    told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    write_json(folder / "config.json", {**told, "architectures": ["ErnieGramModel"]})
    opened = open_model(folder)
    assert check_model("m", opened, TEXTS, head="ForQuestionAnswering") == ()
    with pytest.raises(UsageError, match=r"PaddleNLP has no AutoModelForMultipleChoice; give a"):
        check_model("m", opened, TEXTS, head="ForMultipleChoice")


def test_a_model_of_the_catalog_is_refused_before_it_is_fetched() -> None:
    name = "ernie-gram-zh"
    assert check_model(name, None, TEXTS, head="ForQuestionAnswering") == ()
    with pytest.raises(UsageError, match=r"'ernie-gram-zh' is of a family for which PaddleNLP"):
        check_model(name, None, TEXTS, head="ForMultipleChoice")
