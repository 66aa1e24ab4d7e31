"""Align as a stage: decoded tracks are laid beside each other on one clock."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from functools import partial

from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.session import Session
from earwitness.core.sound import Listening, Place, Reels
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.media.agreement import listen
from earwitness.media.laying import Microphone, lay
from earwitness.media.sound import read_mono
from earwitness.runs.decoding import Decode
from earwitness.stages.whole import InOnePiece


@dataclass(frozen=True, slots=True)
class Align(InOnePiece):
    """Finds where each track lies in the session's time.

    Attributes:
        session: Says what is known of its tracks.
        decoding: Knows the samples.
    """

    session: Session
    decoding: Decode
    name: str = "align"
    version: int = 1
    needs: tuple[type, ...] = (Reels,)
    part_needs: tuple[type, ...] = (Reels,)
    makes: type = Listening
    piece: type = Listening
    lane: Lane = "cpu"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """What is said of where each track lies; whose it is plays no part."""
        return repr([astuple(track)[1:] for track in self.session.tracks])

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Listen where tracks agree, and lay them."""
        del part
        reels = inputs.take(Reels)
        heard = [
            Microphone(
                number,
                self.session.recordings[number].name,
                self.session.tracks[number],
                listen(partial(read_mono, self.decoding.file(reel)), reel.samples),
            )
            for reel, number in zip(reels.reels, reels.tracks, strict=True)
        ]
        places, notices = lay(heard, tick)
        return Made(Listening(reels.reels, places, notices))

    def substitute(self, inputs: Inputs) -> Made:
        """Tracks as they are said to lie are better than nothing."""
        return Made(self._declared(inputs.take(Reels)))

    def _declared(self, reels: Reels) -> Listening:
        """The tracks where their lists, or the user, say that they lie."""
        said = [self.session.tracks[number] for number in reels.tracks]
        first_ms = min(track.offset_ms or 0 for track in said)
        places = [
            Place(
                number,
                1000 * ((track.offset_ms or 0) - first_ms),
                0,
                bool(track.is_mix),
                "said" if track.said else "assumed" if track.offset_ms is None else "declared",
            )
            for number, track in zip(reels.tracks, said, strict=True)
        ]
        return Listening(reels.reels, tuple(places))
