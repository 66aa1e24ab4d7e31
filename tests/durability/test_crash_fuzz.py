"""Workers killed at random: every run finishes, with the results of a run nobody disturbed.

`make test` kills a few, `make soak` kills fifty.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.crash import crash_fuzz


def test_a_few_kills(tavern: Path, tmp_path: Path, address: str | None) -> None:
    crash_fuzz(tavern, tmp_path, database=address, sessions=4, chunks=4, kills=5, seed=11)


@pytest.mark.soak
def test_fifty_kills(
    tavern: Path, tmp_path: Path, address: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    told: list[str] = []
    crash_fuzz(
        tavern,
        tmp_path,
        database=address,
        sessions=24,
        chunks=6,
        kills=50,
        seed=50,
        wait_ms=600,
        say=told.append,
    )
    with capsys.disabled():
        print(f"\n{'PostgreSQL' if address else 'SQLite'}: {told[0]}")  # noqa: T201
