"""What a network reads beside ids and segments, where its architecture asks for more."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

READS_THE_END = frozenset({"xlnet"})
"""Architectures that answer from the last token, and see padding unless a mask hides it."""

PADDED_SEGMENT = 3
"""The segment of padding in XLNet's own tokenizer; the mask hides it."""


def network_inputs(
    network: Any, ids: NDArray[np.int64], segments: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """Return the arrays that a network takes for a batch that is padded on the right.

    Most networks tell padding by its id. XLNet answers from the last token and doesn't, so that
    its batches are padded on the left and a mask goes with them.

    Args:
        network: A network of PaddleNLP.
        ids: Token ids, ``[b x l]``.
        segments: Segment ids, ``[b x l]``.

    Returns:
        The arguments of the network by their names.
    """
    config = getattr(network, "config", None)
    if getattr(config, "model_type", None) not in READS_THE_END:
        return {"input_ids": ids, "token_type_ids": segments}
    closing = segments != 0  # its last token has a segment of its own, and padding has 0 so far
    lengths = ids.shape[1] - np.argmax(closing[:, ::-1], axis=1)
    shift = (ids.shape[1] - lengths)[:, None]
    places = np.arange(ids.shape[1])[None, :]
    rolled = (places - shift) % ids.shape[1]
    mask = places >= shift
    return {
        "input_ids": np.take_along_axis(ids, rolled, axis=1),
        "token_type_ids": np.where(
            mask, np.take_along_axis(segments, rolled, axis=1), PADDED_SEGMENT
        ),
        "attention_mask": mask.astype(np.float32),
    }
