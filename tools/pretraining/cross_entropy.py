"""Cross-entropy over a large vocabulary that never holds all scores in single precision.

Scores and their softmax are worked out for a few rows at a time, which then fit into a core's
cache; the gradient is written down at once.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

ROWS_AT_ONCE = 32


class _CrossEntropy(torch.autograd.Function):  # type: ignore[misc]
    @staticmethod
    def forward(
        context: Any, inputs: Tensor, matrix: Tensor, bias: Tensor, labels: Tensor
    ) -> Tensor:
        rows = len(inputs)
        gradient = inputs.new_empty(rows, len(matrix))
        total = torch.zeros(())
        for begin in range(0, rows, ROWS_AT_ONCE):
            part = slice(begin, begin + ROWS_AT_ONCE)
            scores = torch.addmm(bias, inputs[part], matrix.t()).float()
            wanted = labels[part, None]
            total += torch.logsumexp(scores, -1).sum() - scores.gather(1, wanted).sum()
            share = torch.softmax(scores, -1)
            share.scatter_add_(1, wanted, torch.full_like(wanted, -1, dtype=share.dtype))
            gradient[part] = share.div_(rows)
        context.save_for_backward(gradient, inputs, matrix)
        return total / rows

    @staticmethod
    def backward(context: Any, outer: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        gradient, inputs, matrix = context.saved_tensors
        return (
            gradient @ matrix * outer,
            gradient.t() @ inputs * outer,
            gradient.sum(0) * outer,
            None,
        )


def cross_entropy(inputs: Tensor, matrix: Tensor, bias: Tensor, labels: Tensor) -> Tensor:
    """Return the mean cross-entropy of `inputs @ matrix.T + bias`, in nats.

    Args:
        inputs: [rows x width], in the precision to multiply in.
        matrix: [classes x width], the same.
        bias: [classes], the same.
        labels: The class of each row; [rows].
    """
    loss: Tensor = _CrossEntropy.apply(inputs, matrix, bias, labels)
    return loss
