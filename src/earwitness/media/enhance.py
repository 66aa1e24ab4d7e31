"""Enhance: a stretch of sound made louder or less noisy for the transcriber, times untouched.

ffmpeg's filters run through PyAV on one stretch at a time, with sound before and after it, so that
they have settled where it begins; what comes out depends on the sound around the stretch alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import NDArray

from earwitness.core.errors import EngineError
from earwitness.core.ports import RATE_HZ, Audio
from earwitness.core.span import Span

if TYPE_CHECKING:
    from av.filter import Graph

Enhancement = Literal["none", "normalise", "denoise"]

FILTERS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "normalise": (("dynaudnorm", "f=250:g=15:p=0.9:m=12"),),
    "denoise": (("afftdn", "nr=12:nf=-25"),),
}
"""ffmpeg's names and arguments. `dynaudnorm` evens out the loudness over about four seconds;
`afftdn` takes up to 12 dB from noise that lasts. Decision 9 has what else was tried."""

CONTEXT_MS: Final = 4_000
"""Sound given before and after a stretch; the filters look and remember no further."""

_PER_MS: Final = RATE_HZ // 1000
_BLOCK: Final = 16_384


@dataclass(frozen=True, slots=True)
class Enhancer:
    """One way of enhancing.

    Attributes:
        kind: `normalise` or `denoise`.
    """

    kind: Enhancement

    @property
    def identity(self) -> str:
        """For keys: the filters with their arguments, and whose they are."""
        import av

        libraries = getattr(av, "library_versions", {})
        return f"enhance/1 {FILTERS[self.kind]} {libraries.get('libavfilter')}"

    def over(self, audio: Audio, span: Span, track: int | None) -> Audio:
        """The sound with one stretch of one track enhanced; all else as it is.

        Raises:
            EngineError: The filters failed.
        """
        begins_ms = max(0, span.start_ms - CONTEXT_MS)
        given = audio.read(Span(begins_ms, span.end_ms + CONTEXT_MS), track)
        wanted = len(audio.read(span, track))
        samples = filtered(np.frombuffer(given, "<i2"), self.kind)
        first = (span.start_ms - begins_ms) * _PER_MS
        enhanced = samples[first : first + wanted // 2].astype("<i2").tobytes()
        return _Patched(audio, span, track, enhanced)


@dataclass(frozen=True, slots=True)
class _Patched:
    """A sound of which one stretch is another."""

    audio: Audio
    span: Span
    track: int | None
    enhanced: bytes

    @property
    def duration_ms(self) -> int:
        """As it was."""
        return self.audio.duration_ms

    @property
    def tracks(self) -> tuple[int, ...]:
        """As they were."""
        return self.audio.tracks

    def read(self, span: Span, track: int | None = None) -> bytes:
        """From the stretch where the span lies in it, else from the sound as it was."""
        if track != self.track or span not in self.span:
            return self.audio.read(span, track)
        first = (span.start_ms - self.span.start_ms) * _PER_MS * 2
        return self.enhanced[first : first + span.duration_ms * _PER_MS * 2]


def filtered(samples: NDArray[np.int16], kind: Enhancement) -> NDArray[np.int16]:
    """Samples through the filters: as many as there were, each at its time.

    Args:
        samples: Mono, 16 kHz.
        kind: Which filters.

    Raises:
        EngineError: They failed.
    """
    late = _late(kind)
    tail = np.zeros(late, np.int16)
    made = _run(np.concatenate([samples, tail]), kind)[late : late + len(samples)]
    if len(made) != len(samples):
        raise EngineError(f"the filters for {kind} changed the length of the sound")
    return made


@lru_cache(maxsize=8)
def _late(kind: Enhancement) -> int:
    """How many samples later a click comes out: ffmpeg's denoiser does not tell its delay."""
    noise = np.random.default_rng(1).normal(0, 30, 2 * RATE_HZ).astype(np.int16)
    noise[RATE_HZ : RATE_HZ + 4] = 20_000
    made = _run(noise, kind).astype(np.int32)
    found = int(np.argmax(np.abs(made))) - RATE_HZ
    return found if found > 4 else 0


def _run(samples: NDArray[np.int16], kind: Enhancement) -> NDArray[np.int16]:
    import av

    try:
        graph = _graph(kind)
        pieces: list[NDArray[np.int16]] = []
        for at in range(0, len(samples), _BLOCK):
            block = np.ascontiguousarray(samples[at : at + _BLOCK])[None, :]
            frame = av.AudioFrame.from_ndarray(block, format="s16", layout="mono")
            frame.sample_rate = RATE_HZ
            frame.pts = at
            frame.time_base = Fraction(1, RATE_HZ)
            graph.push(frame)
            pieces += _pulled(graph)
        graph.push(None)
        pieces += _pulled(graph)
    except (av.FFmpegError, ValueError, RuntimeError, MemoryError) as error:
        raise EngineError(
            f"the sound could not be enhanced ({type(error).__name__})", hint="--enhance none"
        ) from error
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def _graph(kind: Enhancement) -> Graph:
    from av.filter import Graph

    graph = Graph()
    last = graph.add_abuffer(
        format="s16", sample_rate=RATE_HZ, layout="mono", time_base=Fraction(1, RATE_HZ)
    )
    form = ("aformat", f"sample_fmts=s16:sample_rates={RATE_HZ}:channel_layouts=mono")
    for name, arguments in (*FILTERS[kind], form):
        following = graph.add(name, arguments)
        last.link_to(following)
        last = following
    sink = graph.add("abuffersink")
    last.link_to(sink)
    graph.configure()
    return graph


def _pulled(graph: Graph) -> Iterator[NDArray[np.int16]]:
    """What is ready."""
    import av

    while True:
        try:
            frame = graph.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        yield np.asarray(frame.to_ndarray()[0], np.int16)
