"""What every transcriber promises, found through the registry; only engines that can run here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import pytest
from tests.faulty import FaultyService

from earwitness import plugins
from earwitness.core.errors import EarwitnessError
from earwitness.core.ports import EngineOptions, Transcriber
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound

OPTIONS = EngineOptions(workers=2, offline=True)
ENGINES = sorted(plugins.listed("transcribe"))
SPANS = (Span(500, 2_200), Span(9_000, 10_600))

Opens = Callable[[], AbstractContextManager[Transcriber]]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    path = Path(__file__).parents[2] / "src" / "earwitness" / "examples" / "tavern.flac"
    done = decode(path, tmp_path_factory.mktemp("scene"))
    return Sound([PcmFile(done.pcm, done.channels, done.samples)])


@pytest.fixture
def options(request: pytest.FixtureRequest, faulty: FaultyService) -> EngineOptions:
    """What an engine needs to be told to run here."""
    if request.node.callspec.params["opens"] != "openai":
        return OPTIONS
    return replace(OPTIONS, model="whisper-1", own=(("base_url", faulty.url),))


@pytest.fixture(params=ENGINES)
def opens(request: pytest.FixtureRequest, options: EngineOptions) -> Opens:
    factory = plugins.engine("transcribe", request.param)
    readiness = factory.ready(options)
    if not readiness.ok:
        assert readiness.why
        assert readiness.hint
        pytest.skip(readiness.why)

    @contextmanager
    def opened() -> Iterator[Transcriber]:
        engine = cast(Transcriber, factory.open(options))
        try:
            yield engine
        finally:
            engine.close()

    return opened


def whole(span: Span, index: int = 0) -> Chunk:
    return Chunk(index, span, None, (span,))


def test_words_are_in_order_inside_their_segment_and_chunk(opens: Opens, scene: Sound) -> None:
    with opens() as engine:
        for span in SPANS:
            segments = engine.transcribe(scene, whole(span), "en")
            assert segments
            words = [word for segment in segments for word in segment.words]
            starts = [word.span.start_ms for word in words]
            assert starts == sorted(starts)
            assert all(word.span in span for word in words)
            assert all(w.span in segment.span for segment in segments for w in segment.words)
            assert {segment.track for segment in segments} == {None}


def test_a_chunk_depends_on_itself_alone(opens: Opens, scene: Sound) -> None:
    chunks = [whole(span, index) for index, span in enumerate(SPANS)]
    with opens() as engine:
        forward = [engine.transcribe(scene, chunk, "en") for chunk in chunks]
    with opens() as engine, ThreadPoolExecutor(2) as threads:
        backward = list(threads.map(lambda c: engine.transcribe(scene, c, "en"), chunks[::-1]))
    assert backward[::-1] == forward


def test_the_fingerprint_is_the_same_each_time_and_the_name_is_for_people(opens: Opens) -> None:
    with opens() as one, opens() as other:
        assert one.fingerprint == other.fingerprint
        assert one.name
        assert "\n" not in one.name + one.fingerprint


def test_its_chunking_can_be_kept(opens: Opens) -> None:
    with opens() as engine:
        how = engine.chunking
    assert 0 < how.target_ms <= how.limit_ms
    assert 2 * how.pad_ms + 2 * how.overlap_ms < how.limit_ms


def test_closed_it_refuses_in_its_own_words(opens: Opens, scene: Sound) -> None:
    with opens() as engine:
        engine.close()
        with pytest.raises(EarwitnessError):
            engine.transcribe(scene, whole(SPANS[0]), "en")


@pytest.mark.parametrize("name", ENGINES)
def test_it_says_what_it_is_without_being_opened(name: str) -> None:
    factory = plugins.engine("transcribe", name)
    languages = factory.languages(OPTIONS)
    assert factory.name == name
    assert factory.ability == "transcribe"
    assert languages is None or all(len(code) in (2, 3) for code in languages)
