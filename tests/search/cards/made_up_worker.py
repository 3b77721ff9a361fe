"""A worker whose trials pretend to share a GPU: what they take follows from their settings."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.cost.idle_trials import PREPARED, STEPS, evaluation

NEEDS_MIB = {16: 900, 32: 1_000, 64: 1_800}
"""What a trial takes of a GPU, by its batch size."""


class MadeUpWorker:
    """Reports five scores, each as fast as the trials beside it let it; fails at its limit."""

    def __init__(self) -> None:
        self._mark: Path | None = None

    def begin(self, job: Mapping[str, Any]) -> None:
        """Take on a trial, and leave a mark for those beside it."""
        self.close()
        config, limit = job["config"], job["gpu_limit_mib"]
        folder = Path(job["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        told = f"{os.environ['CUDA_VISIBLE_DEVICES']} {limit}\n"
        with (folder / "shares.txt").open("a", encoding="utf-8") as file:
            file.write(told)
        self._left = [step for step in STEPS if step > job["after_step"]]
        self._fits = limit is None or NEEDS_MIB[config["batch_size"]] <= limit
        self._prepared = False
        self._mark = folder.parent / f"{folder.name}.runs"
        self._mark.touch()

    def next_event(self) -> dict[str, Any]:
        """Return the next report."""
        if not self._prepared:
            self._prepared = True
            if self._fits:
                return {"event": "prepared", "payload": asdict(PREPARED)}
            self.close()
            return {"event": "out_of_memory", "payload": {"reason": "It is full."}}
        if not self._left:
            self.close()
            return {"event": "ended", "payload": {}}
        time.sleep(0.3)
        assert self._mark is not None
        mates = len({self._mark, *self._mark.parent.glob("*.runs")})  # a listing may miss one
        told = asdict(evaluation(self._left.pop(0), 0.5))
        return {"event": "evaluated", "payload": {**told, "steps_per_s": 10 * min(1, 1.8 / mates)}}

    def close(self) -> None:
        """Take the mark away."""
        if self._mark is not None:
            self._mark.unlink(missing_ok=True)
