"""The adapter to Ray Tune; importing it imports Ray."""

from autoclue.search.execution.ray.runner import run_with_ray, visit

__all__ = [
    "run_with_ray",
    "visit",
]
