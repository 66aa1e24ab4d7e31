"""pocketsphinx: pure chunks, children that come when needed and never outlive their parent."""

from __future__ import annotations

import importlib.util
import io
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused
from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment
from earwitness.engines.pocketsphinx import (
    Child,
    PocketsphinxFactory,
    PocketsphinxTranscriber,
    model_folder,
)
from earwitness.engines.pocketsphinx_child import read_message, write_message
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound

needs_wheel = pytest.mark.skipif(model_folder() is None, reason="pocketsphinx is not installed")
needs_posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")

ONE, OTHER = Span(500, 2_000), Span(9_000, 10_500)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    path = Path(__file__).parents[3] / "src" / "earwitness" / "examples" / "tavern.flac"
    done = decode(path, tmp_path_factory.mktemp("scene"))
    return Sound([PcmFile(done.pcm, done.channels, done.samples)])


@pytest.fixture
def engine() -> Iterator[PocketsphinxTranscriber]:
    opened = PocketsphinxFactory().open(EngineOptions(workers=1))
    yield opened
    opened.close()


def whole(span: Span, track: int | None = None) -> Chunk:
    return Chunk(0, span, track, (span,))


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [word.text for segment in segments for word in segment.words]


def children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children()
        if any("pocketsphinx_child" in part for part in child.cmdline())
    ]


@needs_wheel
def test_words_lie_in_their_chunk_in_order(engine: PocketsphinxTranscriber, scene: Sound) -> None:
    segments = engine.transcribe(scene, whole(OTHER), "en")
    words = [word for segment in segments for word in segment.words]
    assert len(words) > 1
    assert words == sorted(words, key=lambda word: word.span)
    assert all(word.span in OTHER for word in words)
    assert all(word.confidence is not None for word in words)
    assert not any(set(word.text) & set("<>[]()+0123456789") for word in words)
    assert {segment.language for segment in segments} == {"en"}
    for segment in segments:
        assert segment.span == segment.words[0].span | segment.words[-1].span


@needs_wheel
def test_a_chunk_sounds_the_same_whatever_was_heard_before(
    engine: PocketsphinxTranscriber, scene: Sound
) -> None:
    first = engine.transcribe(scene, whole(ONE), None)
    engine.transcribe(scene, whole(OTHER), None)
    assert engine.transcribe(scene, whole(ONE), None) == first
    fresh = PocketsphinxFactory().open(EngineOptions(workers=1))
    try:
        assert fresh.transcribe(scene, whole(ONE), None) == first
        assert fresh.fingerprint == engine.fingerprint
    finally:
        fresh.close()


@needs_wheel
def test_words_outside_detected_speech_were_not_said(
    engine: PocketsphinxTranscriber, scene: Sound
) -> None:
    everything = engine.transcribe(scene, whole(OTHER), "en")
    last = everything[-1].words[-1]
    speech = Span(OTHER.start_ms, last.span.start_ms)
    fewer = engine.transcribe(scene, Chunk(0, OTHER, None, (speech,)), "en")
    assert texts(fewer) == texts(everything)[:-1]
    assert engine.transcribe(scene, Chunk(0, OTHER, None, ()), "en") == ()


@needs_wheel
def test_children_start_when_needed_and_no_more_than_asked_for(scene: Sound) -> None:
    engine = PocketsphinxFactory().open(EngineOptions(workers=2))
    assert children() == []
    assert (engine.cpu_ms, engine.peak_rss_bytes) == (0, 0)
    with ThreadPoolExecutor(4) as threads:
        chunks = [whole(span) for span in (ONE, OTHER, ONE, OTHER)]
        heard = list(threads.map(lambda chunk: engine.transcribe(scene, chunk, None), chunks))
    assert heard[:2] == heard[2:]
    assert heard[0] != heard[1]
    assert 1 <= len(children()) <= 2
    assert engine.cpu_ms > 100
    assert engine.peak_rss_bytes > 30_000_000
    engine.close()
    assert children() == []


@needs_wheel
def test_a_crash_costs_one_chunk(engine: PocketsphinxTranscriber, scene: Sound) -> None:
    before = engine.transcribe(scene, whole(ONE), None)
    (child,) = children()
    child.kill()
    child.wait()
    with pytest.raises(EngineError) as caught:
        engine.transcribe(scene, whole(ONE), None)
    assert caught.value.hint
    assert engine.transcribe(scene, whole(ONE), None) == before


@needs_wheel
def test_closing_ends_children_at_work(scene: Sound) -> None:
    engine = PocketsphinxFactory().open(EngineOptions(workers=1))
    engine.transcribe(scene, whole(Span(0, 1_000)), None)
    failures: list[EngineError] = []

    def listen() -> None:
        try:
            engine.transcribe(scene, whole(Span(0, 60_000)), None)
        except EngineError as error:
            failures.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    engine.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(failures) == 1
    assert children() == []


@needs_wheel
@needs_posix
def test_ctrl_c_is_for_the_parent_to_decide(engine: PocketsphinxTranscriber, scene: Sound) -> None:
    before = engine.transcribe(scene, whole(ONE), None)
    (child,) = children()
    child.send_signal(signal.SIGINT)
    assert engine.transcribe(scene, whole(ONE), None) == before
    assert [one.pid for one in children()] == [child.pid]


@needs_wheel
@needs_posix
def test_a_child_does_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    folder = model_folder()
    assert folder is not None
    parent = tmp_path / "parent.py"
    parent.write_text(
        "import random, sys\n"
        "from pathlib import Path\n"
        "from earwitness.engines.pocketsphinx import Child\n"
        "child = Child(Path(sys.argv[1]))\n"
        "child.decode(bytes(3200))\n"
        "print(child.pid, flush=True)\n"
        "child.decode(random.Random(1).randbytes(16_000 * 2 * 300))\n",
        encoding="utf-8",
    )
    with subprocess.Popen(
        [sys.executable, str(parent), str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = psutil.Process(int(process.stdout.readline()))
        busy_s = child.cpu_times().user + 0.3
        while child.cpu_times().user < busy_s:
            os.sched_yield()
        process.kill()
    # Five minutes of noise take far longer to decode.
    gone, _ = psutil.wait_procs([child], timeout=10)
    assert gone or child.status() == psutil.STATUS_ZOMBIE


@needs_wheel
def test_a_model_that_is_not_there_is_a_typed_error(tmp_path: Path) -> None:
    child = Child(tmp_path)
    with pytest.raises(EngineError, match="status"):
        child.decode(bytes(3200))
    child.end()


@needs_wheel
def test_other_languages_and_models_are_refused(
    engine: PocketsphinxTranscriber, scene: Sound
) -> None:
    with pytest.raises(LanguageRefused) as refused:
        engine.transcribe(scene, whole(ONE), "nl")
    assert refused.value.hint
    options = EngineOptions(model="small")
    assert not PocketsphinxFactory().ready(options).ok
    with pytest.raises(EngineUnavailable) as caught:
        PocketsphinxFactory().open(options)
    assert caught.value.hint
    assert PocketsphinxFactory().languages(options) == frozenset({"en"})
    assert "(draft)" in engine.name


@pytest.mark.parametrize(
    ("python", "hint"), [((3, 12), "Python 3.11 or 3.13"), ((3, 13), "pip install pocketsphinx")]
)
def test_without_the_wheel_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, python: tuple[int, int], hint: str
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(sys, "version_info", (*python, 0, "final", 0))
    readiness = PocketsphinxFactory().ready(EngineOptions())
    assert not readiness.ok
    assert hint in readiness.hint


def test_listing_it_loads_no_decoder() -> None:
    check = (
        "import sys; from earwitness import plugins; from earwitness.core.ports import *\n"
        "plugins.engine('transcribe', 'pocketsphinx').ready(EngineOptions())\n"
        "sys.exit('pocketsphinx' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_message_arrives_whole_or_not_at_all() -> None:
    pipe = io.BytesIO()
    write_message(pipe, b"sound")
    write_message(pipe, b"")
    sent = pipe.getvalue()
    pipe.seek(0)
    assert [read_message(pipe), read_message(pipe), read_message(pipe)] == [b"sound", b"", None]
    assert read_message(io.BytesIO(sent[:-6])) is None
    assert read_message(io.BytesIO(sent[:2])) is None
