"""What a population has done: its rounds, or who went on from whom."""

from autoclue.reporting.sections.populations.lineage import (
    PopulationInfo,
    chosen_words,
    population_figure,
    population_info,
)
from autoclue.reporting.sections.populations.rounds import rounds_figure, rounds_info

__all__ = [
    "PopulationInfo",
    "chosen_words",
    "population_figure",
    "population_info",
    "rounds_figure",
    "rounds_info",
]
