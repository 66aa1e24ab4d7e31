"""An empty library on either database, and nouns to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from earwitness.core.session import Recording, Session
from earwitness.store.library import Library

HELD = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def library(home: Path, address: str | None) -> Iterator[Library]:
    with Library.open(home, database=address) as opened:
        yield opened


@pytest.fixture
def recording() -> Recording:
    return Recording("a" * 64, "scene.wav", 1_000, None, 2, 48_000)


@pytest.fixture
def new_session(library: Library, recording: Recording) -> Callable[..., Session]:
    def add(suffix: str = "aaaaaa", *recordings: Recording, title: str = "A scene") -> Session:
        made = Session(
            id=f"2026-11-20-{suffix}",
            title=title,
            playbook="tabletop",
            language="en",
            recordings=recordings or (recording,),
            held_at=HELD,
            local_only=True,
        )
        library.add_session(made)
        return made

    return add


@pytest.fixture
def session(new_session: Callable[..., Session]) -> Session:
    return new_session()
