"""What every test gets: no network, no settings from outside, and the shipped example."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.deep import DEEP, examples
from tests.faulty import FaultyService
from tests.objects import BadLine, ObjectServer
from tests.postgres import PostgresServer

# Machines differ in speed, so examples have no deadline. Automatic checks try the same examples
# every time; at a desk new ones are tried on every run; `make deep` tries twenty times as many.
settings.register_profile("desk", deadline=None, max_examples=examples(50))
settings.register_profile("checks", settings.get_profile("desk"), derandomize=True)
settings.load_profile("checks" if os.environ.get("CI") and not DEEP else "desk")

ROOT = Path(__file__).parent.parent
ALL_FORMATS = "json,txt,md,csv,srt,vtt,ass,stm,rttm"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        ours = name.startswith("EARWITNESS_") and name != "EARWITNESS_DATA"
        if ours or name.startswith("AWS_"):
            monkeypatch.delenv(name)
    for name in ("WHISPER_LANGUAGE", "HF_TOKEN", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("EARWITNESS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("EARWITNESS_OUTPUT", str(tmp_path / "output"))
    monkeypatch.setenv("EARWITNESS_OFFLINE", "true")


@pytest.fixture
def tavern() -> Path:
    """The shipped scene; its references lie beside it."""
    return ROOT / "src" / "earwitness" / "examples" / "tavern.flac"


@pytest.fixture
def faulty() -> Iterator[FaultyService]:
    """A transcription service on this machine that fails as it is told."""
    with FaultyService() as service:
        yield service


@pytest.fixture(scope="session")
def object_server() -> Iterator[ObjectServer]:
    """An S3-compatible store on this machine."""
    with ObjectServer() as server:
        yield server


@pytest.fixture
def bad_line(object_server: ObjectServer) -> Iterator[BadLine]:
    """A way to the store that fails as it is told."""
    with BadLine(object_server.port) as line:
        yield line


@pytest.fixture
def root() -> Path:
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def heard_tavern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scene, processed once by the program itself: the session's folder, every format."""
    if sys.version_info[:2] == (3, 12):
        pytest.skip("pocketsphinx has no wheel for Python 3.12")
    base = tmp_path_factory.mktemp("heard-tavern")
    recording = ROOT / "src" / "earwitness" / "examples" / "tavern.flac"
    command = [sys.executable, "-m", "earwitness", "process", str(recording)]
    command += ["--transcriber", "pocketsphinx", "--language", "en", "--formats", ALL_FORMATS]
    command += ["--home", str(base / "home"), "--output", str(base / "output"), "--workers", "2"]
    subprocess.run(command, check=True, capture_output=True)
    (folder,) = (base / "output").iterdir()
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started when the first test asks for it."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def postgres(postgres_server: PostgresServer, tmp_path: Path) -> str:
    """The address of an empty library on PostgreSQL."""
    return postgres_server.empty(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest) -> str | None:
    """What `Library.open` is told: None for a file, an address for a server; tests run on both."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres"))
