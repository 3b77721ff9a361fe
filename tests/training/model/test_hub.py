"""A model of PaddleNLP's hub passes the door that folders pass, and is loaded by no one else."""

from __future__ import annotations

import http.server
import importlib
import pickle
import re
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from autoclue.errors import UsageError
from autoclue.models import ModelSource, models
from autoclue.models.folders import UnfitWeightsError, by_class
from autoclue.tasks import load_task
from autoclue.training.data import model_limits
from autoclue.training.model import (
    PaddleHead,
    check_model_fits,
    fetch_hub_model,
    load_network,
    load_tokenizer,
)
from autoclue.training.model.hub_files import find_files
from autoclue.training.platform import load_paddle, load_paddlenlp
from tests.models.hub import NEXT_LAYER, TABLED, put, put_tabled, take_home
from tests.models.layouts import PIECES, core, write_json, write_layout
from tests.training.model.test_folders import Touch

pytestmark = pytest.mark.paddle

THREE = PaddleHead("ForSequenceClassification", {"num_classes": 3})
FOLDER = "someone/small-bert"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """PaddleNLP's cache, with a hub that can't be reached behind it."""
    monkeypatch.setenv("AUTOCLUE_CACHE", str(tmp_path / "cache"))
    return take_home(tmp_path / "home", monkeypatch)


@pytest.fixture
def tabled(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small model under a name whose configuration stands in PaddleNLP's tables, fetched."""
    return put_tabled(home, monkeypatch)


def checked(name: str, task: Path) -> tuple[str, ...]:
    source = ModelSource("hub", name)
    return check_model_fits(source, load_task(str(task)), [], THREE, fetch=True)


def test_the_network_is_the_one_that_paddlenlp_gives(tabled: Path) -> None:
    ours = load_network(TABLED, THREE, seed=4)
    load_paddle().seed(4)
    auto = load_paddlenlp().AutoModelForSequenceClassification
    theirs = auto.from_pretrained(TABLED, num_classes=3)
    assert type(ours) is type(theirs)
    for (name, mine), (other, found) in zip(
        ours.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert name == other
        assert (mine.numpy() == found.numpy()).all()
    words = "天地人"
    auto_tokenizer = load_paddlenlp().AutoTokenizer.from_pretrained(TABLED)
    assert load_tokenizer(TABLED)(words) == auto_tokenizer(words)


def test_what_a_model_of_the_hub_holds_is_told_before_training(
    tabled: Path, tiny_task: Path
) -> None:
    assert checked(TABLED, tiny_task) == (
        *("1 weight of another head is left out (cls)", "new: the head"),
    )
    assert model_limits(ModelSource("hub", TABLED)).positions == 64


def test_half_a_model_of_the_hub_is_refused_before_training(tabled: Path, tiny_task: Path) -> None:
    put(tabled, {name: array for name, array in core().items() if "layers.1." not in name})
    told = r"'bert-base-chinese' of PaddleNLP's hub don't fit .* 23 of the encoder's 39 parameters"
    with pytest.raises(UnfitWeightsError, match=told):
        checked(TABLED, tiny_task)
    with pytest.raises(UnfitWeightsError, match=rf"remove {tabled} to have them fetched anew"):
        load_network(TABLED, THREE, seed=4)


def test_weights_beyond_a_published_configuration_are_left_out_and_told(
    tabled: Path, tiny_task: Path
) -> None:
    fresh = load_network(TABLED, THREE, seed=4).state_dict()
    put(tabled, {**core(), **NEXT_LAYER})
    again = load_network(TABLED, THREE, seed=4).state_dict()
    assert all((again[name].numpy() == each.numpy()).all() for name, each in fresh.items())
    assert "16 weights (bert.encoder.layers.2.linear1.bias" in checked(TABLED, tiny_task)[1]


class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def served(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Path, http.server.ThreadingHTTPServer]]:
    """A hub with one folder, whose files are the user's own old layout."""
    write_layout(tmp_path / "www" / FOLDER, "old PaddleNLP")
    handler = partial(Handler, directory=str(tmp_path / "www"))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub = importlib.import_module("paddlenlp.utils.download.bos_download")
    url = f"http://127.0.0.1:{server.server_port}/{{repo_id}}/{{filename}}"
    monkeypatch.setattr(hub, "BOS_URL_TEMPLATE_WITHOUT_REVISION", url)
    yield tmp_path / "www" / FOLDER, server
    server.shutdown()
    server.server_close()


Served = tuple[Path, http.server.ThreadingHTTPServer]


def test_a_folder_of_the_hub_is_fetched_once(
    served: Served, tiny_task: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert "new: the head" in checked(FOLDER, tiny_task)
    assert f"Fetching the model {FOLDER} from PaddleNLP's hub" in caplog.text
    served[1].shutdown()
    network = load_network(FOLDER, THREE, seed=4)
    table = network.bert.embeddings.word_embeddings.weight.numpy()
    assert (table == core()["embeddings.word_embeddings.weight"]).all()
    assert load_tokenizer(FOLDER).vocab_size == len(PIECES)


def test_weights_of_the_hub_run_nothing(served: Served, tmp_path: Path) -> None:
    weights = served[0] / "model_state.pdparams"
    weights.write_bytes(pickle.dumps({"a": Touch(tmp_path / "ran")}))
    with pytest.raises(UsageError, match=r"names 'posix\.system'"):
        load_network(FOLDER, THREE, seed=4)
    assert not (tmp_path / "ran").exists()


def test_parts_outside_of_the_folder_are_not_asked_for(served: Served) -> None:
    index = {"weight_map": {"a": "../../secret.safetensors"}}
    write_json(served[0] / "model.safetensors.index.json", index)
    with pytest.raises(UsageError, match="names no parts, or parts outside of its folder"):
        fetch_hub_model(FOLDER)


@pytest.mark.parametrize("name", ["someone/nothing", "a/../b", "a b", "x/y/z"])
def test_what_is_not_on_the_hub_is_told_and_leaves_nothing(
    served: Served, tmp_path: Path, name: str
) -> None:
    with pytest.raises(UsageError, match=r"can't be loaded from PaddleNLP's hub \(.+\)\. Check"):
        fetch_hub_model(name)
    assert not any(path.is_dir() for path in (tmp_path / "cache" / "hub").glob("*"))


@pytest.mark.parametrize(
    ("name", "guess"),
    [("builtinn", "Did you mean builtin?"), ("ernie-3.0-mimi-zh", "Did you mean ernie-3.0-mi")],
)
def test_a_slip_gets_the_name_that_was_meant(served: Served, name: str, guess: str) -> None:
    with pytest.raises(UsageError, match=re.escape(guess)):
        fetch_hub_model(name)


def test_files_that_are_here_are_enough_where_no_hub_can_be_reached(home: Path) -> None:
    write_layout(home / FOLDER, "PaddleNLP")
    found = fetch_hub_model(FOLDER)
    assert not found.complete
    assert fetch_hub_model(FOLDER).open().architecture.family == "bert"
    (home / FOLDER / "vocab.txt").unlink()
    with pytest.raises(UsageError, match="can't be loaded from PaddleNLP's hub"):
        fetch_hub_model(FOLDER)


def test_a_name_of_another_kind_of_network_is_refused() -> None:
    with pytest.raises(UsageError, match=r"is a GPTModel, which can't be trained; allowed are"):
        fetch_hub_model("gpt-cpm-large-cn")


def test_the_tables_describe_every_model_of_the_catalog(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    download = importlib.import_module("paddlenlp.utils.download")
    monkeypatch.setattr(download, "resolve_file_path", lambda *_: tmp_path / "file")
    for card in (each for each in models() if not each.name.startswith("Langboat/")):
        files = find_files(card.name, tell=lambda _: None)
        assert set(files.linked) == {"model_state.pdparams", "vocab.txt"}
        config = files.written["config.json"]
        architecture = by_class(config["architectures"][0])
        assert architecture is not None
        assert (architecture.family, config["num_hidden_layers"], config["hidden_size"]) == (
            *(card.family, card.layers, card.hidden_size),
        )
