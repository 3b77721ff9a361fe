"""What runs will take, from a probe of some steps for each batch size and length."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from autoclue.records import Forecast
from autoclue.search.execution import Resources
from autoclue.search.forecast.counting import RunKind
from autoclue.search.store import now
from autoclue.training import TrialConfig
from autoclue.training.data import Workspace
from autoclue.training.platform import apply_switches, pick_device
from autoclue.training.probe import ProbeResult, probe

ROOM = 0.95
"""The part of a card that runs may fill together; the driver needs the rest."""


@dataclass(frozen=True, slots=True)
class EstimatedKind:
    """Runs that cost the same, with what a probe of one of them took.

    Attributes:
        kind: The runs.
        probed: What the probe took.
        steps: Steps of each run.
        evaluations: Evaluations of each run.
    """

    kind: RunKind
    probed: ProbeResult
    steps: int
    evaluations: int

    @property
    def seconds_each(self) -> float:
        """Seconds of training and evaluation of a run."""
        return self.steps * self.probed.step_s + self.evaluations * self.probed.evaluation_s

    @property
    def seconds(self) -> float:
        """The same of all runs, one after another."""
        return self.kind.runs * self.seconds_each

    @property
    def load_s(self) -> float:
        """Seconds in which all of them load their network."""
        return self.kind.runs * self.probed.load_s

    @property
    def fit_a_card(self) -> int | None:
        """How many of them fit on a card at once; ``None`` on a CPU."""
        peak, whole = self.probed.peak_bytes, self.probed.card_bytes
        return None if not peak or whole is None else int(ROOM * whole // peak)

    @property
    def other_accumulation(self) -> int | None:
        """Parts of a step with which it fits, where it doesn't as it is asked; else ``None``."""
        asked = self.kind.config.gradient_accumulation_steps
        return None if self.probed.accumulation == asked else self.probed.accumulation


@dataclass(frozen=True, slots=True)
class Estimate:
    """What all runs together will take.

    Attributes:
        kinds: Runs that cost the same.
        parallel: Runs at once.
        gpus_per_run: Share of a GPU that a run gets; 0 trains on the CPU.
    """

    kinds: tuple[EstimatedKind, ...]
    parallel: int
    gpus_per_run: float

    @property
    def hours(self) -> float:
        """Hours from the first run to the end of the last, as if all slots were always full."""
        return sum(each.seconds + each.load_s for each in self.kinds) / self.parallel / 3600

    @property
    def gpu_hours(self) -> float:
        """Hours of all GPUs together."""
        whole = sum(each.seconds + each.load_s for each in self.kinds)
        return whole * self.gpus_per_run / 3600

    def of_study(self, name: str) -> Forecast:
        """Return the part of a study, as it is kept beside what the study really takes."""
        own = [each for each in self.kinds if each.kind.study == name]
        peaks = [each.probed.peak_bytes for each in own if each.probed.peak_bytes is not None]
        return Forecast(
            runs=sum(each.kind.runs for each in own),
            steps=sum(each.kind.runs * each.steps for each in own),
            evaluations=sum(each.kind.runs * each.evaluations for each in own),
            seconds=sum(each.seconds for each in own),
            load_seconds=sum(each.load_s for each in own),
            peak_bytes=max(peaks, default=None),
            made_at=now(),
        )

    @property
    def studies(self) -> tuple[str, ...]:
        """The names of all studies."""
        return tuple(dict.fromkeys(each.kind.study for each in self.kinds))


Measure = Callable[[TrialConfig], ProbeResult]
"""Runs a few steps of a configuration."""


def measure_here(resources: Resources) -> Measure:
    """Return what probes configurations in this process, on the device that runs will have.

    Args:
        resources: What runs get.
    """
    apply_switches(gpu=resources.on_gpu)
    workspace, device = Workspace(), pick_device("gpu" if resources.on_gpu else "cpu")
    return lambda config: probe(config, workspace, device=device)


def estimate(kinds: Sequence[RunKind], resources: Resources, measure: Measure) -> Estimate:
    """Probe each batch size and length of each task once, and count up to all runs.

    Args:
        kinds: The runs.
        resources: What they will have.
        measure: Probes one of them.
    """
    known: dict[tuple[object, ...], ProbeResult] = {}
    found = []
    for kind in kinds:
        cost = _cost(kind.config)
        if cost not in known:
            known[cost] = measure(kind.config)
        probed = known[cost]
        timetable = kind.config.timetable(probed.features)
        found.append(EstimatedKind(kind, probed, timetable.steps, len(timetable.evaluation_steps)))
    return Estimate(tuple(found), resources.parallel, resources.gpus_per_trial)


def _cost(config: TrialConfig) -> tuple[object, ...]:
    """Return what the cost of a step depends on."""
    names = ("task", "data", "model", "protocol", "batch_size", "max_length_tokens")
    return (*(getattr(config, name) for name in names), config.gradient_accumulation_steps)


def total_steps(kinds: Iterable[RunKind]) -> int | None:
    """Count the steps of all runs; ``None`` where those of one aren't known."""
    steps = [None if each.steps is None else each.runs * each.steps for each in kinds]
    known = [each for each in steps if each is not None]
    return sum(known) if len(known) == len(steps) else None
