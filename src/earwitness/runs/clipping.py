"""Clip as a stage: each chunk's clips are cut once it has words, while later ones are heard."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.clip import Clipped
from earwitness.core.ledger import Ledger
from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome, degraded
from earwitness.core.sound import Listening
from earwitness.core.speech import Cut, Heard, Settled
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.runs.clipbook import Clipbook
from earwitness.stages.clip import clips_of_chunk


@dataclass(frozen=True, slots=True)
class ClipChunks:
    """Cuts each chunk's clips into the session's folder.

    It waits for the voices of the session, which take a small part of the time words take, so that
    a clip never mixes two speakers and the same chunk always gives the same clips.

    Attributes:
        book: Where they are cut to.
        ledger: Has the words of each chunk.
    """

    book: Clipbook
    ledger: Ledger
    follows: str = "transcribe"
    name: str = "clip"
    version: int = 1
    needs: tuple[type, ...] = (Listening, Cut, Settled)
    part_needs: tuple[type, ...] = (Listening, Settled)
    makes: type = Clipped
    piece: type = Clipped
    lane: Lane = "io"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """How and where to."""
        wish = self.book.wish
        return f"{wish.format}|{wish.padding_ms}|{self.book.folder}"

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per chunk."""
        return tuple(
            Part(chunk.index, str(chunk.index), chunk.span.duration_ms, chunk)
            for chunk in inputs.take(Cut).chunks
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Cut what is missing of one chunk."""
        assert part.chunk is not None
        assert part.hears is not None
        sound = inputs.audio
        clips = clips_of_chunk(
            part.chunk,
            inputs.take(Cut).chunks,
            self.ledger.get(part.hears, Heard).segments,
            inputs.take(Settled).turns,
            padding_ms=self.book.wish.padding_ms,
            end_ms=sound.duration_ms,
        )
        ready, failed = self.book.cut(part.chunk.index, clips, sound)
        tick(1.0)
        return Made(Clipped(str(self.book.folder), ready, failed), verdict_of(failed))

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Clipped:
        """How many there are in all."""
        del inputs
        made = [piece for piece in pieces.values() if isinstance(piece, Clipped)]
        return Clipped(
            str(self.book.folder),
            sum(piece.ready for piece in made),
            sum(piece.failed for piece in made),
        )

    def engine(self, inputs: Inputs) -> None:
        """PyAV is no choice of the user's."""
        del inputs

    def substitute(self, inputs: Inputs) -> Made:
        """A record without clips is better than none."""
        del inputs
        return Made(Clipped(str(self.book.folder), 0, 0))


def verdict_of(failed: int) -> Outcome:
    """How cutting ended."""
    if not failed:
        return DONE
    return degraded(
        f"{failed} clip{'s' * (failed > 1)} could not be cut",
        instead="the other clips",
        hint="`earwitness sessions clips SESSION` tries them again",
    )
