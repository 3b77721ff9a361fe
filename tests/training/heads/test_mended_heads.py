"""What the reading tasks' heads do differently once their defects are mended."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from autoclue.errors import DataError
from autoclue.tasks import load_task
from autoclue.tasks.reading.examples import BlankExample
from autoclue.training.features import Features
from autoclue.training.heads import Head, make_head
from autoclue.training.heads.multiple_choice import MASKED
from autoclue.training.platform import load_paddle
from autoclue.training.protocols import find_protocol

CANDIDATES = tuple("甲乙丙丁戊己庚辛壬癸")


def head(task: str, protocol: str) -> Head[Any]:
    return make_head(load_task(task), find_protocol(protocol).mends)


def decoded(logits: NDArray[np.float32], groups: list[int], protocol: str) -> list[object]:
    blanks = [
        BlankExample(row, f"b{row}", group, "", 0, CANDIDATES, None)
        for row, group in enumerate(groups)
    ]
    none: Any = None  # idioms are chosen by their logits alone
    return list(head("chid", protocol).decode(list(logits), none, blanks).values)


def logits(*rows: dict[int, float]) -> NDArray[np.float32]:
    """One row a blank, all logits 0 but those given."""
    made = np.zeros((len(rows), len(CANDIDATES)), dtype=np.float32)
    for row, values in enumerate(rows):
        for place, value in values.items():
            made[row, place] = value
    return made


def test_a_row_gets_the_assignment_with_the_largest_sum() -> None:
    rows = logits({0: 10.0, 1: 9.5}, {0: 9.0})
    assert decoded(rows, [0, 0], "clue") == [0, 1]
    assert decoded(rows, [0, 0], "sound") == [1, 0]


def test_a_row_that_a_published_batch_cuts_takes_no_idiom_twice() -> None:
    groups = [*range(23), 23, 23]
    rows = logits(*[{0: 1.0}] * 23, {5: 2.0}, {5: 1.0, 6: 0.5})
    assert decoded(rows, groups, "clue")[-2:] == [5, 5]
    assert decoded(rows, groups, "clue+one_evaluation_batch")[-2:] == [5, 6]
    assert decoded(rows, groups, "sound")[-2:] == [5, 6]


def test_a_row_with_more_blanks_than_candidates_is_answered_whole() -> None:
    rows = logits(*({place: 9.0} for place in range(10)), {3: 1.0})
    assert decoded(rows, [0] * 11, "sound") == [*range(10), 3]
    with pytest.raises(DataError, match="use protocol sound"):
        decoded(rows, [0] * 11, "clue")


class PrefersTheLast:
    """Gives every choice its place as its logit."""

    def __call__(self, ids: Any, segments: Any) -> Any:
        paddle = load_paddle()
        return paddle.arange(ids.shape[1], dtype="float32").expand(ids.shape[:2])


def two_real_choices() -> Features:
    """A question with two choices and two fillers; the second is right."""
    return Features(
        ids=np.full(4, 5, dtype=np.int32),
        segments=np.zeros(4, dtype=np.uint8),
        offsets=np.arange(5, dtype=np.int64),
        examples=np.zeros(1, dtype=np.int64),
        values={"label": np.array([1]), "real": np.array([[True, True, False, False]])},
    )


@pytest.mark.paddle
@pytest.mark.parametrize(
    ("protocol", "largest", "competing"), [("clue", 3.0, [0, 1, 2, 3]), ("sound", 1.0, [0, 1])]
)
def test_fillers_compete_by_clue_alone(
    protocol: str, largest: float, competing: list[float]
) -> None:
    chooser, features = head("c3", protocol), two_real_choices()
    batch = features.batch(np.array([0]), 0)
    outputs = chooser.outputs(PrefersTheLast(), batch)
    expected = np.log(np.exp(np.array(competing)).sum()) - 1.0
    assert outputs[0].max() == largest
    assert (outputs[0] == MASKED).sum() == 4 - len(competing)
    assert chooser.losses(outputs, features).tolist() == pytest.approx([expected])
    assert float(chooser.loss(PrefersTheLast(), batch)) == pytest.approx(expected)


def windows(*lengths: int) -> Features:
    tokens = sum(lengths)
    return Features(
        ids=np.full(tokens, 5, dtype=np.int32),
        segments=np.zeros(tokens, dtype=np.uint8),
        offsets=np.cumsum([0, *lengths], dtype=np.int64),
        examples=np.arange(len(lengths), dtype=np.int64),
        values={name: np.zeros(len(lengths), dtype=np.int64) for name in ("start", "end")},
        token_values={"characters": np.zeros((tokens, 2), dtype=np.int32)},
    )


def test_no_padding_counts_where_evaluations_are_cut_alike() -> None:
    features = windows(4, 9, 6)
    assert head("cmrc2018", "clue").evaluation_lengths(features).tolist() == [9, 9, 9]
    finder = head("cmrc2018", "clue+one_evaluation_batch")
    assert finder.evaluation_lengths(features).tolist() == [4, 9, 6]
    outputs = [np.zeros((2, 9), dtype=np.float32) for _ in range(3)]
    assert finder.losses(outputs, features).tolist() == pytest.approx(np.log([4, 9, 6]).tolist())
