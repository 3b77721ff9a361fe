"""The one door to a model's folder: what it holds, whoever wrote it, before anything is built."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from autoclue.errors import UsageError, one_door
from autoclue.models.folders.architectures import (
    Architecture,
    by_class,
    by_family,
    by_prefix,
    known_families,
)
from autoclue.models.folders.config_file import ConfigFile, read_config, read_json
from autoclue.models.folders.matching import Match, match_weights
from autoclue.models.folders.names import style_of
from autoclue.models.folders.tokenizers import TokenizerChoice, choose_tokenizer
from autoclue.models.weights import StoredArray, read_weights

Layout = Literal["PaddleNLP", "old PaddleNLP", "Hugging Face", "TensorFlow"]

_FOREIGN_KEYS = (
    *("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads"),
    *("intermediate_size", "hidden_act", "hidden_dropout_prob", "attention_probs_dropout_prob"),
    *("max_position_embeddings", "type_vocab_size", "initializer_range", "layer_norm_eps"),
    *("pad_token_id", "embedding_size", "use_task_id", "task_type_vocab_size", "task_id"),
    *("num_hidden_groups", "inner_group_num", "max_relative_position", "use_relative_position"),
    *("rotary_value", "classifier_dropout"),
)
"""What is taken over from the configuration of another framework."""

_REQUIRED = ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads")
_FORMS = (
    ("model.safetensors", "*.safetensors"),
    ("model_state.pdparams", "model_state*.pdparams"),
    ("pytorch_model.bin", "pytorch_model*.bin"),
    ("bert_model.ckpt.index", "*.index"),
)
"""Files of weights, the first that is there counts: PaddleNLP looks in this order too."""


@dataclass(frozen=True, slots=True)
class HubOrigin:
    """Where a folder comes from that was put together of files of PaddleNLP's hub.

    Attributes:
        name: The model's name on the hub.
        files: The folder of PaddleNLP's cache with its files.
        tabled: Whether its configuration is PaddleNLP's own for that name, and no file beside the
            weights. Some published weights hold more than it asks for, which is left out.
    """

    name: str
    files: Path
    tabled: bool


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """What a model's folder holds.

    Attributes:
        path: The folder.
        layout: Whose form it is in.
        architecture: What network it describes.
        config: The configuration, as PaddleNLP's configuration class of it takes it.
        sizes: The network's sizes, as far as they are said.
        weights: The stored arrays by their names.
        tokenizer: How its tokenizer is made.
        notes: What was derived or left alone, in words.
        hub: Where it comes from, if from PaddleNLP's hub.
    """

    path: Path
    layout: Layout
    architecture: Architecture
    config: Mapping[str, Any]
    sizes: Mapping[str, int]
    weights: Mapping[str, StoredArray]
    tokenizer: TokenizerChoice
    notes: tuple[str, ...]
    hub: HubOrigin | None = None

    def match(self, expected: Mapping[str, tuple[int, ...]]) -> Match:
        """Find a stored array for every parameter of the encoder.

        Args:
            expected: Shapes of the parameters, by PaddleNLP's names below the network's prefix.

        Raises:
            UnfitWeightsError: The weights don't fit.
        """
        shapes = {name: each.shape for name, each in self.weights.items()}
        hub, rules = self.hub, self.architecture.rules
        if hub is None:
            return match_weights(shapes, expected, rules=rules, origin=str(self.path))
        return match_weights(
            shapes,
            expected,
            rules=rules,
            origin=f"{hub.name!r} of PaddleNLP's hub",
            way_out=f"remove {hub.files} to have them fetched anew, or take another model",
            surplus_is_left=hub.tabled,
        )


def open_model(folder: Path, *, hub: HubOrigin | None = None) -> ModelFolder:
    """Look at a model's folder; no network is built and no code of the folder is run.

    Args:
        folder: A folder of PaddleNLP, new or old, of Hugging Face, or a checkpoint of TensorFlow
            as Google, CLUE and HFL publish them.
        hub: Where it comes from, if from PaddleNLP's hub.

    Raises:
        UsageError: A part is missing, can't be read, or asks for what is not supported.
    """
    with one_door(lambda why: UsageError(f"The model in {folder} can't be read: {why}.")):
        return _open(folder, hub)


def _open(folder: Path, hub: HubOrigin | None) -> ModelFolder:
    config = read_config(folder)
    weights = read_weights(weight_files(folder))
    architecture, why = _architecture(config, weights)
    _check_size(config, architecture, weights)
    layout = _layout(config, weights)
    ours = layout in ("PaddleNLP", "old PaddleNLP")
    tokenizer = choose_tokenizer(folder, architecture, ours=ours)
    notes = [why, tokenizer.derived]
    if config.names_code:
        notes.append(f"{config.path.name} names code of its own, which isn't run")
    return ModelFolder(
        path=folder,
        layout=layout,
        architecture=architecture,
        config=_own(config, architecture) if ours else _translated(config, architecture),
        sizes={name: size for name in _SIZES if (size := config.size(name)) is not None},
        weights=weights,
        tokenizer=tokenizer,
        notes=tuple(note for note in notes if note),
        hub=hub,
    )


def _check_size(
    config: ConfigFile, architecture: Architecture, weights: Mapping[str, StoredArray]
) -> None:
    """Refuse a configuration whose network would be far larger than its weights.

    Each size may be one that is believed, and all of them together fill any memory.

    Raises:
        UsageError: It is.
    """
    if architecture.rules == "albert":
        return  # its layers share their weights
    names = ("num_hidden_layers", "hidden_size", "intermediate_size", "vocab_size")
    layers, wide, inner, pieces = (config.size(name) or 0 for name in names)
    positions = config.size("max_position_embeddings") or 0
    described = layers * 2 * wide * (2 * wide + inner) + wide * (pieces + positions)
    stored = sum(math.prod(each.shape) for each in weights.values())
    if described > 2 * stored + SMALLEST_SURPLUS:
        raise UsageError(
            f"{config.path} describes a network of {described:,} numbers, but the weights beside "
            f"it hold {stored:,}; give the configuration that belongs to the weights."
        )


SMALLEST_SURPLUS = 10_000_000
"""Numbers that a network may have beyond its weights, whatever they are."""

_SIZES = (
    *("num_hidden_layers", "hidden_size", "num_attention_heads", "intermediate_size"),
    *("vocab_size", "max_position_embeddings", "type_vocab_size"),
)


def weight_files(folder: Path) -> list[Path]:
    """Find the files of a model's weights.

    Raises:
        UsageError: There are none, or several that belong to different models.
    """
    for whole, pattern in _FORMS:
        index = folder / f"{whole}.index.json"
        if index.is_file():
            return _parts(folder, index)
        if (folder / whole).is_file():
            return [folder / whole]
        found = [path for path in sorted(folder.glob(pattern)) if path.is_file()]
        if len(found) == 1 or (found and all("-of-" in path.name for path in found)):
            return found
        if found:
            raise UsageError(
                f"Folder {str(folder)!r} holds several files of weights "
                f"({', '.join(path.name for path in found[:4])}); leave one."
            )
    raise UsageError(
        f"Folder {str(folder)!r} lacks weights; allowed: {', '.join(form for form, _ in _FORMS)}."
    )


def _parts(folder: Path, index: Path) -> list[Path]:
    """List the files that an index of parts names; all must lie in the folder itself."""
    named = read_json(index).get("weight_map")
    if not isinstance(named, dict) or not named:
        raise UsageError(f"{index} names no parts.")
    files = sorted({str(name) for name in named.values()})
    for name in files:
        if PurePosixPath(name).name != name or not (folder / name).is_file():
            raise UsageError(f"{index} names {name[:100]!r}, which isn't in the folder.")
    return [folder / name for name in files]


def _architecture(config: ConfigFile, weights: Iterable[str]) -> tuple[Architecture, str]:
    """Decide what network a folder describes, and say so where it had to be derived.

    The published form of CLUE's RoBERTa is a BERT by its weights under the name of RoBERTa, whose
    positions are counted otherwise; there the weights decide.

    Raises:
        UsageError: It is none that can be trained, or nothing says which.
    """
    named = _named(config)
    told = named or by_prefix(weights)
    if told is None and config.path.name == "bert_config.json":
        told = by_family("bert")
    if told is None:
        raise UsageError(
            f'{config.path} doesn\'t say which architecture it is; add "model_type", one of '
            f"{known_families()}."
        )
    inside = by_prefix(weights)
    if told.family == "roberta" and inside is not None and inside.family == "bert":
        return inside, (
            f"{config.path.name} says roberta, but the weights are those of a bert; they are "
            "trained as that"
        )
    return told, "" if named is not None else f"its architecture is taken for {told.family}"


def _named(config: ConfigFile) -> Architecture | None:
    """Return the architecture that a configuration names; ``None`` where it names none.

    Raises:
        UsageError: It names one that can't be trained.
    """
    listed = config.flat.get("architectures")
    classes = [config.raw.get("init_class"), *(listed if isinstance(listed, list) else [])]
    given = [each for each in classes if isinstance(each, str) and each]
    for name in given:
        if (found := by_class(name)) is not None:
            return found
    family = config.flat.get("model_type")
    if isinstance(family, str) and family:
        if (found := by_family(family)) is not None:
            return found
        given.append(family)
    if given:
        raise UsageError(
            f"{config.path} describes {given[0][:100]!r}, which can't be trained; allowed are "
            f"{known_families()}."
        )
    return None


def _layout(config: ConfigFile, weights: Iterable[str]) -> Layout:
    style = style_of(weights)
    if style == "tensorflow":
        return "TensorFlow"
    if style == "torch":
        return "Hugging Face"
    return "old PaddleNLP" if config.path.name == "model_config.json" else "PaddleNLP"


def _own(config: ConfigFile, architecture: Architecture) -> dict[str, Any]:
    """Take a configuration of PaddleNLP's as it is, but for a family that the weights deny."""
    told = "model_type" in config.raw
    return {**config.raw, **({"model_type": architecture.family} if told else {})}


def _translated(config: ConfigFile, architecture: Architecture) -> dict[str, Any]:
    """Take over what PaddleNLP knows from the configuration of another framework.

    Raises:
        UsageError: A size is missing.
    """
    kept = {key: config.flat[key] for key in _FOREIGN_KEYS if key in config.flat}
    missing = [name for name in _REQUIRED if config.size(name) is None]
    if missing:
        raise UsageError(f"{config.path} lacks {', '.join(missing)}.")
    return {**architecture.defaults, **kept, "model_type": architecture.family}
