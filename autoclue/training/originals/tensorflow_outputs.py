"""Run a BERT of Google's form in TensorFlow: ``python tensorflow_outputs.py ASKED ANSWERED``.

It is run as a file, in a process of its own, and imports nothing of autoclue. TensorFlow reads the
checkpoint; Google's network is no package, so that its formula is written down here, as the paper
(Devlin et al., 2019) and the names of the variables give it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np


def answer_with_tensorflow(asked: Path, answered: Path) -> None:
    """Answer what is asked.

    Args:
        asked: JSON with config, family, weights, prefix, ids and segments.
        answered: Where to write the last hidden states.
    """
    import tensorflow as tf

    told = json.loads(asked.read_text(encoding="utf-8"))
    reader = tf.train.load_checkpoint(told["weights"][0].removesuffix(".index"))
    network = _Bert(tf, reader, told["prefix"].replace(".", "/"), told["config"])
    np.save(answered, network.answer(told["ids"], told["segments"]).numpy())


class _Bert:
    """The forward pass of BERT over the variables of a checkpoint."""

    def __init__(self, tf: Any, reader: Any, prefix: str, config: dict[str, Any]) -> None:
        self.tf, self.reader, self.prefix, self.config = tf, reader, prefix, config

    def answer(self, ids: list[list[int]], segments: list[list[int]]) -> Any:
        """Return the last hidden states of inputs without padding."""
        tables = "embeddings/{}_embeddings"
        hidden = self.tf.gather(self.variable(tables.format("word")), ids)
        hidden += self.variable(tables.format("position"))[: len(ids[0])]
        hidden += self.tf.gather(self.variable(tables.format("token_type")), segments)
        hidden = self.normed(hidden, "embeddings")
        for number in range(int(self.config["num_hidden_layers"])):
            hidden = self.layer(hidden, f"encoder/layer_{number}")
        return hidden

    def layer(self, hidden: Any, at: str) -> Any:
        """Attend, then transform each place by itself; both are added to what comes in."""
        attended = self.dense(self.attention(hidden, f"{at}/attention"), f"{at}/attention/output")
        hidden = self.normed(hidden + attended, f"{at}/attention/output")
        inner = self.dense(hidden, f"{at}/intermediate")
        inner = getattr(self.tf.nn, str(self.config.get("hidden_act", "gelu")))(inner)
        return self.normed(hidden + self.dense(inner, f"{at}/output"), f"{at}/output")

    def attention(self, hidden: Any, at: str) -> Any:
        """Mix every place's values by how well its query fits the others' keys."""
        heads = int(self.config["num_attention_heads"])
        rows, places, wide = hidden.shape
        parts = []
        for name in ("query", "key", "value"):
            mapped = self.mapped(hidden, f"{at}/self/{name}")
            apart = self.tf.reshape(mapped, (rows, places, heads, wide // heads))
            parts.append(self.tf.transpose(apart, (0, 2, 1, 3)))
        query, key, value = parts
        fits = self.tf.matmul(query, key, transpose_b=True) / np.sqrt(wide // heads)
        mixed = self.tf.matmul(self.tf.nn.softmax(fits), value)
        return self.tf.reshape(self.tf.transpose(mixed, (0, 2, 1, 3)), (rows, places, wide))

    def dense(self, hidden: Any, at: str) -> Any:
        """Map by the variables called ``dense``."""
        return self.mapped(hidden, f"{at}/dense")

    def mapped(self, hidden: Any, at: str) -> Any:
        """Map linearly."""
        kernel, bias = self.variable(f"{at}/kernel"), self.variable(f"{at}/bias")
        return self.tf.tensordot(hidden, kernel, 1) + bias

    def normed(self, hidden: Any, at: str) -> Any:
        """Bring every place to mean 0 and variance 1, then scale and shift."""
        mean, variance = self.tf.nn.moments(hidden, [-1], keepdims=True)
        scale = self.variable(f"{at}/LayerNorm/gamma")
        shift = self.variable(f"{at}/LayerNorm/beta")
        return (hidden - mean) / self.tf.sqrt(variance + 1e-12) * scale + shift

    def variable(self, name: str) -> Any:
        """Return a variable of the encoder."""
        return self.tf.constant(self.reader.get_tensor(f"{self.prefix}{name}"), self.tf.float32)


if __name__ == "__main__":
    answer_with_tensorflow(Path(sys.argv[1]), Path(sys.argv[2]))
