"""What the benchmark of crashes counts, without a search."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest

from autoclue.records import Evaluation, StudyRecord, TrialRecord, TrialState
from benchmarks.crashes.campaign import main
from benchmarks.crashes.compare import differing
from benchmarks.crashes.figures import ZEROS, Figures, add_up, all_zero, table
from benchmarks.crashes.killed_study import EXPECTED
from benchmarks.crashes.kills import (
    Kill,
    Moment,
    Victim,
    draw_kills,
    draw_kills_of,
    find_victims,
    kill_all,
    living,
)
from benchmarks.crashes.scene import IN_ROUNDS, POPULATIONS, Scene, Way, trials_of

EVALUATION = Evaluation(
    step=5, score=0.5, dev_loss=0.7, train_loss=0.6, learning_rate=1e-3, steps_per_s=9.0,
    eval_s=0.1, elapsed_s=1.0, epoch=1,
)  # fmt: skip
TRIAL = TrialRecord(0, TrialState.COMPLETE, {"dropout": 0.1}, {"task": "t"}, (EVALUATION,))
STUDY = StudyRecord("s", {}, "accuracy", False, {}, (), {}, "2026-01-01", (TRIAL,))


def with_evaluation(**changes: float) -> StudyRecord:
    changed = replace(EVALUATION, **changes)  # type: ignore[arg-type]
    return replace(STUDY, trials=(replace(TRIAL, evaluations=(changed,)),))


def drawn(seed: int) -> list[Kill]:
    return [*islice(draw_kills(seed), 200)]


def test_a_seed_decides_all_kills() -> None:
    assert drawn(3) == drawn(3)
    assert drawn(3) != drawn(4)
    assert {kill.victim for kill in drawn(3)} == set(Victim)


@pytest.mark.parametrize("way", list(Way))
def test_every_way_has_kills_of_its_own(way: Way) -> None:
    drawn_of = [*islice(draw_kills_of(way, 3), 50)]
    assert drawn_of == [*islice(draw_kills_of(way, 3), 50)]
    heard = {number for kill in drawn_of for number in kill.signals} - {signal.SIGKILL}
    assert bool(heard) == (way is Way.SIGNALS)
    assert any(kill.moment is Moment.CONFIRMATION for kill in drawn_of) == (way is Way.CONFIRM)


def test_the_command_of_each_way(tmp_path: Path) -> None:
    words = {way: Scene(tmp_path, 24, way=way).words("s") for way in Way}
    assert ("--extend" in words[Way.EXTEND], "--trials" in words[Way.EXTEND]) == (True, False)
    assert "--confirm" in words[Way.CONFIRM]
    for way in POPULATIONS:
        assert way.value in " ".join(words[way])
        assert ("--trials" in words[way], "--rounds" in words[way]) == (False, way in IN_ROUNDS)
    first = Scene(tmp_path, 24, way=Way.EXTEND).words("s", first=True)
    assert first[first.index("--trials") + 1] == "20"


def test_a_population_says_itself_how_many_trials_it_has() -> None:
    assert {way: trials_of(way) for way in Way} == {
        **dict.fromkeys(Way, None),
        **{Way.PBT: 33, Way.PB2: 33, Way.HAZERO: 25, Way.PSHE2: 25, Way.GOING_ON: 25},
    }


def test_a_real_task_is_searched_by_the_model_that_ships(tmp_path: Path) -> None:
    words = Scene(tmp_path, 33, way=Way.PBT, real=True).words("s")
    assert words[words.index("--task") + 1] == "tnews"
    assert words[words.index("--model") + 1] == "builtin"


@pytest.mark.parametrize("changes", [{"score": 0.5000001}, {"dev_loss": 0.71}, {"step": 10}])
def test_a_trial_with_another_number_differs(changes: dict[str, float]) -> None:
    assert differing(with_evaluation(**changes), STUDY) == (0,)


def test_times_and_interruptions_make_no_difference() -> None:
    slower = with_evaluation(steps_per_s=1.0, eval_s=2.0, elapsed_s=3.0)
    assert differing(slower, STUDY) == ()
    restarted = replace(TRIAL, restarts=2, deaths=("killed",), ended_at="later")
    assert differing(replace(STUDY, trials=(restarted,)), STUDY) == ()


def test_a_trial_too_many_or_too_few_differs() -> None:
    more = replace(STUDY, trials=(TRIAL, replace(TRIAL, number=1)))
    assert differing(more, STUDY) == (1,)
    assert differing(replace(STUDY, trials=()), STUDY) == (0,)


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        '  File "ray_adapter.py", line 1, in <module>',
        "[2026-11-20 22:47:28,454 E 11555 12103] rpc_client.h:204: Failed to connect to GCS",
        "*** SIGABRT received at time=1 on cpu 0 ***",
    ],
)
def test_what_a_user_should_not_see_is_odd(line: str) -> None:
    assert EXPECTED.match(line) is None


@pytest.mark.parametrize(
    "line",
    [
        "     task  crashes, 2 labels, accuracy",
        "  goes on  1 trial is recorded already",
        "12:00:00 trial 3 step 5/30: score 0.5125, loss 0.6804, 37.4 steps/s",
        "autoclue: Ray ended in the middle of the search.",
    ],
)
def test_progress_and_sentences_are_expected(line: str) -> None:
    assert EXPECTED.match(line) is not None


def test_victims_are_sought_in_the_session_of_the_driver_alone() -> None:
    assert find_victims(Victim.DRIVER, 2**22 + 1) == []
    assert os.getpid() in living(os.getsid(0))


def test_killing_who_is_gone_counts_nothing() -> None:
    assert kill_all([2**22 + 1]) == 0


def run(lost: int, end_s: float) -> Figures:
    zeros = dict.fromkeys(ZEROS, 0)
    victims = {"driver": 2, "worker": 1}
    run = {"kills": 3, "kills_by_victim": victims, **zeros, "ends_after_ray_died_s": [end_s]}
    return {**run, "evaluations_lost": lost, "details": [{"name": "s"}]}


def test_runs_add_up_figure_by_figure() -> None:
    total = add_up([run(0, 4.0), run(1, 8.0)])
    assert (total["kills"], total["evaluations_lost"]) == (6, 1)
    assert total["kills_by_victim"] == {"driver": 4, "worker": 2}
    assert total["ends_after_ray_died_s"] == [4.0, 8.0]


def test_only_runs_without_a_finding_are_all_zero() -> None:
    assert all_zero(add_up([run(0, 4.0), run(0, 8.0)]))
    assert not all_zero(add_up([run(0, 4.0), run(1, 8.0)]))


def test_table_says_median_and_longest_end_and_leaves_details_out() -> None:
    lines = [*table(add_up([run(0, 4.0), run(0, 8.0), run(0, 5.0)]))]
    assert lines[-1].endswith("5.0 median, 8.0 longest")
    assert len(lines) == len(run(0, 4.0)) - 1


def test_sum_of_written_parts_is_printed_and_decides_the_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [tmp_path / f"{lost}.json" for lost in (0, 1)]
    for lost, path in enumerate(paths):
        path.write_text(json.dumps(run(lost, 4.0)), encoding="utf-8")
    assert main(["--sum", str(paths[0]), str(paths[0])]) == 0
    assert "driver 4, worker 2" in capsys.readouterr().out
    assert main(["--sum", *map(str, paths)]) == 1
