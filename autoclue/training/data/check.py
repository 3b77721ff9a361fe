"""Look at a task's data before anything is trained, and at how a model sees it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoclue.models import resolve_model, shipped_folder
from autoclue.tasks import (
    DataFacts,
    TaskData,
    data_facts,
    load_task,
    normal_data,
    open_data,
    sized_data,
)
from autoclue.training.heads import make_head
from autoclue.training.model import check_model_fits, load_tokenizer, location_of

MOST_ROWS = 5000
"""Rows of each part that are tokenized; of more, as many in even distances."""
ENDLESS_TOKENS = 1_000_000
"""Longer than any input, so that nothing is cut while lengths are measured."""
ODD_SHARE = 0.01
"""Share of unknown tokens or cut rows from which on it is said in a sentence."""


@dataclass(frozen=True, slots=True)
class TokenFacts:
    """How a part's rows look to a model.

    Attributes:
        split: Name of the part.
        rows: How many rows were tokenized.
        tokens: Tokens of the median input, of one in twenty that is longer, and of the longest,
            special tokens included.
        cut: Rows that are longer than the task's longest input.
        unknown: Tokens that the vocabulary doesn't have.
        all_tokens: Tokens in all.
    """

    split: str
    rows: int
    tokens: tuple[int, int, int]
    cut: int
    unknown: int
    all_tokens: int


@dataclass(frozen=True, slots=True)
class DataCheck:
    """Everything that a check of a task's data has found.

    Attributes:
        facts: The picture of the rows that can be used.
        bad_rows: All rows that can't be read, each with its place.
        stops: Whether they stop every command.
        model: The model, where one was given.
        tokens: How the rows look to it.
        model_notes: What was derived, mapped or left out of its folder, a clause each.
    """

    facts: DataFacts
    bad_rows: tuple[str, ...]
    stops: bool
    model: str | None = None
    tokens: tuple[TokenFacts, ...] = ()
    model_notes: tuple[str, ...] = ()

    @property
    def warnings(self) -> tuple[str, ...]:
        """What may make scores worthless or a training pointless, a clause each."""
        return (*self.facts.warnings, *_about_tokens(self))


def check_data(
    task: str,
    *,
    data: str = "download",
    builtin_size: str | None = None,
    model: str | None = None,
) -> DataCheck:
    """Look at a task's data before anything is trained.

    Args:
        task: A registered task or the path of a task file.
        data: Where the rows come from, as ``--data`` takes it.
        builtin_size: With ``builtin``: its size.
        model: Hub name, folder or ``builtin``, whose vocabulary is to be looked at too.

    Raises:
        UsageError: The task, a file as a whole or the model can't be read, or no row can.

    Examples:
        >>> from autoclue.training.data import check_data
        >>> check = check_data("ocnli", data="builtin:tiny")
        >>> [(part.split, part.rows) for part in check.facts.splits]
        [('train', 158), ('dev', 99), ('test', 100)]
        >>> check.bad_rows
        ()
    """
    found = open_data(load_task(task), normal_data(sized_data(data, builtin_size)))
    bad = tuple(str(row.error) for split in found.splits for row in found.bad_rows(split))
    stops = bool(bad) and getattr(found.spec, "on_bad_row", "stop") == "stop"
    if stops:
        spec = found.spec.model_copy(update={"on_bad_row": "skip"})
        found = TaskData(spec, found.origin, found.synthetic, found.files)
    examples = {split: found.examples(split) for split in found.splits}
    facts = data_facts(
        found,
        examples,
        max_length_tokens=found.spec.recipe.max_length_tokens,
        left_out=() if stops else bad,
    )
    if model is None:
        return DataCheck(facts, bad, stops)
    source = resolve_model(model)
    notes = check_model_fits(
        *(source, found.spec, examples["train"], make_head(found.spec).layers), fetch=True
    )
    location = str(shipped_folder()) if source.kind == "builtin" else location_of(source)
    tokens = tuple(_tokens(found, location, examples))
    return DataCheck(facts, bad, stops, model, tokens, notes)


def _tokens(
    data: TaskData, location: str, examples: Mapping[str, Sequence[Any]]
) -> Iterator[TokenFacts]:
    """Tokenize rows of each part and measure them."""
    tokenizer, head = load_tokenizer(location), make_head(data.spec)
    limit = data.spec.recipe.max_length_tokens
    windowed = not data.spec.output_labels
    for split, rows in examples.items():
        some = [rows[i] for i in _evenly(len(rows), MOST_ROWS)]
        length = limit if windowed else ENDLESS_TOKENS
        features = head.encode(some, tokenizer, max_length_tokens=length)
        lengths = np.sort(features.lengths)
        yield TokenFacts(
            split=split,
            rows=len(some),
            tokens=(
                int(lengths[len(lengths) // 2]),
                int(lengths[-1 - len(lengths) // 20]),
                int(lengths[-1]),
            ),
            cut=int((lengths > limit).sum()),
            unknown=int((features.ids == tokenizer.unk_token_id).sum()),
            all_tokens=len(features.ids),
        )


def _evenly(rows: int, most: int) -> list[int]:
    if rows <= most:
        return list(range(rows))
    return [place * rows // most for place in range(most)]


def _about_tokens(check: DataCheck) -> Iterator[str]:
    limit = check.facts.max_length_tokens
    for part in check.tokens:
        if part.cut >= ODD_SHARE * part.rows:
            yield (
                f"{part.cut / part.rows:.1%} of {part.split} are longer than {limit} tokens and "
                f"are cut; the longest has {part.tokens[2]:,}"
            )
        if part.unknown >= ODD_SHARE * part.all_tokens:
            yield (
                f"{part.unknown / part.all_tokens:.1%} of the tokens of {part.split} are unknown "
                f"to {check.model}"
            )
