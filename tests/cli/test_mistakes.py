from __future__ import annotations

from pathlib import Path

import pytest

from autoclue.cli import main

GOOD = "--task xnli --model builtin --data builtin "

TUNE = {
    "--tsk xnli": "No such option: --tsk",
    "--task xnil": "Did you mean xnli",
    "--task none.yaml": "no task file none.yaml",
    "--modle builtin": "No such option: --modle",
    "--model ./none": "no folder './none'",
    "--dta builtin": "No such option: --dta",
    "--data builtn": "Did you mean builtin",
    "--data ./none": "none is not a folder",
    "--data builtin:huge": "Unknown --builtin-size 'huge'",
    "--builtin-size tiiny": "Did you mean tiny",
    "--builtin-size 7": "must be 50 to 30000",
    "--data . --builtin-size tiny": "goes with --data builtin",
    "--bultin-size tiny": "No such option: --bultin-size",
    "--data .": "does not hold the files of xnli",
    "--strtegy uniform": "No such option: --strtegy",
    "--strategy unifrm": "Did you mean uniform",
    "--strategy none:Nothing": "No module named 'none'",
    "--strategy autoclue.errors:UsageError": "is not a strategy",
    "--spce clue_grid": "No such option: --spce",
    "--space clue_gird": "Did you mean clue_grid",
    "--space none.yaml": "Can't read none.yaml",
    "--st learning_rate=1e-5": "No such option: --st",
    "--set learning_rat=1e-5": "did you mean learning_rate",
    "--set learning_rate": "needs a name, '=' and a value",
    "--set learning_rate=a..b": "needs a number before and after",
    "--set learning_rate=1e-4.3e-3": "'learning_rate=1e-4.3e-3' is neither a number nor a range",
    "--set learning_rate=1e-4-3e-3": "a range is LOW..HIGH",
    "--set learning_rate=1e-4..3e-3.5": "a range is LOW..HIGH",
    "--set batch_size=16;32": "several values are A,B,C",
    "--set learning_rate=high": "must be a number, not 'high'",
    "--set learning_rate=5e-5..1e-5": "low must be below high",
    "--set learning_rate=-1": "learning_rate",
    "--set batch_size=16.5": "batch_size",
    "--set dropout=0.1,2": "dropout",
    "--set factor=much": "factor is 'much'",
    "--set grouping=paddlehubb": "grouping is 'paddlehubb'",
    "--trails 8": "No such option: --trails",
    "--trials 0": "trials is 0",
    "--trials many": "'--trials'",
    "--time-buget 1h": "No such option: --time-buget",
    "--time-budget soon": "'soon' is not a duration",
    "--time-budget 0": "'0' is not a duration",
    "--gpus-per-trial 2": "gpus_per_trial is 2, but it is a share of one GPU",
    "--config none.yaml": "Can't read none.yaml",
    "--paralel 1": "No such option: --paralel",
    "--parallel 0": "parallel is 0",
    "--parallel 9999": "hold",
    "--gpu-per-trial 1": "No such option: --gpu-per-trial",
    "--gpus-per-trial -1": "gpus_per_trial is -1",
    "--gpus-per-trial 1.5": "gpus_per_trial is 1.5",
    "--gpus-per-trial nan": "gpus_per_trial is nan",
    "--gpus-per-trial 64": "and cards_per_trial for several GPUs",
    "--gpus-per-trial lots": "must be a number or auto",
    "--gpus-per-trial auto": "Leave it out to train on the CPU",
    "--gpus-per-trial auto --address auto": "--address names others",
    "--adress auto": "No such option: --adress",
    "--smpler tpe": "No such option: --smpler",
    "--sampler tpx": "Did you mean tpe",
    "--sampler cmaes --space clue_grid": "needs a numeric range",
    "--schduler asha": "No such option: --schduler",
    "--scheduler ash": "Did you mean asha",
    "--sed 1": "No such option: --sed",
    "--seed -1": "seed is -1",
    "--seed one": "'--seed'",
    "--max-stps 10": "No such option: --max-stps",
    "--max-steps 0": "max_steps",
    "--stdy mine": "No such option: --stdy",
    "--study a/b": "can't name a study",
    "--study=": "can't name a study",
    "--fldr here": "No such option: --fldr",
    "--folder a_file": "can't be made",
    "--storge sqlite:///x.db": "No such option: --storge",
    "--storage nothing://x": "can't be used",
    "--storage sqlite:///none/x.db": "unable to open",
    "--log tensorbord": "log is 'tensorbord', but must be tensorboard or visualdl, or both",
    "--jsn": "No such option: --jsn",
    "stray": "unexpected extra argument",
}

TRAIN = {
    "--tsk xnli": "No such option: --tsk",
    "--task xnil": "Did you mean xnli",
    "--model ./none": "no folder './none'",
    "--data ./none": "none is not a folder",
    "--builtin-size tiiny": "Did you mean tiny",
    "--data download --builtin-size tiny": "goes with --data builtin",
    "--strategy unifrm": "Did you mean uniform",
    "--lerning-rate 1e-5": "No such option: --lerning-rate. Did you mean --learning-rate?",
    "--learning-rate 0": "learning_rate",
    "--learning-rate nan": "learning_rate",
    "--learning-rate high": "'--learning-rate': 'high', but it must be a number",
    "--learning-rate 1e-4.3e-3": "'1e-4.3e-3', but it must be a number",
    "--lr 1e-5": "No such option: --lr. Did you mean --learning-rate?",
    "--bach-size 16": "No such option: --bach-size",
    "--batch-size 0": "batch_size",
    "--batch-size 7.5": "'--batch-size'",
    "--drpout 0": "No such option: --drpout",
    "--dropout 1": "dropout",
    "--epoch-s 1": "No such option: --epoch-s",
    "--epochs 0": "epochs",
    "--max-lngth 64": "No such option: --max-lngth",
    "--max-length-tokens 4": "max_length_tokens",
    "--seed -1": "seed",
    "--max-steps 0": "max_steps",
    "--set factor=1.1": "'factor' is not known",
    "--set learning_rate=1e-5..1e-4": "takes one",
    "--set warmup_proportion=2": "warmup_proportion",
    "--devise cpu": "No such option: --devise",
    "--device tpu": "Unknown device 'tpu'",
    "--ot x": "No such option: --ot",
    "--jsn": "No such option: --jsn",
    "stray": "unexpected extra argument",
}

OTHERS = {
    "tune": "Missing option '--task'",
    "train": "Missing option '--task'",
    "report": "Missing argument",
    "report none": "No study is called 'none'",
    "report none --folder none": "no study yet",
    "report none --fldr x": "No such option: --fldr",
    "ls task": "Did you mean 'tasks'",
    "ls tasks --jsn": "No such option: --jsn",
    "ls studies --fldr x": "No such option: --fldr",
    "doctr": "Did you mean 'doctor'",
    "doctor now": "unexpected extra argument",
    "new-model": "Missing argument",
    "new-model m --layers 0": "layers is 0",
    f"new-model {'m' * 5000}": "File name too long",
    f"convert-model {'m' * 5000} new": "File name too long",
    f"convert-model m {'n' * 5000}": "File name too long",
    "new-model m --hidden-size 7": "not a multiple of heads",
    "new-model m --heads 0": "heads is 0",
    "new-model m --layer 1": "No such option: --layer",
    "new-model m --task xnil": "Did you mean xnli",
    "new-model m --task xnli --data ./none": "none is not a folder",
    "--versio": "No such option: --versio",
}

COMMANDS = {
    **{f"tune {GOOD}{wrong}": said for wrong, said in TUNE.items()},
    **{f"train {GOOD}{wrong}": said for wrong, said in TRAIN.items()},
    **OTHERS,
}


@pytest.mark.parametrize("command", COMMANDS)
def test_mistake_gets_one_sentence_and_exit_code_2(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a_file").write_text("no folder")
    with pytest.raises(SystemExit, match=r"^2$"):
        main(command.split())
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.startswith("autoclue: ")
    assert COMMANDS[command] in err


@pytest.mark.parametrize("command", ["tune --trials 0", "train --batch-size 0"])
def test_mistake_leaves_nothing_behind(
    command: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    verb, *wrong = command.split()
    with pytest.raises(SystemExit, match=r"^2$"):
        main([verb, *GOOD.split(), *wrong])
    assert list(tmp_path.iterdir()) == []


def test_debug_variable_adds_the_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTOCLUE_DEBUG", "1")
    with pytest.raises(SystemExit, match=r"^2$"):
        main(["report", "none"])
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert err.splitlines()[-1].startswith("autoclue: No study is called 'none'")
