"""An endpoint engine that asks a faulty service, on a clock that moves only when it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pytest

from earwitness.core.breaker import Breaker, Thresholds
from earwitness.core.errors import ServiceError
from earwitness.core.ports import Audio, EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.core.text import join_words
from earwitness.engines.endpoint import EndpointTranscriber
from earwitness.engines.endpoint_form import read_form
from earwitness.engines.service import Service
from tests.faulty import Call, FaultyService, Reply, spoken

KEY = "sk-canary-in-the-mine"


@dataclass
class Asking:
    """An engine, its service, and the waits."""

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
            Breaker("toy", Thresholds(failures, 30), clock=lambda: self.now),
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


def failing(bench: Asking, engine: EndpointTranscriber) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        bench.hear(engine)
    return caught.value


def first(*replies: Reply) -> Callable[[Call], Reply]:
    """These replies, then what is right."""
    return lambda call: replies[call.number] if call.number < len(replies) else spoken(call)
