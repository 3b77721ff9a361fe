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
    middle_of,
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
from autoclue.search.sampling.tpe import Tpe

__all__ = [
    "SAMPLERS",
    "Beginning",
    "CmaEs",
    "Draw",
    "Drawers",
    "Gp",
    "GridSearch",
    "HaZero",
    "Population",
    "Proposer",
    "Pshe2",
    "RandomSearch",
    "Round",
    "Sampler",
    "Tpe",
    "ask",
    "ask_again",
    "ask_baseline",
    "ask_point",
    "ask_start",
    "check_sampler",
    "exhausted",
    "find_population",
    "middle_of",
    "start_of",
    "start_value",
    "values_at",
]
