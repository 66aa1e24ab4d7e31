"""Transcribe: enhanced sound and remarks on their way from a chunk to the whole."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from earwitness.core.errors import EngineError
from earwitness.core.ports import Audio, Chunking
from earwitness.core.run import DONE
from earwitness.core.sound import Listening, Reel
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Cut, Heard, Remark, Segment, Word
from earwitness.core.stage import Inputs
from earwitness.stages.transcribe import Transcribe

SPANS = (Span(0, 1_000), Span(1_000, 2_000))
CHUNKING = Chunking()
CUT = Cut(tuple(Chunk(place, span, None, (span,)) for place, span in enumerate(SPANS)))


@dataclass(frozen=True)
class Level:
    """A sound of one level."""

    loud: int = 1
    duration_ms: int = 2_000
    tracks: tuple[int, ...] = ()

    def read(self, span: Span, track: int | None = None) -> bytes:
        return bytes([self.loud]) * span.duration_ms


@dataclass(frozen=True)
class Louder:
    """Makes it louder; fails where a chunk begins."""

    fails_at_ms: int | None = None
    identity: str = "louder"

    def over(self, audio: Audio, span: Span, track: int | None) -> Audio:
        if span.start_ms == self.fails_at_ms:
            raise EngineError("no")
        return Level(9)


@dataclass(frozen=True)
class Gauge:
    """Hears how loud it is, and may remark on it."""

    remark: Remark | None = None
    name: str = "gauge"
    fingerprint: str = "gauge/1"
    chunking: Chunking = CHUNKING

    def transcribe(self, audio: Audio, chunk: Chunk, language: str | None) -> tuple[Segment, ...]:
        word = Word(str(audio.read(chunk.span, chunk.track)[0]), chunk.span)
        return (Segment(chunk.span, (word,), language, chunk.track),)

    def close(self) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Frank(Gauge):
    """Remarks on the second chunk."""

    def hear(self, audio: Audio, chunk: Chunk, language: str | None) -> Heard:
        told = (self.remark,) if self.remark and self.remark.span == chunk.span else ()
        return Heard(self.transcribe(audio, chunk, language), told)


@pytest.fixture
def inputs() -> Inputs:
    reel = Reel("a" * 64, "b" * 64, 32_000, 1, ())
    return Inputs(lambda _: Level(), {Listening: Listening((reel,)), Cut: CUT})


def heard(stage: Transcribe, inputs: Inputs) -> tuple[Heard, list[str]]:
    made = [stage.work(part, inputs, lambda _: None) for part in stage.parts(inputs)]
    whole = stage.join({place: each.value for place, each in enumerate(made)}, inputs)
    return whole, [each.outcome.kind for each in made]


def words(whole: Heard) -> list[str]:
    return [word.text for segment in whole.segments for word in segment.words]


def test_the_transcriber_alone_hears_the_enhanced_sound(inputs: Inputs) -> None:
    plain, enhanced = Transcribe(Gauge(), "en"), Transcribe(Gauge(), "en", enhancer=Louder())
    assert words(heard(plain, inputs)[0]) == ["1", "1"]
    assert words(heard(enhanced, inputs)[0]) == ["9", "9"]
    assert plain.identity != enhanced.identity
    assert plain.identity == "gauge/1|en", "keys of older versions hold"


def test_sound_that_cannot_be_enhanced_is_heard_as_it_is_and_told(inputs: Inputs) -> None:
    whole, kinds = heard(Transcribe(Gauge(), "en", enhancer=Louder(1_000)), inputs)
    assert words(whole) == ["9", "1"]
    assert whole.remarks == (Remark(SPANS[1], "sound", "the sound as it was"),)
    assert kinds == ["done", "degraded"]


@pytest.mark.parametrize(("kind", "outcome"), [("fallback", "degraded"), ("language", "done")])
def test_remarks_stay_with_the_words(inputs: Inputs, kind: str, outcome: str) -> None:
    remark = Remark(SPANS[1], "fallback" if kind == "fallback" else "language", "nl")
    whole, kinds = heard(Transcribe(Frank(remark), "en"), inputs)
    assert whole.remarks == (remark,)
    assert kinds == ["done", outcome]
    assert Transcribe(Frank(remark), "en").verdict == DONE


def test_remarks_of_several_chunks_come_in_order_of_time(inputs: Inputs) -> None:
    stage = Transcribe(Gauge(), "en")
    pieces: dict[int | None, object] = {
        place: Heard((), (Remark(span, "language", "nl"),)) for place, span in enumerate(SPANS)
    }
    backwards = dict(reversed(pieces.items()))
    assert stage.join(pieces, inputs) == stage.join(backwards, inputs)
    assert replace(stage.join(pieces, inputs)).remarks[0].span == SPANS[0]
