"""Models that were kept without a training, for tests of what follows one."""

from __future__ import annotations

from pathlib import Path

from autoclue.records import Evaluation
from autoclue.tasks import load_task
from autoclue.training import build_config
from autoclue.training.checkpoints.best_model import save_best
from autoclue.training.heads import make_head
from autoclue.training.model import load_tokenizer

EVALUATION = Evaluation(
    step=1,
    score=0.5,
    dev_loss=1.0,
    train_loss=1.0,
    learning_rate=1e-3,
    steps_per_s=1.0,
    eval_s=1.0,
    elapsed_s=1.0,
    epoch=1,
    scores={"accuracy": 0.5},
)


def keep_untrained(folder: Path, task: str, model: Path, data: str, *, seed: int = 1) -> Path:
    """Keep a model with a head that nothing was taught, as a trial keeps its best one.

    Args:
        folder: Where it is kept.
        task: Name or file of the task.
        model: The encoder.
        data: Where the rows come from.
        seed: Seeds the head.
    """
    spec = load_task(task)
    save_best(
        folder,
        network=make_head(spec).build(str(model), seed=seed),
        tokenizer=load_tokenizer(str(model)),
        config=build_config(
            spec.recipe,
            task=task,
            model=str(model),
            data=data,
            strategy="uniform",
            settings={"max_length_tokens": 32, "seed": seed},
        ),
        spec=spec,
        evaluation=EVALUATION,
    )
    return folder
