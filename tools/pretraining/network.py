"""ERNIE's encoder in PyTorch, as functions of named weights.

Names and shapes are those of PaddleNLP's `ErnieModel`, so that nothing has to be transposed: a
linear weight is [in x out]. Post-norm layers, exact GELU, a tanh pooler over the first token.
Legend: B sequences, L tokens each, H the width, V the vocabulary, G guessed tokens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

WORDS = "embeddings.word_embeddings.weight"
NORM_EPSILON = 1e-12
INITIAL_DEVIATION = 0.02

Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Shape:
    """The size of the network.

    Attributes:
        vocabulary: Entries.
        layers: Encoder layers.
        hidden: Width, a multiple of ``heads``.
        heads: Attention heads.
        positions: Longest sequence in tokens.
        relations: Kinds of pairs to tell apart.
    """

    vocabulary: int
    layers: int
    hidden: int
    heads: int
    positions: int
    relations: int


def weight_shapes(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Name every weight with its shape; those of the encoder begin with its PaddleNLP names."""
    hidden, wide = shape.hidden, 4 * shape.hidden
    found: dict[str, tuple[int, ...]] = {
        WORDS: (shape.vocabulary, hidden),
        "embeddings.position_embeddings.weight": (shape.positions, hidden),
        "embeddings.token_type_embeddings.weight": (2, hidden),
    }
    linear = {"pooler.dense": (hidden, hidden), "guess.dense": (hidden, hidden)}
    linear["relation"] = (hidden, shape.relations)
    norms = ["embeddings.layer_norm", "guess.norm"]
    for layer in range(shape.layers):
        prefix = f"encoder.layers.{layer}"
        for part in ("q_proj", "k_proj", "v_proj", "out_proj"):
            linear[f"{prefix}.self_attn.{part}"] = (hidden, hidden)
        linear[f"{prefix}.linear1"] = (hidden, wide)
        linear[f"{prefix}.linear2"] = (wide, hidden)
        norms += [f"{prefix}.norm1", f"{prefix}.norm2"]
    for name, size in linear.items():
        found[f"{name}.weight"] = size
        found[f"{name}.bias"] = size[1:]
    for name in norms:
        found[f"{name}.weight"] = (hidden,)
        found[f"{name}.bias"] = (hidden,)
    found["guess.bias"] = (shape.vocabulary,)
    return found


def initial_weights(shape: Shape, *, seed: int) -> dict[str, Tensor]:
    """Draw matrices from a normal distribution; biases are 0 and norms 1."""
    generator = torch.Generator().manual_seed(seed)
    weights = {}
    for name, size in weight_shapes(shape).items():
        if len(size) > 1:
            weight = torch.randn(size, generator=generator) * INITIAL_DEVIATION
        else:
            weight = torch.ones(size) if "norm" in name and "weight" in name else torch.zeros(size)
        weights[name] = weight.requires_grad_()
    return weights


def encode(
    weights: Weights,
    shape: Shape,
    ids: Tensor,
    types: Tensor,
    *,
    precision: torch.dtype = torch.float32,
) -> Tensor:
    """Return the last layer's states.

    Args:
        weights: As ``weight_shapes`` names them.
        shape: The size of the network.
        ids: Token numbers; [B x L].
        types: 0 or 1; [B x L].
        precision: What states are kept in between the layers.

    Returns:
        States; [B x L x H].
    """
    length = ids.shape[1]
    states = functional.embedding(ids, weights[WORDS])
    states = states + weights["embeddings.position_embeddings.weight"][:length]
    kinds = weights["embeddings.token_type_embeddings.weight"]
    states = states + functional.embedding(types, kinds)
    states = _norm(weights, "embeddings.layer_norm", states).to(precision)
    for layer in range(shape.layers):
        prefix = f"encoder.layers.{layer}"
        attended = _attend(weights, prefix, states, shape.heads)
        states = _norm(weights, f"{prefix}.norm1", states + attended)
        wide = functional.gelu(_linear(weights, f"{prefix}.linear1", states))
        states = _norm(
            weights, f"{prefix}.norm2", states + _linear(weights, f"{prefix}.linear2", wide)
        )
    return states


def pool(weights: Weights, states: Tensor) -> Tensor:
    """Return the pooled first token, [B x H], of states [B x L x H]."""
    return torch.tanh(_linear(weights, "pooler.dense", states[:, 0]))


def guessing_states(weights: Weights, states: Tensor, places: Tensor) -> Tensor:
    """Return what tokens are guessed from, [G x H], at places of the flattened batch, [G].

    Their scores are the products with the word embeddings, plus the weight "guess.bias".
    """
    chosen = states.flatten(0, 1)[places]
    chosen = functional.gelu(_linear(weights, "guess.dense", chosen))
    return _norm(weights, "guess.norm", chosen)


def relation_scores(weights: Weights, states: Tensor) -> Tensor:
    """Return the scores of the relations, [B x relations], of states [B x L x H]."""
    return _linear(weights, "relation", pool(weights, states))


def _linear(weights: Weights, name: str, inputs: Tensor) -> Tensor:
    return functional.linear(inputs, weights[f"{name}.weight"].t(), weights[f"{name}.bias"])


def _norm(weights: Weights, name: str, inputs: Tensor) -> Tensor:
    scale, shift = weights[f"{name}.weight"], weights[f"{name}.bias"]
    return functional.layer_norm(inputs, scale.shape, scale, shift, NORM_EPSILON)


def _attend(weights: Weights, prefix: str, states: Tensor, heads: int) -> Tensor:
    parts = [f"{prefix}.self_attn.{part}_proj" for part in ("q", "k", "v")]
    joint = torch.cat([weights[f"{part}.weight"] for part in parts], dim=1)
    bias = torch.cat([weights[f"{part}.bias"] for part in parts])
    batch, length, hidden = states.shape
    projected = functional.linear(states, joint.t(), bias)
    queries, keys, values = (
        part.view(batch, length, heads, hidden // heads).transpose(1, 2)
        for part in projected.chunk(3, dim=-1)
    )
    scores = torch.matmul(queries * (hidden // heads) ** -0.5, keys.transpose(2, 3))
    attended = torch.matmul(torch.softmax(scores, dim=-1), values)
    merged = attended.transpose(1, 2).reshape(batch, length, hidden)
    return _linear(weights, f"{prefix}.self_attn.out_proj", merged)
