"""Samplers that propose whole rounds: HAZero and PSHE2 of PaddleHub."""

from autoclue.search.sampling.population.coordinates import (
    middle_of,
    start_of,
    start_value,
    values_at,
)
from autoclue.search.sampling.population.going_on import better_half, origins
from autoclue.search.sampling.population.hazero import HaZero
from autoclue.search.sampling.population.population import Beginning, Population, Round
from autoclue.search.sampling.population.pshe2 import Pshe2

__all__ = [
    "Beginning",
    "HaZero",
    "Population",
    "Pshe2",
    "Round",
    "better_half",
    "middle_of",
    "origins",
    "start_of",
    "start_value",
    "values_at",
]
