"""The naming rules of each architecture: data only, one entry a family.

The names were read from PaddleNLP 2.8's ``*ForSequenceClassification`` classes. A new family is
one more entry in `FAMILIES`. RBT and RBTL are RoBERTa models in PaddleNLP, MacBERT is a BERT
model, and ERNIE 1.0, 2.0 and 3.0 share one class.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Family:
    """How one architecture names its parameters.

    Every rule is a regular expression that must match from the first character of the name on.

    Attributes:
        prefix: First component of the encoder's names; it tells the families apart.
        embeddings: Rules for depth 0, below the prefix.
        layer: Rule for the encoder layers, below the prefix; its one capture is the layer's number
            counted from 0 at the bottom.
        head: Rules for depth L+1, below the prefix (poolers and the like).
        top: Rules for depth L+1 outside the prefix (the classifier).
    """

    prefix: str
    embeddings: tuple[str, ...] = (r"embeddings\.", r"embeddings_project\.")
    layer: str = r"encoder\.layers\.(\d+)\."
    head: tuple[str, ...] = (r"pooler\.",)
    top: tuple[str, ...] = (r"classifier\.",)


FAMILIES: Mapping[str, Family] = MappingProxyType(
    {
        "ernie": Family("ernie"),
        "ernie_gram": Family("ernie_gram"),
        "bert": Family("bert"),
        "roberta": Family("roberta"),
        # The fit layers map hidden states to a teacher's size; fine-tuning doesn't use them.
        "tinybert": Family("tinybert", head=(r"pooler\.", r"fit_dense\.", r"fit_denses\.")),
        "roformer": Family("roformer"),
        "roformerv2": Family("roformerv2"),
        "electra": Family("electra"),
        "nezha": Family("nezha", layer=r"encoder\.layer\.(\d+)\."),
        # The layers of a group share their weights, so a group is one depth.
        "albert": Family(
            "transformer",
            embeddings=(r"embeddings\.", r"encoder\.embedding_hidden_mapping_in\."),
            layer=r"encoder\.albert_layer_groups\.(\d+)\.",
        ),
        "xlnet": Family(
            "transformer",
            embeddings=(r"word_embedding\.", r"mask_emb$"),
            layer=r"layer\.(\d+)\.",
            head=(),
            top=(r"sequence_summary\.", r"classifier\."),
        ),
    }
)
