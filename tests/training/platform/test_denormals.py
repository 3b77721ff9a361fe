from __future__ import annotations

import numpy as np
import pytest

from autoclue.training.platform.denormals import can_flush, flush_denormals

needs_x86 = pytest.mark.skipif(
    not can_flush(), reason="flags for denormals can be set on x86-64 with glibc alone"
)


def denormal() -> float:
    """Multiply two ordinary numbers whose product is a denormal one in single precision."""
    product = np.full(16, 1e-30, dtype=np.float32) * np.full(16, 1e-9, dtype=np.float32)
    return float(product.max())


@needs_x86
def test_denormals_are_zero_inside_and_as_ever_outside() -> None:
    assert denormal() > 0
    with flush_denormals(enabled=True):
        assert denormal() == 0
    assert denormal() > 0


@needs_x86
def test_ordinary_numbers_are_what_they_were() -> None:
    numbers = np.linspace(-3, 3, 1001, dtype=np.float32)
    outside = np.exp(numbers) * numbers
    with flush_denormals(enabled=True):
        assert np.array_equal(np.exp(numbers) * numbers, outside)


@needs_x86
def test_an_inner_block_leaves_the_outer_one_flushing() -> None:
    with flush_denormals(enabled=True):
        with flush_denormals(enabled=True):
            assert denormal() == 0
        assert denormal() == 0
    assert denormal() > 0


@needs_x86
def test_an_exception_puts_the_flags_back() -> None:
    with pytest.raises(RuntimeError, match="stop"), flush_denormals(enabled=True):
        raise RuntimeError("stop")
    assert denormal() > 0


def test_switched_off_it_changes_nothing() -> None:
    with flush_denormals(enabled=False):
        assert denormal() > 0


def test_on_another_platform_it_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert not can_flush()
    with flush_denormals(enabled=True):
        assert denormal() > 0
