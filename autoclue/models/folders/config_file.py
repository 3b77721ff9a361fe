"""Read a model's configuration, whoever wrote it, and bound what it asks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from autoclue.errors import UsageError
from autoclue.outside import read_text

CONFIG_FILES = ("config.json", "model_config.json", "bert_config.json")
"""PaddleNLP's and Hugging Face's; PaddleNLP's before 2.5; Google's."""

MOST_BYTES = 4 * 2**20
LABEL_COUNTS: Final = ("num_labels", "num_classes")
MOST_LABELS: Final = 100_000
"""PaddleNLP makes a name for each of them before anything else."""
BOUNDS: Mapping[str, int] = {
    "num_hidden_layers": 256,
    "hidden_size": 16_384,
    "num_attention_heads": 512,
    "intermediate_size": 131_072,
    "vocab_size": 2_000_000,
    "max_position_embeddings": 1_000_000,
    "type_vocab_size": 1_000,
    "embedding_size": 16_384,
}
"""The largest values that are believed: beyond them a network would fill any memory."""

_CODE = ("auto_map", "custom_pipelines", "trust_remote_code")


OTHER_NAMES: Final = {"num_hidden_layers": "n_layer", "hidden_size": "d_model"}
"""What other families call a size."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A configuration as it was found.

    Attributes:
        path: Where.
        raw: All of it, as PaddleNLP's own reader takes it.
        flat: Its settings, those of nested networks brought to the top.
        names_code: Whether it names code of its own, which is never run.
    """

    path: Path
    raw: Mapping[str, Any]
    flat: Mapping[str, Any]
    names_code: bool

    def size(self, name: str) -> int | None:
        """Return one of the network's sizes; ``None`` where it isn't said."""
        found = self.flat.get(name, self.flat.get(OTHER_NAMES.get(name, "")))
        if isinstance(found, float) and found.is_integer():
            return int(found)  # what a network would make of it
        return found if isinstance(found, int) else None


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds one object.

    Raises:
        UsageError: It can't be read, is too large, or holds something else.
    """
    try:
        text = read_text(path, MOST_BYTES, encoding="utf-8-sig")
        found = json.loads(text)
        if "\\u" in text:  # half a character may be written so, and can't be written anew
            json.dumps(found, ensure_ascii=False).encode()
    except OSError as error:
        raise UsageError(f"{path} can't be read: {error.strerror or error}.") from error
    except Exception as error:  # nesting, numbers of thousands of digits, no text
        reason = str(error)[:100] if isinstance(error, json.JSONDecodeError) else "damaged"
        raise UsageError(f"{path} is no JSON that can be read ({reason}).") from error
    if not isinstance(found, dict):
        raise UsageError(f"{path} must hold one JSON object.")
    return found


def read_config(folder: Path) -> ConfigFile:
    """Read the configuration of a model's folder.

    Raises:
        UsageError: There is none, it can't be read, or it asks for an impossible network.
    """
    path = next((folder / name for name in CONFIG_FILES if (folder / name).is_file()), None)
    if path is None:
        raise UsageError(f"Folder {str(folder)!r} lacks a configuration (config.json).")
    raw = read_json(path)
    names_code = any(raw.get(key) for key in _CODE)
    kept = {key: value for key, value in raw.items() if key not in _CODE}
    config = ConfigFile(path, kept, _flat(kept), names_code)
    _check(config)
    return config


def _flat(raw: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Bring the settings of nested networks, as old PaddleNLP wrote them, to the top."""
    flat = {key: value for key, value in raw.items() if key != "init_args"}
    nested = raw.get("init_args")
    if isinstance(nested, list) and depth < 4:
        for each in nested:
            if isinstance(each, dict):
                flat = {**_flat(each, depth + 1), **flat}
    return flat


def _check(config: ConfigFile) -> None:
    for name, most in BOUNDS.items():
        value = config.size(name)
        if value is not None and not 1 <= value <= most and name != "max_position_embeddings":
            raise UsageError(
                f"{config.path}: {name} is {_short(value)}, but must be from 1 to {most:,}."
            )
    for name in LABEL_COUNTS:
        labels = config.size(name)
        if labels is not None and labels > MOST_LABELS:
            raise UsageError(
                f"{config.path}: {name} is {_short(labels)}, but must be at most {MOST_LABELS:,}."
            )
    positions = config.size("max_position_embeddings")
    if positions is not None and positions > BOUNDS["max_position_embeddings"]:
        raise UsageError(f"{config.path}: max_position_embeddings is {_short(positions)}.")
    hidden, heads = config.size("hidden_size"), config.size("num_attention_heads")
    if hidden is not None and heads is not None and hidden % heads != 0:
        raise UsageError(
            f"{config.path}: hidden_size {hidden} is no multiple of num_attention_heads {heads}."
        )
    if config.flat.get("quantization_config"):
        raise UsageError(
            f"{config.path} says that the weights are quantized; give the model in full precision."
        )


def _short(value: int) -> str:
    return f"{value:,}" if abs(value) < 10**15 else "a number of more than 15 digits"
