"""The baseline: the default configuration of a task for each kind of model.

What published tables train large models with is no yardstick for a small one: at 3e-5 a model of a
few million parameters hardly leaves the more frequent class. So each kind has its own:

- **large and base models**: the published recipe of the task as it is;
- **small models**: the recipe that the document of CLUE Pretrained Models recommends for them, a
  learning rate of 1e-4 and 5 to 8 epochs. A task whose recipe is longer keeps its own;
- **autoclue-tiny-zh**: the learning rate that its card shows to work.

A model is small if it has at most 4 layers or a width below 512. All small models of that document
have 3 or 4 layers. On the classification tasks of PaddleNLP's tables the best learning rate of
such models is the highest that was tried in 49 of 77 cases, and in 33 of 126 of the others.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from autoclue.models.published import known_size, small_recipe
from autoclue.models.shipped import SHIPPED
from autoclue.models.source import ModelSource

MOST_SMALL_LAYERS = 4
LEAST_LARGE_WIDTH = 512
TINY_LEARNING_RATE = 6e-4
"""The middle of the three rates in the card's table; it is the best on OCNLI and XNLI."""

Setting = bool | int | float | str | None


@dataclass(frozen=True, slots=True)
class Baseline:
    """The default configuration of a task for one model.

    Attributes:
        settings: What differs from the task's recipe.
        source: Where it comes from, as it is said of the trial: "the published default for
            12-layer models".
        small: Whether the model is a small one, whose search space holds larger learning rates.
    """

    settings: Mapping[str, Setting]
    source: str
    small: bool = False

    def with_settings(self, given: Mapping[str, Setting]) -> Baseline:
        """Put a user's own values over the default."""
        if not given:
            return self
        values = ", ".join(f"{name}={value}" for name, value in given.items())
        settings = {**self.settings, **given}
        return replace(self, settings=settings, source=f"{self.source}, with {values}")


def default_baseline(model: ModelSource, *, epochs: int, stated: Collection[str] = ()) -> Baseline:
    """Return the baseline of a kind of model.

    Args:
        model: The model.
        epochs: Of the task's recipe.
        stated: Settings that the user's own task file states; they are never changed.

    Raises:
        UsageError: The model's configuration can't be read.

    Examples:
        >>> from autoclue.models import default_baseline, resolve_model
        >>> default_baseline(resolve_model("ernie-3.0-base-zh"), epochs=3).source
        'the published default for 12-layer models'
        >>> default_baseline(resolve_model("ernie-3.0-nano-zh"), epochs=3).settings
        {'learning_rate': 0.0001, 'epochs': 5}
    """
    if model.kind == "builtin":
        own: dict[str, Setting] = {"learning_rate": TINY_LEARNING_RATE}
        return _unless(stated, own, f"what the card of {SHIPPED} shows to work", small=True)
    size = _size(model)
    if size is not None and is_small(*size):
        recipe = small_recipe()
        own = {"learning_rate": recipe.learning_rate, "epochs": max(epochs, recipe.epochs[0])}
        kept = {name: value for name, value in own.items() if (name, value) != ("epochs", epochs)}
        source = "the small-model recipe of CLUE Pretrained Models"
        return _unless(stated, kept, source, small=True)
    kind = "" if size is None else f" for {size[0]}-layer models"
    return _unless(stated, {}, f"the published default{kind}", small=False)


def is_small(layers: int, hidden_size: int) -> bool:
    """Return whether a model of so many encoder layers and this width is a small one."""
    return layers <= MOST_SMALL_LAYERS or hidden_size < LEAST_LARGE_WIDTH


def _unless(
    stated: Collection[str], own: Mapping[str, Setting], source: str, *, small: bool
) -> Baseline:
    """Leave what a task file states; a rate that it states makes the recipe its own."""
    settings = {name: value for name, value in own.items() if name not in stated}
    if "learning_rate" in stated:
        source = "the recipe of the task file"
    return Baseline(settings, source, small)


def _size(model: ModelSource) -> tuple[int, int] | None:
    """Return a model's encoder layers and width; ``None`` where they aren't known."""
    if model.path is None:
        return known_size(model.name)
    from autoclue.models.folders import read_config  # and with it NumPy

    config = read_config(model.path)
    layers, width = config.size("num_hidden_layers"), config.size("hidden_size")
    return None if layers is None or width is None else (layers, width)
