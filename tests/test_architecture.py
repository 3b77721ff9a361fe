"""The rooms of the package and the arrows between them, read from the source by its syntax."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "autoclue"
SOURCES = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "strategies").glob("*.py")])
FOLDERS = ("autoclue", "strategies", "search_spaces", "benchmarks", "tools", "docs", "tests")
EVERY_FILE = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
LONGEST_FILE_LINES = 400
DEVELOPMENT = (ROOT / "docs" / "development.md").read_text(encoding="utf-8")

ARROWS: Mapping[str, set[str]] = {
    "outside": set(),
    "errors": {"outside"},
    "intervals": set(),
    "records": set(),
    "yaml_files": {"errors", "outside"},
    "parameters": {"errors", "outside"},
    "registry": {"errors", "outside", "parameters"},
    "layers": {"errors", "records", "registry"},
    "tasks": {"errors", "intervals", "outside", "system", "yaml_files"},
    "models": {"errors", "outside", "yaml_files"},
    "space": {"errors", "outside", "yaml_files"},
    "system": set(),
    "training": {
        *("errors", "layers", "models", "outside", "records", "system", "tasks", "yaml_files"),
    },
    "option_fields": {"errors", "outside"},
    "options": {"option_fields", "outside", "registry", "space"},
    "train_options": {"option_fields", "options", "registry", "space"},
    "suite_options": {"option_fields", "options", "registry"},
    "predict_options": {"option_fields", "options"},
    "run_files": {"errors", "option_fields", "outside", "space", "yaml_files"},
    "search": {
        *("errors", "layers", "models", "options", "records", "registry", "run_files", "space"),
        *("outside", "suite_options", "system", "tasks", "training"),
    },
    "reporting": {
        *("errors", "intervals", "models", "outside", "records", "space", "system"),
    },
    "results": {"errors", "records", "reporting", "training"},
    "api": {
        *("errors", "layers", "models", "option_fields", "options", "predict_options", "records"),
        *("reporting", "results", "run_files", "screen", "search", "space", "suite_options"),
        *("outside", "tasks", "train_options", "training"),
    },
    "screen": {
        *("errors", "models", "option_fields", "options", "records", "reporting", "results"),
        *("outside", "search", "system", "tasks", "training"),
    },
    "doctor": {"errors", "search", "tasks", "training"},
    "cli": {
        *("api", "doctor", "errors", "layers", "models", "records", "reporting"),
        *("option_fields", "options", "parameters", "registry", "results", "run_files", "space"),
        *("outside", "predict_options", "screen", "search", "suite_options", "system", "tasks"),
        *("train_options", "training"),
    },
    "strategies": {"errors", "layers"},
}
"""Which rooms a room may import from. ``search`` checks strategies by name before anything runs,
and ``cli`` lists and names what every room holds; nothing points up."""

INNER_ORDER: Mapping[str, tuple[str, ...]] = {
    "outside": ("secrets", "text", "files", "problems", "logs", "names", "consoles"),
    "option_fields": ("values", "fields"),
    "options": ("shared", "study", "effort", "places", "verbs"),
    "api": (
        *("existing", "live_report", "after_training", "kept_predictions", "studies"),
        *("reproduction", "forecasts", "suites", "whole_suites"),
    ),
    "search": (
        *("stopping", "store", "objects", "sampling", "spec", "inputs", "tuner"),
        "execution",
        "execution.ray",
        *("cards", "forecast", "study", "suite", "replay"),
    ),
    "training": (
        *("platform", "ranks", "group", "recipe", "originals", "model", "protocols", "changes"),
        *("config", "recipe_file"),
        *("logs", "features", "heads", "data", "checkpoints", "evaluate", "predict", "loop"),
        *("probe", "memory_probe", "together", "single"),
    ),
    "models": (
        *("catalog", "published", "shipped", "source", "weights", "folders", "baseline"),
        "nearest",
    ),
    "tasks": (
        *("predictions", "formats", "reading", "decoding", "metrics", "spec_parts", "spec"),
        *(
            "cache",
            "submission",
            "kinds",
            "builtin",
            "sources",
            "checks",
            "registry",
            "handing_in",
            "specs",
            "drafting",
        ),
    ),
    "reporting": (
        *(
            "wording",
            "statistics",
            "drawing",
            "sections",
            "conclusions",
            "across",
            "page",
            "export",
            "suite",
            "dashboard",
        ),
    ),
    "records": ("devices", "lineage", "trials", "studies"),
    "system": ("checksums", "processes", "scratch", "signals"),
    "cli": (
        *("clean_end", "completion", "output", "paths", "options", "rows", "forecasts", "verbs"),
        "app",
    ),
}
"""The rooms inside a room, lowest first: each may import from those before it and no others."""

MOST_MODULES = 13

ADAPTERS: Mapping[str, set[str]] = {
    "paddle": set(),
    "paddlenlp": set(),
    "ray": {
        "search/execution/ray/fates.py",
        "search/execution/ray/hooks.py",
        "search/execution/ray/roll.py",
        "search/execution/ray/runner.py",
        "search/execution/ray/watch.py",
    },
    "plotly": {"reporting/drawing/plotly_adapter.py"},
}
"""The modules that import a heavy framework when they are imported themselves."""

PADDLE_LOADERS = {"training/platform/runtime.py", "layers/paddle_adapter.py"}
"""The modules that import Paddle or PaddleNLP when they are called."""


def room_of(path: Path) -> str:
    """The room that a source file belongs to."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return parts[0] if parts[0] != "autoclue" else parts[1]


def imported(tree: ast.AST) -> Iterator[str]:
    """Every absolute module name that is imported somewhere below a node."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_at_once(path: Path) -> set[str]:
    """The top-level packages that importing a file imports, outside of functions and types."""
    body = ast.parse(path.read_text(encoding="utf-8")).body
    statements = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)]
    return {name.partition(".")[0] for node in statements for name in imported(node)}


def rooms_imported(path: Path) -> set[str]:
    """The rooms that a file imports from, at once or later."""
    names = imported(ast.parse(path.read_text(encoding="utf-8")))
    parts = [name.split(".") for name in names if name.startswith("autoclue.")]
    rooms = {found[1] for found in parts if not found[1].startswith("__")}
    return rooms - {room_of(path)}


@pytest.mark.parametrize("room", sorted(ARROWS))
def test_room_imports_only_from_rooms_below_it(room: str) -> None:
    files = [path for path in SOURCES if room_of(path) == room]
    wrong = {
        str(path.relative_to(ROOT)): sorted(rooms_imported(path) - ARROWS[room]) for path in files
    }
    assert files
    assert {path: rooms for path, rooms in wrong.items() if rooms} == {}


def inner_room(name: str, room: str) -> str | None:
    """The room inside a room that a dotted module name belongs to; ``None`` for none."""
    rest = name.removeprefix(f"autoclue.{room}.")
    if rest == name:
        return None
    fitting = [inner for inner in INNER_ORDER[room] if f"{rest}.".startswith(f"{inner}.")]
    return max(fitting, key=len, default=rest)


def upward_imports(room: str) -> dict[str, set[str]]:
    """The imports within a room that don't point down, by importing module."""
    order = INNER_ORDER[room]
    wrong: dict[str, set[str]] = {}
    for path in sorted((PACKAGE / room).rglob("*.py")):
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if own == f"autoclue.{room}":
            continue
        here = inner_room(own, room)
        assert here in order, f"{own} is in no room of {room}"
        found = {inner_room(name, room) for name in imported(_tree(path))} - {None, here}
        up = {each for each in found if each not in order[: order.index(here)]}
        if up:
            wrong[own] = {str(each) for each in up}
    return wrong


@pytest.mark.parametrize("room", sorted(INNER_ORDER))
def test_rooms_inside_a_room_import_only_downwards(room: str) -> None:
    assert upward_imports(room) == {}


@pytest.mark.parametrize(
    "folder", sorted({path.parent for path in SOURCES}), ids=lambda f: str(f.relative_to(ROOT))
)
def test_no_folder_holds_more_than_a_dozen_modules(folder: Path) -> None:
    modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MOST_MODULES


def deep_imports(path: Path) -> set[str]:
    """The modules of other inner rooms that a file reaches past their room's own face."""
    own = ".".join(path.parent.relative_to(ROOT).parts)
    adapters = {module for modules in ADAPTERS.values() for module in modules}
    deep = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("autoclue."):
            module = str(node.module)
            parent = module.rpartition(".")[0]
            inside = own == parent or own.startswith(f"{parent}.")
            file = Path(*module.split(".")).with_suffix(".py")
            adapted = file.relative_to("autoclue").as_posix() in adapters
            if parent.count(".") >= 2 and not inside and not adapted and (ROOT / file).is_file():
                deep.add(module)
    return deep


def test_inner_rooms_are_entered_through_their_own_face() -> None:
    found = {str(path.relative_to(ROOT)): deep_imports(path) for path in SOURCES}
    assert {path: deep for path, deep in found.items() if deep} == {}


def drawn(heading: str) -> dict[str, list[str]]:
    """The rows of a table of the development page: a room, and the names in its last column."""
    table = DEVELOPMENT.partition(heading)[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)(?:/|\.py)` \|(?:.*\|)?([^|]*)\|$", table, re.MULTILINE)
    return {room: re.findall(r"`([\w.]+)`", names) for room, names in rows}


def test_development_page_draws_the_rooms_and_arrows_as_they_are() -> None:
    page = {room: set(names) for room, names in drawn("| may import from |").items()}
    assert page == ARROWS


def test_development_page_draws_the_inner_rooms_as_they_are() -> None:
    page = {room: tuple(names) for room, names in drawn("the lowest first |").items()}
    assert page == INNER_ORDER


def test_development_page_names_only_files_and_folders_that_exist() -> None:
    places = set(re.findall(r"`((?:\w+/)+(?:\w+\.\w+)?)`", DEVELOPMENT))
    assert len(places) >= 30
    folders = (ROOT, PACKAGE)
    assert [p for p in sorted(places) if not any((base / p).exists() for base in folders)] == []


def test_every_room_has_its_arrows() -> None:
    assert {room_of(path) for path in SOURCES} - {"__init__"} == set(ARROWS)


def test_package_itself_reaches_only_its_public_face() -> None:
    assert rooms_imported(PACKAGE / "__init__.py") == {"api", "errors", "results"}


def test_arrows_have_no_circle() -> None:
    left = dict(ARROWS)
    while left:
        free = {room for room, below in left.items() if not below & set(left)}
        assert free, f"a circle among {sorted(left)}"
        left = {room: below for room, below in left.items() if room not in free}


def test_search_is_built_on_training_and_never_the_other_way() -> None:
    assert "search" not in ARROWS["training"]
    assert not {"training", "search", "tasks"} & ARROWS["reporting"]


@pytest.mark.parametrize("framework", sorted(ADAPTERS))
def test_framework_is_imported_at_once_only_in_its_adapter(framework: str) -> None:
    importers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if framework in imported_at_once(path)
    }
    assert importers == ADAPTERS[framework]


def test_paddle_is_imported_nowhere_but_through_its_loaders() -> None:
    importers = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.partition(".")[0] in {"paddle", "paddlenlp"}
    }
    assert importers <= PADDLE_LOADERS


DEVICE_WORDS = re.compile(r"\.cuda\b|pynvml|/proc/driver/nvidia|CUDA_VISIBLE|gpu_memory_limit_mb")
DEVICES = PACKAGE / "training" / "platform" / "devices"


def test_what_depends_on_a_gpu_stands_in_one_place() -> None:
    """But for hiding GPUs from other frameworks, and naming the variable in an advice."""
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if DEVICE_WORDS.search(path.read_text(encoding="utf-8")) and DEVICES not in path.parents
    }
    assert found == {"training/originals/compare.py", "doctor.py"}


def test_strategies_are_never_imported_by_the_package() -> None:
    names = {name for path in PACKAGE.rglob("*.py") for name in imported(_tree(path))}
    assert not [name for name in names if name.startswith(("strategies", "autoclue.strategies"))]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", EVERY_FILE, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").split("\n")) <= LONGEST_FILE_LINES


HEAVY = ["paddle", "paddlenlp", "ray", "plotly", "optuna", "pandas", "numpy", "sqlalchemy"]


def loaded_by(code: str) -> list[str]:
    """The heavy packages that a fresh interpreter has loaded after some code."""
    tail = f"\nimport json, sys\nprint(json.dumps([m for m in {HEAVY} if m in sys.modules]))"
    done = subprocess.run(
        [sys.executable, "-c", code + tail], capture_output=True, text=True, check=True
    )
    found: list[str] = json.loads(done.stdout.splitlines()[-1])
    return found


def called(*arguments: str) -> str:
    """Code that runs the command line and goes on after it has left."""
    return (
        "from autoclue.cli import main\n"
        f"try: main({list(arguments)!r})\n"
        "except SystemExit as leaving: assert leaving.code in (0, 2), leaving.code\n"
    )


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert loaded_by("import autoclue, autoclue.api, autoclue.reporting") == []


def test_help_loads_nothing_heavy() -> None:
    assert loaded_by(called("--help") + called("tune", "--help")) == []


def test_lists_load_nothing_heavy() -> None:
    verbs = ("tasks", "models", "spaces", "strategies", "schedulers")
    assert loaded_by("".join(called("ls", verb) for verb in verbs)) == []


def test_reading_the_public_functions_loads_nothing_heavy() -> None:
    assert loaded_by("import autoclue\n[getattr(autoclue, n) for n in autoclue.__all__]") == []


def test_mistakes_and_doctor_load_neither_paddle_nor_ray() -> None:
    wrong = ("--task", "xnli", "--model", "builtin", "--data", "builtin")
    code = called("tune", *wrong, "--sampler", "tpx") + called("train", *wrong, "--strategy", "u")
    code += "from autoclue.doctor import examine\nexamine()\n"
    assert not {"paddle", "paddlenlp", "ray", "plotly"} & set(loaded_by(code))
