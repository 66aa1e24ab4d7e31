"""Detect: where anyone speaks, on the mix or on each separate track."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.ports import Detector, Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.sound import Listening
from earwitness.core.speech import Detection, Speech
from earwitness.core.stage import Inputs, Lane, Made, Part


@dataclass(frozen=True, slots=True)
class Detect:
    """Finds speech; one part per track, because a detector carries state along a track."""

    detector: Detector
    name: str = "detect"
    version: int = 1
    needs: tuple[type, ...] = (Listening,)
    part_needs: tuple[type, ...] = (Listening,)
    makes: type = Detection
    piece: type = Speech
    lane: Lane = "cpu"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """The detector's fingerprint."""
        return self.detector.fingerprint

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per separate track, else one for the mix."""
        listening = inputs.take(Listening)
        if not listening.tracks:
            return (Part(0, "mix"),)
        return tuple(
            Part(index, f"track {track}", hears=_heard_on(listening, track))
            for index, track in enumerate(listening.tracks)
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Listen to one track from beginning to end."""
        tracks = inputs.take(Listening).tracks
        track = tracks[part.index or 0] if tracks else None
        return Made(self.detector.detect(inputs.audio, track, tick))

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Detection:
        """All tracks, in their order."""
        del inputs
        return Detection(tuple(s for s in pieces.values() if isinstance(s, Speech)))

    def engine(self, inputs: Inputs) -> str:
        """The detector's name."""
        del inputs
        return self.detector.name

    def substitute(self, inputs: Inputs) -> None:
        """Without speech there is nothing to go on with."""
        del inputs


def _heard_on(listening: Listening, track: int) -> str | None:
    """What a track's speech depends on: not on the other tracks, but on where the session ends."""
    heard = listening.heard_on(track)
    return None if heard is None else f"{heard} {listening.duration_ms}"
