"""Where memory ran out, fewer go on at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from earwitness.engines.whisper_memory import Gate


def test_the_gate_is_wide_until_it_is_narrowed() -> None:
    gate = Gate()
    inside, most = 0, 0
    lock = threading.Lock()
    together = threading.Barrier(4)

    def work(wait: bool) -> None:
        nonlocal inside, most
        with gate():
            with lock:
                inside += 1
                most = max(most, inside)
            if wait:
                together.wait(10)
            with lock:
                inside -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, [True] * 4))
        assert most == 4
        most = 0
        gate.narrow()
        list(pool.map(work, [False] * 40))
    assert most == 1
    assert gate.narrowed


def test_who_fails_inside_leaves() -> None:
    gate = Gate()
    gate.narrow()
    with pytest.raises(RuntimeError), gate():
        raise RuntimeError
    with gate():
        pass
