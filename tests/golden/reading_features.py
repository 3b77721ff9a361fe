"""Features in the form in which the published scripts' features were recorded."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from autoclue.tasks.decoding.answers import OUTSIDE
from autoclue.training.heads.blanks import encode_blanks
from autoclue.training.heads.choices import encode_choices
from autoclue.training.heads.windows import SpanWindow, encode_spans
from tests.golden.reading_rows import Examples

Fields = dict[str, list[Any]]
C3_CHOICES = 4


def encode(
    task: str, rows: Any, tokenizer: Any, *, length: int, hop: int = 128, cut_again: bool = False
) -> Any:
    """Make a task's features as the published script does."""
    if task == "cmrc2018":
        return encode_spans(rows, tokenizer, max_length_tokens=length, hop_tokens=hop)
    if task == "c3":
        return encode_choices(
            *(rows, tokenizer),
            max_length_tokens=length,
            num_choices=C3_CHOICES,
            cut_again=cut_again,
        )
    return encode_blanks(rows, tokenizer, max_length_tokens=length, cut_again=cut_again)


def as_recorded(task: str, features: Sequence[Any], rows: Examples) -> Fields:
    """Spell features as the scripts' features were recorded, a list of values by field."""
    fields: Fields = {
        "input_ids": [feature.input_ids.tolist() for feature in features],
        "token_type_ids": [feature.token_type_ids.tolist() for feature in features],
    }
    if task == "cmrc2018":
        return {**fields, **_window_fields(features, rows)}
    labels = [feature.label for feature in features]
    if task == "c3":
        return {**fields, "labels": [[label] for label in labels]}
    groups = [rows[feature.example].group for feature in features]
    return {**fields, "labels": labels, "example_ids": groups}


def _window_fields(windows: Sequence[SpanWindow], rows: Examples) -> Fields:
    return {
        "start_positions": [window.start for window in windows],
        "end_positions": [window.end for window in windows],
        "example_id": [rows[window.example].id for window in windows],
        "offset_mapping": [
            [None if pair[0] == OUTSIDE else pair for pair in window.offsets.tolist()]
            for window in windows
        ],
    }


def digest(values: Iterable[object]) -> str:
    """Hash values as the recorded digests were made: a line of JSON each."""
    lines = (json.dumps(v, ensure_ascii=False, separators=(",", ":")) + "\n" for v in values)
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def digests(fields: Fields, names: Iterable[str]) -> dict[str, str]:
    """Hash some fields, each by itself."""
    return {name: digest(fields[name]) for name in names}
