"""Decode as a stage: each recording becomes a reel of samples in the library's scratch folder."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from earwitness.core.ledger import Ledger
from earwitness.core.ports import Audio, Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.session import Recording
from earwitness.core.sound import Listening, Reel
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound

PCM = "sound.pcm"


@dataclass(frozen=True, slots=True)
class Decode:
    """Decodes recordings in limited child processes; one part per recording.

    Attributes:
        sources: Each recording with the file it is read from, in order of time.
        ledger: Knows the scratch folders.
    """

    sources: tuple[tuple[Recording, Path], ...]
    ledger: Ledger
    name: str = "decode"
    version: int = 1
    needs: tuple[type, ...] = ()
    part_needs: tuple[type, ...] = ()
    makes: type = Listening
    piece: type = Reel
    lane: Lane = "io"
    identity: str = ""
    verdict: Outcome = DONE
    spent_ms: int = 0

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per recording, known by its bytes."""
        del inputs
        return tuple(
            Part(index, recording.id, max(1, recording.size_bytes))
            for index, (recording, _) in enumerate(self.sources)
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Decode one recording into its scratch folder and describe it."""
        del inputs
        recording, path = self.sources[part.index or 0]
        done = decode(path, self.ledger.scratch(recording.id), name=PCM, tick=tick)
        reel = Reel(
            recording=recording.id,
            digest=done.sha256,
            samples=done.samples,
            channels=done.channels,
            tracks=done.tracks,
            declared_ms=done.declared_ms,
            damage=done.damage,
            notices=done.notices,
        )
        return Made(reel, cpu_ms=done.cpu_ms)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Listening:
        """The reels in order of time."""
        del inputs
        return Listening(tuple(reel for reel in pieces.values() if isinstance(reel, Reel)))

    def engine(self, inputs: Inputs) -> None:
        """PyAV is no choice of the user's."""
        del inputs

    def substitute(self, inputs: Inputs) -> None:
        """Without sound there is nothing to go on with."""
        del inputs


class ScratchSound:
    """Opens the session's sound when it is first read; decodes again what is gone.

    Args:
        decoding: Knows the sources and their scratch folders.
    """

    def __init__(self, decoding: Decode) -> None:
        self._decoding = decoding
        self._sound: Sound | None = None
        self._lock = threading.Lock()

    def open(self, listening: Listening) -> Audio:
        """The sound that was decoded; thread-safe, opened once."""
        with self._lock:
            if self._sound is None:
                self._sound = Sound([self._file(reel) for reel in listening.reels])
            return self._sound

    def _file(self, reel: Reel) -> PcmFile:
        path = self._decoding.ledger.scratch(reel.recording) / PCM
        if not path.is_file():
            source = next(p for r, p in self._decoding.sources if r.id == reel.recording)
            decode(source, path.parent, name=PCM)
        return PcmFile(path, reel.channels, reel.samples, reel.tracks)
