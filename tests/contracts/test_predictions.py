"""The predictions of every head keep the same promises, whatever is predicted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from autoclue.tasks import Predictions, find_kind
from autoclue.tasks.submission import check_file, find_form
from autoclue.training.data import Workspace
from autoclue.training.evaluate import answer_split
from autoclue.training.protocols import PROTOCOLS
from tests.contracts.test_heads import TASKS, Case, make_case, write_cases
from tests.contracts.toy_head import add_toy

pytestmark = [
    pytest.mark.paddle,
    pytest.mark.filterwarnings("ignore:Be aware, overflowing tokens"),
]

VALUES: dict[str, type] = {
    "classification": int,
    "multi_label": tuple,
    "span_extraction": str,
    "multiple_choice": int,
    "cloze": int,
    "toy": str,
}
"""What is predicted for an example; a new head adds its own."""
ROW_BY_ROW = ("classification", "multiple_choice")
"""Kinds whose answer is the largest logit of its own example."""


Cases = dict[tuple[str, str], Case]
"""By task and protocol."""


@dataclass(frozen=True)
class Answered:
    """What a fresh network answers to the development set of a kind's task."""

    case: Case
    found: Predictions

    @property
    def kind(self) -> str:
        return self.case.needed.spec.kind


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    folder = tmp_path_factory.mktemp("predictions")
    with pytest.MonkeyPatch.context() as patch:
        add_toy(patch)
        write_cases(folder)
        workspace = Workspace(cache=folder / "cache")
        yield {
            (name, protocol): make_case(name, folder, workspace, protocol=protocol)
            for name, protocol in itertools.product(TASKS, PROTOCOLS)
        }


def answer(case: Case) -> Answered:
    needed = case.needed
    split = answer_split(
        *(case.network(), needed.head, needed.dev, needed.dev_examples),
        pad_id=0,
        batch_size=8,
    )
    return Answered(case, split.predictions)


@pytest.fixture(scope="module", params=itertools.product(TASKS, PROTOCOLS), ids=" ".join)
def answered(request: pytest.FixtureRequest, cases: Cases) -> Answered:
    return answer(cases[request.param])


def test_every_kind_has_a_type_of_values() -> None:
    assert set(VALUES) == set(TASKS)


def test_there_is_one_for_each_example_under_its_own_id_and_in_order(answered: Answered) -> None:
    examples, found = answered.case.needed.dev_examples, answered.found
    assert found.ids == tuple(example.id for example in examples)
    assert len(found) == len(found.values) == len(examples) > 0


def test_values_are_plain_and_of_one_type(answered: Answered) -> None:
    assert {type(value) for value in answered.found.values} == {VALUES[answered.kind]}


def test_logits_have_a_row_of_numbers_for_each_example(answered: Answered) -> None:
    values = [value for value in answered.found.values if not isinstance(value, str)]
    rows = logits_of(answered.found)
    assert len(rows) == len(values)
    chosen = [
        np.take(row, np.array(value, dtype=np.int64))
        for row, value in zip(rows, values, strict=True)
    ]
    assert all(np.isfinite(logits).all() for logits in chosen)
    masses = [np.exp(row - np.logaddexp.reduce(row)).sum() for row in rows]
    assert masses == pytest.approx([1] * len(rows), rel=1e-5)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("kind", ROW_BY_ROW)
def test_a_kind_that_answers_row_by_row_takes_the_largest_logit(
    kind: str, protocol: str, cases: Cases
) -> None:
    found = answer(cases[kind, protocol]).found
    assert tuple(np.argmax(logits_of(found), axis=1).tolist()) == found.values


def logits_of(found: Predictions) -> list[list[float]]:
    """The logits of each example; none where answers aren't chosen from a fixed list."""
    return [] if found.logits is None else found.logits.tolist()


def test_the_same_network_answers_the_same_again(answered: Answered) -> None:
    again = answer(answered.case).found
    assert again == answered.found
    assert logits_of(again) == logits_of(answered.found)


def test_taking_some_keeps_ids_values_and_logits_together(answered: Answered) -> None:
    found, places = answered.found, [5, 0, 20]
    some = found.take(places)
    assert some.ids == tuple(found.ids[place] for place in places)
    assert some.values == tuple(found.values[place] for place in places)
    rows = logits_of(found)
    assert logits_of(some) == [rows[place] for place in places if rows]
    assert len(found.take([])) == 0


def test_taking_all_changes_nothing(answered: Answered) -> None:
    assert answered.found.take(range(len(answered.found))) == answered.found


def test_they_are_written_in_their_form_and_read_back(answered: Answered) -> None:
    found, kind = answered.found, find_kind(answered.kind)
    form, spelled = find_form(kind.form), kind.spelled(answered.case.needed.spec, found.values)
    content = form.write(found.ids, spelled)
    rows = form.read(content)
    names = [str(n) for n in range(len(found))] if form.numbered else list(found.ids)
    assert [key for key, _ in rows] == names
    assert [str(value) for _, value in rows] == [str(value) for value in spelled]
    assert check_file(content, form, ids=names) == []
