"""Embedded diarizer: who speaks when, from the voice embedding that ships with the package."""

from __future__ import annotations

from dataclasses import astuple
from typing import Final

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import UsageError
from earwitness.core.options import NoOptions
from earwitness.core.ports import Audio, EngineOptions, Readiness, Tick, silent_tick
from earwitness.core.span import Span, union
from earwitness.core.speech import Diarization, Speech, Turn, VoicePrint
from earwitness.engines.ge2e import Ge2e
from earwitness.engines.grouping import Closeness, group
from earwitness.engines.libraries import installed
from earwitness.engines.windows import Windows, listen

HOP_MS: Final = 400


class EmbeddedDiarizer:
    """GE2E and timbre, grouped by average linkage; one voice at a time, any language."""

    def __init__(self, network: Ge2e, closeness: Closeness) -> None:
        """Take the loaded network."""
        self._network = network
        self._closeness = closeness

    @property
    def name(self) -> str:
        """For people."""
        return "embedded (GE2E and timbre)"

    @property
    def fingerprint(self) -> str:
        """Code version, weights digest and parameters."""
        return f"embedded/5 {self._network.digest} {HOP_MS} {astuple(self._closeness)}"

    def diarize(
        self,
        audio: Audio,
        speech: tuple[Speech, ...],
        speakers: int | None,
        tick: Tick = silent_tick,
    ) -> Diarization:
        """Turns and voices of the mix.

        Args:
            audio: The session's sound; the mix is read.
            speech: From the detector; speech on several tracks is taken together.
            speakers: Exactly this many voices; fewer only when there are fewer windows of
                speech. None: estimated.
            tick: Told the share done.

        Returns:
            Voices `S1`, `S2`, ... in order of first appearance, with their prints.

        Raises:
            UsageError: When less than one speaker is asked for.
        """
        if speakers is not None and speakers < 1:
            raise UsageError("a recording has at least one speaker")
        spans = tuple(union([span for track in speech for span in track.spans]))
        windows = listen(audio, spans, self._network, hop_ms=HOP_MS, tick=tick)
        if not len(windows):
            return Diarization(())
        labels = group(windows, speakers, self._closeness)
        return Diarization(_turns(windows, spans, labels), self._prints(windows, labels))

    def close(self) -> None:
        """Nothing is held beyond the weights."""

    def _prints(self, windows: Windows, labels: NDArray[np.int64]) -> tuple[VoicePrint, ...]:
        model = f"ge2e {self._network.digest}"
        prints = []
        for label in range(int(labels.max()) + 1):
            mine = labels == label
            mean = windows.voices[mine].mean(axis=0, dtype=np.float32)
            vector = (mean / max(float(np.linalg.norm(mean)), 1e-12)).tolist()
            starts, ends = windows.starts_ms[mine].tolist(), windows.ends_ms[mine].tolist()
            heard = union([Span(*bounds) for bounds in zip(starts, ends, strict=True)])
            speech_ms = sum(span.duration_ms for span in heard)
            prints.append(VoicePrint(f"S{label + 1}", tuple(vector), model, speech_ms))
        return tuple(prints)


class EmbeddedFactory:
    """Registers the diarizer that needs no download."""

    name = "embedded"
    ability = "diarize"
    local = True
    form = NoOptions

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """None: language plays no part."""
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Always, after installation."""
        if not installed("threadpoolctl"):
            hint = "pip install --force-reinstall earwitness"
            return Readiness(False, "threadpoolctl is not installed", hint)
        return Readiness(True, "GE2E voice embedding, part of earwitness")

    def open(self, options: EngineOptions) -> EmbeddedDiarizer:
        """Load the weights."""
        return EmbeddedDiarizer(Ge2e(), Closeness())


def _turns(
    windows: Windows, spans: tuple[Span, ...], labels: NDArray[np.int64]
) -> tuple[Turn, ...]:
    """One turn per run of one voice inside a stretch of speech.

    The voice of a moment is that of the window whose middle is nearest.
    """
    turns: list[Turn] = []
    middles = (windows.starts_ms + windows.ends_ms) // 2
    bounds = np.searchsorted(windows.stretch, np.arange(len(spans) + 1))
    for span, first, last in zip(spans, bounds[:-1].tolist(), bounds[1:].tolist(), strict=True):
        start = span.start_ms
        for index in range(first, last):
            change = index + 1 == last or labels[index + 1] != labels[index]
            if change:
                between = 0 if index + 1 == last else int(middles[index] + middles[index + 1]) // 2
                end = between or span.end_ms
                turns.append(Turn(Span(start, end), f"S{labels[index] + 1}"))
                start = end
    return tuple(turns)
