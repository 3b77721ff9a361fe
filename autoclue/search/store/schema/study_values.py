"""Values of which the attributes of a study are made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SpaceVersion:
    """A search space that a study has had.

    Attributes:
        since_trial: Number of the first trial that is asked in it.
        fingerprint: Identifies the space.
        space: As its YAML would hold it.
    """

    since_trial: int
    fingerprint: str
    space: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoredLimits:
    """How far a search shall go, all of its runs together.

    Attributes:
        trials: Trials in all; one that is asked again because it failed counts once.
        step_budget: Steps of all trials together; ``None`` for no limit.
        extended_from: How many trials it had when it was told to have more, until the command that
            did so has ended well; the same command again then goes on and adds no more. Of a
            population, how many rounds.
        rounds: Rounds of a population; ``None`` where there is none.
    """

    trials: int
    step_budget: int | None
    extended_from: int | None = None
    rounds: int | None = None


@dataclass(frozen=True, slots=True)
class StoredArtifacts:
    """Where states and kept models of a study's trials are, if not in its folder.

    Attributes:
        uri: Address of the artifact store.
        place: The study's place in it, which no other study has.
    """

    uri: str
    place: str


@dataclass(frozen=True, slots=True)
class ConfirmationExtent:
    """How much is to be trained again after a search.

    Attributes:
        best: How many of the best configurations, beside the baseline.
        seeds: Training seeds for each.
    """

    best: int
    seeds: int


@dataclass(frozen=True, slots=True)
class ConfirmationRequest:
    """What a confirmation trains again.

    Attributes:
        best: How many of the best configurations were asked for.
        seeds: The training seeds, the same for each configuration.
        candidates: Numbers of the search's trials, best first; the baseline last where it is not
            among the best.
        baseline: Number of the baseline, if it is complete.
    """

    best: int
    seeds: tuple[int, ...]
    candidates: tuple[int, ...]
    baseline: int | None
