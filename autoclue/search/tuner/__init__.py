"""The loop that asks, records and decides, and where its trials come from."""

from autoclue.search.tuner.events import Chorus, Done, Job, Listener, Silent, Steering, Wait
from autoclue.search.tuner.generations import (
    Breeder,
    GenerationSource,
    GoingOn,
    PopulationBreeder,
    Through,
)
from autoclue.search.tuner.segments import SegmentSource
from autoclue.search.tuner.trial_source import (
    FixedConfigurations,
    ListSource,
    SearchSource,
    TrialSource,
)
from autoclue.search.tuner.tuner import Tuner

__all__ = [
    "Breeder",
    "Chorus",
    "Done",
    "FixedConfigurations",
    "GenerationSource",
    "GoingOn",
    "Job",
    "ListSource",
    "Listener",
    "PopulationBreeder",
    "SearchSource",
    "SegmentSource",
    "Silent",
    "Steering",
    "Through",
    "TrialSource",
    "Tuner",
    "Wait",
]
