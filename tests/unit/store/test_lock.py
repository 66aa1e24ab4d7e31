"""The lock between processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from earwitness.core.errors import StoreError
from earwitness.store.lock import locked

HOLD = """
import sys
from pathlib import Path
from earwitness.store.lock import locked

with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_held_by_another_process_then_free_when_it_is_killed(tmp_path: Path) -> None:
    lock = tmp_path / "library.lock"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={k: v for k, v in os.environ.items() if not k.startswith("COVERAGE")},
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline().strip() == b"held"
        with pytest.raises(StoreError, match="another process"), locked(lock, wait_seconds=0.1):
            pytest.fail("two held one lock")
        child.kill()
    with locked(lock, wait_seconds=5):
        assert lock.exists()
