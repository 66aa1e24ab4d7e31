"""What can be said to an endpoint, where it is, and what is missing before it can be asked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.asking import KEY, chunk
from tests.faulty import FaultyService

from earwitness.core.errors import EngineUnavailable
from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.engines.endpoint import EndpointFactory

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


def test_options_never_show_keys() -> None:
    assert "canary" not in repr(OPTIONS)


@pytest.mark.parametrize("key", ["schlüssel", "two\nlines"])
def test_a_key_that_cannot_be_sent_is_refused_and_not_shown(key: str) -> None:
    ready = EndpointFactory().ready(replace(OPTIONS, keys=(("openai_api_key", key),)))
    assert not ready.ok
    assert key not in ready.why + ready.hint


def test_an_empty_key_is_none_and_white_space_around_one_is_not_sent(faulty: FaultyService) -> None:
    keys = (("openai_api_key", " "), ("openai_account_key", KEY))
    assert "with a key" in EndpointFactory().ready(EngineOptions(model="m", keys=keys)).why
    own = (("base_url", faulty.url),)
    options = EngineOptions(model="m", keys=(("openai_api_key", f"{KEY}\n"),), own=own)
    engine = EndpointFactory().open(options)
    engine.transcribe(Memory(), chunk(0), None)
    engine.close()
    assert faulty.calls[0].headers["authorization"] == f"Bearer {KEY}"


def test_what_stays_here_takes_no_way_through_a_proxy(
    faulty: FaultyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FaultyService() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url.removesuffix("/v1"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        own = (("base_url", faulty.url),)
        engine = EndpointFactory().open(EngineOptions(model="m", own=own))
        assert engine.transcribe(Memory(), chunk(0), None)
        engine.close()
        assert (len(faulty.calls), len(proxy.calls)) == (1, 0)
