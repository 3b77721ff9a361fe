"""Outside curves on which nothing here was chosen: translation systems trained from scratch.

They are the other part of the dataset that ``nmtlc/finetune.json`` comes from (Zhang and Duh,
AMTA 2024): ``lc_datasets/nmtlc.pkl`` of the public repository Este1le/hpo_nmt at 7bd0a402.
"""

from __future__ import annotations

import io
import math
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.search_quality.curve_tables import Table, make_table

MOST_EVALUATIONS = 75
PARAMETERS = ("initial_lr", "model_size", "ff_num_hidden", "num_layers", "bpe")
MANY_VOCABULARIES = ("so", "sw")
"""Source languages with six sizes of vocabulary; each size is a table by itself."""


class _OnlyData(pickle.Unpickler):
    """Reads numbers, texts, lists and mappings, and refuses whatever would run code."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        """Refuse every class and function.

        Raises:
            pickle.UnpicklingError: Always.
        """
        raise pickle.UnpicklingError(f"it names {module_name}.{global_name}, which is not data")


def load_scratch_tables(path: Path) -> list[Table]:
    """Read the tables of 36 to 99 configurations; a score is the perplexity with its sign changed.

    Where a configuration was trained several times (the number of attention heads isn't in the
    file), the first counts. Where the longest curve has more than 75 evaluations, every second,
    third, ... is taken, so that it has no more.

    Args:
        path: The pickle, of which nothing but plain data is read.

    Raises:
        ValueError: The file is no such pickle.
    """
    try:
        rows = _OnlyData(io.BytesIO(path.read_bytes())).load()
        by_table: dict[str, dict[tuple[Any, ...], Sequence[float]]] = {}
        for row in (row for row in rows if row["task"] == "scratch"):
            name, config = _place(row)
            curves = by_table.setdefault(name, {})
            curves.setdefault(tuple(config.items()), row["perplexity_curve"])
    except (pickle.UnpicklingError, EOFError, KeyError, TypeError, IndexError) as error:
        raise ValueError(f"{path} is not nmtlc.pkl of Este1le/hpo_nmt: {error}") from error
    if not by_table:
        raise ValueError(f"{path} is not nmtlc.pkl of Este1le/hpo_nmt: it holds no such runs")
    return [_table(name, curves) for name, curves in sorted(by_table.items())]


def _place(row: Mapping[str, Any]) -> tuple[str, dict[str, int | float]]:
    """Return the table that a run belongs to, and its configuration there."""
    config = {name: row["hyperparams"][name] for name in PARAMETERS}
    name = f"{row['src']}-{row['trg']}"
    if row["src"] in MANY_VOCABULARIES:
        name += f" bpe {config.pop('bpe')}"
    return name, config


def _table(name: str, curves: Mapping[tuple[Any, ...], Sequence[float]]) -> Table:
    every = math.ceil(max(map(len, curves.values())) / MOST_EVALUATIONS)
    scores = [
        [-value for value in curve[every - 1 :: every] or curve[-1:]] for curve in curves.values()
    ]
    return make_table(name, [dict(config) for config in curves], scores)
