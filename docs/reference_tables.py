"""The parts of the API reference that are read from the code: whatever is registered by name.

Each function returns Markdown. A Python object is a directive (``::: module.name``), from which
mkdocstrings takes its docstring.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel

import autoclue
from autoclue.api import studies
from autoclue.layers.registry import STRATEGIES
from autoclue.models import models
from autoclue.option_fields import Options, flag_of, shown_as
from autoclue.options import (
    CheckArguments,
    ConfirmArguments,
    DashboardArguments,
    NewTaskArguments,
    ReplayArguments,
    ReportArguments,
    ResumeArguments,
    TuneArguments,
    WriteArguments,
)
from autoclue.predict_options import EvaluateArguments, PredictArguments, SubmitArguments
from autoclue.registry import Registry
from autoclue.search.sampling import SAMPLERS
from autoclue.search.stopping import SCHEDULERS
from autoclue.space import Choice, Fixed, Parameter, load_space, space_names
from autoclue.suite_options import (
    ExtractArguments,
    GridArguments,
    ImportArguments,
    ReproduceArguments,
    SuiteArguments,
)
from autoclue.tasks import KINDS, METRICS, load_task, task_names
from autoclue.train_options import TrainArguments
from autoclue.training import TrialConfig

VERBS: Mapping[str, type[Options]] = MappingProxyType(
    {
        "tune": TuneArguments,
        "resume": ResumeArguments,
        "confirm": ConfirmArguments,
        "train": TrainArguments,
        "report": ReportArguments,
        "dashboard": DashboardArguments,
        "replay": ReplayArguments,
        "predict": PredictArguments,
        "evaluate": EvaluateArguments,
        "submit": SubmitArguments,
        "grid": GridArguments,
        "suite": SuiteArguments,
        "extract": ExtractArguments,
        "import-logs": ImportArguments,
        "reproduce": ReproduceArguments,
        "data write": WriteArguments,
        "data check": CheckArguments,
        "task new": NewTaskArguments,
    }
)


def table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    """Return a Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)


def directive(kind: type[object]) -> str:
    """Return the lines from which mkdocstrings documents a class.

    Strategies are installed as ``autoclue.strategies`` and found in the repository's own folder.
    """
    installed = f"{kind.__module__}.{kind.__qualname__}"
    found = installed.replace("autoclue.strategies", "strategies")
    return f"::: {found}\n    options:\n      heading: {installed}"


def functions() -> str:
    """Return the public functions, in the order of their source, those of a study first."""
    public = [getattr(autoclue, name) for name in autoclue.__all__]
    found = [thing for thing in public if inspect.isfunction(thing)]
    found.sort(
        key=lambda each: (each.__module__ != studies.__name__, each.__code__.co_firstlineno)
    )
    return "\n\n".join(f"::: autoclue.{function.__name__}" for function in found)


def results() -> str:
    """Return the public classes of the package: what its functions return and raise."""
    public = [(name, getattr(autoclue, name)) for name in autoclue.__all__]
    return "\n\n".join(f"::: autoclue.{n}" for n, thing in public if inspect.isclass(thing))


def tasks() -> str:
    """Return a table of the tasks that ship."""
    rows: list[tuple[object, ...]] = []
    for name in task_names():
        spec = load_task(name)
        rows.append((f"`{name}`", spec.description, f"`{spec.metric}`", spec.reference))
    return table(("task", "what it asks", "metric", "source"), rows)


def kinds() -> str:
    """Return a section for each kind of task: the keys of its files."""
    return "\n\n".join(
        f"### `kind: {name}`\n\n{keys(kind.spec)}\n\n{directive(kind.spec)}"
        for name, kind in KINDS.items()
    )


def metrics() -> str:
    """Return a table of the metrics."""
    rows: list[tuple[object, ...]] = []
    for name, metric in METRICS.items():
        interval = "none" if metric.primary_interval is None else metric.primary_interval.__name__
        scores = ", ".join(f"`{score}`" for score in metric.scores)
        rows.append((f"`{name}`", scores, f"`{interval}`"))
    return table(("metric", "scores, the primary one first", "95 % interval"), rows)


def model_table() -> str:
    """Return a table of the catalog."""
    rows: list[tuple[object, ...]] = [
        (f"`{card.name}`", card.title, card.layers, card.hidden_size, card.average_percent)
        for card in models()
    ]
    return table(("model", "published as", "layers", "width", "published average, %"), rows)


BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
TYPES = {"object": "mapping", "array": "list", "string": "text", "null": "None"}


def allowed(schema: Mapping[str, Any]) -> str:
    """Return what a JSON schema allows, in words: its type, values and bounds."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(allowed(each) for each in schema["anyOf"]))
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "const" in schema or "enum" in schema:
        return ", ".join(repr(value) for value in schema.get("enum", [schema.get("const")]))
    bounds = [f"{sign} {schema[key]}" for key, sign in BOUNDS.items() if key in schema]
    kind = str(schema.get("format", schema.get("type", "object")))
    return " ".join((TYPES.get(kind, kind), ", ".join(bounds))).strip()


def default(schema: Mapping[str, Any]) -> str:
    """Return the default of a key that needs none to be given."""
    if "$ref" in schema:
        return "its own defaults"
    return f"`{schema['default']!r}`" if "default" in schema else "empty"


def keys(model: type[BaseModel]) -> str:
    """Return a table of a model's keys: what each may be, and its default."""
    schema = model.model_json_schema()
    rows: list[tuple[object, ...]] = [
        (
            f"`{name}`",
            allowed(each),
            "required" if name in schema.get("required", ()) else default(each),
        )
        for name, each in schema["properties"].items()
    ]
    return table(("key", "allowed", "default"), rows)


def values(parameter: Parameter) -> str:
    """Return what a parameter of a search space may be, in words."""
    if isinstance(parameter, Fixed):
        return f"{parameter.value!r}, fixed"
    if isinstance(parameter, Choice):
        return ", ".join(repr(value) for value in parameter.choice)
    low, high = parameter.bounds
    scale = ", log scale" if parameter.log else ""
    step = "" if parameter.step in (None, 1) else f", in steps of {parameter.step}"
    return f"{low} to {high}{scale}{step}"


def space(name: str) -> str:
    """Return the section of one search space."""
    found = load_space(name)
    size = found.size()
    rows: list[tuple[object, ...]] = [
        (f"`{setting}`", values(parameter)) for setting, parameter in found.parameters.items()
    ]
    return "\n\n".join(
        (
            f"### `{name}`",
            " ".join(found.description.split()),
            table(("setting", "values"), rows),
            f"Grid: {'infinite' if size is None else f'{size} runs'}. Version {found.version}. "
            f"From: {' '.join(found.reference.split())}",
        )
    )


def option_rows(model: type[Options]) -> list[tuple[object, ...]]:
    """Return a row for each option of a model, those of its groups in their place."""
    rows: list[tuple[object, ...]] = []
    schema = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        group = field.annotation
        if isinstance(group, type) and issubclass(group, Options):
            rows += option_rows(group)
        else:
            flag = name.upper() if shown_as(field).is_argument else flag_of(name, field)
            value = "required" if field.is_required() else default(schema[name])
            rows.append(
                (f"`{name}`", f"`{flag}`", allowed(schema[name]), value, field.description)
            )
    return rows


def options() -> str:
    """Return a section for each verb: what it takes, from Python and on the command line."""
    head = ("option", "on the command line", "allowed", "default", "what it does")
    return "\n\n".join(
        f"## `{verb}`\n\n{table(head, option_rows(model))}" for verb, model in VERBS.items()
    )


def spaces() -> str:
    """Return a section for each search space that ships."""
    return "\n\n".join(space(name) for name in space_names())


def registered(registry: Registry[Any]) -> str:
    """Return a section for each class of a registry, with a table of its parameters."""
    return "\n\n".join(
        f"## `{name}`\n\n{directive(registry.find(name))}\n\n{parameters(registry, name)}".rstrip()
        for name in registry.names()
    )


def parameters(registry: Registry[Any], name: str) -> str:
    """Return a table of a class's parameters; empty if it has none."""
    rows: list[tuple[object, ...]] = [
        (
            f"`{p.name}`",
            ", ".join(filter(None, (p.kind.replace("|", "or"), p.limits))),
            "required" if p.required else f"`{p.default!r}`",
            p.doc,
        )
        for p in registry.parameters(name).values()
    ]
    return table(("parameter", "allowed", "default", "what it is"), rows) if rows else ""


SECTIONS: Mapping[str, Callable[[], str]] = MappingProxyType(
    {
        "function": functions,
        "option": options,
        "result": results,
        "task": tasks,
        "model": model_table,
        "setting": lambda: keys(TrialConfig),
        "kind of task": kinds,
        "metric": metrics,
        "space": spaces,
        "strategy": lambda: registered(STRATEGIES),
        "sampler": lambda: registered(SAMPLERS),
        "scheduler": lambda: registered(SCHEDULERS),
    }
)
"""By name, what a line ``<!-- every NAME -->`` of a page stands for."""
