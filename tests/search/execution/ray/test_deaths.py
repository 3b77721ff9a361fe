"""What is written down of a worker that has died."""

from __future__ import annotations

from autoclue.search.execution.ray.hooks import _death


def test_the_card_that_was_lost_is_named() -> None:
    error = (
        "ray::WorkerTrainable.train()\n  File ...\nautoclue.training.group.group.RankDiedError: "
        "Process 1 of the 2 that train the trial together was ended by signal SIGKILL."
    )
    said = "Process 1 of the 2 that train the trial together was ended by signal SIGKILL."
    assert _death(error, "") == said
    assert _death(error, "FatalError") == f"{said} The last that it wrote: FatalError."


def test_other_deaths_give_rays_reason() -> None:
    told = _death("ActorDiedError: the actor died. Worker exit detail: it was killed.", "")
    assert told == ("The worker process was killed, ran out of memory or crashed (it was killed).")
