"""The architectures whose folders can be opened, and what their files leave unsaid."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from autoclue.errors import UsageError

Rules = Literal["bert", "nezha", "albert", "none"]


@dataclass(frozen=True, slots=True)
class Architecture:
    """One architecture.

    Attributes:
        family: PaddleNLP's name of it, which ``model_type`` in a configuration holds.
        class_name: How its classes begin in PaddleNLP, such as ``Bert``.
        tokenizer: PaddleNLP's tokenizer for a folder that names none.
        rules: How names of Hugging Face and TensorFlow become PaddleNLP's.
        defaults: What Hugging Face's configuration leaves out where it is the default there.
        heads: How the PaddleNLP classes that autoclue can train end; empty for all there are.
    """

    family: str
    class_name: str
    tokenizer: str
    rules: Rules = "bert"
    defaults: Mapping[str, object] = field(default_factory=dict)
    heads: tuple[str, ...] = ()

    def has_head(self, kind: str) -> bool:
        """Return whether autoclue can train it with a kind of PaddleNLP's heads."""
        return kind == "Model" or not self.heads or kind in self.heads


_BERT_DEFAULTS: Mapping[str, object] = MappingProxyType(
    {
        "type_vocab_size": 2,
        "max_position_embeddings": 512,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "attention_probs_dropout_prob": 0.1,
        "initializer_range": 0.02,
        "layer_norm_eps": 1e-12,
        "pad_token_id": 0,
    }
)
"""Source: ``BertConfig`` of Transformers 4; PaddleNLP's own differ, 16 segments for one."""

ARCHITECTURES: tuple[Architecture, ...] = (
    Architecture("ernie", "Ernie", "ErnieTokenizer", defaults=_BERT_DEFAULTS),
    Architecture(
        *("ernie_gram", "ErnieGram", "ErnieGramTokenizer"),
        defaults=_BERT_DEFAULTS,
        heads=("ForSequenceClassification", "ForQuestionAnswering"),
    ),
    Architecture("bert", "Bert", "BertTokenizer", defaults=_BERT_DEFAULTS),
    Architecture(
        *("roberta", "Roberta", "RobertaChineseTokenizer"),
        defaults=MappingProxyType({**_BERT_DEFAULTS, "pad_token_id": 1}),
    ),
    Architecture("tinybert", "TinyBert", "TinyBertTokenizer", defaults=_BERT_DEFAULTS),
    Architecture("roformer", "RoFormer", "RoFormerTokenizer", defaults=_BERT_DEFAULTS),
    Architecture("roformerv2", "RoFormerv2", "RoFormerv2Tokenizer", "none"),
    Architecture("electra", "Electra", "ElectraTokenizer", defaults=_BERT_DEFAULTS),
    Architecture(
        *("nezha", "NeZha", "NeZhaTokenizer", "nezha"),
        defaults=MappingProxyType(
            {**_BERT_DEFAULTS, "max_relative_position": 64, "use_relative_position": True}
        ),
    ),
    Architecture(
        *("albert", "Albert", "AlbertChineseTokenizer", "albert"), defaults=_BERT_DEFAULTS
    ),
    Architecture("xlnet", "XLNet", "XLNetTokenizer", "none", heads=("ForSequenceClassification",)),
)

_AFTER_NAME = r"(?=Model|For|LM|Pre|Discriminator|Generator|$)"


def by_family(name: str) -> Architecture | None:
    """Return the architecture that a ``model_type`` names; ``None`` for none of these."""
    wanted = name.strip().lower().replace("-", "_")
    return next((each for each in ARCHITECTURES if each.family == wanted), None)


def by_class(name: str) -> Architecture | None:
    """Return the architecture of a class such as ``BertForMaskedLM``; ``None`` for none."""
    return next(
        (
            each
            for each in ARCHITECTURES
            if re.match(re.escape(each.class_name) + _AFTER_NAME, name, re.IGNORECASE)
        ),
        None,
    )


def by_prefix(names: Iterable[str]) -> Architecture | None:
    """Return the architecture that the first part of some names tells; ``None`` where none does.

    Args:
        names: Names of arrays, such as ``bert.embeddings.word_embeddings.weight``.
    """
    parts = {part for name in names for part in re.split(r"[./]", name)[:3]}
    found = [each for each in ARCHITECTURES if each.family in parts]
    return found[0] if len(found) == 1 else None


def known_families() -> str:
    """List the architectures in words."""
    return ", ".join(sorted(each.family for each in ARCHITECTURES))


def no_such_head(location: str, auto: str) -> UsageError:
    """Build the error for an architecture without a head for the task.

    Args:
        location: Hub name or folder.
        auto: PaddleNLP's Auto class of the head.
    """
    return UsageError(
        f"The model {location!r} is of a family for which PaddleNLP has no {auto}; give a model "
        "of another family, such as an ERNIE or a BERT."
    )
