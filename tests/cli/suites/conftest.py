"""A tiny text for each of the ten tasks, and an executor that trains nothing."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autoclue.records import Evaluation, LayerRate
from autoclue.search.execution import job_for_worker
from autoclue.search.execution.resources import Resources
from autoclue.search.store.schema import Prepared
from autoclue.search.tuner import Steering
from autoclue.tasks import load_task, write_builtin
from autoclue.training import TrialConfig

CLASSIFICATION = ("afqmc", "tnews", "iflytek", "ocnli", "cmnli", "cluewsc2020", "csl")
STEPS = (10, 20)
IDIOMS = ["一心一意", "三心二意", "四面八方", "五光十色", "七上八下"]
IDIOMS += ["九牛一毛", "十全十美", "百发百中", "千方百计", "万无一失"]

BLANKS = [f"#idiom{number:06}#" for number in range(32)]

Settings = tuple[str, float, int, float]
Runner = Callable[..., None]


@pytest.fixture(scope="session")
def ten_tasks(tmp_path_factory: pytest.TempPathFactory, cli_cache: Path) -> Path:
    """A folder with the files of all ten tasks, a few rows each."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOCLUE_CACHE", str(cli_cache))
        for task in CLASSIFICATION:
            write_builtin(load_task(task), folder, size="tiny", force=False)
    for split in ("train", "dev", "test"):
        _write(folder / "cmrc2018" / f"{split}.json", _squad())
        _write(folder / "chid" / f"{split}_answer.json", {blank: 0 for blank in BLANKS})
    for name in ("d-train", "d-dev", "m-train", "m-dev", "test1.1"):
        _write(folder / "c3" / f"{name}.json", _c3())
    for split in ("train", "dev", "test1.1"):
        rows = [{"content": [f"他做事{blank}。"], "candidates": IDIOMS} for blank in BLANKS]
        lines = "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
        (folder / "chid" / f"{split}.json").write_text(lines, encoding="utf-8")
    return folder


def _write(path: Path, content: object) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _squad() -> dict[str, object]:
    answers = [{"text": "北方", "answer_start": 4}]
    question = {"id": "Q1", "question": "河在哪里？", "answers": answers}
    paragraph = {"id": "P1", "context": "这条河在北方。", "qas": [question]}
    return {"version": "1", "data": [{"id": "D1", "title": "河", "paragraphs": [paragraph]}]}


def _c3() -> list[object]:
    question = {"question": "谁来了？", "choice": ["老师", "学生"], "answer": "老师"}
    return [[["老师来了。"], [question], f"{number}"] for number in range(32)]


def scripted_score(config: TrialConfig, step: int) -> float:
    """A score of the settings: 2e-5 with 32 wins, and batches of 16 equal those of 64."""
    size = 16 if config.batch_size == 64 else config.batch_size
    rate = round(abs(config.learning_rate - 2e-5) * 1e6)
    found = 0.8 - rate / 500 - abs(size - 32) / 400 - (0.01 if config.dropout == 0.0 else 0.0)
    return round(found * (0.5 if step == STEPS[0] else 1), 6)


def scripted_scores(config: TrialConfig, step: int) -> dict[str, float]:
    score = scripted_score(config, step)
    if config.task == "cmrc2018":
        return {"em": score, "f1": round(score + 0.1, 6)}
    return {"accuracy": score}


def evaluation_of(config: TrialConfig, step: int) -> Evaluation:
    """What a scripted run reports after a step."""
    return Evaluation(
        step=step,
        score=scripted_score(config, step),
        dev_loss=0.5,
        train_loss=0.6,
        learning_rate=1e-5,
        steps_per_s=10.0,
        eval_s=0.1,
        elapsed_s=step / 10,
        epoch=1,
        scores=scripted_scores(config, step),
    )


PREPARED = Prepared(
    total_steps=float(STEPS[-1]),
    evaluation_steps=STEPS,
    layer_rates=(LayerRate(0, "embeddings", 1.0, 1.0, True, 9),),
)


class ScriptedExecutor:
    """Runs a suite one trial after another, without a model.

    Attributes:
        asked: Settings of every run that was begun, in order.
        die_after: Events after which this process is interrupted; ``None`` for never.
        failing: Runs that fail each time, and how often they do.
        keep: Keeps a model in the folder of a run, where that is wanted.
    """

    def __init__(self) -> None:
        self.asked: list[Settings] = []
        self.die_after: int | None = None
        self.failing: dict[Settings, int] = {}
        self.keep: Callable[[TrialConfig, Path], None] | None = None

    def __call__(
        self,
        tuner: Steering,
        folder: Path,
        resources: Resources,
        *,
        write_job: Callable[..., dict[str, Any]] = job_for_worker,
    ) -> None:
        while (job := tuner.next_trial()) is not None:
            written = write_job(job, folder, "cpu")
            config = TrialConfig.model_validate(written["config"])
            settings = (config.task, config.learning_rate, config.batch_size, config.dropout)
            self.asked.append(settings)
            self._event()
            tuner.prepared(job.number, PREPARED)
            if self.failing.get(settings, 0) > 0:
                self.failing[settings] -= 1
                tuner.failed(job.number, "the loss is not finite")
                continue
            for step in STEPS:
                self._event()
                if step > job.after_step:
                    tuner.evaluated(job.number, evaluation_of(config, step))
            if self.keep is not None:
                self.keep(config, Path(written["folder"]))
            tuner.ended(job.number)
        assert tuner.done

    def _event(self) -> None:
        if self.die_after is not None:
            self.die_after -= 1
            if self.die_after < 0:
                raise KeyboardInterrupt


@pytest.fixture
def studies(tmp_path: Path) -> Iterator[Path]:
    """A folder for suites, in memory where that can be: their ledgers write line by line."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as folder:
        yield Path(folder) / "studies"


@pytest.fixture
def executor(
    execute_with: Callable[[Runner], None], monkeypatch: pytest.MonkeyPatch
) -> ScriptedExecutor:
    """Put the scripted executor in Ray's place; nothing is loaded before it."""
    made = ScriptedExecutor()
    execute_with(made)
    for module in ("run", "warm_up"):
        monkeypatch.setattr(f"autoclue.search.suite.{module}.warm_up", lambda configs, gpu: None)
    return made
