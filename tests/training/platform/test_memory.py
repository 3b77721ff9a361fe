from __future__ import annotations

import errno
import subprocess
import sys
from types import SimpleNamespace

import pytest

from autoclue.errors import FolderError, UsageError
from autoclue.training.platform import gpu_memory, memory_ran_out


def wrapped(error: Exception, inner: Exception) -> Exception:
    """An error that was raised for another one."""
    error.__cause__ = inner
    return error


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        MemoryError("(ResourceExhausted) Fail to alloc memory of 1600000000 size"),
        OSError("(External) ... Fail to alloc memory of 36000000 size, error code is 12."),
        RuntimeError("ResourceExhaustedError: \n\nOut of memory error on GPU 0. Cannot allocate"),
        SystemError("(Fatal) Operator matmul_v2 raises an St9bad_alloc std::bad_alloc exception"),
        RuntimeError("(External) CUBLAS error(3). CUBLAS_STATUS_ALLOC_FAILED"),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        wrapped(UsageError("The model can't be loaded"), MemoryError()),
    ],
)
def test_too_little_memory_is_recognised(error: Exception) -> None:
    assert memory_ran_out(error)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("out of memory"),
        OSError(errno.ENOSPC, "No space left on device"),
        RuntimeError("(InvalidArgument) shapes differ"),
        FolderError("The best model can't be written"),
        UsageError("batch_size 0"),
    ],
)
def test_other_errors_are_not_taken_for_it(error: Exception) -> None:
    assert not memory_ran_out(error)


PROVOKE = """
import resource, sys
from autoclue.training.platform import free_memory, gpu_memory, memory_ran_out
from autoclue.training.platform.runtime import load_paddle
paddle = load_paddle()
paddle.set_device("cpu")
weight = paddle.ones([3000, 3000])
weight.stop_gradient = False

class Backward(paddle.autograd.PyLayer):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, gradient):
        return gradient + paddle.ones([30000, 30000]).sum()

def deep():
    y = weight
    for _ in range(30):
        y = paddle.matmul(y, weight)
    y.sum().backward()

used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 300 * 2**20,) * 2)
provoke = {
    "operator": lambda: paddle.matmul(paddle.ones([20000, 10]), paddle.ones([10, 20000])),
    "training": deep,
    "own backward": lambda: Backward.apply(weight).sum().backward(),
}[sys.argv[1]]
try:
    provoke()
except Exception as error:
    print(memory_ran_out(error))
free_memory()
print(float(paddle.matmul(paddle.ones([10, 10]), paddle.ones([10, 10])).sum()))
"""


@pytest.mark.paddle
@pytest.mark.parametrize("where", ["operator", "training", "own backward"])
def test_what_paddle_really_raises_is_recognised_and_survived(where: str) -> None:
    command = [sys.executable, "-c", PROVOKE, where]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout.split("\n")[:2] == ["True", "1000.0"], done.stderr


def made_up_paddle(device: str) -> SimpleNamespace:
    """A Paddle of which only its device and its counter are there."""
    cuda = SimpleNamespace(max_memory_reserved=lambda: 5 * 2**30)
    return SimpleNamespace(get_device=lambda: device, device=SimpleNamespace(cuda=cuda))


@pytest.mark.parametrize(("device", "held"), [("gpu:0", 5 * 2**30), ("cpu", None)])
def test_memory_of_a_gpu_is_what_paddle_counts(
    device: str, held: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "paddle", made_up_paddle(device))
    assert gpu_memory() == held


def test_a_process_without_paddle_holds_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "paddle", raising=False)
    assert gpu_memory() is None
