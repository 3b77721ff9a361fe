"""Heads: what a network is made to answer, from examples to predictions."""

from autoclue.training.heads.head import Head, Output
from autoclue.training.heads.registry import HEADS, make_head

__all__ = [
    "HEADS",
    "Head",
    "Output",
    "make_head",
]
