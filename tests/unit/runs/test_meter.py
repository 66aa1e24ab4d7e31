"""The meter sees memory that is taken, counts processor time and disks, and costs next to none."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from earwitness.media.disk import Traffic, of_process, of_thread
from earwitness.runs.gpus import Gpus
from earwitness.runs.meter import AT_ONCE_S, RATION, Meter, tree_bytes


def test_a_window_sees_what_was_taken_in_it() -> None:
    with Meter() as meter:
        mark = meter.begin()
        held = bytearray(80_000_000)
        held[::4096] = b"x" * len(held[::4096])
        window = meter.end(mark)
    assert window.peak_bytes >= tree_bytes(psutil.Process()) - 40_000_000
    assert 0 < window.mean_bytes <= window.peak_bytes
    assert len(held) == 80_000_000


def test_processor_time_of_children_counts() -> None:
    meter = Meter()
    with meter:
        code = "import time\nwhile time.process_time() < 0.3: pass"
        subprocess.run([sys.executable, "-c", code], check=True)
    taken = meter.taken()
    assert taken.cpu_ms is not None
    assert taken.cpu_ms >= 280
    assert taken.wall_ms >= 280
    assert taken.peak_bytes is not None
    assert taken.mean_bytes is not None
    assert taken.mean_bytes <= taken.peak_bytes


def test_no_gpu_is_not_known_and_not_zero() -> None:
    if Gpus().names:
        pytest.skip("this machine has one")
    with Meter() as meter:
        window = meter.end(meter.begin())
    assert window.gpu_percent is None
    assert meter.taken().gpu_ms is None
    assert meter.machine().gpu is None


def test_thousands_of_tiny_pieces_do_not_make_it_look_more_often() -> None:
    with Meter() as meter:
        began_s = time.monotonic()
        for _ in range(5_000):
            meter.end(meter.begin())
        passed_s = time.monotonic() - began_s
        spent_ms = meter.taken().meter_ms
    assert spent_ms is not None
    look_ms = 50  # one that was begun within the ration, on a crowded machine
    assert spent_ms <= 1000 * (AT_ONCE_S + RATION * passed_s) + 3 * look_ms


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells")
def test_bytes_on_their_way_to_a_disk_are_the_threads_own(tmp_path: Path) -> None:
    before, whole = of_thread(), of_process()
    with (tmp_path / "file").open("wb") as file:
        file.write(b"x" * 3_000_000)
        file.flush()
    moved = of_thread().since(before)
    if moved.written_bytes == 0:
        pytest.skip("this folder is no disk")
    assert moved.written_bytes is not None
    assert moved.written_bytes >= 2_900_000
    assert (of_process().since(whole).written_bytes or 0) >= moved.written_bytes
    assert Traffic().since(before) == Traffic()
