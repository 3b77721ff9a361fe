"""Layer-wise core: which depth every parameter has, and how each depth is trained.

Nothing here needs a deep-learning package except `autoclue.layers.paddle_adapter`, which is
imported by the module that trains and not from here.
"""

from autoclue.layers.blocks import block_scale, build_plan, cut_into_blocks
from autoclue.layers.depths import find_depths, layer_paths
from autoclue.layers.encoder import Encoder, Parameter
from autoclue.layers.paddlehub import paddlehub_blocks
from autoclue.layers.plan import Group, LayerPlan, check_names, decays
from autoclue.layers.rates import layer_rates
from autoclue.layers.strategy import Strategy

__all__ = [
    "Encoder",
    "Group",
    "LayerPlan",
    "Parameter",
    "Strategy",
    "block_scale",
    "build_plan",
    "check_names",
    "cut_into_blocks",
    "decays",
    "find_depths",
    "layer_paths",
    "layer_rates",
    "paddlehub_blocks",
]
