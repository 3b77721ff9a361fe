"""Words of the command line, of every verb; nothing is trained."""

from __future__ import annotations

import errno
import socket
import sys
from pathlib import Path
from typing import NoReturn

import pytest
from hypothesis import strategies as st

from autoclue.errors import AutoclueError
from autoclue.option_fields import read_options
from autoclue.options import StudySpec
from autoclue.search.spec import make_plan
from tests.fuzz.budget import fuzz, refused_or_read
from tests.fuzz.commands import run_verb, verbs
from tests.fuzz.inputs import scalars, texts, values

ONLY = {
    "tune": ("--print-config",),
    "train": ("--print-config",),
    "grid": ("--plan", "--builtin-size", "tiny"),
    "reproduce": ("--builtin-size", "tiny"),
    "data check": ("--builtin-size", "tiny"),
}
"""What keeps a verb from training, or from making much text."""
TOLD = ("ls studies", "ls scores")
"""Of the lists those that read what they are given; of the others one is enough."""
Told = tuple[str, list[tuple[str, str]], list[str]]
"""A verb, options with values, and words."""
GOOD = (
    *("xnli", "builtin", "tiny", "learning_rate=1e-5..1e-3:log", "dropout=0..1:step=1e-12", "3"),
    *("tnews,csl", "2/8", "ernie-3.0-base-zh", "bert-base-chinese", "dev", "here", "1.0", "cpu"),
    *("here/rows.csv", "here/task.yaml", "sentence"),
)


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a few files, a cache of its own, and nothing that trains."""

    def no_training(*_: object) -> NoReturn:
        raise AutoclueError("Nothing is trained here.")

    def no_network(*_: object, **__: object) -> NoReturn:
        raise OSError(errno.ENETUNREACH, "no network here")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "autoclue.search.execution.ray", None)
    monkeypatch.setattr("autoclue.api.studies.training", no_training)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "rows.csv").write_text("sentence,label\n天,1\n地,0\n", encoding="utf-8")
    (tmp_path / "here" / "train.json").write_text('{"sentence": "天", "label": "a"}\n')
    (tmp_path / "here" / "task.yaml").write_text(
        "name: mine\nfiles: {train: train.json, dev: train.json}\n"
        "input: {kind: single, text: sentence}\nlabels: [a, b]\n"
    )


@pytest.mark.usefixtures("loaded", "quiet")
def test_command_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = verbs()

    def target(told: Told) -> None:
        verb, options, arguments = told
        words = [*verb.split(), *arguments]
        for name, value in options:
            words += [name, value] if known[verb].get(name, True) else [name]
        words += [*ONLY.get(verb, ()), *(("--yes",) if verb == "rm" else ())]
        run_verb([word.replace("\0", "0") for word in words], capsys, monkeypatch)

    words = texts | st.sampled_from(GOOD)
    every = sorted({name for options in known.values() for name in options})

    def with_options(verb: str) -> st.SearchStrategy[Told]:
        own = st.sampled_from(sorted(known[verb] or {"--help": False}))
        names = st.one_of(own, own, own, st.sampled_from(every))
        options = st.lists(st.tuples(names, words), max_size=4)
        return st.tuples(st.just(verb), options, st.lists(words, max_size=2))

    lists = [verb for verb in known if verb.startswith("ls ") and verb not in TOLD]
    tried = sorted({*known} - {"doctor", *lists[1:]})  # that starts programs of its own
    fuzz(st.sampled_from(tried).flatmap(with_options), target, share=3)


def test_every_verb_and_its_options_are_tried() -> None:
    found = verbs()
    assert {"tune", "grid", "extract", "submit", "data check", "ls studies"} <= {*found}
    assert found["compare"] == {"--folder": True, "--follow-storage": False, "--format": True}


@pytest.mark.usefixtures("loaded", "quiet")
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
        share=1.5,
    )
