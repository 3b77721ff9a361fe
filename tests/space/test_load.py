from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.space import Choice, load_space, space_names


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def grid_values(path: str, task: str | None = None) -> dict[str, tuple[object, ...] | None]:
    return {n: p.values() for n, p in load_space(path, task=task).parameters.items()}


def test_file_extending_a_shipped_space_replaces_removes_and_adds(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mine.yaml",
        "extends: clue_grid\nparameters: {learning_rate: [1e-4], batch_size: null, epochs: 4}",
    )
    assert grid_values(path) == {"learning_rate": (1e-4,), "epochs": (4,)}
    assert load_space(path).name == "mine"


def test_relative_path_is_taken_from_the_extending_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    write(tmp_path, "base.yaml", "parameters: {a: [1, 2], b: 3}")
    path = write(tmp_path / "sub", "child.yaml", "extends: ../base.yaml\nparameters: {b: 4}")
    assert grid_values(path) == {"a": (1, 2), "b": (4,)}


def test_replaced_parameter_keeps_its_place_and_a_new_one_comes_last(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", "parameters: {a: 1, b: 2}")
    path = write(tmp_path, "c.yaml", "extends: base.yaml\nparameters: {c: 3, a: 4}")
    assert list(load_space(path).parameters) == ["a", "b", "c"]


def test_extending_file_has_the_last_word_over_inherited_task_extras(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "mine.yaml",
        "extends: clue_grid\nparameters: {batch_size: [16]}\n"
        "tasks: {cluewsc2020: {dropout: null}}",
    )
    assert grid_values(path, task="cluewsc2020") == {
        "learning_rate": (1e-5, 2e-5, 3e-5, 5e-5),
        "batch_size": (16,),
    }


def test_task_without_extras_gets_the_plain_space() -> None:
    assert load_space("clue_grid", task="xnli") == load_space("clue_grid")


def test_conditions_from_yaml_take_one_value_or_several(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "c.yaml",
        "parameters:\n  a: [1, 2, 3]\n  b: {choice: [5], when: {a: 1}}\n"
        "  c: {choice: [6], when: {a: [2, 3]}}",
    )
    built = load_space(path)
    assert built.grid() == [{"a": 1, "b": 5}, {"a": 2, "c": 6}, {"a": 3, "c": 6}]


def test_everything_wrong_is_reported_at_once_with_file_and_key(tmp_path: Path) -> None:
    write(tmp_path, "base.yaml", "parameters: {learning_rate: {float: [2, 1]}}\nverison: 1")
    path = write(
        tmp_path,
        "child.yaml",
        "extends: base.yaml\nversion: 0\nparameters:\n  lerning_rate: [1e-5]\n  epochs: []\n"
        "  seed: null\n  blocks: {int: [0, 9], when: {epochs: 1, depth: 2}}\n"
        "tasks:\n  xnli: {dropout: {float: [0, 1], setp: 0.1}}",
    )
    with pytest.raises(UsageError, match="is not known") as caught:
        load_space(path, allowed=["learning_rate", "epochs", "seed", "blocks", "dropout"])
    message = str(caught.value)
    expected = [
        "base.yaml: verison: is not known (did you mean version?)",
        "parameters.learning_rate: low must be below high",
        "child.yaml: version: must be greater than or equal to 1",
        "parameters.lerning_rate: is not known (did you mean learning_rate?)",
        "parameters.epochs.choice: must hold at least one value",
        "parameters.seed: is null, which removes an inherited parameter",
        "parameters.blocks.when.depth: depends on depth, which this space does not have",
        "tasks.xnli.dropout.setp: is not known (did you mean step?)",
    ]
    assert [clause for clause in expected if clause not in message] == []
    assert message.count(";") == len(expected) - 2  # one clause for each, in two files


@pytest.mark.parametrize(
    ("parameters", "match"),
    [
        (
            "{b: {value: 1, when: {a: 1}}, a: [1]}",
            "b.when.a: depends on a, which must be declared",
        ),
        ("{a: [1, 2], b: {value: 1, when: {a: [2, 3]}}}", "b.when.a: a never takes 3"),
        ("{a: [1], b: {value: 1, when: {a: true}}}", "b.when.a: a never takes True"),
        ("{a: {float: [0, 1]}, b: {value: 1, when: {a: 1}}}", "a, which is continuous"),
        ("{a: {value: 1, when: {a: 1}}}", "a.when.a: depends on a, which must be declared"),
    ],
)
def test_impossible_condition_is_refused(tmp_path: Path, parameters: str, match: str) -> None:
    path = write(tmp_path, "c.yaml", f"parameters: {parameters}")
    with pytest.raises(UsageError, match=match):
        load_space(path)


def test_condition_broken_by_another_tasks_extras_is_found(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "c.yaml",
        "parameters: {a: [1, 2], b: {value: 1, when: {a: 2}}}\ntasks: {tnews: {a: [1]}}",
    )
    with pytest.raises(UsageError, match=r"parameters.b.when.a: a never takes 2\.$"):
        load_space(path, task="xnli")


def test_circle_of_files_names_them(tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", "extends: b.yaml\nparameters: {x: 1}")
    path = write(tmp_path, "b.yaml", "extends: a.yaml\nparameters: {x: 1}")
    with pytest.raises(UsageError, match=r"circle: b.yaml -> a.yaml -> b.yaml"):
        load_space(path)


def test_missing_parent_is_named_with_the_file_that_wants_it(tmp_path: Path) -> None:
    by_name = write(tmp_path, "a.yaml", "extends: clue_grd\nparameters: {x: 1}")
    by_path = write(tmp_path, "b.yaml", "extends: none.yaml\nparameters: {x: 1}")
    with pytest.raises(UsageError, match=r"a.yaml: extends: .*Did you mean clue_grid"):
        load_space(by_name)
    with pytest.raises(UsageError, match=r"b.yaml: extends: there is no file .*none.yaml"):
        load_space(by_path)


def test_unknown_space_lists_close_names() -> None:
    with pytest.raises(UsageError, match=r"'descriminative'. Did you mean discriminative.*\.yaml"):
        load_space("descriminative")


@pytest.mark.parametrize("text", ["name: x", "parameters: {}", "extends: base.yaml"])
def test_space_without_parameters_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, "base.yaml", "parameters: {}")
    path = write(tmp_path, "empty.yaml", text)
    with pytest.raises(UsageError, match="parameters: is missing or empty"):
        load_space(path)


def test_wrong_heading_does_not_hide_a_wrong_parameter(tmp_path: Path) -> None:
    path = write(tmp_path, "c.yaml", "name: [x]\ntasks: 3\nparameters: {a: []}")
    with pytest.raises(UsageError, match=r"name: .*tasks: must be .*parameters.a.choice: must"):
        load_space(path)


def test_numbers_without_a_point_are_numbers(tmp_path: Path) -> None:
    path = write(tmp_path, "c.yaml", "parameters: {learning_rate: [1e-5, 2E-5]}")
    assert load_space(path).parameters["learning_rate"] == Choice(choice=(1e-5, 2e-5))


def test_shipped_names_need_no_path() -> None:
    assert {"clue_grid", "discriminative", "autofinetune", "small_model"} <= set(space_names())
