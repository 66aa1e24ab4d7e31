"""Tracks: who speaks when, where every voice has a track of its own."""

from __future__ import annotations

from earwitness.core.errors import EngineError
from earwitness.core.options import NoOptions
from earwitness.core.ports import Audio, EngineOptions, Readiness, Tick, silent_tick
from earwitness.core.speech import Diarization, Speech, Turn


class TracksDiarizer:
    """Every track is one voice, and its speech that voice's turns; they may overlap."""

    name = "tracks (one voice each)"
    fingerprint = "tracks/1"

    def diarize(
        self,
        audio: Audio,
        speech: tuple[Speech, ...],
        speakers: int | None,
        tick: Tick = silent_tick,
    ) -> Diarization:
        """Turns of all tracks in order of time.

        Args:
            audio: Its `tracks` are the voices.
            speech: From the detector, one per track.
            speakers: Plays no part: there are as many voices as tracks with speech.
            tick: Told when it is done.

        Returns:
            Voices `S1`, `S2`, ... in order of first appearance; no prints.

        Raises:
            EngineError: When the recording has no tracks, or speech was not sought on them.
        """
        if not audio.tracks or any(one.track not in audio.tracks for one in speech):
            raise EngineError(
                "this recording has no separate tracks", hint="use --diarizer embedded"
            )
        heard = sorted(
            (span, one.track) for one in speech if one.track is not None for span in one.spans
        )
        voices: dict[int, str] = {}
        for _, track in heard:
            voices.setdefault(track, f"S{len(voices) + 1}")
        tick(1.0)
        return Diarization(tuple(Turn(span, voices[track], track) for span, track in heard))

    def close(self) -> None:
        """Nothing is held."""


class TracksFactory:
    """Registers the diarizer for recordings with one voice per track."""

    name = "tracks"
    ability = "diarize"
    local = True
    form = NoOptions

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """None: language plays no part."""
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Always; whether a recording has tracks is the recording's affair."""
        return Readiness(True, "one voice per track, where a recording has separate tracks")

    def open(self, options: EngineOptions) -> TracksDiarizer:
        """Nothing to load."""
        return TracksDiarizer()
