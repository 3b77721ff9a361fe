"""Words of the command line, of every verb that trains nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import strategies as st

from autoclue.cli import main
from autoclue.option_fields import read_options
from autoclue.options import StudySpec
from autoclue.search.spec import make_plan
from tests.fuzz.budget import SECRET, bounded, fuzz, refused_or_read
from tests.fuzz.inputs import scalars, texts, values

VERBS = (
    *("tune --print-config", "train --print-config", "ls studies", "ls models", "report"),
    *("replay", "resume", "confirm", "data write", "convert-model", "ls", "doctor --no", "x"),
)
OPTIONS = (
    *("--task", "--model", "--data", "--strategy", "--space", "--set", "--baseline", "--sampler"),
    *("--scheduler", "--seed", "--holdout", "--max-steps", "--eval-every", "--trials", "--extend"),
    *("--time-budget", "--step-budget", "--parallel", "--gpus-per-trial", "--address", "--json"),
    *("--confirm", "--seeds", "--study", "--folder", "--storage", "--config", "--out", "--like"),
    *("--builtin-size", "--learning-rate", "--batch-size", "--epochs", "--follow-storage"),
)
GOOD = ("xnli", "builtin", "tiny", "learning_rate=1e-5..1e-3:log", "dropout=0..1:step=1e-12", "3")


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder, a cache of its own, and nothing that trains."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "autoclue.search.execution.ray", None)


@pytest.mark.usefixtures("quiet")
def test_command_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def target(told: tuple[str, list[tuple[str, str]], list[str]]) -> None:
        verb, options, arguments = told
        words = [*verb.split(), *arguments, *(w for pair in options for w in pair if w)]
        words = [word.replace("\0", "0") for word in words]  # no system passes zeros on
        monkeypatch.setattr(sys, "argv", ["autoclue", *words])
        with bounded(), pytest.raises(SystemExit) as leaving:
            main()
        printed = capsys.readouterr()
        assert leaving.value.code in (0, 1, 2), printed.err
        assert "Traceback" not in printed.err
        assert "\x1b" not in printed.out + printed.err
        assert SECRET not in printed.out + printed.err
        assert len(printed.err) < 20_000

    words = texts | st.sampled_from(GOOD)
    options = st.lists(st.tuples(st.sampled_from(OPTIONS), words), max_size=4)
    fuzz(st.tuples(st.sampled_from(VERBS), options, st.lists(words, max_size=2)), target)


@pytest.mark.usefixtures("quiet")
def test_plans() -> None:
    good = {"task": "xnli", "model": "builtin", "data": "builtin", "builtin_size": "tiny"}

    def target(told: dict[str, object]) -> None:
        refused_or_read(lambda: make_plan(read_options(StudySpec, {**good, **told})))

    bounds = st.lists(scalars, max_size=3)
    ranges = st.one_of(
        values,
        st.fixed_dictionaries({"float": bounds}, optional={"step": scalars}),
        st.fixed_dictionaries({"int": bounds}, optional={"log": scalars}),
        texts,
    )
    names = st.sampled_from(["learning_rate", "batch_size", "dropout", "factor", "epochs", "x"])
    told = st.dictionaries(names, ranges, max_size=3)
    fuzz(
        st.fixed_dictionaries(
            {},
            optional={
                **{name: values for name in StudySpec.model_fields if name != "builtin_size"},
                "settings": told,
                "baseline": told,
            },
        ),
        target,
    )
