"""Write the trained encoder in the form that PaddleNLP's `from_pretrained` loads.

    python -m tools.pretraining.convert FOLDER OUT

FOLDER holds vocab.txt and a checkpoint of train.py; OUT gets config.json, model.safetensors in
half precision, vocab.txt and the tokenizer's settings. The heads of pretraining are left out.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tools.pretraining.stream import LENGTHS

POSITIONS = "embeddings.position_embeddings.weight"
WORDS = "embeddings.word_embeddings.weight"
ENCODER_PREFIXES = ("embeddings.", "encoder.", "pooler.")

Arrays = Mapping[str, NDArray[np.float32]]


def encoder_arrays(weights: Arrays, *, trained_positions: int) -> dict[str, NDArray[np.float16]]:
    """Choose the encoder's weights, under the names that `ErnieModel` gives them.

    Args:
        weights: Of the training network, by name; linear weights are [in x out] already.
        trained_positions: The longest sequence that was trained on. Later positions repeat the
            second half of the trained ones, so that longer texts find sensible values there.

    Raises:
        ValueError: A weight does not fit into half precision.
    """
    chosen = {
        name: array.copy() for name, array in weights.items() if name.startswith(ENCODER_PREFIXES)
    }
    table = chosen[POSITIONS]
    source = table[trained_positions // 2 : trained_positions]
    untrained = len(table) - trained_positions
    table[trained_positions:] = np.resize(source, (untrained, table.shape[1]))
    with np.errstate(over="ignore"):  # said in one sentence below
        halves = {name: array.astype(np.float16) for name, array in chosen.items()}
    wrong = [name for name, array in halves.items() if not np.isfinite(array).all()]
    if wrong:
        raise ValueError(f"Too large for half precision: {', '.join(wrong)}.")
    return halves


def model_config(arrays: Mapping[str, NDArray[np.float16]], *, heads: int) -> dict[str, object]:
    """Return the content of config.json for some weights."""
    entries, hidden = arrays[WORDS].shape
    layers = {name.split(".")[2] for name in arrays if name.startswith("encoder.layers.")}
    return {
        "architectures": ["ErnieModel"],
        "attention_probs_dropout_prob": 0.1,
        "fuse": False,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": hidden,
        "initializer_range": 0.02,
        "intermediate_size": arrays["encoder.layers.0.linear1.bias"].shape[0],
        "layer_norm_eps": 1e-12,
        "max_position_embeddings": len(arrays[POSITIONS]),
        "model_type": "ernie",
        "num_attention_heads": heads,
        "num_hidden_layers": len(layers),
        "pad_token_id": 0,
        "pool_act": "tanh",
        "task_id": 0,
        "task_type_vocab_size": 3,
        "type_vocab_size": arrays["embeddings.token_type_embeddings.weight"].shape[0],
        "use_task_id": False,
        "vocab_size": entries,
    }


def write_model(folder: Path, weights: Arrays, *, heads: int, vocabulary: Path) -> None:
    """Write a model folder.

    Args:
        folder: Is made where it is missing; files of the same names are replaced.
        weights: Of the training network.
        heads: Attention heads.
        vocabulary: The vocab.txt that it was trained with.
    """
    from safetensors.numpy import save_file

    arrays = encoder_arrays(weights, trained_positions=max(LENGTHS))
    folder.mkdir(parents=True, exist_ok=True)
    save_file(dict(arrays), folder / "model.safetensors", metadata={"format": "np"})
    shutil.copyfile(vocabulary, folder / "vocab.txt")
    _write_json(folder / "config.json", model_config(arrays, heads=heads))
    specials = {
        f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")
    }
    _write_json(folder / "special_tokens_map.json", specials)
    settings = {"do_lower_case": True, **specials, "tokenizer_class": "ErnieTokenizer"}
    _write_json(folder / "tokenizer_config.json", settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and convert."""
    from tools.pretraining.state import read_checkpoint

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what train.py wrote")
    parser.add_argument("out", type=Path, help="folder to write to")
    given = parser.parse_args(arguments)
    checkpoint = read_checkpoint(given.folder)
    weights = {name: tensor.numpy() for name, tensor in checkpoint["weights"].items()}
    heads = checkpoint["shape"]["heads"]
    write_model(given.out, weights, heads=heads, vocabulary=given.folder / "vocab.txt")
    size = (given.out / "model.safetensors").stat().st_size
    print(f"{given.out}: {size / 1e6:.1f} MB after {checkpoint['progress']}")


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
