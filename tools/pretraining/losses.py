"""What the network is trained on: guessing tokens and telling relations apart."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from tools.pretraining.batches import NO_RELATION
from tools.pretraining.cross_entropy import cross_entropy
from tools.pretraining.network import (
    WORDS,
    Shape,
    Weights,
    encode,
    guessing_states,
    relation_scores,
)
from tools.pretraining.stream import Example

RELATION_WEIGHT = 0.5
PRECISION = torch.bfloat16


@dataclass(frozen=True, slots=True)
class Inputs:
    """One batch as tensors; see ``Example`` for the shapes."""

    ids: Tensor
    types: Tensor
    places: Tensor
    labels: Tensor
    relations: Tensor

    @staticmethod
    def of(example: Example) -> Inputs:
        """Wrap a batch's arrays without copying them."""
        masked = example.masked
        arrays = (masked.ids, example.types, masked.places, masked.labels, example.relations)
        return Inputs(*(torch.from_numpy(array) for array in arrays))


@dataclass(frozen=True, slots=True)
class Losses:
    """Mean losses over a batch, in nats: of the guessed tokens and of the pairs' relations."""

    token: Tensor
    relation: Tensor

    @property
    def total(self) -> Tensor:
        """What training brings down."""
        return self.token + RELATION_WEIGHT * self.relation


def losses(weights: Weights, shape: Shape, inputs: Inputs) -> Losses:
    """Run the network over a batch in bfloat16."""
    chosen, scores_of_relations = _outputs(weights, shape, inputs)
    words, bias = (weights[name].to(PRECISION) for name in (WORDS, "guess.bias"))
    return Losses(
        token=cross_entropy(chosen.to(PRECISION), words, bias, inputs.labels),
        relation=_relation_loss(scores_of_relations, inputs),
    )


def validation_figures(weights: Weights, shape: Shape, inputs: Inputs) -> dict[str, Tensor]:
    """Measure losses, in nats, and the shares of tokens and relations that are right."""
    chosen, scores_of_relations = _outputs(weights, shape, inputs)
    scores = functional.linear(chosen.float(), weights[WORDS], weights["guess.bias"])
    pairs = inputs.relations != NO_RELATION
    right = (scores_of_relations.argmax(-1) == inputs.relations)[pairs]
    return {
        "held_out_token_loss": functional.cross_entropy(scores, inputs.labels),
        "held_out_token_accuracy": (scores.argmax(-1) == inputs.labels).float().mean(),
        "held_out_relation_loss": _relation_loss(scores_of_relations, inputs),
        "held_out_relation_accuracy": right.float().mean(),
    }


def _outputs(weights: Weights, shape: Shape, inputs: Inputs) -> tuple[Tensor, Tensor]:
    with torch.autocast("cpu", dtype=PRECISION):
        states = encode(weights, shape, inputs.ids, inputs.types, precision=PRECISION)
        chosen = guessing_states(weights, states, inputs.places)
        return chosen, relation_scores(weights, states).float()


def _relation_loss(scores: Tensor, inputs: Inputs) -> Tensor:
    return functional.cross_entropy(scores, inputs.relations, ignore_index=NO_RELATION)
