"""The dropout of a network: what the recipe sets, and what it was before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autoclue.errors import UsageError
from autoclue.training.platform import load_paddle

CHECKPOINT_DROPOUT = 0.1
"""The value that leaves the checkpoint's own dropout as it is, as in the published script."""


def set_clue_dropout(network: Any, dropout: float) -> None:
    """Set what ``--dropout`` changes in the published script, and nothing else.

    That is the dropout after the embeddings and the three after attention, inside and after the
    feed-forward part of every layer. The dropout of attention probabilities and of the
    classification head stay as the checkpoint says, and 0.1 changes nothing at all.

    Raises:
        UsageError: The architecture isn't laid out like ERNIE or BERT, where the script fails.
    """
    if dropout == CHECKPOINT_DROPOUT:
        return
    base = getattr(network, network.base_model_prefix)
    try:
        sites = [base.embeddings.dropout]
        for layer in base.encoder.layers:
            sites += [layer.dropout, layer.dropout1, layer.dropout2]
    except AttributeError as error:
        raise UsageError(
            f"dropout {dropout} can't be set on {type(network).__name__}: the published protocol "
            "knows only networks laid out like ERNIE or BERT; use dropout 0.1, which keeps the "
            "checkpoint's own."
        ) from error
    for site in sites:
        site.p = dropout


def set_every_dropout(network: Any, dropout: float) -> None:
    """Set every dropout of a network: embeddings, attention, layers and head.

    Only the one inside a feed-forward part is left alone where it is off: neither BERT nor ERNIE
    was pretrained with it, and the networks have it because their building block does.
    """
    nn = load_paddle().nn
    layers = network.sublayers(include_self=True)
    inside = [each.dropout for each in layers if isinstance(each, nn.TransformerEncoderLayer)]
    off = {id(site) for site in inside if site.p == 0}
    for layer in layers:
        if isinstance(layer, nn.Dropout) and id(layer) not in off:
            layer.p = dropout
        elif isinstance(layer, nn.MultiHeadAttention):
            layer.dropout = dropout


@dataclass(frozen=True, slots=True)
class DropoutSite:
    """A dropout of a network, as it was at some moment.

    Attributes:
        layer: What drops out.
        attribute: Its attribute that says how much.
        share: The share that it was.
    """

    layer: Any
    attribute: str
    share: float


def dropouts_of(network: Any) -> tuple[DropoutSite, ...]:
    """Note every dropout of a network, so that ``reset_dropouts`` can put it back."""
    nn = load_paddle().nn
    found = []
    for layer in network.sublayers(include_self=True):
        if isinstance(layer, nn.Dropout):
            found.append(DropoutSite(layer, "p", layer.p))
        elif isinstance(layer, nn.MultiHeadAttention):
            found.append(DropoutSite(layer, "dropout", layer.dropout))
    return tuple(found)


def reset_dropouts(sites: tuple[DropoutSite, ...]) -> None:
    """Put every dropout back to what it was when it was noted."""
    for site in sites:
        setattr(site.layer, site.attribute, site.share)
