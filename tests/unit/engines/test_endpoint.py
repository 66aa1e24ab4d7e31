"""The endpoint engine against a real server on this machine, with the faults such servers have."""

from __future__ import annotations

import io
import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property

import av
import numpy as np
import pytest
from av.container import InputContainer
from tests.faulty import Call, FaultyService, Reply, refused, spoken, told

from earwitness.core.breaker import Breaker
from earwitness.core.errors import CircuitBreakerOpenError, EngineUnavailable, Fault, ServiceError
from earwitness.core.ports import Audio, EngineOptions
from earwitness.core.retry import POLICY
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.core.text import join_words
from earwitness.engines import endpoint
from earwitness.engines.endpoint import EndpointFactory, EndpointTranscriber
from earwitness.engines.endpoint_form import read_form
from earwitness.engines.service import Service

KEY = "sk-canary-in-the-mine"


@dataclass
class Bench:
    """An engine that asks a faulty service, on a clock that moves only when it waits."""

    server: FaultyService
    sound: Callable[..., Audio]
    waits: list[float] = field(default_factory=list)
    now: float = 0.0
    engines: list[EndpointTranscriber] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        self.waits.append(round(seconds, 2))
        self.now += seconds

    def engine(
        self, *, workers: int = 4, failures: int = 8, lapses: int = 0, **own: object
    ) -> EndpointTranscriber:
        options = EngineOptions(
            model="whisper-1",
            workers=workers,
            vocabulary=("Mira", "Ravenloft"),
            own=(("base_url", self.server.url), *((name, str(own[name])) for name in own)),
            keys=(("openai_api_key", KEY),),
            day="2026-11-25",
        )
        form, address = read_form(options.own)
        service = Service(
            address.host,
            Breaker("toy", failures=failures, reset_s=30, clock=lambda: self.now),
            limit_s=form.timeout_s,
            lapses=lapses,
            pause=self.pause,
            clock=lambda: self.now,
            chance=lambda: 0.5,
        )
        made = EndpointTranscriber(form, options, key=KEY, service=service)
        self.engines.append(made)
        return made

    def hear(self, engine: EndpointTranscriber, second: int = 0) -> str:
        """Two seconds of sound, at some place."""
        segments = engine.transcribe(self.audio, chunk(second), "en")
        return join_words(word for segment in segments for word in segment.words)

    @cached_property
    def audio(self) -> Audio:
        return self.sound(np.zeros(16_000 * 600, np.int16))


def chunk(second: int) -> Chunk:
    span = Span(second * 1000, (second + 2) * 1000)
    return Chunk(second, span, None, (span,))


@pytest.fixture
def bench(faulty: FaultyService, sound: Callable[..., Audio]) -> Iterator[Bench]:
    made = Bench(faulty, sound)
    yield made
    for engine in made.engines:
        engine.close()


def failing(bench: Bench, engine: EndpointTranscriber) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        bench.hear(engine)
    return caught.value


def first(*replies: Reply) -> Callable[[Call], Reply]:
    """These replies, then what is right."""
    return lambda call: replies[call.number] if call.number < len(replies) else spoken(call)


def test_words_come_back_in_session_time(bench: Bench) -> None:
    engine = bench.engine()
    (segment,) = engine.transcribe(bench.audio, chunk(30), None)
    assert [word.text for word in segment.words] == ["word0,", "word1,", "word2,", "word3."]
    assert segment.words[1].span == Span(30_500, 30_900)
    assert segment.language == "en"


def test_what_is_sent(bench: Bench) -> None:
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


def test_sound_arrives_as_it_was(bench: Bench, tavern_samples: np.ndarray) -> None:
    engine = bench.engine()
    engine.transcribe(bench.sound(tavern_samples), chunk(1), "en")
    with av.open(io.BytesIO(bench.server.calls[0].sound)) as container:
        assert isinstance(container, InputContainer)
        frames = [frame.to_ndarray().reshape(-1) for frame in container.decode(audio=0)]
    assert np.array_equal(np.concatenate(frames), tavern_samples[16_000:48_000])
    assert len(bench.server.calls[0].sound) < 64_000


@pytest.mark.parametrize(
    ("reply", "waits"),
    [
        (refused(429), [4]),
        (refused(429, retry_after="9"), [9]),
        (refused(503, "overloaded", retry_after="3"), [3]),
        (refused(500), [1]),
        (refused(502), [1]),
        (refused(408), [1]),
        (Reply(200, b'{"text": "half', cut=True), [1]),
        (Reply(200, b"<html>captive portal</html>"), [1]),
        (Reply(200, b'{"text": "x", "words": [{"word": "x", "start": NaN}]}x'), [1]),
        (Reply(200, b"[" * 100_000), [1]),
        (Reply(200, b'"' + b"x" * 5_000_000 + b'"'), [1]),
        (told({"job": "queued"}), [1]),
        (told([1, 2]), [1]),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Reply) else None,
)
def test_a_passing_fault_costs_one_wait(bench: Bench, reply: Reply, waits: list[float]) -> None:
    bench.server.plan = first(reply)
    assert bench.hear(bench.engine()) == "word0, word1, word2, word3."
    assert bench.waits == waits
    assert len(bench.server.calls) == 2


def test_retry_after_may_be_a_date(bench: Bench) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    bench.server.plan = first(refused(429, retry_after=date))
    bench.hear(bench.engine())
    assert 25 < bench.waits[0] <= 30


@pytest.mark.parametrize(
    ("reply", "fault", "calls"),
    [
        (refused(429), "rate_limit", 6),
        (refused(500), "server", 4),
        (Reply(200, b"{", cut=True), "network", 4),
        (refused(429, "insufficient_quota"), "quota", 1),
        (refused(402), "quota", 1),
        (refused(401, "invalid_api_key"), "auth", 1),
        (refused(403), "auth", 1),
        (refused(404, "model_not_found"), "client", 1),
        (refused(413), "client", 1),
        (Reply(302, b"", {"Location": "http://elsewhere.example/v1"}), "client", 1),
        (Reply(200, b"no"), "answer", 2),
    ],
    ids=lambda value: f"{value.status}" if isinstance(value, Reply) else None,
)
def test_a_lasting_fault_is_typed_and_asked_as_often_as_the_policy_says(
    bench: Bench, reply: Reply, fault: Fault, calls: int
) -> None:
    bench.server.plan = lambda _call: reply
    error = failing(bench, bench.engine())
    assert error.fault == fault
    assert len(bench.server.calls) == calls == POLICY[fault].retries + 1
    assert "canary" not in str(error) + error.hint


@pytest.mark.parametrize(
    "reply",
    [
        refused(401),
        refused(402),
        refused(429, "insufficient_quota"),
        refused(404),
        Reply(307, b"", {"Location": "https://elsewhere.example/"}),
    ],
    ids=lambda reply: str(reply.status),
)
def test_what_holds_for_all_is_asked_once(bench: Bench, reply: Reply) -> None:
    bench.server.plan = lambda _call: reply
    engine = bench.engine()
    for second in range(200):
        with pytest.raises(ServiceError):
            bench.hear(engine, second)
    assert len(bench.server.calls) == 1
    assert failing(bench, bench.engine()).hint, "a new run asks again"
    assert len(bench.server.calls) == 2


def test_a_redirect_is_not_followed_and_named(bench: Bench) -> None:
    with FaultyService() as other:
        bench.server.plan = lambda _call: Reply(308, b"", {"Location": f"{other.url}/x"})
        error = failing(bench, bench.engine())
        assert other.calls == []
    assert "127.0.0.1" in error.hint


def test_nobody_at_home_is_a_network_fault(bench: Bench) -> None:
    engine = bench.engine(base_url="http://127.0.0.1:9/v1")
    error = failing(bench, engine)
    assert error.fault == "network"
    assert bench.waits == [1, 2, 4]


def test_one_that_is_slow_runs_out_of_time(bench: Bench) -> None:
    bench.server.plan = lambda _call: Reply(late=True)
    error = failing(bench, bench.engine(timeout_s=1, failures=1))
    assert isinstance(error, CircuitBreakerOpenError)
    assert len(bench.server.calls) == 1


def test_an_open_breaker_sends_nothing(bench: Bench) -> None:
    bench.server.plan = lambda _call: refused(500)
    engine = bench.engine(failures=4)
    failing(bench, engine)
    for _ in range(20):
        assert isinstance(failing(bench, engine), CircuitBreakerOpenError)
    assert len(bench.server.calls) == 4
    bench.server.plan = spoken
    bench.now += 30
    assert bench.hear(engine)


def test_a_server_that_restarts_is_waited_for(bench: Bench) -> None:
    bench.server.plan = lambda call: refused(503) if bench.now < 50 else spoken(call)
    assert bench.hear(bench.engine(failures=3, lapses=2))
    assert 50 <= bench.now < 70


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
    bench: Bench, takes: list[tuple[str, bool, str]], calls: int, estimated: bool, status: int
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


def test_a_service_without_word_times_is_told_in_the_name(bench: Bench) -> None:
    bench.server.plan = lambda _call: told(
        {"text": "so it goes", "segments": [{"text": "so it goes", "start": 0, "end": 1.5}]}
    )
    engine = bench.engine()
    assert engine.name.endswith("(not reproducible)")
    (segment,) = engine.transcribe(bench.audio, chunk(4), "en")
    assert segment.words[-1].span.end_ms == 5_500
    assert {word.confidence for word in segment.words} == {None}
    assert engine.name.endswith("(not reproducible; times of words estimated)")


def test_one_chunk_that_is_refused_later_fails_alone(bench: Bench) -> None:
    bench.server.plan = lambda call: refused(400) if call.number == 1 else spoken(call)
    engine = bench.engine()
    assert bench.hear(engine)
    assert failing(bench, engine).status == 400
    assert bench.hear(engine)
    assert len(bench.server.calls) == 3


def test_one_that_refuses_every_form_is_left_alone_after_three(bench: Bench) -> None:
    bench.server.plan = lambda _call: refused(400)
    engine = bench.engine()
    for _ in range(100):
        failing(bench, engine)
    assert len(bench.server.calls) == endpoint.TELLING * 6


@pytest.mark.parametrize(("workers", "concurrency", "most"), [(8, 2, 2), (3, 8, 3), (1, 4, 1)])
def test_never_more_requests_at_once_than_both_allow(
    bench: Bench, workers: int, concurrency: int, most: int
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


def test_closing_ends_calls_that_wait_for_an_answer(bench: Bench) -> None:
    bench.server.plan = lambda _call: Reply(late=True)
    engine = bench.engine(timeout_s=600)
    ended: list[str] = []
    waiting = [
        threading.Thread(target=lambda: ended.append(failing(bench, engine).fault))
        for _ in range(3)
    ]
    for thread in waiting:
        thread.start()
    bench.server.wait_for_calls(1)
    before = time.monotonic()
    engine.close()
    for thread in waiting:
        thread.join(20)
    assert time.monotonic() - before < 5
    assert ended == ["closed"] * 3


def test_the_key_and_what_was_said_are_in_no_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    bench.server.plan = first(refused(429), refused(500), refused(401))
    engine = bench.engine()
    failing(bench, engine)
    bench.server.plan = spoken
    bench.hear(bench.engine())
    shown = caplog.text + repr(engine) + engine.name + engine.fingerprint
    assert caplog.records
    assert KEY not in shown
    assert "canary" not in shown
    assert "word0" not in shown


def test_a_fault_in_every_fifth_answer_costs_nothing_with_the_policy(bench: Bench) -> None:
    """20 % of all answers are faults: without retries a fifth of the chunks is lost."""
    chance = random.Random(20261125)
    faults = [
        refused(500),
        refused(503),
        refused(429, retry_after="1"),
        Reply(200, b'{"text":', cut=True),
    ]
    drawn = threading.Lock()

    def plan(call: Call) -> Reply:
        with drawn:
            faulty = chance.random() < 0.2
            return chance.choice(faults) if faulty else spoken(call)

    bench.server.plan = plan
    chunks = range(300)

    def succeeded(engine: EndpointTranscriber, hear: Callable[[int], object]) -> int:
        done = 0
        for second in chunks:
            try:
                hear(second)
                done += 1
            except ServiceError:
                continue
        return done

    with_policy = bench.engine()
    kept = succeeded(with_policy, lambda second: bench.hear(with_policy, second))
    calls = len(bench.server.calls)
    bare = bench.engine(failures=1000)
    bare._service.call = lambda attempt: attempt()  # type: ignore[method-assign]
    lost = len(chunks) - succeeded(bare, lambda second: bench.hear(bare, second))
    assert 0.15 < lost / len(chunks) < 0.25
    failures = len(chunks) - kept
    assert failures <= 0.2 * lost, "at least 80 % fewer failures"
    assert kept / len(chunks) >= 0.99
    assert calls < 1.4 * len(chunks)


OPTIONS = EngineOptions(model="whisper-1", keys=(("openai_api_key", KEY),))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (EngineOptions(), "which model"),
        (EngineOptions(model="whisper-1"), "needs a key"),
        (EngineOptions(model="m", offline=True, keys=OPTIONS.keys), "--offline"),
        (EngineOptions(model="m", own=(("base_url", "http://127.0.0.1:9/v1"),)), "nothing listens"),
        (EngineOptions(model="m", own=(("base_url", "http://box.lan/v1"),)), "without encryption"),
        (EngineOptions(model="m", own=(("base_url", "ftp://box/v1"),)), "no address"),
        (EngineOptions(model="m", own=(("base_url", "https://u:p@box/v1"),)), "more than a place"),
        (EngineOptions(model="m", own=(("concurrency", "0"),)), "concurrency"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_missing_is_said_before_anything_begins(options: EngineOptions, why: str) -> None:
    factory = EndpointFactory()
    ready = factory.ready(options)
    assert not ready.ok
    assert why in ready.why
    assert ready.hint
    with pytest.raises(EngineUnavailable):
        factory.open(options)


def test_ready_says_where_sound_goes_and_how_the_breaker_stands(faulty: FaultyService) -> None:
    ready = EndpointFactory().ready(OPTIONS)
    assert ready.ok
    assert ready.why == (
        "whisper-1 at api.openai.com, with a key; sound is sent there; circuit breaker closed"
    )
    here = EngineOptions(model="tiny", own=(("base_url", faulty.url),))
    assert "without a key; stays on this machine" in EndpointFactory().ready(here).why
    assert faulty.calls == []


def test_the_account_key_goes_to_openai_alone(faulty: FaultyService) -> None:
    keys = (("openai_account_key", KEY),)
    assert "with a key" in EndpointFactory().ready(EngineOptions(model="m", keys=keys)).why
    own = (("base_url", faulty.url),)
    engine = EndpointFactory().open(EngineOptions(model="m", keys=keys, own=own))
    engine.transcribe(Memory(), chunk(0), None)
    engine.close()
    assert "authorization" not in faulty.calls[0].headers


class Memory:
    duration_ms = 10_000
    tracks: tuple[int, ...] = ()

    def read(self, span: Span, track: int | None = None) -> bytes:
        return bytes(span.duration_ms * 32)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:8000/v1", True),
        ("http://127.8.9.1/v1", True),
        ("http://[::1]:8000/v1", True),
        ("https://127.0.0.1.example.com/v1", False),
        ("https://localhost.example.com/v1", False),
        ("https://10.0.0.1/v1", False),
        ("https://0.0.0.0/v1", False),
        ("http://box.lan/v1", False),
        ("https://localhost@evil.example/v1", False),
    ],
)
def test_what_stays_on_this_machine(url: str, here: bool) -> None:
    assert EndpointFactory().stays_here(EngineOptions(own=(("base_url", url),))) is here


def test_keys_of_results_hold_place_model_day_and_words(bench: Bench) -> None:
    fingerprint = bench.engine().fingerprint
    place = bench.server.url.removeprefix("http://")
    assert fingerprint == f"endpoint/1 {place} whisper-1 2026-11-25 auto Mira, Ravenloft"
    assert bench.engine(concurrency=1, timeout_s=5, sound="wav").fingerprint == fingerprint


def test_a_long_vocabulary_is_cut_between_terms() -> None:
    terms = tuple(f"term{number}" for number in range(1000))
    prompt = endpoint._prompt(terms)
    assert len(prompt) <= endpoint.PROMPT_CHARS
    assert prompt.split(", ") == list(terms[: prompt.count(",") + 1])


def test_options_never_show_keys() -> None:
    assert "canary" not in repr(OPTIONS)
