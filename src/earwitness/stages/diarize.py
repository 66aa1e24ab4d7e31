"""Diarize: who holds the floor when, from separate tracks where there are any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from earwitness.core.ports import Diarizer, Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.sound import Listening
from earwitness.core.span import Span, union, without
from earwitness.core.speech import Crosstalk, Detection, Diarization, Speech
from earwitness.core.stage import WHOLE, Inputs, Lane, Made, Part

LEAST_MS: Final = 250
"""What is left of a track's speech beside leaks, and is shorter than this, is an edge of one."""


@dataclass(frozen=True, slots=True)
class Diarize:
    """Finds voices; what leaked into a track is no voice of it.

    Attributes:
        mixed: Tells voices apart by their sound.
        isolated: Gives each separate track a voice; None: never used.
        speakers: Honoured exactly when given.
    """

    mixed: Diarizer
    isolated: Diarizer | None
    speakers: int | None
    name: str = "diarize"
    version: int = 2
    needs: tuple[type, ...] = (Listening, Detection, Crosstalk)
    part_needs: tuple[type, ...] = (Listening, Detection, Crosstalk)
    makes: type = Diarization
    piece: type = Diarization
    lane: Lane = "cpu"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """Both engines and the number of speakers asked for."""
        isolated = self.isolated.fingerprint if self.isolated else None
        return f"{self.mixed.fingerprint}|{isolated}|{self.speakers}"

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One: voices are compared over the whole session."""
        del inputs
        return WHOLE

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Find the voices of the session."""
        del part
        speech = inputs.take(Detection).tracks
        if self._on_tracks(inputs):
            speech = own_speech(speech, inputs.take(Crosstalk))
        else:
            speech = (_mix(speech),)
        return Made(self._choose(inputs).diarize(inputs.audio, speech, self.speakers, tick))

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        """The one piece."""
        del inputs
        return pieces[None]

    def engine(self, inputs: Inputs) -> str:
        """The name of the engine that was chosen."""
        return self._choose(inputs).name

    def substitute(self, inputs: Inputs) -> Made:
        """A transcript without voices is better than none."""
        del inputs
        return Made(Diarization(()))

    def _choose(self, inputs: Inputs) -> Diarizer:
        return self.isolated if self.isolated and self._on_tracks(inputs) else self.mixed

    def _on_tracks(self, inputs: Inputs) -> bool:
        """Whether tracks are the voices: not where another number is wanted, unless so named."""
        tracks = inputs.take(Listening).tracks
        if self.isolated is None or not tracks:
            return False
        return self.isolated is self.mixed or self.speakers in (None, len(tracks))


def own_speech(speech: tuple[Speech, ...], crosstalk: Crosstalk) -> tuple[Speech, ...]:
    """The speech of each track without what leaked into it from others."""
    leaks = {each.track: each.spans for each in crosstalk.tracks}
    return tuple(_own(each, leaks.get(each.track, ())) for each in speech)


def _own(speech: Speech, leaks: tuple[Span, ...]) -> Speech:
    left = without(speech.spans, leaks)
    whole = set(speech.spans)
    kept = (span for span in left if span in whole or span.duration_ms >= LEAST_MS)
    return Speech(speech.track, tuple(kept))


def _mix(speech: tuple[Speech, ...]) -> Speech:
    if len(speech) == 1 and speech[0].track is None:
        return speech[0]
    return Speech(None, tuple(union([span for track in speech for span in track.spans])))
