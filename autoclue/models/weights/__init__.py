"""Readers of files of weights; none of them runs what stands in a file."""

from autoclue.models.weights.arrays import StoredArray, WeightsError
from autoclue.models.weights.reading import read_weights

__all__ = ["StoredArray", "WeightsError", "read_weights"]
