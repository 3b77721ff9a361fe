"""Build a small ERNIE encoder with random weights, for machines without a hub or a GPU.

The weights come from a fixed seed and the vocabulary is made of single characters, so that the
same command gives the same model everywhere. It has learnt nothing: it shows how a search works,
not how well a pretrained model does.
"""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autoclue.errors import UsageError
from autoclue.training.model.hub import open_location
from autoclue.training.model.local import new_network
from autoclue.training.model.network import load_tokenizer
from autoclue.training.model.writing import write_whole
from autoclue.training.platform import load_paddle, load_paddlenlp

SPECIAL_TOKENS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


@dataclass(frozen=True, slots=True)
class SmallModel:
    """The shape of a small encoder.

    Attributes:
        layers: Encoder layers.
        hidden_size: Width; a multiple of ``heads``.
        heads: Attention heads.
        positions: Longest input in tokens.
        seed: Seeds the weights.
    """

    layers: int = 4
    hidden_size: int = 128
    heads: int = 2
    positions: int = 512
    seed: int = 0

    def check(self) -> None:
        """Refuse shapes that can't be built.

        Raises:
            UsageError: Naming every value that is wrong.
        """
        problems = [
            f"{name} is {value}, but must be at least 1"
            for name, value in (
                ("layers", self.layers),
                ("hidden_size", self.hidden_size),
                ("heads", self.heads),
                ("positions", self.positions),
            )
            if value < 1
        ]
        if not problems and self.hidden_size % self.heads != 0:
            problems.append(
                f"hidden_size {self.hidden_size} is not a multiple of heads {self.heads}"
            )
        if problems:
            raise UsageError("; ".join(problems) + ".")


def common_characters() -> list[str]:
    """Return ASCII and the 3,755 characters of GB 2312's first level, in the standard's order.

    Source: GB/T 2312-1980, rows 16 to 55.
    """
    ascii_part = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    chinese = []
    for row in range(0xB0, 0xD8):
        for column in range(0xA1, 0xFF):
            try:
                chinese.append(bytes((row, column)).decode("gb2312"))
            except UnicodeDecodeError:
                continue  # the last five cells of row 55 are empty in the standard
    return [*ascii_part, *"，。？！、；：“”‘’（）《》…—", *chinese]


def characters_of(texts: Iterable[str], *, min_count: int = 1) -> list[str]:
    """List the characters of some texts, most frequent first, white space left out."""
    counts = collections.Counter(c for text in texts for c in text.lower() if not c.isspace())
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [char for char, count in ordered if count >= min_count]


def build_small_model(folder: Path, shape: SmallModel, characters: Iterable[str]) -> Path:
    """Write a model folder that PaddleNLP's Auto classes load.

    Args:
        folder: Where to write; must not exist or be empty.
        shape: Size of the encoder.
        characters: The vocabulary beside the special tokens, without repetition.

    Raises:
        UsageError: The shape can't be built or the folder holds something.
        FolderError: It can't be written (a full disk, a read-only folder).
    """
    shape.check()
    vocabulary = [*SPECIAL_TOKENS, *dict.fromkeys(characters)]
    return write_whole(folder, lambda scratch: _write(scratch, shape, vocabulary))


def build_like(folder: Path, location: str, *, seed: int) -> Path:
    """Write a model folder with another model's shape and tokenizer, and random weights.

    Args:
        folder: Where to write; must not exist or be empty.
        location: Folder or PaddleNLP name of the other model.
        seed: Seeds the weights.

    Raises:
        UsageError: The folder holds something, or the other model can't be loaded.
        FolderError: It can't be written (a full disk, a read-only folder).
    """
    tokenizer = load_tokenizer(location)
    return write_whole(folder, lambda scratch: _write_like(scratch, location, tokenizer, seed))


def _write(folder: Path, shape: SmallModel, vocabulary: list[str]) -> None:
    transformers = load_paddlenlp()
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    config = transformers.ErnieConfig(
        vocab_size=len(vocabulary),
        hidden_size=shape.hidden_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=4 * shape.hidden_size,
        max_position_embeddings=shape.positions,
        type_vocab_size=2,
        use_task_id=False,
    )
    _save_random(folder, lambda: transformers.ErnieModel(config), seed=shape.seed)
    transformers.ErnieTokenizer(str(folder / "vocab.txt")).save_pretrained(str(folder))


def _write_like(folder: Path, location: str, tokenizer: Any, seed: int) -> None:
    _save_random(folder, lambda: _network_like(location), seed=seed)
    tokenizer.save_pretrained(str(folder))


def _network_like(location: str) -> Any:
    return new_network(open_location(location), "Model", {})


def _save_random(folder: Path, build: Callable[[], Any], *, seed: int) -> None:
    paddle = load_paddle()
    state = paddle.get_rng_state()
    paddle.seed(seed)
    build().save_pretrained(str(folder), safe_serialization=True)
    paddle.set_rng_state(state)
