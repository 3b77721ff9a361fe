"""Suites whose index isn't as it was written, and old logs that become one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st

from autoclue.api import extracted, read_logs
from autoclue.option_fields import read_options
from autoclue.reporting import result_rows, summary_text
from autoclue.search.suite import add_to_index, find_suite
from autoclue.suite_options import ExtractArguments, ImportArguments
from tests.fuzz.budget import fuzz, refused_or_read
from tests.fuzz.commands import run_verb
from tests.fuzz.inputs import as_json, changed, replaced, seeds, texts, values

LINES = (
    "global step 100/500, epoch: 0, batch: 99, rank_id: 0, loss: 0.5, lr: 0.00003, speed: 9.0",
    "eval loss: 0.51, acc: 0.61, eval done total : 3.2 s",
    "global step 200/500, epoch: 1, batch: 9, loss: 0.4, lr: 0.00003, speed: 9.0 step/s",
    "eval loss: 0.41, acc: 0.71, eval done total : 3.2 s",
    '{"exact": 55.5, "f1": 77.7}',
    "eval acc: 0.7, eval done total : 3",
    "best_result: 71.00",
    "best_result: 66.10/88.20",
    "best_acc: 0.71",
)
ODD = (
    *("9" * 5000, "1.2.3", "-", ".", "1e999", "nan", "inf", "-1", "0", "e", "1e-400"),
    *("0" * 400 + "1", "\x1b[31m", "\0", "9" * 18, "9" * 400),
)
"""What may stand in a log instead of a number."""


def _log(told: list[tuple[str, str, int]]) -> bytes:
    """Write lines of which one number is another."""
    made = []
    for line, odd, place in told:
        words = line.split(" ")
        at = place % (2 * len(words))
        if at < len(words) and any(each.isdigit() for each in words[at]):
            words[at] = odd + "," * words[at].endswith(",")
        made.append(" ".join(words))
    return "\n".join(made).encode("utf-8", "surrogatepass")


def _extract(folder: Path, suite: str) -> None:
    results = extracted(read_options(ExtractArguments, {"suites": (suite,), "folder": folder}))
    result_rows(results)
    for as_published in (True, False):
        summary_text(results, as_published=as_published)


@pytest.fixture(scope="module")
def suites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a suite of two studies."""
    root = tmp_path_factory.mktemp("suites")
    for task in ("tnews", "cmrc2018"):
        (root / "logs" / task).mkdir(parents=True)
        log = "\n".join(LINES[:4] if task == "tnews" else LINES[4:5]) + "\n" + LINES[7]
        (root / "logs" / task / "3e-05_32_0.1.log").write_text(log)
    where = {"logs": root / "logs", "folder": root / "studies", "suite": "old"}
    read_logs(read_options(ImportArguments, where))
    return root / "studies"


def test_suites(
    suites: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tmp_path / "studies"
    shutil.copytree(suites, root)
    index, whole = root / "old" / "suite.json", (suites / "old" / "suite.json").read_bytes()
    ways = ("", "--json", "--csv", "--as-published")

    def target(told: tuple[list[int], object, int, str]) -> None:
        path, value, number, how = told
        if index.is_dir():
            index.rmdir()
        index.unlink(missing_ok=True)
        if how == "folder":
            index.mkdir()
        elif how == "circle":
            index.symlink_to(index)
        elif how == "other":
            text = as_json(replaced(json.loads(whole), path, value))
            index.write_bytes(text.encode("utf-8", "surrogatepass"))
        else:
            index.write_bytes(changed(whole, number))
        if number % 4 == 0:
            words = ["extract", "old", "--folder", str(root), ways[number // 4 % 4]]
            run_verb([word for word in words if word], capsys, monkeypatch)
            run_verb(["ls", "studies", "--folder", str(root)], capsys, monkeypatch)
            return
        refused_or_read(lambda: _extract(root, "old"))
        refused_or_read(lambda: add_to_index(root / "old", find_suite(root, "old").entries))

    how = st.sampled_from(["other", "other", "other", "damaged", "damaged", "folder", "circle"])
    paths = st.lists(st.integers(0, 3), max_size=4)
    fuzz(st.tuples(paths, values, seeds, how), target, share=1.5)


def test_old_logs(tmp_path: Path) -> None:
    def target(told: tuple[list[tuple[str, str, int]], str, str, int]) -> None:
        lines, task, name, number = told
        shutil.rmtree(tmp_path / "logs", ignore_errors=True)
        shutil.rmtree(tmp_path / "studies", ignore_errors=True)
        folder = tmp_path / "logs" / task
        folder.mkdir(parents=True)
        log = _log(lines)
        (folder / name).write_bytes(changed(log, number) if number % 4 == 0 else log)

        def read() -> None:
            where = {"logs": tmp_path / "logs", "folder": tmp_path / "studies", "suite": "old"}
            read_logs(read_options(ImportArguments, where))
            _extract(tmp_path / "studies", "old")

        refused_or_read(read)
        assert {each.name for each in tmp_path.iterdir()} <= {"logs", "studies"}

    odd = st.sampled_from(ODD) | texts
    lines = st.lists(
        st.tuples(st.sampled_from(LINES), odd, st.integers(0, 99)), min_size=1, max_size=9
    )
    names = st.sampled_from(
        [
            *("3e-05_32_0.1.log", "3e-05_32_0.1.log", "5e-05_16_0.0.log", "9e999_32_0.1.log"),
            *("0_32_0.1.log", "-1_32_0.1.log", f"3e-05_{'9' * 150}_0.1.log", "3e-05_0_0.1.log"),
            *("3e-05_32_1.0.log", "3e-05_32_....log", "1e-400_32_0.1.log", "e_1_1.log"),
        ]
    )
    tasks = st.sampled_from(["tnews", "tnews", "cmrc2018", "C3", "chid"])
    fuzz(st.tuples(lines, tasks, names, seeds), target, share=2)
