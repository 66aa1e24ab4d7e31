"""Recording and Session: the rules of what was heard and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from earwitness.core.session import Recording, Session

RECORDING = Recording("0" * 64, "a.wav", 10, None, channels=1, rate_hz=16_000)
SESSION = Session("2026-11-20-k3f9qz", "", "meeting", None, (RECORDING,))


@pytest.mark.parametrize(
    "name", ["", "0" * 63, "0" * 65, "G" + "0" * 63, "A" * 64, "0" * 64 + "\n"]
)
def test_a_recordings_id_is_the_digest_of_its_bytes(name: str) -> None:
    with pytest.raises(ValueError):
        replace(RECORDING, id=name)


def test_impossible_recordings_are_refused() -> None:
    for channels, rate_hz, size_bytes in [(0, 1, 0), (1, 0, 0), (1, 1, -1)]:
        with pytest.raises(ValueError):
            Recording("0" * 64, "a.wav", size_bytes, None, channels, rate_hz)


@pytest.mark.parametrize(
    "name", ["", "dinner", "2026-11-20", "2026-11-20-K3F9QZ", "../2026-11-20-k3f9qz"]
)
def test_a_sessions_id_is_date_and_suffix(name: str) -> None:
    with pytest.raises(ValueError):
        replace(SESSION, id=name)


def test_a_session_has_recordings_and_a_time_with_zone() -> None:
    with pytest.raises(ValueError):
        replace(SESSION, recordings=())
    with pytest.raises(ValueError):
        replace(SESSION, held_at=datetime(2026, 11, 20))
    assert replace(SESSION, held_at=datetime(2026, 11, 20, tzinfo=UTC)).held_at is not None
