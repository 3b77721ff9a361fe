"""Check that a folder's parts fit each other and the task, before anything is trained."""

from __future__ import annotations

from collections.abc import Iterable

from autoclue.errors import UsageError
from autoclue.models.catalog import find_model
from autoclue.models.folders.architectures import Architecture, by_family, no_such_head
from autoclue.models.folders.folder import ModelFolder
from autoclue.models.folders.tokenizers import NEEDED
from autoclue.models.folders.vocabulary import REFUSED_SHARE, TOLD_SHARE, Vocabulary

SMALL_SHARE = 0.9
WORDS = "embeddings.word_embeddings.weight"


def check_model(
    name: str, opened: ModelFolder | None, texts: Iterable[str], *, head: str | None = None
) -> tuple[str, ...]:
    """Check a model before anything is trained; see ``check_folder``.

    Args:
        name: The model as it was given.
        opened: Its folder; ``None`` for one of PaddleNLP's hub that isn't here yet. Then nothing
            is said but whether it can have the head, where the catalog knows its architecture.
        texts: The task's texts.
        head: How PaddleNLP's class of the head ends, such as ``ForMultipleChoice``.

    Raises:
        UsageError: It can't be read, its architecture has no such head, or its parts don't fit
            each other or the texts.
    """
    architecture = _of_the_catalog(name) if opened is None else opened.architecture
    if head is not None and architecture is not None and not architecture.has_head(head):
        raise no_such_head(name, f"AutoModel{head}")
    return () if opened is None else check_folder(opened, texts)


def _of_the_catalog(name: str) -> Architecture | None:
    card = find_model(name)
    return None if card is None else by_family(card.family)


def encoder_shapes(folder: ModelFolder) -> dict[str, tuple[int, ...]] | None:
    """Derive the parameters of an encoder that is laid out like BERT, without building it.

    Returns:
        Their shapes by PaddleNLP's names below the network's prefix; ``None`` for another
        architecture, or where a size isn't said.
    """
    if folder.architecture.family not in ("bert", "ernie", "roberta"):
        return None
    sizes = dict(folder.sizes)
    try:
        wide, inner = sizes["hidden_size"], sizes["intermediate_size"]
        tables = {
            "word": sizes["vocab_size"],
            "position": sizes["max_position_embeddings"],
            "token_type": sizes["type_vocab_size"],
        }
        layers = sizes["num_hidden_layers"]
    except KeyError:
        return None
    shapes: dict[str, tuple[int, ...]] = {
        f"embeddings.{name}_embeddings.weight": (n, wide) for name, n in tables.items()
    }
    if folder.architecture.family == "ernie" and folder.config.get("use_task_id"):
        kinds = int(folder.config.get("task_type_vocab_size", 3))
        shapes["embeddings.task_type_embeddings.weight"] = (kinds, wide)
    shapes.update(_pair("embeddings.layer_norm", (wide,)))
    for number in range(layers):
        below = f"encoder.layers.{number}"
        for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
            shapes.update(_pair(f"{below}.self_attn.{name}", (wide, wide)))
        shapes.update(_pair(f"{below}.linear1", (wide, inner)))
        shapes.update(_pair(f"{below}.linear2", (inner, wide)))
        shapes.update(_pair(f"{below}.norm1", (wide,)))
        shapes.update(_pair(f"{below}.norm2", (wide,)))
    return {**shapes, **_pair("pooler.dense", (wide, wide))}


def _pair(name: str, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": shape, f"{name}.bias": shape[-1:]}


def check_folder(folder: ModelFolder, texts: Iterable[str]) -> tuple[str, ...]:
    """Check that weights, configuration, vocabulary and texts fit each other.

    Args:
        folder: A model's folder.
        texts: The task's texts; the first thousand are looked at.

    Returns:
        What was derived, mapped, left out or looks odd, a clause each.

    Raises:
        UsageError: Something doesn't fit; the message has the figures.
    """
    shapes = encoder_shapes(folder)
    if shapes is not None:
        mapped = folder.match(shapes).words(folder.architecture.family)
    else:
        foreign = folder.layout in ("Hugging Face", "TensorFlow")
        mapped = (f"its weights are taken over by {folder.layout}'s names",) if foreign else ()
    vocabulary = folder.tokenizer.vocabulary
    if vocabulary is None:
        return (*folder.notes, *mapped)
    _check_specials(folder, vocabulary)
    return (
        *folder.notes,
        *mapped,
        *_about_lines(folder, vocabulary),
        *_about_padding(folder, vocabulary),
        *_about_texts(folder, vocabulary, texts),
    )


def _check_specials(folder: ModelFolder, vocabulary: Vocabulary) -> None:
    specials = folder.tokenizer.specials
    missing = [specials[name] for name in NEEDED if specials[name] not in vocabulary.places]
    if missing:
        raise UsageError(
            f"{vocabulary.path} lacks the special tokens {', '.join(missing)}, which every input "
            "needs; give the vocabulary that belongs to the weights."
        )


def _about_lines(folder: ModelFolder, vocabulary: Vocabulary) -> list[str]:
    """Compare the vocabulary with the table of embeddings.

    Raises:
        UsageError: A piece has no embedding.
    """
    rows = folder.sizes.get("vocab_size")
    if rows is None:
        return []
    if vocabulary.lines > rows:
        raise UsageError(
            f"{vocabulary.path} has {vocabulary.lines:,} lines, but the model has embeddings for "
            f"{rows:,}; give the vocabulary that belongs to the weights."
        )
    if vocabulary.lines < SMALL_SHARE * rows:
        return [
            f"its vocabulary has {vocabulary.lines:,} lines for {rows:,} embeddings: is it the "
            "one that belongs to the weights?"
        ]
    return []


def _about_padding(folder: ModelFolder, vocabulary: Vocabulary) -> list[str]:
    pad = folder.tokenizer.specials["pad_token"]
    place, told = vocabulary.places[pad], folder.config.get("pad_token_id")
    if isinstance(told, int) and told != place:
        return [f"its configuration pads with piece {told}, but {pad} is piece {place}"]
    return []


def _about_texts(folder: ModelFolder, vocabulary: Vocabulary, texts: Iterable[str]) -> list[str]:
    """Measure how many words of the task are unknown.

    Raises:
        UsageError: Most of them are.
    """
    lower = folder.tokenizer.lower
    fit = vocabulary.fit(texts, lower=lower)
    if fit.share >= REFUSED_SHARE:
        raise UsageError(
            f"{fit.share:.0%} of the words in the first rows are unknown to {vocabulary.path} "
            f"({fit.unknown:,} of {fit.words:,}); is it another model's vocabulary?"
        )
    notes = []
    if fit.words and fit.by_case / fit.words >= TOLD_SHARE / 10:
        notes.append(
            f"{fit.by_case / fit.words:.1%} of the words in the first rows are unknown for their "
            "capitals alone; set do_lower_case to true in tokenizer_config.json"
        )
    elif fit.share >= TOLD_SHARE:
        notes.append(f"{fit.share:.1%} of the words in the first rows are unknown")
    if lower and vocabulary.has_capitals:
        notes.append(
            "its vocabulary has capitals, but texts are written in small letters; set "
            "do_lower_case to false in tokenizer_config.json if the model keeps case"
        )
    return notes
