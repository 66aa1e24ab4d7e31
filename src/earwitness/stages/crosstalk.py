"""Crosstalk as a stage: where separate tracks hold only another track's voice."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.sound import Listening
from earwitness.core.speech import Crosstalk, Speech
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.media.crosstalk import leaks, levels
from earwitness.stages.whole import InOnePiece


@dataclass(frozen=True, slots=True)
class FindCrosstalk(InOnePiece):
    """Compares the levels of separate tracks; reads no sound when there are none."""

    name: str = "crosstalk"
    version: int = 1
    needs: tuple[type, ...] = (Listening,)
    part_needs: tuple[type, ...] = (Listening,)
    makes: type = Crosstalk
    piece: type = Crosstalk
    lane: Lane = "cpu"
    identity: str = ""
    verdict: Outcome = DONE
    spent_ms: int = 0

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Where each track is not its own."""
        del part
        tracks = inputs.take(Listening).tracks
        if not tracks:
            return Made(Crosstalk(()))
        found = leaks(levels(inputs.audio, tick))
        return Made(Crosstalk(tuple(Speech(*each) for each in zip(tracks, found, strict=True))))

    def substitute(self, inputs: Inputs) -> Made:
        """Tracks that nobody compared are taken as they are."""
        del inputs
        return Made(Crosstalk(()))
