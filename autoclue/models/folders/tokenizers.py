"""Decide which tokenizer a folder means, and what it leaves unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoclue.errors import UsageError
from autoclue.models.folders.architectures import Architecture
from autoclue.models.folders.config_file import read_json
from autoclue.models.folders.vocabulary import Vocabulary, read_vocabulary

SPECIAL_TOKENS: Mapping[str, str] = {
    "unk_token": "[UNK]",
    "sep_token": "[SEP]",
    "pad_token": "[PAD]",
    "cls_token": "[CLS]",
    "mask_token": "[MASK]",
}
"""What tokenizers of words and pieces use where a folder says nothing else."""

NEEDED = ("unk_token", "sep_token", "pad_token", "cls_token")


@dataclass(frozen=True, slots=True)
class TokenizerChoice:
    """How a folder's tokenizer is made.

    Attributes:
        class_name: PaddleNLP's class; ``None`` where the folder's own description says all, in
            PaddleNLP's words.
        settings: What the class is given; empty for a folder that says all.
        vocabulary: The pieces; ``None`` for a vocabulary that isn't one piece a line.
        lower: Whether texts are written in small letters first.
        specials: The special tokens.
        derived: What was derived, in words; "" for nothing.
    """

    class_name: str | None
    settings: Mapping[str, Any]
    vocabulary: Vocabulary | None
    lower: bool
    specials: Mapping[str, str]
    derived: str


def choose_tokenizer(folder: Path, architecture: Architecture, *, ours: bool) -> TokenizerChoice:
    """Decide which tokenizer a folder means.

    Args:
        folder: The model's folder.
        architecture: Its architecture.
        ours: Whether the folder's files are PaddleNLP's.

    Raises:
        UsageError: There is no vocabulary, or a file of it can't be read.
    """
    told = _described(folder)
    specials = {**SPECIAL_TOKENS, **_specials(folder, told)}
    path = folder / "vocab.txt"
    vocabulary = read_vocabulary(path) if path.is_file() else None
    lower, why = _lower(told, vocabulary)
    own_class = told.get("init_class") or told.get("tokenizer_class")
    if ours and isinstance(own_class, str) and own_class.endswith("Tokenizer"):
        here = {"vocab_file": str(path)} if "vocab_file" in told and path.is_file() else {}
        return TokenizerChoice(None, here, vocabulary, lower, specials, "")
    file = path if vocabulary is not None else next(iter(sorted(folder.glob("*.model"))), None)
    if file is None:
        raise UsageError(
            f"Folder {str(folder)!r} has no vocab.txt, and a tokenizer.json alone isn't read; put "
            "the vocabulary that belongs to the weights there."
        )
    settings: dict[str, Any] = {"vocab_file": str(file)}
    if vocabulary is not None:
        settings.update(do_lower_case=lower, **specials)
    derived = f"its tokenizer is taken for {architecture.tokenizer}{why}"
    return TokenizerChoice(architecture.tokenizer, settings, vocabulary, lower, specials, derived)


def _described(folder: Path) -> dict[str, Any]:
    path = folder / "tokenizer_config.json"
    return read_json(path) if path.is_file() else {}


def _specials(folder: Path, told: Mapping[str, Any]) -> dict[str, str]:
    path = folder / "special_tokens_map.json"
    mapped = read_json(path) if path.is_file() else {}
    found = {}
    for name in SPECIAL_TOKENS:
        value = mapped.get(name, told.get(name))
        text = value.get("content") if isinstance(value, dict) else value
        if isinstance(text, str):
            found[name] = text
    return found


def _lower(told: Mapping[str, Any], vocabulary: Vocabulary | None) -> tuple[bool, str]:
    """Decide whether small letters are meant, and say why where the folder doesn't say."""
    said = told.get("do_lower_case")
    if isinstance(said, bool):
        return said, ""
    if vocabulary is not None and vocabulary.has_capitals:
        return False, ", capitals kept, because its vocabulary has them"
    return True, ", in small letters"
