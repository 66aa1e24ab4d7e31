"""What engines share about the machine: memory that runs out is known by what libraries say."""

from __future__ import annotations

import pytest

from earwitness.engines.machine import cores, out_of_memory, threads


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("CUDA failed with error out of memory"),
        RuntimeError("cuBLAS failed with status CUBLAS_STATUS_ALLOC_FAILED"),
        RuntimeError("CUDNN_STATUS_ALLOC_FAILED"),
        RuntimeError("std::bad_alloc"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
        RuntimeError("Failed to allocate memory for requested buffer of size 9"),
        RuntimeError("[metal::malloc] Unable to allocate 9 bytes"),
        RuntimeError("Command buffer execution failed: Insufficient Memory"),
        MemoryError(),
    ],
)
def test_out_of_memory_is_recognised(error: Exception) -> None:
    assert out_of_memory(error)


def test_other_failures_are_not() -> None:
    assert not out_of_memory(RuntimeError("Invalid input shape"))
    assert not out_of_memory(ValueError("memory"))


def test_workers_share_the_processors() -> None:
    assert threads(0) == threads(1) == cores()
    assert threads(10_000) == 1
