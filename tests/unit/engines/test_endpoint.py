"""The endpoint engine against a real server on this machine: what is sent, and what comes back."""

from __future__ import annotations

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import av
import numpy as np
import pytest
from av.container import InputContainer
from tests.asking import KEY, Asking, chunk, failing
from tests.faulty import Call, Reply, refused, spoken, told

from earwitness.core.span import Span
from earwitness.engines import endpoint


def test_words_come_back_in_session_time(bench: Asking) -> None:
    engine = bench.engine()
    (segment,) = engine.transcribe(bench.audio, chunk(30), None)
    assert [word.text for word in segment.words] == ["word0,", "word1,", "word2,", "word3."]
    assert segment.words[1].span == Span(30_500, 30_900)
    assert segment.language == "en"


def test_what_is_sent(bench: Asking) -> None:
    bench.hear(bench.engine())
    (call,) = bench.server.calls
    assert call.path == "/v1/audio/transcriptions"
    assert call.headers["authorization"] == f"Bearer {KEY}"
    assert call.fields == {
        "model": ["whisper-1"],
        "response_format": ["verbose_json"],
        "timestamp_granularities[]": ["word", "segment"],
        "language": ["en"],
        "prompt": ["Mira, Ravenloft"],
    }
    assert call.file_name == "chunk.flac"
    assert call.sound.startswith(b"fLaC")
    assert call.length_ms == 2000


def test_sound_arrives_as_it_was(bench: Asking, tavern_samples: np.ndarray) -> None:
    engine = bench.engine()
    engine.transcribe(bench.sound(tavern_samples), chunk(1), "en")
    with av.open(io.BytesIO(bench.server.calls[0].sound)) as container:
        assert isinstance(container, InputContainer)
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    assert np.array_equal(np.concatenate(frames), tavern_samples[16_000:48_000])
    assert len(bench.server.calls[0].sound) < 64_000


def asked(call: Call) -> tuple[str, bool, str]:
    words = "timestamp_granularities[]" in call.fields
    return call.fields["response_format"][0], words, call.file_name.rpartition(".")[2]


@pytest.mark.parametrize(
    ("takes", "calls", "estimated"),
    [
        ([("verbose_json", True, "flac")], 1, False),
        ([("verbose_json", False, "flac")], 2, True),
        ([("json", False, "flac")], 3, True),
        ([("verbose_json", True, "wav")], 4, False),
        ([("json", False, "wav")], 6, True),
    ],
)
@pytest.mark.parametrize("status", [400, 415, 422, 501])
def test_what_a_service_does_not_know_is_found_out_once(
    bench: Asking, takes: list[tuple[str, bool, str]], calls: int, estimated: bool, status: int
) -> None:
    def plan(call: Call) -> Reply:
        if asked(call) not in takes:
            return refused(status)
        if asked(call)[1]:
            return spoken(call)
        return told({"text": "four words and punctuation.", "segments": []})

    bench.server.plan = plan
    engine = bench.engine()
    for second in range(3):
        assert bench.hear(engine, second)
    assert len(bench.server.calls) == calls + 2
    assert ("estimated" in engine.name) is estimated
    assert bench.waits == []


def test_a_service_without_word_times_is_told_in_the_name(bench: Asking) -> None:
    bench.server.plan = lambda _call: told(
        {"text": "so it goes", "segments": [{"text": "so it goes", "start": 0, "end": 1.5}]}
    )
    engine = bench.engine()
    assert engine.name.endswith("(not reproducible)")
    (segment,) = engine.transcribe(bench.audio, chunk(4), "en")
    assert segment.words[-1].span.end_ms == 5_500
    assert {word.confidence for word in segment.words} == {None}
    assert engine.name.endswith("(not reproducible; times of words estimated)")


def test_one_chunk_that_is_refused_later_fails_alone(bench: Asking) -> None:
    bench.server.plan = lambda call: refused(400) if call.number == 1 else spoken(call)
    engine = bench.engine()
    assert bench.hear(engine)
    assert failing(bench, engine).status == 400
    assert bench.hear(engine)
    assert len(bench.server.calls) == 3


def test_one_that_refuses_every_form_is_left_alone_after_three(bench: Asking) -> None:
    bench.server.plan = lambda _call: refused(400)
    engine = bench.engine()
    for _ in range(100):
        failing(bench, engine)
    assert len(bench.server.calls) == endpoint.TELLING * 6


@pytest.mark.parametrize(("workers", "concurrency", "most"), [(8, 2, 2), (3, 8, 3), (1, 4, 1)])
def test_never_more_requests_at_once_than_both_allow(
    bench: Asking, workers: int, concurrency: int, most: int
) -> None:
    full = threading.Semaphore(0)
    engine = bench.engine(workers=workers, concurrency=concurrency)
    bench.hear(engine)  # the first finds out how to ask

    def plan(call: Call) -> Reply:
        if bench.server.busy >= most:  # as many as may come are there
            for _ in range(20):
                full.release()
        assert full.acquire(timeout=20)
        return spoken(call)

    bench.server.plan = plan
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda second: bench.hear(engine, second), range(8)))
    assert bench.server.busiest == most
    assert engine.at_once == most


def test_keys_of_results_hold_place_model_day_and_words(bench: Asking) -> None:
    fingerprint = bench.engine().fingerprint
    place = bench.server.url.removeprefix("http://")
    assert fingerprint == f"endpoint/1 {place} whisper-1 2026-11-25 auto Mira, Ravenloft"
    assert bench.engine(concurrency=1, timeout_s=5, sound="wav").fingerprint == fingerprint


def test_a_long_vocabulary_is_cut_between_terms() -> None:
    terms = tuple(f"term{number}" for number in range(1000))
    prompt = endpoint._prompt(terms)
    assert len(prompt) <= endpoint.PROMPT_CHARS
    assert prompt.split(", ") == list(terms[: prompt.count(",") + 1])
