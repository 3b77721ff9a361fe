"""Text that autoclue generates: grammars, their words, and the publishers' forms."""

from autoclue.tasks.synthetic.generators import GENERATORS, SEED, Generated, characters, generate
from autoclue.tasks.synthetic.sizes import DEFAULT_SIZE, SIZES, normal_size

__all__ = [
    "DEFAULT_SIZE",
    "GENERATORS",
    "SEED",
    "SIZES",
    "Generated",
    "characters",
    "generate",
    "normal_size",
]
