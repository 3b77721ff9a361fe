"""Populations whose members go on from each other's states: PBT and PB2, as pure functions."""

from autoclue.search.sampling.segments.course import Course, boundary_steps
from autoclue.search.sampling.segments.exchanger import (
    Exchanger,
    Gain,
    Question,
)
from autoclue.search.sampling.segments.exploit import MemberStanding, draws_of, fates_of
from autoclue.search.sampling.segments.explore import first_values, perturbable
from autoclue.search.sampling.segments.finding import find_exchanger
from autoclue.search.sampling.segments.pb2 import Pb2
from autoclue.search.sampling.segments.pbt import Pbt

__all__ = [
    "Course",
    "Exchanger",
    "Gain",
    "MemberStanding",
    "Pb2",
    "Pbt",
    "Question",
    "boundary_steps",
    "draws_of",
    "fates_of",
    "find_exchanger",
    "first_values",
    "perturbable",
]
