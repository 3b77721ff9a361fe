"""Which configuration to try next: samplers, their history and the initial design."""

from autoclue.search.sampling.ask import (
    ask,
    ask_again,
    ask_baseline,
    ask_point,
    ask_start,
    exhausted,
)
from autoclue.search.sampling.cmaes_sampler import CmaEs
from autoclue.search.sampling.gp import Gp
from autoclue.search.sampling.grid_search import GridSearch
from autoclue.search.sampling.population import (
    Beginning,
    HaZero,
    Population,
    Pshe2,
    Round,
    better_half,
    middle_of,
    origins,
    start_of,
    start_value,
    values_at,
)
from autoclue.search.sampling.proposer import Proposer
from autoclue.search.sampling.random_search import RandomSearch
from autoclue.search.sampling.sampler import (
    SAMPLERS,
    Draw,
    Drawers,
    Sampler,
    check_sampler,
    find_population,
)
from autoclue.search.sampling.segments import (
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
    "SAMPLERS",
    "Beginning",
    "CmaEs",
    "Course",
    "Draw",
    "Drawers",
    "Exchanger",
    "Gain",
    "Gp",
    "GridSearch",
    "HaZero",
    "MemberStanding",
    "Pb2",
    "Pbt",
    "Population",
    "Proposer",
    "Pshe2",
    "Question",
    "RandomSearch",
    "Round",
    "Sampler",
    "Tpe",
    "ask",
    "ask_again",
    "ask_baseline",
    "ask_point",
    "ask_start",
    "better_half",
    "boundary_steps",
    "check_sampler",
    "draws_of",
    "exhausted",
    "fates_of",
    "find_exchanger",
    "find_population",
    "first_values",
    "middle_of",
    "origins",
    "perturbable",
    "start_of",
    "start_value",
    "values_at",
]
