"""What a log scale of the learning rate is worth on AutoFinetune's ranges.

    python -m benchmarks.populations.log_scale --seeds 200

Each sampler searches the two spaces that ship, ``autofinetune`` and ``autofinetune_log``, over
formulas instead of training: rounds of 16, ten of them, from the published initial values and from
a far one. The best point of a formula is one of the four published winners. ``log`` loses with the
distance of the rate on a log scale, as fine-tuning does; ``linear`` with that on a linear scale,
which the original's scale was right for. What is left to the best possible score is the gap, here
in thousandths; the median over seeds and winners.
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from autoclue.models import published_settings
from autoclue.records import Scalar
from autoclue.search.sampling import Beginning, Round, find_population, start_of, values_at
from autoclue.space import SearchSpace, load_space

SPACES: Final = ("autofinetune", "autofinetune_log")
SAMPLERS: Final = ("hazero", "pshe2", "random")
FORMULAS: Final = ("log", "linear")
TASKS: Final = ("xnli", "lcqmc", "tnews", "inews")
MODEL: Final = "hfl/roberta-wwm-ext-large"
MEMBERS: Final = 16
ROUNDS: Final = 10
STARTS: Final = (5e-5, 1e-3)
"""AutoFinetune's own initial learning rate, and that of PaddleHub's demonstration for text."""
SHOWN: Final = (1, 3, 5, 10)
"""Rounds after which the gap is shown."""
LOW_RATE: Final = 2.5e-5
"""All four winners lie below it."""


def searched_space(name: str, start: float) -> SearchSpace:
    """Load a space with what it searches alone, and let it begin at a rate."""
    found = {n: p for n, p in load_space(name).parameters.items() if n in _SPANS}
    rate = found["learning_rate"].model_copy(update={"init": start})
    return SearchSpace(name, {**found, "learning_rate": rate})


_SPANS: Final[Mapping[str, float]] = {"learning_rate": 4.995e-3, "blocks": 12, "factor": 0.2}
"""Width of each range."""


def gap(formula: str, values: Mapping[str, Scalar], best: Mapping[str, float]) -> float:
    """Return how far below the best score some values are, in [0, 1]."""

    def away(name: str) -> float:
        return (float(values[name] or 0) - best[name]) / _SPANS[name]

    rate = away("learning_rate")
    if formula == "log":
        decades = math.log10(float(values["learning_rate"] or 0) / best["learning_rate"])
        rate = decades / 3  # the range has three decades
    return 0.1 * math.hypot(rate, away("blocks"), away("factor"))


def search(
    sampler: str, space: SearchSpace, formula: str, best: Mapping[str, float], seed: int
) -> tuple[list[float], float]:
    """Search once.

    Returns:
        The lowest gap after each round, and the share of the first round's rates that lie as low
        as the winners.
    """
    population = find_population(sampler) if sampler != "random" else None
    begin, lowest = Beginning(start_of(space, {}), MEMBERS, seed), 1.0
    rounds: list[Round] = []
    found: list[float] = []
    drawn, low = np.random.RandomState(seed), 0.0
    for number in range(ROUNDS):
        if population is None:
            units = [tuple(row) for row in drawn.uniform(-1, 1, (MEMBERS, len(begin.start)))]
            vectors: Sequence[tuple[float, ...]] = units
        else:
            vectors = population.propose(rounds, begin)
            units = [population.inside(each) for each in vectors]
        points = [values_at(space, each) for each in units]
        gaps = [gap(formula, point, best) for point in points]
        if number == 0:
            low = float(np.mean([float(p["learning_rate"] or 0) <= LOW_RATE for p in points]))
        rounds.append(Round(tuple(vectors), tuple(1 - each for each in gaps)))
        lowest = min(lowest, *gaps)
        found.append(lowest)
    return found, low


def winners() -> list[dict[str, float]]:
    """Return the settings of the four published winners."""
    rows = [published_settings(MODEL, task, "autofinetune").settings for task in TASKS]
    return [{name: float(row[name]) for name in _SPANS} for row in rows]


def table(seeds: int) -> list[str]:
    """Return the table's rows."""
    heads = " | ".join(f"round {number}" for number in SHOWN)
    head = f"| formula | start | sampler | space | low rates | {heads} |"
    lines = [head, "|---" * (head.count("|") - 1) + "|"]
    for formula, start in itertools.product(FORMULAS, STARTS):
        for sampler in SAMPLERS:
            for name in SPACES:
                space = searched_space(name, start)
                runs = [
                    search(sampler, space, formula, best, seed)
                    for best in winners()
                    for seed in range(seeds)
                ]
                medians = np.median([gaps for gaps, _ in runs], axis=0)
                low = np.mean([share for _, share in runs])
                told = " | ".join(f"{1000 * medians[number - 1]:.2f}" for number in SHOWN)
                lines.append(
                    f"| {formula} | {start:g} | {sampler} | `{name}` | {low:.0%} | {told} |"
                )
    return lines


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100, help="searches for each of the winners")
    print("\n".join(table(parser.parse_args().seeds)))


if __name__ == "__main__":
    main()
