"""Compare a study that was killed with one that was not."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from autoclue.records import StudyRecord, TrialRecord, TrialState
from autoclue.search.execution.artifacts import trial_folder
from autoclue.search.replay.audit import replay_asks
from autoclue.search.study.location import find_study, load_study
from benchmarks.crashes.scene import POPULATIONS, SEEDS, STUDIES, Scene, Way

MEASURED_TIMES = {"steps_per_s", "eval_s", "elapsed_s"}
"""What no two runs have in common."""

CONTINUED = "continues from step"
LEFTOVERS = ("best", "state.safetensors", ".best-*", ".state-*", ".artifact-*")
"""What no trial's folder needs once the study has finished."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong with a finished study that was killed, as numbers of trials.

    Attributes:
        asked_twice: Trials with the settings of an earlier one, or beyond the study's number.
        left_running: Trials that nobody runs and nobody has closed.
        differing: Trials that differ from the uninterrupted study (one worker), or that the
            ledger's own order of events wouldn't have asked so (several workers).
        interrupted: Trials that were begun more than once.
        continued: Those of them that went on from a checkpoint.
        leftovers: Files and folders of trials that nobody needs any more.
        model_differs: Whether the kept model isn't the uninterrupted study's, weight for weight
            (one worker).
        confirmation_wrong: Whether the confirmation isn't what was asked for, each training once.
    """

    asked_twice: int
    left_running: int
    differing: tuple[int, ...]
    interrupted: int
    continued: int
    leftovers: tuple[str, ...]
    model_differs: bool
    confirmation_wrong: bool = False


def examine(scene: Scene, name: str, study: StudyRecord, reference: StudyRecord) -> Findings:
    """Examine a finished study.

    Args:
        scene: Where it ran.
        name: Its name there.
        study: What its ledger holds.
        reference: The same study without a kill, in the same working folder.
    """
    folder = scene.study_folder(name)
    settings = Counter(_settings_of(trial, scene.way) for trial in study.trials)
    again = [trial.number for trial in study.trials if trial.restarts > 0]
    beyond = max(0, len(study.trials) - scene.trials)
    return Findings(
        asked_twice=max(beyond, len(study.trials) - len(settings)),
        left_running=sum(trial.state is TrialState.RUNNING for trial in study.trials),
        differing=_deviating(scene, name)
        if scene.parallel > 1 and scene.way not in POPULATIONS
        else differing(study, reference),
        interrupted=len(again),
        continued=sum(_continued(trial_folder(folder, number)) for number in again),
        leftovers=tuple(_leftovers(folder)),
        model_differs=scene.parallel == 1
        and _weights(folder) != _weights(scene.study_folder(reference.name)),
        confirmation_wrong=scene.way is Way.CONFIRM and not _confirmed(scene, name),
    )


def _settings_of(trial: TrialRecord, way: Way) -> str:
    """Return what no other trial may have; a member's later parts have its settings once more."""
    return repr(trial.config) if way in POPULATIONS else repr(sorted(trial.params.items()))


def _confirmed(scene: Scene, name: str) -> bool:
    """Return whether every configuration was trained with every seed once, and none twice."""
    found = load_study(find_study(scene.folder / STUDIES, name)).confirmation
    if found is None:
        return False
    ran = [(run.of, run.seed) for run in found.runs]
    wanted = [(of, seed) for of in found.candidates for seed in found.seeds]
    whole = all(run.trial.state is TrialState.COMPLETE for run in found.runs)
    return whole and sorted(ran) == sorted(wanted) and len(found.seeds) == SEEDS


def differing(study: StudyRecord, reference: StudyRecord) -> tuple[int, ...]:
    """Return the numbers of trials that differ; times, speeds and interruptions may."""
    ours = {trial.number: comparable(trial) for trial in study.trials}
    theirs = {trial.number: comparable(trial) for trial in reference.trials}
    numbers = sorted(ours.keys() | theirs.keys())
    if (study.boundaries, study.rounds) != (reference.boundaries, reference.rounds):
        return tuple(numbers)
    return tuple(number for number in numbers if ours.get(number) != theirs.get(number))


def comparable(trial: TrialRecord) -> Mapping[str, object]:
    """Return what a trial of the same study must have in common with another run's."""
    evaluations = [
        {key: value for key, value in asdict(e).items() if key not in MEASURED_TIMES}
        for e in trial.evaluations
    ]
    return {
        "params": dict(trial.params),
        "config": dict(trial.config),
        "evaluations": evaluations,
        "total_steps": trial.total_steps,
        "baseline": trial.baseline,
        "stop": trial.stop,
        "state": trial.state,
        "layer_rates": trial.layer_rates,
        "failure": trial.failure,
    }


def _deviating(scene: Scene, name: str) -> tuple[int, ...]:
    ledger = scene.ledger(name)
    return () if ledger is None else tuple(each.number for each in replay_asks(ledger))


def _continued(folder: Path) -> bool:
    log = folder / "train.log"
    return log.is_file() and CONTINUED in log.read_text(encoding="utf-8")


def _leftovers(folder: Path) -> list[str]:
    found = [path for name in LEFTOVERS for path in (folder / "trials").glob(f"*/{name}")]
    return sorted(str(path.relative_to(folder)) for path in found)


def _weights(folder: Path) -> str | None:
    """Return a fingerprint of the kept model's weights; ``None`` where there are none."""
    files = sorted((folder / "best").glob("*.safetensors"))
    contents = [path.read_bytes() for path in files]
    return hashlib.sha256(b"".join(contents)).hexdigest() if contents else None
