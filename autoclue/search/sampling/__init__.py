"""Which configuration to try next: samplers, their history and the initial design."""

from autoclue.search.sampling.ask import ask, ask_again, ask_baseline, ask_point, exhausted
from autoclue.search.sampling.cmaes_sampler import CmaEs
from autoclue.search.sampling.gp import Gp
from autoclue.search.sampling.grid_search import GridSearch
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.sampling.random_search import RandomSearch
from autoclue.search.sampling.sampler import SAMPLERS, Draw, Drawers, Sampler, check_sampler
from autoclue.search.sampling.segments import (
    DEFAULT_MEMBERS,
    Course,
    Exchanger,
    Gain,
    MemberStanding,
    Pb2,
    Pbt,
    Question,
    boundary_steps,
    draws_of,
    fates_of,
    find_exchanger,
    first_values,
    perturbable,
)
from autoclue.search.sampling.tpe import Tpe

__all__ = [
    "DEFAULT_MEMBERS",
    "SAMPLERS",
    "CmaEs",
    "Course",
    "Draw",
    "Drawers",
    "Exchanger",
    "Gain",
    "Gp",
    "GridSearch",
    "MemberStanding",
    "Pb2",
    "Pbt",
    "Proposer",
    "Question",
    "RandomSearch",
    "Sampler",
    "Tpe",
    "ask",
    "ask_again",
    "ask_baseline",
    "ask_point",
    "boundary_steps",
    "check_sampler",
    "draws_of",
    "exhausted",
    "fates_of",
    "find_exchanger",
    "first_values",
    "perturbable",
]
