"""Turn what a user asks for into a complete, checked plan, before any time is spent."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autoclue.layers.registry import (
    STRATEGIES,
    default_space,
    load_strategy,
    neutral_values,
)
from autoclue.models import Baseline, ModelSource, default_baseline
from autoclue.models.folders import folder_fingerprint
from autoclue.options import StudySpec
from autoclue.records import Scalar
from autoclue.search.sampling import Course, check_sampler
from autoclue.search.spec.brought import Brought, model_of
from autoclue.search.spec.checks import check_batches, check_settings, corners_of, void_parameters
from autoclue.search.spec.courses import course_of
from autoclue.search.spec.differences import task_question
from autoclue.search.spec.evaluators import check_lengths
from autoclue.search.spec.populations import INITIAL, initial_params
from autoclue.search.spec.questions import normal_question, resolved_question
from autoclue.search.spec.rows import chance_score, count_rows
from autoclue.search.stopping import Scheduler, make_scheduler
from autoclue.space import SearchSpace, fixed_settings, load_space, override
from autoclue.tasks import (
    NEEDED_SPLITS,
    TaskData,
    TaskSpec,
    data_facts,
    flaw_words,
    load_task,
    open_data,
    sized_data,
)
from autoclue.training import SEARCHABLE, TrialConfig, build_config
from autoclue.training.data import least_features, model_limits
from autoclue.training.heads import make_head
from autoclue.training.model import check_model_fits, model_hint

DEFAULTS: Mapping[str, object] = {
    **{
        name: field.get_default(call_default_factory=True)
        for name, field in StudySpec.model_fields.items()
        if not field.is_required()
    },
    "holdout_examples": 0,
    "baseline_settings": {},
}
"""What a study asks where nothing is said."""

ALWAYS_COUNTED = frozenset({"protocol"})
"""Options whose default counts in a study's name, as it did before they were options."""


UNNAMED = frozenset({"baseline_source", "task_file", "model_fingerprint"})
"""Settings that a study's name doesn't depend on."""


OF_CARDS = ("cards_per_trial", "batch_per", "precision", "recompute")
"""Options of how a trial is spread over cards, and what its numbers are there."""

FIRST_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Plan:
    """A question with everything resolved.

    Attributes:
        question: What was asked, with absolute paths.
        spec: The task.
        data: Its rows, already read once.
        model: Where the model comes from.
        space: What may be tried.
        scheduler: When trials stop.
        baseline: The complete settings of the first trial.
        default: Where they come from: the default of the task for this kind of model. What the
            space leaves open is as in them.
        rows: Usable rows of each split; ``selection`` and ``held_out`` are the parts of ``dev``.
        data_fingerprint: sha256 of the training and development files.
        first_rows: Training examples that the model is checked against.
        model_notes: What was derived, mapped or left out of the model's folder, a clause each.
        data_notes: What may make scores worthless: rows in two parts, bad rows that are left out,
            labels that never occur and the like, a clause each.
        space_notes: What of the space can't work, a clause each.
        model_fingerprint: Identifies weights and vocabulary of a folder; ``None`` for others.
        chance_score: The accuracy of always answering the label that most selecting rows have;
            ``None`` where answers are no labels, or the metric is another.
        hint: That another model is meant for such a task, where that is so.
        flaws: Which rows are read in spite of a flaw, where there are any.
        initial: The values that the space itself begins with, which the baseline then has;
            ``None`` where it gives none, or no sampler begins anywhere.
        course: How a population runs whose members go on from each other, where there is one.
        brought: What lies elsewhere on this machine than the question says.
    """

    question: StudySpec
    spec: TaskSpec
    data: TaskData
    model: ModelSource
    space: SearchSpace
    scheduler: Scheduler
    baseline: TrialConfig
    default: Baseline
    rows: Mapping[str, int]
    data_fingerprint: str
    first_rows: Sequence[Any] = ()
    model_notes: tuple[str, ...] = ()
    data_notes: tuple[str, ...] = ()
    space_notes: tuple[str, ...] = ()
    model_fingerprint: str | None = None
    chance_score: float | None = None
    hint: str | None = None
    flaws: str | None = None
    initial: Mapping[str, Scalar] | None = None
    course: Course | None = None
    brought: Brought = field(default_factory=Brought)

    def configure(self, params: Mapping[str, Scalar]) -> TrialConfig:
        """Make a trial's complete settings of the searched ones.

        Raises:
            UsageError: A value doesn't fit the trial or the strategy.
        """
        config = build_config(
            self.spec.recipe,
            task=self.question.task,
            model=self.question.model,
            data=self.question.data,
            strategy=self.question.strategy,
            settings={**self.default.settings, **self.question.common, **params},
        )
        load_strategy(config.strategy, config.strategy_params)
        return config

    @property
    def baseline_params(self) -> dict[str, Scalar]:
        """The baseline's values of the space's parameters, as far as it has any.

        It has none where the strategy can't be set to plain fine-tuning in this space: the
        baseline is then no point of the space, and no sampler may take it for one.
        """
        if self.initial is not None:
            return dict(self.initial)
        neutral = neutral_values(self.question.strategy)
        if neutral is None or not self._is_plain(neutral):
            return {}
        known = _neutral(self.baseline, self.question)
        return {name: known[name] for name in self.space.parameters if name in known}

    def _is_plain(self, neutral: Mapping[str, Scalar]) -> bool:
        """Return whether neutral values outside the space are the strategy's defaults."""
        known = STRATEGIES.parameters(self.question.strategy)
        return all(
            name in self.space.parameters or known[name].default == value
            for name, value in neutral.items()
        )

    @property
    def void(self) -> tuple[str, ...]:
        """The searched parameters that have no effect."""
        return void_parameters(self.space, self.question.max_steps)

    @property
    def settings(self) -> dict[str, object]:
        """What the ledger keeps of the question, as JSON values."""
        asked = self.question
        return {
            "task": asked.task,
            "model": asked.model,
            "data": asked.data,
            "strategy": asked.strategy,
            "protocol": self.baseline.protocol,
            "space": self.space.name,
            "sampler": asked.sampler,
            "scheduler": asked.scheduler,
            "population": asked.population,
            "evaluator": asked.evaluator,
            "epochs_per_round": asked.epochs_per_round,
            "carry": asked.carry,
            "boundaries": asked.boundaries,
            "seed": asked.seed,
            "max_steps": asked.max_steps,
            "eval_every": asked.eval_every,
            "keep_head": asked.keep_head,
            **{name: getattr(asked, name) for name in OF_CARDS},
            "start_from": asked.start_from,
            "train_examples": self.rows["train"],
            "dev_examples": self.rows["dev"],
            "holdout": self.question.holdout,
            "holdout_examples": self.rows["held_out"],
            "data_fingerprint": self.data_fingerprint,
            "space_fingerprint": self.space.fingerprint(),
            "task_version": self.spec.version,
            "task_file": task_question(self.spec),
            "model_fingerprint": self.model_fingerprint,
            "recipe": self.spec.recipe.compact(),
            "baseline": dict(asked.baseline),
            "baseline_settings": dict(self.default.settings),
            "baseline_source": self.default.source,
        }

    @property
    def fingerprint(self) -> str:
        """Eight hex digits that name a question.

        Options at their default are left out, so that a new option moves no study's name. An
        edited task file or a replaced model keeps the name: the study that has it tells what has
        changed, instead of a new one beginning beside it.
        """
        known = {n: v for n, v in self.settings.items() if n not in UNNAMED}
        counted = {
            name: value
            for name, value in known.items()
            if name not in DEFAULTS or value != DEFAULTS[name] or name in ALWAYS_COUNTED
        }
        text = json.dumps(counted, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:8]

    @property
    def default_name(self) -> str:
        """A name for the study; the same question always gets the same one."""
        model = re.sub(r"[^A-Za-z0-9.]+", "-", Path(self.question.model).name).strip("-")
        strategy = self.question.strategy.rpartition(":")[2]
        return f"{self.spec.name}-{strategy}-{model}-{self.fingerprint}"


def make_plan(
    question: StudySpec, *, space: SearchSpace | None = None, brought: Brought | None = None
) -> Plan:
    """Resolve and check everything that a search needs; every file is read once.

    Args:
        question: What is asked.
        space: What may be tried, where that is known already, as a study that goes on knows it;
            ``None`` resolves the question's own space and settings.
        brought: What was brought to this machine, which lacks it where the question names it.

    Raises:
        UsageError: Something is unknown, missing, unreadable or out of range.
    """
    brought = brought or Brought()
    question = normal_question(question)  # before any file is read
    data = sized_data(question.data, question.builtin_size)
    question = question.model_copy(update={"data": data, "builtin_size": None})
    spec = load_task(question.task) if brought.data is None else brought.data.spec
    model = model_of(question.model, brought)
    changed = fixed_settings(
        question.baseline,
        allowed=SEARCHABLE,
        hint="the baseline is one configuration, so give one value for each",
    )
    default = _default(spec, model).with_settings(changed)
    allowed = [*SEARCHABLE, *STRATEGIES.parameters(question.strategy)]
    if space is None:
        space_name = question.space or default_space(question.strategy, small=default.small)
        space = load_space(space_name, task=spec.name, allowed=allowed)
        space = override(space, question.settings, allowed=allowed)
    check_sampler(question.sampler, space)
    check_lengths(question, space)
    resolved = resolved_question(question, spec, model, changed, brought)
    baseline = build_config(
        spec.recipe,
        task=resolved.task,
        model=resolved.model,
        data=resolved.data,
        strategy="uniform",
        settings={**default.settings, **question.common, **changed},
    )
    initial = None
    if question.population is not None:
        initial = initial_params(space, _neutral(baseline, question))
    if initial is not None:
        initial |= {name: value for name, value in changed.items() if name in initial}
        baseline = build_config(
            spec.recipe,
            task=resolved.task,
            model=resolved.model,
            data=resolved.data,
            strategy=question.strategy,
            settings={**default.settings, **question.common, **changed, **initial},
        )
        plain = dataclasses.replace(_default(spec, model), source=INITIAL)
        default = plain.with_settings(changed)
    task_data = brought.data or open_data(spec, question.data)
    examples = {split: task_data.examples(split) for split in NEEDED_SPLITS}
    rows = count_rows(task_data, examples, question.holdout)
    facts = data_facts(
        task_data,
        examples,
        max_length_tokens=baseline.max_length_tokens,
        left_out=task_data.left_out,
    )
    plan = Plan(
        question=resolved,
        spec=task_data.spec,
        data=task_data,
        model=model,
        space=space,
        scheduler=make_scheduler(question.scheduler, seed=question.seed),
        baseline=baseline,
        default=default,
        rows=rows,
        data_fingerprint=task_data.fingerprint,
        first_rows=tuple(examples["train"][:FIRST_ROWS]),
        data_notes=facts.warnings,
        model_fingerprint=None if model.path is None else folder_fingerprint(model.path),
        chance_score=chance_score(task_data.spec, examples["dev"], question.holdout),
        hint=model_hint(model, spec),
        flaws=flaw_words(task_data.remarks()),
        initial=initial,
        brought=brought,
    )
    check_batches(resolved, space, least_features(spec, rows["train"]))
    return with_model(plan)


def with_model(plan: Plan, *, fetch: bool = False) -> Plan:
    """Check a plan's model against the task's texts and the plan's settings.

    Args:
        plan: All but its model is checked.
        fetch: Whether a model of PaddleNLP's hub that isn't here yet is fetched; otherwise next to
            nothing is known of it.

    Returns:
        The plan, with what is to be said of its model.

    Raises:
        UsageError: The model can't be had or read, or doesn't fit.
    """
    notes = check_model_fits(
        *(plan.model, plan.spec, plan.first_rows, make_head(plan.spec).layers),
        keep_head=plan.question.keep_head,
        fetch=fetch,
    )
    corners = [plan.configure(corner) for corner in corners_of(plan.space)]
    limited = check_settings(plan.baseline, corners, model_limits(plan.model))
    course = course_of(
        *(plan.question, corners[0] if corners else plan.baseline, plan.spec, plan.rows["train"])
    )
    return dataclasses.replace(plan, model_notes=notes, space_notes=limited, course=course)


def _neutral(baseline: TrialConfig, question: StudySpec) -> dict[str, Scalar]:
    """Return plain fine-tuning's values of all that can be searched, where the strategy has it."""
    neutral = neutral_values(question.strategy) or {}
    return {**baseline.model_dump(include=set(SEARCHABLE)), **neutral}


def _default(spec: TaskSpec, model: ModelSource) -> Baseline:
    """Choose the default configuration by the kind of model; a task file's own values stay."""
    stated = set() if spec.source is None else spec.recipe.model_fields_set
    return default_baseline(model, epochs=spec.recipe.epochs, stated=stated)
