"""Decode as a stage: each recording becomes a reel of samples in the library's scratch folder."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from earwitness.core.ledger import Ledger
from earwitness.core.ports import Audio, Tick, silent_tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.session import Recording
from earwitness.core.sound import Listening, Reel, Reels
from earwitness.core.source import Source
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.media.beside import SideBySide
from earwitness.media.decode import Decoded, decode
from earwitness.media.sound import PcmFile, Sound
from earwitness.runs.unpacking import UNPACKED, bytes_of

PCM = "sound.pcm"


@dataclass(frozen=True, slots=True)
class Decode:
    """Decodes recordings in limited child processes; one part per recording.

    Attributes:
        sources: Each recording with where its bytes are: in order of time, or side by side.
        ledger: Knows the scratch folders.
        makes: `Listening` of recordings one after another; `Reels` of tracks, which are still to
            be laid beside each other.
    """

    sources: tuple[tuple[Recording, Source], ...]
    ledger: Ledger
    makes: type = Listening
    name: str = "decode"
    version: int = 1
    needs: tuple[type, ...] = ()
    part_needs: tuple[type, ...] = ()
    piece: type = Reel
    lane: Lane = "io"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """What it makes: the same recordings one after another are another noun."""
        return "" if self.makes is Listening else "side by side"

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
        recording, source = self.sources[part.index or 0]
        done = self.decoded(recording, source, tick)
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
        moved = done.disk
        return Made(reel, DONE, done.cpu_ms, moved.read_bytes, moved.written_bytes)

    def decoded(self, recording: Recording, source: Source, tick: Tick = silent_tick) -> Decoded:
        """Decode a recording into its scratch folder; what had to be unpacked for it goes."""
        folder = self.ledger.scratch(recording.id)
        path = bytes_of(recording, source, folder, self.ledger, tick)
        done = decode(path, folder, name=PCM, tick=tick, called=source.name)
        (folder / UNPACKED).unlink(missing_ok=True)
        return done

    def file(self, reel: Reel) -> PcmFile:
        """The samples of a reel, decoded again when they are gone."""
        path = self.ledger.scratch(reel.recording) / PCM
        if not path.is_file():
            found = next(each for each in self.sources if each[0].id == reel.recording)
            self.decoded(*found)
        return PcmFile(path, reel.channels, reel.samples, reel.tracks)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Listening | Reels:
        """The reels in order; what could not be decoded is not among them."""
        del inputs
        reels = {place: each for place, each in pieces.items() if isinstance(each, Reel)}
        if self.makes is Listening:
            return Listening(tuple(reels.values()))
        return Reels(tuple(reels.values()), tuple(place or 0 for place in reels))

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
        self._sound: Audio | None = None
        self._lock = threading.Lock()

    def open(self, listening: Listening) -> Audio:
        """The sound that was decoded; thread-safe, opened once."""
        with self._lock:
            if self._sound is None:
                files = [self._decoding.file(reel) for reel in listening.reels]
                places = listening.places
                self._sound = SideBySide(files, places) if places else Sound(files)
            return self._sound
