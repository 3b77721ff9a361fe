"""Everything that is written about a study and its trials; nobody else spells a key.

Optuna keeps attributes by key, each a JSON value. Here one model holds those of a trial and one
those of a study. What is written is a model of which some fields are set, each an attribute of the
field's name, in the order of the fields; what is read is the whole model. A series, such as the
evaluations of a trial, has one attribute for each of its members, so that one more is one write.
"""

from autoclue.search.store.schema.attributes import (
    StudyAttributes,
    TrialAttributes,
    is_committed,
    lies_outside_space,
)
from autoclue.search.store.schema.formats import (
    FORMAT,
    now,
    refuse_other_format,
    written_by,
    written_format,
)
from autoclue.search.store.schema.generations import (
    Compared,
    Generation,
    MemberPlace,
    Proposed,
)
from autoclue.search.store.schema.study_values import (
    ConfirmationExtent,
    ConfirmationRequest,
    SpaceVersion,
    StoredArtifacts,
    StoredLimits,
)
from autoclue.search.store.schema.trial_values import (
    Change,
    Death,
    DeathCounter,
    Prepared,
    Proposal,
    RecordedEvaluation,
    Repetition,
)

__all__ = [
    "FORMAT",
    "Change",
    "Compared",
    "ConfirmationExtent",
    "ConfirmationRequest",
    "Death",
    "DeathCounter",
    "Generation",
    "MemberPlace",
    "Prepared",
    "Proposal",
    "Proposed",
    "RecordedEvaluation",
    "Repetition",
    "SpaceVersion",
    "StoredArtifacts",
    "StoredLimits",
    "StudyAttributes",
    "TrialAttributes",
    "is_committed",
    "lies_outside_space",
    "now",
    "refuse_other_format",
    "written_by",
    "written_format",
]
