"""What the pages claim, as far as a program can check it: commands, links, names, examples."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path
from typing import Any

import optuna
import pytest
import typer.main
import yaml

from autoclue import api
from autoclue.cli.app import app
from autoclue.layers.paddlehub import paddlehub_powers
from autoclue.layers.registry import STRATEGIES, load_strategy
from autoclue.options import StudySpec
from autoclue.search.sampling import SAMPLERS, Proposer, ask_baseline
from autoclue.search.spec import make_plan
from autoclue.search.stopping import DEFAULT_SCHEDULER, SCHEDULERS
from autoclue.search.store import Ledger
from autoclue.space import load_space, read_settings, space_names
from autoclue.tasks import load_task, task_names
from autoclue.training.recipe.schedules import SCHEDULES

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for pattern in (
        *("README*.md", "CHANGELOG.md", "docs/**/*.md", "s*/README.md", "benchmarks/README.md"),
        *("tools/*/README.md", "autoclue/models/tiny_zh/MODEL_CARD.md"),
    )
    for page in ROOT.glob(pattern)
)
RECORDS = sorted(ROOT.glob("docs/adr/0*.md"))
BLOCK = re.compile(r"^```(?P<kind>\w*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
Click = Any
"""Typer carries a Click of its own, whose types have no public names."""


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def blocks(page: Path, kind: str) -> list[str]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [match["text"] for match in found if match["kind"] == kind]


def shell_lines(page: Path) -> list[str]:
    """Every command of a page's code blocks, continued lines joined."""
    text = "".join(blocks(page, "")).replace("\\\n", " ")
    return [line.strip() for line in text.split("\n")]


def commands_of(page: Path) -> list[str]:
    return [line for line in shell_lines(page) if line.startswith("autoclue ")]


def mentions_of(page: Path) -> list[str]:
    """Every `autoclue ...` within a sentence."""
    prose = BLOCK.sub("", page.read_text(encoding="utf-8"))
    return re.findall(r"`(autoclue [a-z][^`]*)`", prose)


def find_command(words: list[str]) -> tuple[Click, list[str]]:
    """Follow the verbs; return the command and what is left of the words."""
    command: Click = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]
    return command, words


def options_of(command: Click) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts} | {"--help"}


def anchors(page: Path) -> set[str]:
    """The anchors of a page: those written out, and those made of headings."""
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    return made | set(re.findall(r'<a id="([^"]+)"', text))


def in_table(name: str, page: str) -> bool:
    return re.search(rf"^\| \[?`{re.escape(name)}`", read(page), re.MULTILINE) is not None


SHOWN = [(p.relative_to(ROOT), line) for p in PAGES for line in commands_of(p)]
MENTIONED = [(p.relative_to(ROOT), text) for p in PAGES for text in mentions_of(p)]
LINKS = [
    (p, match["target"])
    for p in PAGES
    for match in LINK.finditer(BLOCK.sub("", p.read_text(encoding="utf-8")))
    if not match["target"].startswith("http")
]


def test_pages_commands_and_links_are_found() -> None:
    assert len(PAGES) >= 20
    assert len(SHOWN) >= 30
    assert len(LINKS) >= 40


@pytest.mark.parametrize(("page", "line"), SHOWN)
def test_every_command_shown_parses(page: Path, line: str) -> None:
    command, arguments = find_command(shlex.split(line.partition(" > ")[0], comments=True)[1:])
    assert not hasattr(command, "commands")
    command.make_context(command.name, arguments)


@pytest.mark.parametrize(("page", "text"), MENTIONED)
def test_every_command_mentioned_exists_with_its_options(page: Path, text: str) -> None:
    command, arguments = find_command(shlex.split(text)[1:])
    given = {word.partition("=")[0] for word in arguments if word.startswith("-")}
    assert command is not typer.main.get_command(app)
    assert given <= options_of(command)


MIGRATION = ("docs/migrate.md", "docs/zh/migrate.md")
OWN_COLUMN = re.compile(
    r"^\|[^|]*\| `autoclue (?P<verb>[a-z]+)` \|\n\|[-|]+\|\n(?P<rows>(?:\|.*\n)+)", re.M
)


@pytest.mark.parametrize("page", MIGRATION)
def test_every_option_in_the_place_of_another_tools_exists(page: str) -> None:
    tables = list(OWN_COLUMN.finditer(read(page)))
    assert [table["verb"] for table in tables] == ["train", "grid", "tune"]
    for table in tables:
        command, _ = find_command([table["verb"]])
        ours = [row.strip("| ").partition(" | ")[2] for row in table["rows"].splitlines()]
        shown = re.findall(r"`(--[a-z-]+)", "".join(ours))
        assert len(shown) >= 4
        assert set(shown) <= options_of(command)


def test_both_migration_pages_have_the_same_tables() -> None:
    spans = [re.findall(r"`(--[^`]+)`", read(page)) for page in MIGRATION]
    assert spans[0] == spans[1]


def test_a_wrong_option_would_be_noticed() -> None:
    command, arguments = find_command(["tune", "--task", "xnli", "--trails", "3"])
    with pytest.raises(Exception, match=r"[Nn]o such option.*--trails"):
        command.make_context(command.name, arguments)


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_every_relative_link_resolves(page: Path, target: str) -> None:
    path, _, anchor = target.partition("#")
    place = page.parent / path if path else page
    assert place.exists()
    assert anchor == "" or anchor in anchors(place)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_page_names_a_place_on_somebodys_machine(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"(?<![\w.~:/])/(?:work|root|home|tmp|Users)/", text) == []


def test_every_make_target_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    lines = [line for page in PAGES for line in shell_lines(page) if line.startswith("make ")]
    shown = {word for line in lines for word in shlex.split(line, comments=True)[1:]}
    assert {"demo", "test"} <= shown <= targets


def test_every_script_shown_exists() -> None:
    lines = [line for page in PAGES for line in shell_lines(page) if line.startswith("python ")]
    shown = {line.split()[1] for line in lines}
    assert "benchmarks/cost/trial_cost.py" in shown
    assert [script for script in shown if not (ROOT / script).is_file()] == []


def test_the_readme_shows_the_demo_that_make_runs() -> None:
    makefile = read("Makefile").replace("\\\n", " ")
    demo = re.search(r"^DEMO := \$\(BIN\)/(.*)$", makefile, re.MULTILINE)
    assert demo is not None
    shown = [" ".join(line.split()) for line in shell_lines(ROOT / "README.md")]
    assert " ".join(demo[1].split()) in shown


@pytest.mark.parametrize("name", task_names())
def test_the_task_table_agrees_with_the_task(name: str) -> None:
    spec, recipe = load_task(name), load_task(name).recipe
    table = read("docs/tasks.md").partition("## The tasks that ship")[2]
    row = next(line for line in table.split("\n") if line.startswith(f"| `{name}` |"))
    files = (" or ".join(f"`{f}`" for f in spec.files[split]) for split in ("train", "dev"))
    numbers = (len(spec.output_labels), recipe.epochs, recipe.max_length_tokens, recipe.batch_size)
    assert row == f"| `{name}` | {', '.join(files)} | {' | '.join(map(str, numbers))} |"


@pytest.mark.parametrize("name", space_names())
def test_every_space_stands_in_the_table(name: str) -> None:
    assert in_table(name, "search_spaces/README.md")


@pytest.mark.parametrize("name", STRATEGIES.names())
@pytest.mark.parametrize("page", ["README.md", "docs/strategies.md"])
def test_every_strategy_stands_in_the_tables(name: str, page: str) -> None:
    assert in_table(name, page)


@pytest.mark.parametrize("name", STRATEGIES.names())
def test_the_strategy_table_names_every_parameter(name: str) -> None:
    lines = read("docs/strategies.md").split("\n")
    row = next(line for line in lines if line.startswith(f"| `{name}` |"))
    named = set(re.findall(r"`(\w+)`", row.split("|")[2]))
    assert named == set(STRATEGIES.parameters(name))


@pytest.mark.parametrize("name", SAMPLERS.names())
def test_every_sampler_stands_in_the_guide(name: str) -> None:
    assert in_table(name, "docs/guide.md")


@pytest.mark.parametrize("name", SCHEDULERS.names())
def test_every_scheduler_stands_in_the_table_and_in_the_help(name: str) -> None:
    tune, _ = find_command(["tune"])
    replay, _ = find_command(["replay"])
    for command in (tune, replay):
        option = next(p for p in command.params if "--scheduler" in p.opts)
        assert name in re.findall(r"\w+", option.help)
    assert in_table(name, "docs/schedulers.md")


def test_the_functions_have_the_default_scheduler_of_the_command_line() -> None:
    tune, _ = find_command(["tune"])
    defaults = [inspect.signature(f).parameters["scheduler"].default for f in (api.tune,)]
    defaults += [p.default for p in tune.params if "--scheduler" in p.opts]
    assert defaults == [DEFAULT_SCHEDULER] * 2


@pytest.mark.parametrize("name", SCHEDULES)
def test_every_schedule_stands_in_the_table(name: str) -> None:
    assert in_table(name, "docs/strategies.md")


def test_every_variable_of_autoclue_is_explained() -> None:
    sources = [p.read_text(encoding="utf-8") for p in ROOT.glob("autoclue/**/*.py")]
    variables = {name for text in sources for name in re.findall(r"\bAUTOCLUE_[A-Z_]+\b", text)}
    assert variables != set()
    assert all(in_table(name, "docs/troubleshooting.md") for name in variables)


def test_every_quirk_of_the_readme_is_explained() -> None:
    section = read("README.md").partition("## The protocol `clue`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)[2:]
    quirks = [quirk.strip() for row in rows for quirk in row.split(",")]
    protocol = read("docs/protocol.md")
    assert len(quirks) >= 6
    assert [quirk for quirk in quirks if f"**{quirk}**" not in protocol] == []


ROWS = re.findall(
    r"^\| ([A-Z]+) \| \S+ \| (\d+) \| (\S+) \| (\d+) \| (\d+) \| (\S+) of it \|$",
    read("docs/strategies.md"),
    re.MULTILINE,
)


def test_all_four_autofinetune_rows_are_there() -> None:
    assert len(ROWS) == 4


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_the_autofinetune_table_follows_the_formula(row: tuple[str, ...]) -> None:
    _, blocks_asked, factor, made, size, embeddings = row
    powers = paddlehub_powers(6 * 24 + 5, int(blocks_asked))
    assert max(powers) + 1 == int(made)
    assert powers.count(1) == int(size)
    assert f"{float(factor) ** -max(powers):.4f}" == embeddings


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_python_examples_compile(page: Path) -> None:
    for text in blocks(page, "python"):
        compile(text, str(page), "exec")


def examples(key: str) -> list[str]:
    """The YAML examples of all pages that hold a key at their top."""
    found = [text for page in PAGES for text in blocks(page, "yaml")]
    return [text for text in found if key in yaml.safe_load(text)]


@pytest.mark.parametrize("text", examples("input"))
def test_task_examples_are_tasks(text: str, tmp_path: Path) -> None:
    path = tmp_path / "task.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_task(str(path)).splits[:2] == ("train", "dev")


@pytest.mark.parametrize("text", examples("parameters"))
def test_space_examples_are_spaces(text: str, tmp_path: Path) -> None:
    path = tmp_path / "space.yaml"
    path.write_text(text, encoding="utf-8")
    assert "learning_rate" in load_space(str(path)).parameters


@pytest.fixture
def _example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The strategy that strategies/README.md shows, as the module that it names."""
    (example,) = blocks(ROOT / "strategies" / "README.md", "python")
    (tmp_path / "my_strategies.py").write_text(example, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("_example")
def test_the_strategy_example_is_a_strategy() -> None:
    strategy = load_strategy("my_strategies:HeadFirst", {"body": 0.3})
    assert strategy.name == "head_first"
    described = STRATEGIES.parameters("my_strategies:HeadFirst")["body"]
    assert str(described) == "body: float, above 0 and at most 1 = 0.5"
    assert STRATEGIES.text_of(strategy) == "my_strategies:HeadFirst:body=0.3"


@pytest.mark.usefixtures("_example")
def test_the_strategy_example_has_a_baseline_that_samplers_learn_from() -> None:
    line = next(line for page, line in SHOWN if "tune" in line and "HeadFirst" in line)
    words = shlex.split(line)
    given = {word: words[at + 1] for at, word in enumerate(words) if word.startswith("--")}
    plan = make_plan(
        StudySpec(
            task=given["--task"],
            model=given["--model"],
            data="builtin:tiny",
            strategy=given["--strategy"],
            settings=read_settings([given["--set"]]),
        )
    )
    ledger = Ledger(optuna.create_study(direction="maximize"))
    number = ask_baseline(ledger, Proposer(plan.space, "tpe", 0), plan.baseline_params)
    assert plan.baseline_params["body"] == 1.0
    assert set(plan.baseline_params) == set(plan.space.parameters)
    assert ledger.trials()[number].attributes.outside_space is False


def test_decision_records_are_numbered_without_gaps() -> None:
    assert [int(p.name[:4]) for p in RECORDS] == list(range(1, len(RECORDS) + 1))


@pytest.mark.parametrize("record", RECORDS, ids=lambda p: p.stem)
def test_a_decision_record_says_why_and_what_was_rejected(record: Path) -> None:
    headings = re.findall(r"^## (.*)$", record.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == ["Context", "Decision", "Rejected", "Consequence"]
    assert record.name in read("docs/adr/README.md")
