"""Cut: where the transcriber's chunks begin and end; kept, so that single ones can be redone."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.ports import Chunking, Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.sound import Listening
from earwitness.core.speech import Cut, Detection
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.stages.chunks import chunks
from earwitness.stages.whole import InOnePiece


@dataclass(frozen=True, slots=True)
class CutSpeech(InOnePiece):
    """Cuts speech the way the transcriber likes it.

    Attributes:
        chunking: None when there is no transcriber: nothing is cut.
    """

    chunking: Chunking | None
    name: str = "cut"
    version: int = 1
    needs: tuple[type, ...] = (Listening, Detection)
    part_needs: tuple[type, ...] = (Listening, Detection)
    makes: type = Cut
    piece: type = Cut
    lane: Lane = "cpu"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """How the engine likes it."""
        return repr(self.chunking)

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """All chunks of all tracks."""
        del part, tick
        if self.chunking is None:
            return Made(Cut(()))
        speech = inputs.take(Detection).tracks
        return Made(Cut(chunks(speech, self.chunking, inputs.take(Listening).duration_ms)))

    def substitute(self, inputs: Inputs) -> None:
        """Nothing stands in for it."""
        del inputs
