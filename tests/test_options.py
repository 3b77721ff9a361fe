from __future__ import annotations

import inspect
from typing import Any, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autoclue import api, options, predict_options, suite_options, train_options
from autoclue.errors import UsageError
from autoclue.option_fields import Options, accepted_type, options_of, read_options
from autoclue.options import Limits, MonitorOptions, ResourceOptions, StudySpec, TuneArguments
from autoclue.space import Choice, Fixed, FloatRange
from autoclue.suite_options import ExtractArguments, GridArguments
from autoclue.train_options import TrainArguments

KEYWORDS: list[tuple[type[Options], type]] = [
    (options.StudySpec, options.StudyKeywords),
    (options.Limits, options.LimitKeywords),
    (options.ResourceOptions, options.ResourceKeywords),
    (options.ConfirmationOptions, options.ConfirmationKeywords),
    (options.LocationOptions, options.LocationKeywords),
    (options.MonitorOptions, options.MonitorKeywords),
    (options.TuneArguments, options.TuneKeywords),
    (options.ResumeArguments, options.ResumeKeywords),
    (options.ConfirmArguments, options.ConfirmKeywords),
    (options.ReplayArguments, options.ReplayKeywords),
    (options.ReportArguments, options.ReportKeywords),
    (train_options.TrainArguments, train_options.TrainKeywords),
    (predict_options.FineTunedOptions, predict_options.FineTunedKeywords),
    (predict_options.PredictArguments, predict_options.PredictKeywords),
    (predict_options.EvaluateArguments, predict_options.EvaluateKeywords),
    (predict_options.SubmitArguments, predict_options.SubmitKeywords),
    (suite_options.GridArguments, suite_options.GridKeywords),
    (suite_options.SuiteArguments, suite_options.SuiteKeywords),
    (suite_options.ExtractArguments, suite_options.ExtractKeywords),
    (suite_options.ImportArguments, suite_options.ImportKeywords),
    (suite_options.ReproduceArguments, suite_options.ReproduceKeywords),
]
FUNCTIONS = [
    (api.tune, options.TuneArguments),
    (api.resume, options.ResumeArguments),
    (api.confirm, options.ConfirmArguments),
    (api.replay, options.ReplayArguments),
    (api.report, options.ReportArguments),
    (api.train, train_options.TrainArguments),
    (api.predict, predict_options.PredictArguments),
    (api.evaluate, predict_options.EvaluateArguments),
    (api.submit, predict_options.SubmitArguments),
    (api.grid, suite_options.GridArguments),
    (api.suite, suite_options.SuiteArguments),
    (api.extract, suite_options.ExtractArguments),
    (api.import_logs, suite_options.ImportArguments),
    (api.reproduce, suite_options.ReproduceArguments),
]


@pytest.mark.parametrize(("model", "keywords"), KEYWORDS)
def test_keywords_have_the_names_and_types_of_the_options(
    model: type[Options], keywords: type
) -> None:
    fields = {
        n: f
        for n, f in options_of(model).items()
        if n not in ("task", "study") or f.default is None
    }
    expected = {name: accepted_type(field) for name, field in fields.items()}
    assert get_type_hints(keywords) == expected


@pytest.mark.parametrize(("function", "model"), FUNCTIONS)
def test_functions_show_every_option_with_its_default_and_sentence(
    function: Any, model: type[Options]
) -> None:
    parameters = inspect.signature(function).parameters
    for name, field in options_of(model).items():
        assert name in parameters
        if not field.is_required():
            default = field.get_default(call_default_factory=True)
            assert parameters[name].default == default
            assert f"{name}: {field.description}" in str(inspect.getdoc(function))


def test_every_option_has_a_sentence_and_a_panel() -> None:
    for model, _ in KEYWORDS:
        for field in options_of(model).values():
            assert str(field.description).endswith((".", "..."))
            assert isinstance(field.json_schema_extra, dict)


@pytest.mark.parametrize("model", [StudySpec, TrainArguments])
@pytest.mark.parametrize(
    "settings",
    [
        ["learning_rate=1e-5..1e-3:log", "batch_size=8,16", "epochs=3"],
        {"learning_rate": "1e-5..1e-3:log", "batch_size": "8,16", "epochs": "3"},
    ],
)
def test_settings_as_texts_and_as_a_mapping_of_texts_are_the_same(
    model: type[Options], settings: object
) -> None:
    given: Any = read_options(model, {"task": "xnli", "settings": settings})
    expected = {"learning_rate": "1e-5..1e-3:log", "batch_size": "8,16", "epochs": 3}
    assert given.settings == expected


def test_settings_as_objects_are_kept_as_yaml_holds_them() -> None:
    settings = {
        "learning_rate": FloatRange(float=(1e-5, 1e-3), log=True),
        "batch_size": Choice(choice=(8, 16)),
        "dropout": Fixed(value=0.1),
        "epochs": 3,
    }
    assert read_options(StudySpec, {"task": "xnli", "settings": settings}).settings == {
        "learning_rate": {"float": [1e-5, 1e-3], "log": True},
        "batch_size": {"choice": [8, 16]},
        "dropout": {"value": 0.1},
        "epochs": 3,
    }


@pytest.mark.parametrize("share", [2, 1.5, 8.0])
def test_more_than_one_gpu_for_a_trial_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match=f"is {share:g}, but it is a share of one GPU; give 1"):
        read_options(ResourceOptions, {"gpus_per_trial": share})


@pytest.mark.parametrize(
    ("given", "read"), [("auto", "auto"), (" Auto ", "auto"), ("0.5", 0.5), (1, 1.0), (None, None)]
)
def test_a_share_of_a_gpu_is_a_number_or_left_to_autoclue(given: object, read: object) -> None:
    assert read_options(ResourceOptions, {"gpus_per_trial": given}).gpus_per_trial == read


@pytest.mark.parametrize("share", ["lots", True, [1]])
def test_another_share_of_a_gpu_is_refused(share: object) -> None:
    with pytest.raises(
        UsageError, match=r"^gpus_per_trial is .*, but must be a number or auto\.$"
    ):
        read_options(ResourceOptions, {"gpus_per_trial": share})


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError, match=r"^Missing option '--task'; seed is -1, but") as caught:
        read_options(TuneArguments, {"seed": -1, "trials": 0, "parallel": True})
    assert "trials is 0, but must be at least 1" in str(caught.value)
    assert "parallel is True, but must be a whole number" in str(caught.value)


def test_trials_in_all_and_trials_to_add_exclude_each_other() -> None:
    with pytest.raises(UsageError, match=r"number to add \(--extend\), not both"):
        read_options(Limits, {"trials": 3, "extend": 3})


def test_an_unknown_option_lists_close_ones() -> None:
    with pytest.raises(UsageError, match=r"Unknown option 'trails'\. Did you mean trials"):
        api.tune("xnli", trails=3)  # type: ignore[call-arg]


def parse_duration(text: str | None) -> float | None:
    return read_options(Limits, {"time_budget": text}).time_budget


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90", 90.0),
        ("90s", 90.0),
        ("45m", 2700.0),
        ("2h", 7200.0),
        ("1h30m", 5400.0),
        ("1h1m1s", 3661.0),
        ("0.5h", 1800.0),
        (" 10M ", 600.0),
    ],
)
def test_duration_is_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


def test_no_duration_is_no_limit() -> None:
    assert parse_duration(None) is None


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 99))
def test_duration_is_the_sum_of_its_parts(hours: int, minutes: int, seconds: int) -> None:
    total = hours * 3600 + minutes * 60 + seconds
    assert parse_duration(f"{hours}h{minutes}m{seconds}s") == total


@pytest.mark.parametrize(
    "text", ["", "0", "0h", "-5", "5d", "h", "m5", "1h 30", "nan", "inf", "1e3"]
)
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is not a duration; write for example 90s"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("given", "settings"),
    [
        (50, {"eval_every_steps": 50, "eval_every_epochs": None}),
        ("50", {"eval_every_steps": 50, "eval_every_epochs": None}),
        (0.25, {"eval_every_epochs": 0.25}),
        ("1.0", {"eval_every_epochs": 1.0}),
        (None, {}),
    ],
)
def test_whole_numbers_are_steps_between_evaluations_and_decimals_epochs(
    given: str | float | None, settings: dict[str, object]
) -> None:
    assert StudySpec(task="c3", eval_every=given).common == settings  # type: ignore[arg-type]
    assert TrainArguments(task="c3", eval_every=given).named == settings  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["often", "0", 0.0, "-1", "1/4"])
def test_an_interval_of_evaluations_that_is_none_is_refused(given: str | float) -> None:
    with pytest.raises(UsageError, match="give a whole number of steps such as 50"):
        read_options(StudySpec, {"task": "c3", "eval_every": given})


def test_tools_that_get_scalars_are_named_once_each() -> None:
    assert read_options(MonitorOptions, {"log": "VisualDL, tensorboard,visualdl"}).kinds == (
        "visualdl",
        "tensorboard",
    )
    assert read_options(MonitorOptions, {}).kinds == ()


def test_a_tool_that_is_not_installed_is_named_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("autoclue.option_fields.values.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="tensorboardX is not installed; install it first"):
        read_options(MonitorOptions, {"log": "tensorboard"})


@pytest.mark.parametrize("name", ["a" * 300, "~nobody-at-all/x", "a\0", "https://me:pw@host/x"])
@pytest.mark.parametrize(
    ("model", "option"),
    [(ExtractArguments, "suites"), (GridArguments, "models"), (GridArguments, "tasks")],
)
def test_a_list_of_names_is_checked_name_by_name(
    model: type[Options], option: str, name: str
) -> None:
    with pytest.raises(UsageError, match=r"can't be|names the folder of a user") as refused:
        read_options(model, {option: ("tnews", name)})
    assert "pw@" not in str(refused.value)
