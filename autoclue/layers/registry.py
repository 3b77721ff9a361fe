"""The registry of layer-wise strategies, and what a strategy says about itself beside its plan."""

from __future__ import annotations

from collections.abc import Mapping

from autoclue.errors import UsageError
from autoclue.layers.strategy import Strategy
from autoclue.records import Scalar
from autoclue.registry import Registry

STRATEGIES: Registry[Strategy] = Registry(
    kind="strategy",
    group="autoclue.strategies",
    methods=("plan",),
    shape="a frozen dataclass with a name and a method plan(encoder, *, weight_decay, epoch)",
)

DEFAULT_SPACE = "clue_grid"
SMALL_SPACE = "clue_grid_small"


def load_strategy(name: str, params: Mapping[str, object]) -> Strategy:
    """Make a strategy.

    Args:
        name: A registered name, or ``module:Class`` for any importable frozen dataclass.
        params: Its parameters. A whole number may stand for a float, and a float without a
            fraction for an int.

    Raises:
        UsageError: No such strategy (with close matches), or parameters that are unknown, missing,
            of a wrong type or out of range: all of them in one message.
    """
    return STRATEGIES.make(name, params)


def split_strategy(choice: str) -> tuple[str, dict[str, Scalar]]:
    """Take a choice of a strategy apart into its registered name and the values given with it.

    Raises:
        UsageError: A value has no name, stands there twice, or is a list.
    """
    parts = STRATEGIES.split(choice)
    values: dict[str, Scalar] = {}
    for name, value in parts.values.items():
        if not (value is None or isinstance(value, bool | int | float | str)):
            raise UsageError(
                f"In strategy {choice!r}, {name} has several values; a trial takes one. To search "
                f"over them use --set {name}=..."
            )
        values[name] = value
    return STRATEGIES.name_of(parts.name), values


def neutral_values(name: str) -> Mapping[str, Scalar] | None:
    """Return the parameters at which a strategy is plain fine-tuning; ``None`` if it tells none.

    Raises:
        UsageError: No such strategy, or it names a parameter that it doesn't have.
    """
    found: Mapping[str, Scalar] | None = getattr(STRATEGIES.find(name), "neutral", None)
    unknown = sorted(set(found or ()) - set(STRATEGIES.parameters(name)))
    if unknown:
        raise UsageError(
            f"Strategy {name!r} states a neutral value for {', '.join(unknown)}, which is none of "
            "its parameters; mend its class attribute 'neutral'."
        )
    return found


def default_space(name: str, *, small: bool) -> str:
    """Return the search space that a strategy takes where none is asked for.

    Args:
        name: The strategy.
        small: Whether the model is a small one, which needs larger learning rates.

    Raises:
        UsageError: No such strategy.
    """
    strategy = STRATEGIES.find(name)
    usual = str(getattr(strategy, "default_space", DEFAULT_SPACE))
    if not small:
        return usual
    fallback = SMALL_SPACE if usual == DEFAULT_SPACE else usual
    return str(getattr(strategy, "small_space", fallback))
