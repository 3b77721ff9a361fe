"""One small model in each of the forms that people have."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file

from tests.models.writers import (
    write_old_torch,
    write_paddle,
    write_tensorflow,
    write_torch,
)

Arrays = dict[str, NDArray[np.generic]]

WIDE, INNER, LAYERS = 8, 16, 2
CONFIG: Mapping[str, Any] = {
    "vocab_size": 30,
    "hidden_size": WIDE,
    "num_hidden_layers": LAYERS,
    "num_attention_heads": 2,
    "intermediate_size": INNER,
    "hidden_act": "gelu",
    "hidden_dropout_prob": 0.1,
    "attention_probs_dropout_prob": 0.1,
    "max_position_embeddings": 64,
    "type_vocab_size": 2,
    "initializer_range": 0.02,
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}
PIECES = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"),
    *"天地人山水火木金土日月风云雨雪花草鸟鱼虫abc",
)
TOKENIZER = {"tokenizer_class": "BertTokenizer", "do_lower_case": True}

IN_TORCH = (
    (".self_attn.q_proj.", ".attention.self.query."),
    (".self_attn.k_proj.", ".attention.self.key."),
    (".self_attn.v_proj.", ".attention.self.value."),
    (".self_attn.out_proj.", ".attention.output.dense."),
    (".norm1.", ".attention.output.LayerNorm."),
    (".linear1.", ".intermediate.dense."),
    (".linear2.", ".output.dense."),
    (".norm2.", ".output.LayerNorm."),
    ("encoder.layers.", "encoder.layer."),
    ("embeddings.layer_norm.", "embeddings.LayerNorm."),
)


def core(config: Mapping[str, Any] = CONFIG) -> Arrays:
    """An encoder's weights by PaddleNLP's names, always the same."""
    draw = np.random.default_rng(5)
    wide, inner = config["hidden_size"], config["intermediate_size"]
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (config["vocab_size"], wide),
        "embeddings.position_embeddings.weight": (config["max_position_embeddings"], wide),
        "embeddings.token_type_embeddings.weight": (config["type_vocab_size"], wide),
        "embeddings.layer_norm.weight": (wide,),
        "embeddings.layer_norm.bias": (wide,),
        "pooler.dense.weight": (wide, wide),
        "pooler.dense.bias": (wide,),
    }
    for number in range(config["num_hidden_layers"]):
        linear = {f"self_attn.{each}_proj": (wide, wide) for each in ("q", "k", "v", "out")}
        linear |= {"linear1": (wide, inner), "linear2": (inner, wide)}
        for name, shape in linear.items():
            shapes[f"encoder.layers.{number}.{name}.weight"] = shape
            shapes[f"encoder.layers.{number}.{name}.bias"] = shape[1:]
        for name in ("norm1", "norm2"):
            shapes[f"encoder.layers.{number}.{name}.weight"] = (wide,)
            shapes[f"encoder.layers.{number}.{name}.bias"] = (wide,)
    return {name: draw.normal(0, 0.2, shape).astype("f4") for name, shape in shapes.items()}


def in_torch(arrays: Arrays, *, prefix: str = "bert.") -> Arrays:
    """The same by Hugging Face's names, linear weights transposed, with a head of pretraining."""
    made: Arrays = {}
    for name, array in arrays.items():
        linear = array.ndim == 2 and not name.startswith("embeddings.")
        for ours, theirs in IN_TORCH:
            name = name.replace(ours, theirs)
        made[prefix + name] = np.ascontiguousarray(array.T if linear else array)
    made[f"{prefix}embeddings.position_ids"] = np.arange(64, dtype="i8").reshape(1, 64)
    made["cls.predictions.bias"] = np.zeros(30, dtype="f4")
    return made


def in_tensorflow(arrays: Arrays) -> Arrays:
    """The same by Google's names, with what training leaves beside them."""
    made: Arrays = {}
    for name, array in in_torch(arrays).items():
        linear = array.ndim == 2 and "embeddings" not in name
        if "position_ids" in name:
            continue
        name = name.replace("encoder.layer.", "encoder.layer_").replace(".", "/")
        if name.endswith("_embeddings/weight"):
            name = name.removesuffix("/weight")
        if "LayerNorm" in name:
            name = name.replace("/weight", "/gamma").replace("/bias", "/beta")
        name = name.replace("/weight", "/kernel")
        made[name] = np.ascontiguousarray(array.T if linear else array)
    made["bert/embeddings/word_embeddings/adam_m"] = np.zeros((30, WIDE), dtype="f4")
    made["global_step"] = np.array(7, dtype="i8")
    return made


def write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")


def new_folder(folder: Path) -> Path:
    """A folder with a vocabulary and nothing else."""
    folder.mkdir(parents=True)
    (folder / "vocab.txt").write_text("\n".join(PIECES) + "\n", encoding="utf-8")
    return folder


def paddlenlp(folder: Path) -> None:
    write_json(folder / "config.json", {**CONFIG, "architectures": ["BertModel"]})
    write_json(folder / "tokenizer_config.json", TOKENIZER)
    save_file(core(), folder / "model.safetensors", metadata={"format": "np"})


def old_paddlenlp(folder: Path) -> None:
    inner = {**CONFIG, "init_class": "BertModel"}
    del inner["layer_norm_eps"]
    outer = {"init_class": "BertForPretraining", "init_args": [inner]}
    write_json(folder / "model_config.json", outer)
    write_json(folder / "tokenizer_config.json", {"init_class": "BertTokenizer"})
    arrays = {f"bert.{name}": array for name, array in core().items()}
    arrays["cls.predictions.decoder_bias"] = np.zeros(30, dtype="f4")
    write_paddle(folder / "model_state.pdparams", arrays)


def hugging_face(folder: Path) -> None:
    told = {"architectures": ["BertForMaskedLM"], "model_type": "bert", "torch_dtype": "float32"}
    write_json(folder / "config.json", {**CONFIG, **told})
    save_file(in_torch(core()), folder / "model.safetensors", metadata={"format": "pt"})


def hugging_face_in_parts(folder: Path) -> None:
    hugging_face(folder)
    (folder / "model.safetensors").unlink()
    arrays = in_torch(core())
    names = sorted(arrays)
    parts = {f"model-0000{n}-of-00002.safetensors": names[n - 1 :: 2] for n in (1, 2)}
    for part, held in parts.items():
        save_file({name: arrays[name] for name in held}, folder / part)
    places = {name: part for part, held in parts.items() for name in held}
    write_json(folder / "model.safetensors.index.json", {"weight_map": places})


def hugging_face_pickled(folder: Path) -> None:
    hugging_face(folder)
    (folder / "model.safetensors").unlink()
    write_torch(folder / "pytorch_model.bin", in_torch(core()))


def wwm_download(folder: Path) -> None:
    """As Chinese-BERT-wwm is downloaded for PyTorch: Google's configuration, old PyTorch."""
    write_json(folder / "bert_config.json", CONFIG)
    write_old_torch(folder / "pytorch_model.bin", in_torch(core()))


def google(folder: Path) -> None:
    write_json(folder / "bert_config.json", CONFIG)
    write_tensorflow(folder / "bert_model.ckpt", in_tensorflow(core()))


LAYOUTS: Mapping[str, Callable[[Path], None]] = {
    "PaddleNLP": paddlenlp,
    "old PaddleNLP": old_paddlenlp,
    "Hugging Face": hugging_face,
    "Hugging Face, in parts": hugging_face_in_parts,
    "Hugging Face, pickled": hugging_face_pickled,
    "Chinese-BERT-wwm": wwm_download,
    "TensorFlow": google,
}


def write_layout(folder: Path, layout: str) -> Path:
    """Write the model in a form by its name."""
    LAYOUTS[layout](new_folder(folder))
    return folder
