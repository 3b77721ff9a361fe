"""Find the files of a model on PaddleNLP's hub, by PaddleNLP's own tables and downloads.

PaddleNLP knows two kinds of names. For some its code holds the configuration and the addresses of
weights and vocabulary; of the others the hub has a folder with all of a model's files.
"""

from __future__ import annotations

import contextlib
import copy
import importlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from autoclue.errors import UsageError
from autoclue.models.folders import by_class, known_families, read_json
from autoclue.training.platform import load_paddlenlp

CONFIGS = ("config.json", "model_config.json")
WEIGHTS = (
    *("model.safetensors.index.json", "model_state.pdparams.index.json"),
    *("model.safetensors", "model_state.pdparams"),
    *("pytorch_model.bin.index.json", "pytorch_model.bin"),
)
"""In the order in which PaddleNLP looks for them."""
TABLED_WEIGHTS = "model_state.pdparams"
OF_TOKENIZER = ("tokenizer_config.json", "special_tokens_map.json", "added_tokens.json")
SIZES = (
    *("hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"),
    *("vocab_size", "max_position_embeddings", "type_vocab_size"),
    *("use_task_id", "task_type_vocab_size"),
)
"""What PaddleNLP's tables leave to the defaults of their configuration classes."""


@dataclass(frozen=True, slots=True)
class HubFiles:
    """The files of a model on the hub.

    Attributes:
        linked: Those that were fetched, by the names that they have in a model's folder.
        written: JSON files that PaddleNLP's tables stand for.
        tabled: Whether its configuration is from those tables.
        complete: Whether the hub was asked for every file.
    """

    linked: Mapping[str, Path]
    written: Mapping[str, Mapping[str, Any]]
    tabled: bool
    complete: bool

    @property
    def kept_in(self) -> Path:
        """The folder of PaddleNLP's cache that holds them."""
        return next(iter(self.linked.values())).parent


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Hold back what PaddleNLP prints."""
    noise = io.StringIO()
    with contextlib.redirect_stdout(noise), contextlib.redirect_stderr(noise):
        yield


def find_files(name: str, *, tell: Callable[[str], None]) -> HubFiles:
    """Find the files of a model, fetched where PaddleNLP's cache doesn't have them.

    Args:
        name: Its name on the hub.
        tell: Is told before something large is fetched.

    Raises:
        Exception: Whatever PaddleNLP's downloads raise.
    """
    transformers = load_paddlenlp()
    fetch = _Fetch(name, tell)
    tables = transformers.AutoModel._pretrained_model_dict
    known = next((kind for names, kind in tables.items() if name in names), None)
    if known is None:
        return _of_a_folder(transformers, fetch)
    if by_class(known) is None:
        raise UsageError(
            f"The model {name!r} of PaddleNLP's hub is a {known}, which can't be trained; allowed "
            f"are {known_families()}."
        )
    return _of_the_tables(transformers, known, fetch)


@dataclass(slots=True)
class _Fetch:
    """Asks PaddleNLP for files of one model.

    Attributes:
        name: Its name.
        tell: Is told before something large is fetched.
        reached: Whether the hub has answered every time.
    """

    name: str
    tell: Callable[[str], None]
    reached: bool = True

    def some(self, names: Sequence[str]) -> Path | None:
        """Return the first of some files or addresses that is there; ``None`` for none."""
        resolve = importlib.import_module("paddlenlp.utils.download").resolve_file_path
        with quiet():
            found = resolve(self.name, list(names))
        return None if found is None else Path(found)

    def needed(self, names: Sequence[str]) -> Path:
        found = self.some(names)
        if found is None:
            raise FileNotFoundError(f"it has no {' or '.join(names)}")
        return found

    def one_more(self, name: str) -> Path | None:
        """Return a file that may be missing, as one that can't be asked for is taken to be."""
        try:
            return self.some([name])
        except OSError:
            self.reached = False
            return None

    def weights(self, names: Sequence[str]) -> Path:
        """Return the weights; that they are fetched is told, since it takes its time."""
        home = Path(importlib.import_module("paddlenlp.utils.env").MODEL_HOME) / self.name
        if not any((home / name).is_file() for name in (*names, TABLED_WEIGHTS)):
            self.tell(f"Fetching the model {self.name} from PaddleNLP's hub into {home}.")
        return self.needed(names)


def _of_the_tables(transformers: Any, known: str, fetch: _Fetch) -> HubFiles:
    network, name = getattr(transformers, known), fetch.name
    table = network.pretrained_init_configuration[name]
    made = network.config_class.from_dict(copy.deepcopy(table))
    sizes = {key: getattr(made, key) for key in SIZES if hasattr(made, key)}
    kinds = transformers.AutoTokenizer._tokenizer_mapping
    tokenizer = next(
        kind for names, each in kinds.items() if name in names for kind, fast in each if not fast
    )
    linked = {
        tokenizer.resource_files_names[key]: fetch.needed([addresses[name]])
        for key, addresses in tokenizer.pretrained_resource_files_map.items()
        if addresses.get(name)
    }
    address = network.pretrained_resource_files_map["model_state"][name]
    linked[TABLED_WEIGHTS] = fetch.weights([address])
    longest = tokenizer.max_model_input_sizes.get(name)
    words: Mapping[str, Any] = {
        **tokenizer.pretrained_init_configuration[name],
        **({} if longest is None else {"model_max_length": longest}),
        "tokenizer_class": tokenizer.__name__,
    }
    config = {**sizes, **table, "architectures": [known]}
    written = {"config.json": config, "tokenizer_config.json": words}
    return HubFiles(linked, written, tabled=True, complete=True)


def _of_a_folder(transformers: Any, fetch: _Fetch) -> HubFiles:
    config = fetch.needed(CONFIGS)
    linked = {config.name: config}
    for name in OF_TOKENIZER:
        if (path := fetch.one_more(name)) is not None:
            linked[name] = path
    pieces = [path for name in _pieces(transformers, linked) if (path := fetch.one_more(name))]
    if not pieces:
        raise FileNotFoundError("it has no vocabulary")
    linked.update({path.name: path for path in pieces})
    weights = fetch.weights(WEIGHTS)
    linked[weights.name] = weights
    if weights.suffix == ".json":
        linked.update({part: fetch.needed([part]) for part in _parts(weights)})
    return HubFiles(linked, {}, tabled=False, complete=fetch.reached)


def _pieces(transformers: Any, linked: Mapping[str, Path]) -> list[str]:
    """List the files of a tokenizer, as far as its description says which one it is."""
    path = linked.get("tokenizer_config.json")
    told = {} if path is None else read_json(path)
    kind = getattr(transformers, str(told.get("init_class") or told.get("tokenizer_class")), None)
    return list(getattr(kind, "resource_files_names", {"vocab_file": "vocab.txt"}).values())


def _parts(index: Path) -> list[str]:
    """List the parts that an index names; none may lie in another folder."""
    named = read_json(index).get("weight_map")
    files = sorted({str(each) for each in named.values()}) if isinstance(named, dict) else []
    if not files or any(PurePosixPath(file).name != file for file in files):
        raise UsageError(f"{index} names no parts, or parts outside of its folder.")
    return files
