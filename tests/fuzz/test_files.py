"""YAML files, rows, archives, what a server sends, kept states and the cache."""

from __future__ import annotations

import contextlib
import http.server
import io
import json
import shutil
import tarfile
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import yaml
from hypothesis import strategies as st

from autoclue.errors import AutoclueError
from autoclue.options import TuneArguments
from autoclue.run_files import complete_run
from autoclue.search.study.location import find_study
from autoclue.space import load_space
from autoclue.tasks import load_task
from autoclue.tasks.sources import open_data
from autoclue.tasks.sources.download import fetch_archive
from autoclue.tasks.sources.unpack import unpack
from autoclue.tasks.spec_parts import Download
from autoclue.train_options import TrainArguments
from autoclue.training.checkpoints import read_kept
from autoclue.training.checkpoints.trial_state import StateError, read_state
from autoclue.training.features.cache import load_features
from tests.fuzz.budget import SECRET, fuzz, refused_or_read
from tests.fuzz.inputs import as_json, changed, replaced, seeds, texts, values

KEYS = st.sampled_from(
    [
        *("name", "kind", "format", "header", "files", "train", "dev", "test", "input", "text"),
        *("labels", "recipe", "epochs", "batch_size", "learning_rate", "download", "url", "md5"),
        *("parameters", "tasks", "extends", "when", "float", "int", "choice", "value", "step"),
        *("log", "task", "strategy", "sampler", "scheduler", "settings", "baseline", "space"),
        *("trials", "time_budget", "storage", "folder", "seed", "eval_every", "holdout", "model"),
    ]
)
TASK: dict[str, object] = {
    "name": "mine",
    "files": {"train": "train.json", "dev": "dev.json"},
    "input": {"kind": "single", "text": "sentence"},
    "labels": ["a", "b"],
}
SPACE: dict[str, object] = {
    "name": "mine",
    "parameters": {
        "learning_rate": {"float": [1e-5, 1e-3], "log": True},
        "batch_size": [16, 32],
        "dropout": {"float": [0.0, 0.3], "step": 0.1, "when": {"batch_size": 16}},
    },
}
RUN: dict[str, object] = {"task": "xnli", "settings": {"learning_rate": [1e-4, 1e-3]}, "trials": 3}
FRAGMENTS = (
    *("a: &a [*a]\n", "{{x}}: 1\n", "? [a]\n: 1\n", "2001-01-01: 2001-99-99\n", "- " * 2000),
    *("!!python/object/apply:os.system ['touch canary']\n", "!!timestamp x\n", "!!int x\n"),
    *("a: !!binary x\n", "<<: [1, 2]\n", "&a a: *a\n", "%YAML 9.9\n---\n", "[" * 20_000),
    *("a: " + "9" * 5000 + "\n", "a: 0x" + "f" * 5000 + "\n", "\ufeffa: 1\n", "--- a\n--- b\n"),
    "a: &a [x,x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"b{i}: &b{i} [{','.join([f'*b{i - 1}' if i else '*a'] * 10)}]\n" for i in range(9)),
)


def _with(base: dict[str, object], more: dict[str, object]) -> dict[str, object]:
    return {**base, **more}


def _mappings() -> st.SearchStrategy[dict[str, object]]:
    """Files of ours of which some keys hold something else."""
    added = st.dictionaries(KEYS, values, max_size=4)
    inner = st.dictionaries(KEYS, values | st.dictionaries(KEYS, values, max_size=3), max_size=3)
    return st.one_of(
        *(added.map(partial(_with, base)) for base in (TASK, SPACE, RUN)),
        inner.map(lambda more: {**SPACE, "parameters": {**SPACE["parameters"], **more}}),  # type: ignore[dict-item]
    )


yaml_texts = st.one_of(
    st.tuples(_mappings(), st.sampled_from((*FRAGMENTS, "", "")), st.integers(0, 2**32)).map(
        lambda told: _dumped(told[0]) + told[1]
    ),
    st.sampled_from(FRAGMENTS),
    texts,
)


def _dumped(mapping: dict[str, object]) -> str:
    try:
        return yaml.safe_dump(mapping, allow_unicode=True)
    except ValueError:  # a number of thousands of digits
        return "x: " + "8" * 5000 + "\n"


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the current one, with a cache of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    return tmp_path


def test_yaml_files(work: Path) -> None:
    path = work / "file.yaml"

    def target(text: str) -> None:
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        refused_or_read(lambda: load_task(str(path)))
        refused_or_read(lambda: load_space(str(path)).size())
        refused_or_read(lambda: complete_run(TuneArguments, {}, path))
        refused_or_read(lambda: complete_run(TrainArguments, {"task": "xnli"}, path))
        assert not (work / "canary").exists()

    fuzz(yaml_texts, target, share=2)


ROWS = {
    "tnews": {"sentence": "左", "label": "100", "label_desc": "news_story", "id": 1},
    "cmrc2018": {
        "version": "1",
        "data": [
            {
                "title": "t",
                "paragraphs": [
                    {
                        "id": "P",
                        "context": "天地人",
                        "qas": [
                            {
                                "id": "Q",
                                "question": "谁",
                                "answers": [{"text": "人", "answer_start": 2}],
                            }
                        ],
                    }
                ],
            }
        ],
    },
    "c3": [[["天", "地"], [{"question": "谁", "choice": ["人", "山"], "answer": "人"}], "7-1"]],
    "chid": {"candidates": ["一二三四"] * 7, "content": ["天#idiom000001#地"]},
}


def test_rows(work: Path) -> None:
    specs = {name: load_task(name) for name in ROWS}

    def target(told: tuple[str, list[int], object, int, bool]) -> None:
        name, path, value, number, damaged = told
        spec, folder = specs[name], work / name
        folder.mkdir(exist_ok=True)
        text = as_json(replaced(ROWS[name], path, value), escaped=number % 2 == 0)
        data = f"{text}\n".encode("utf-8", "surrogatepass")
        for names in spec.files.values():
            content = changed(data, number) if damaged else data
            (folder / names[0]).write_bytes(content)

        def read() -> None:
            source = open_data(spec, str(folder))
            for split in source.splits:
                source.examples(split)

        refused_or_read(read)

    paths = st.lists(st.integers(0, 7), max_size=6)
    names = st.sampled_from(sorted(ROWS))
    fuzz(
        st.tuples(names, paths, values, seeds, st.booleans()),
        target,
        share=1.5,
    )


def _tar(names: list[str], *, mode: str) -> bytes:
    made = io.BytesIO()
    modes: Mapping[str, Literal["w:", "w:gz", "w:bz2", "w:xz"]] = {
        **{"": "w:", "gz": "w:gz", "bz2": "w:bz2", "xz": "w:xz"}
    }
    with tarfile.open(fileobj=made, mode=modes[mode], format=tarfile.PAX_FORMAT) as tape:
        for name in names:
            member = tarfile.TarInfo(name)
            member.size = 4
            with contextlib.suppress(ValueError, UnicodeError):
                tape.addfile(member, io.BytesIO(b"data"))
    return made.getvalue()


def _zip(names: list[str]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in names:
            with contextlib.suppress(ValueError, UnicodeError):
                packed.writestr(name.replace("\0", "0") or "x", b"data" * 20)
    return made.getvalue()


def test_archives(work: Path) -> None:
    archive = work / "archive"

    def target(told: tuple[list[str], str, int, bool]) -> None:
        names, mode, number, damaged = told
        made = _zip(names) if mode == "zip" else _tar(names, mode=mode)
        archive.write_bytes(changed(made, number) if damaged else made)
        folder = work / "out" / "unpacked"
        refused_or_read(lambda: unpack(archive, folder, check=lambda _: None))
        assert {p.name for p in work.iterdir()} <= {"archive", "out"}
        assert {p.name for p in (work / "out").iterdir()} <= {"unpacked"}
        shutil.rmtree(folder, ignore_errors=True)

    names = st.lists(
        texts | st.sampled_from(["a", "a/b", "/etc/x", "c:\\x", "a/../b"]), max_size=4
    )
    modes = st.sampled_from(["zip", "", "gz", "bz2", "xz"])
    fuzz(st.tuples(names, modes, seeds, st.booleans()), target, share=1)


class _Answer(http.server.BaseHTTPRequestHandler):
    """Sends what the test wants; the framework imposes the base class."""

    wanted: tuple[int, list[tuple[str, str]], bytes] = (200, [], b"")

    def do_GET(self) -> None:
        status, headers, body = self.wanted
        self.wfile.write(f"HTTP/1.1 {status} \x1b[31mred\r\n".encode())
        for name, value in headers:
            self.wfile.write(f"{name}: {value}\r\n".encode("utf-8", "replace"))
        self.wfile.write(b"Connection: close\r\n\r\n" + body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def server() -> Iterator[str]:
    """A server on this machine; gives its address with a user and a password."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://me:{SECRET}@127.0.0.1:{running.server_address[1]}"
        running.shutdown()


def test_servers(work: Path, server: str) -> None:
    def target(told: tuple[int, list[tuple[str, str]], bytes, bool]) -> None:
        status, headers, body, known = told
        _Answer.wanted = (status, headers, body)
        md5 = "0" * 32 if known else None
        with tempfile.TemporaryDirectory(dir=work) as folder:
            download = Download(url=f"{server}/a.zip?token={SECRET}", md5=md5)
            refused_or_read(lambda: fetch_archive(download, Path(folder), instead=""))
            assert not [path for path in Path(folder).iterdir() if SECRET in path.name]

    lines = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
    headers = st.tuples(
        st.sampled_from(
            ["Content-Length", "Location", "Content-Encoding", "ETag", "Content-Range", "X"]
        ),
        lines
        | st.sampled_from(["/", "9" * 30, "-1", "gzip", "bytes 9-", 'W/"a"', "//[", "http://"]),
    )
    codes = st.sampled_from([200, 200, 206, 301, 302, 308, 401, 404, 416, 500, 999])
    bodies = st.binary(max_size=60) | st.just(b"x" * 5000)
    fuzz(st.tuples(codes, st.lists(headers, max_size=3), bodies, st.booleans()), target, share=2)


KEPT: dict[str, object] = {"format": 1, "config": {"task": "xnli"}, "labels": ["a"]}


def _cached(folder: Path) -> None:
    folder.mkdir()
    for name in ("ids", "segments", "offsets", "examples", "value-label"):
        np.save(folder / f"{name}.npy", np.arange(4))
    (folder / "names.json").write_text('{"value": ["label"], "token_value": []}')


def _readers(folder: Path) -> dict[str, Callable[[], object]]:
    from tests.search.conftest import configure

    config = configure({"learning_rate": 1e-4, "batch_size": 16})

    def state() -> None:
        with contextlib.suppress(StateError):  # a clause, for the log
            read_state(folder, config=config, data="", device="cpu")

    return {
        "state.safetensors": state,
        "autoclue.json": lambda: read_kept(folder),
        "study.json": lambda: find_study(folder.parent, str(folder)),
        "names.json": lambda: load_features(folder),
        "ids.npy": lambda: load_features(folder),
        "value-label.npy": lambda: load_features(folder),
    }


def test_states_and_cache(work: Path) -> None:
    first = work / "first"
    _cached(first)
    (first / "autoclue.json").write_text(json.dumps(KEPT))
    (first / "study.json").write_text('{"name": "mine", "storage": "ledger.db"}')
    np.save(first / "state", np.arange(3))
    (first / "state.npy").rename(first / "state.safetensors")
    folder = work / "folder"

    def target(told: tuple[str, object, int, str]) -> None:
        name, value, number, how = told
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(first, folder)
        path = folder / name
        if how == "other":
            path.write_bytes(as_json(value).encode("utf-8", "surrogatepass"))
        elif how == "damaged":
            path.write_bytes(changed(path.read_bytes(), number))
        else:
            path.unlink()
            path.mkdir() if how == "folder" else path.symlink_to(path)
        refused_or_read(_readers(folder)[name])

    ways = st.sampled_from(["other", "damaged", "damaged", "folder", "circle"])
    names = st.sampled_from(sorted(_readers(folder)))
    fuzz(st.tuples(names, values, seeds, ways), target, share=1.5)


def test_an_error_of_ours_is_all_that_passes() -> None:
    with pytest.raises(ZeroDivisionError, match="division"):
        refused_or_read(lambda: 1 / 0)
    with pytest.raises(AssertionError, match="code was run"):
        refused_or_read(lambda: __import__("os").system("true"))

    def tell() -> None:
        raise AutoclueError(SECRET)

    with pytest.raises(AssertionError, match="a secret is told"):
        refused_or_read(tell)
