"""Transcribe: words, chunk by chunk; each chunk is remembered by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from earwitness.core.errors import EngineError
from earwitness.core.ports import Audio, Enhancer, Metered, Remarking, Tick, Transcriber
from earwitness.core.run import DONE, Outcome, degraded
from earwitness.core.sound import Listening
from earwitness.core.speech import LESS, Chunk, Cut, Heard, Remark
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.stages.seams import merge


@dataclass(frozen=True, slots=True)
class Transcribe:
    """Turns speech into words.

    Attributes:
        transcriber: None when no engine may do it: voices are still found, no text is invented.
        language: ISO 639-1 code, or None for automatic.
        verdict: Degraded when there is no engine, or when it had to assume the language.
        rest: When only some chunks are done again: what the others are, as digests by their
            place. A chunk that is neither here nor in `chosen` failed then and stays a gap.
        chosen: Those that are done again; None: all.
        rest_by: Who heard the rest.
        enhancer: What the sound goes through before it is heard; None: it is heard as it is.
    """

    transcriber: Transcriber | None
    language: str | None
    verdict: Outcome = DONE
    rest: Mapping[int, str] = field(default_factory=dict)
    chosen: frozenset[int] | None = None
    rest_by: str | None = None
    enhancer: Enhancer | None = None
    lane: Lane = "cpu"
    name: str = "transcribe"
    version: int = 1
    needs: tuple[type, ...] = (Listening, Cut)
    part_needs: tuple[type, ...] = (Listening,)
    makes: type = Heard
    piece: type = Heard

    @property
    def identity(self) -> str:
        """The engine's fingerprint, how it cuts, and the language."""
        if self.transcriber is None:
            return "nobody"
        heard = f"{self.transcriber.fingerprint}|{self.language}"
        return f"{heard}|{self.enhancer.identity}" if self.enhancer else heard

    @property
    def spent_ms(self) -> int:
        """Processor time of the engine's child processes so far."""
        return _spent_ms(self.transcriber) or 0

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per chunk; the identity holds all of a chunk but its place in the order."""
        if self.transcriber is None:
            return ()
        listening = inputs.take(Listening)
        return tuple(
            self._part(chunk, listening)
            for chunk in inputs.take(Cut).chunks
            if self.chosen is None or chunk.index in self.chosen or chunk.index in self.rest
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Listen to one chunk, knowing nothing of the others.

        Where the sound cannot be enhanced, it is heard as it is, and that is told.
        """
        assert self.transcriber is not None
        assert part.chunk is not None
        heard = self._hear(inputs.audio, part.chunk)
        tick(1.0)
        less = next((each.told for each in heard.remarks if each.kind in LESS), None)
        outcome = degraded("less than was asked for", instead=less) if less else DONE
        # Child processes that serve any chunk cannot say what one of them cost.
        return Made(heard, outcome, cpu_ms=0 if _spent_ms(self.transcriber) is None else None)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Heard:
        """All words in order of time, none lost or doubled where chunks overlap."""
        heard = [
            (part.chunk, piece.segments)
            for part in self.parts(inputs)
            if part.chunk and isinstance(piece := pieces.get(part.index), Heard)
        ]
        remarks = [
            remark
            for piece in pieces.values()
            if isinstance(piece, Heard)
            for remark in piece.remarks
        ]
        return Heard(merge(heard), tuple(sorted(remarks, key=lambda remark: remark.span)))

    def engine(self, inputs: Inputs) -> str | None:
        """The transcriber's name; both where only some chunks were done again."""
        name = self.transcriber.name if self.transcriber else None
        if self.chosen is None or name is None or name == self.rest_by:
            return name
        whole = len(inputs.take(Cut).chunks)
        return f"{self.rest_by}; {len(self.chosen)} of {whole} chunks: {name}"

    def substitute(self, inputs: Inputs) -> Made:
        """Voices without text are better than nothing."""
        del inputs
        return Made(Heard(()))

    def _hear(self, audio: Audio, chunk: Chunk) -> Heard:
        assert self.transcriber is not None
        remarks: tuple[Remark, ...] = ()
        if self.enhancer is not None:
            try:
                audio = self.enhancer.over(audio, chunk.span, chunk.track)
            except EngineError:
                remarks = (Remark(chunk.span, "sound", "the sound as it was"),)
        if isinstance(self.transcriber, Remarking):
            heard = self.transcriber.hear(audio, chunk, self.language)
            return Heard(heard.segments, (*remarks, *heard.remarks))
        return Heard(self.transcriber.transcribe(audio, chunk, self.language), remarks)

    def _part(self, chunk: Chunk, listening: Listening) -> Part:
        again = self.chosen is None or chunk.index in self.chosen
        kept = None if again else self.rest[chunk.index]
        return Part(
            chunk.index,
            _identity(chunk),
            chunk.span.duration_ms,
            chunk,
            kept,
            # One track's words depend on no other track: one that comes later costs them nothing.
            hears=listening.heard_on(chunk.track),
        )


def _identity(chunk: Chunk) -> str:
    speech = ",".join(f"{span.start_ms}-{span.end_ms}" for span in chunk.speech)
    return f"{chunk.track}:{chunk.span.start_ms}-{chunk.span.end_ms}:{speech}"


def _spent_ms(engine: object) -> int | None:
    """Processor time of an engine's child processes; None when it has none."""
    return engine.cpu_ms if isinstance(engine, Metered) else None
