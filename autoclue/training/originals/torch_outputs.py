"""Run a model of Hugging Face's in Transformers: ``python torch_outputs.py ASKED ANSWERED``.

It is run as a file, in a process of its own, and imports nothing of autoclue. The network is
Transformers' own for the architecture; pickles are opened for arrays alone, and no code of a
folder is run.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np


def answer_with_torch(asked: Path, answered: Path) -> None:
    """Answer what is asked.

    Args:
        asked: JSON with config, family, weights, prefix, ids and segments.
        answered: Where to write the last hidden states.
    """
    import torch

    told = json.loads(asked.read_text(encoding="utf-8"))
    network = _network(told)
    with torch.no_grad():
        given = {"input_ids": torch.tensor(told["ids"])}
        if int(told["config"].get("type_vocab_size", 2)) > 1:
            given["token_type_ids"] = torch.tensor(told["segments"])
        found = network(**given, attention_mask=torch.ones_like(given["input_ids"]))
    np.save(answered, found.last_hidden_state.numpy().astype(np.float32))


def _network(told: dict[str, Any]) -> Any:
    import transformers

    kept = {k: v for k, v in told["config"].items() if k not in ("model_type", "architectures")}
    config = transformers.AutoConfig.for_model(told["family"].replace("_", "-"), **kept)
    network = transformers.AutoModel.from_config(config).float().eval()
    missing, _ = network.load_state_dict(_state(told), strict=False)
    lacking = [n for n in missing if not n.startswith("pooler.") and "position_ids" not in n]
    if lacking:
        raise SystemExit(f"{len(lacking)} weights aren't found by their names, {lacking[0]} first")
    return network


def _state(told: dict[str, Any]) -> dict[str, Any]:
    """Read the weights, the names without their prefix and with today's endings."""
    prefix, state = told["prefix"], {}
    for path in told["weights"]:
        for name, array in _arrays(path).items():
            bare = name[len(prefix) :] if name.startswith(prefix) else f"({name})"
            bare = re.sub(r"\.gamma$", ".weight", bare)
            state[re.sub(r"\.beta$", ".bias", bare)] = array.float()
    return state


def _arrays(path: str) -> dict[str, Any]:
    if path.endswith(".safetensors"):
        from safetensors.torch import load_file

        found: dict[str, Any] = load_file(path)
        return found
    import torch

    held: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return held


if __name__ == "__main__":
    answer_with_torch(Path(sys.argv[1]), Path(sys.argv[2]))
