"""Attribute: gives every word a voice and gathers words into utterances that never mix voices."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass

from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Settled, Turn, Word
from earwitness.core.stage import WHOLE, Inputs, Lane, Made, Part
from earwitness.core.transcript import Transcript, Utterance

NEAR_MS = 300
"""A word at most this far from a turn still belongs to it: detectors cut the edges of words."""

PAUSE_MS = 1_500
"""A silence this long inside one voice begins a new utterance."""

LONGEST_MS = 30_000
"""An utterance is ended at the first sentence end, or pause over `BREATH_MS`, after this long."""

BREATH_MS = 250

_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Attribute:
    """Puts words and turns together."""

    name: str = "attribute"
    version: int = 1
    needs: tuple[type, ...] = (Heard, Settled)
    part_needs: tuple[type, ...] = (Heard, Settled)
    makes: type = Transcript
    piece: type = Transcript
    lane: Lane = "cpu"
    identity: str = ""
    verdict: Outcome = DONE
    spent_ms: int = 0

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One."""
        del inputs
        return WHOLE

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """The machine's transcript."""
        del part, tick
        return Made(attribute(inputs.take(Heard).segments, inputs.take(Settled).turns))

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        """The one piece."""
        del inputs
        return pieces[None]

    def engine(self, inputs: Inputs) -> None:
        """None is needed."""
        del inputs

    def substitute(self, inputs: Inputs) -> None:
        """Nothing stands in for the transcript."""
        del inputs


@dataclass(frozen=True, slots=True)
class _Spoken:
    word: Word
    voice: str | None
    language: str | None
    track: int | None


def attribute(segments: tuple[Segment, ...], turns: tuple[Turn, ...]) -> Transcript:
    """Give every word the voice whose turn covers most of it.

    A word that no turn covers goes to a turn at most `NEAR_MS` away, else its voice is None.
    Words heard on one track are only given to turns of that track (or of the mix). Words of one
    voice are gathered until another voice speaks, a pause, or great length ends the utterance.

    Args:
        segments: What was heard, in any order.
        turns: Who held the floor.

    Returns:
        The machine's transcript: utterance ids are places in order of time.
    """
    floor = _Floor(turns)
    spoken = [
        _Spoken(word, floor.voice(word.span, segment.track), segment.language, segment.track)
        for segment in segments
        for word in segment.words
    ]
    spoken.sort(key=lambda s: (s.word.span.start_ms, s.word.span.end_ms))
    groups = sorted(_utterances(spoken), key=lambda g: (g[0].word.span.start_ms, g[0].track or 0))
    return Transcript(tuple(_utterance(index, group) for index, group in enumerate(groups)))


def _utterance(index: int, group: list[_Spoken]) -> Utterance:
    span = group[0].word.span
    for spoken in group[1:]:
        span |= spoken.word.span
    words = tuple(spoken.word for spoken in group)
    return Utterance(index, span, words, group[0].voice, language=group[0].language)


def _utterances(spoken: list[_Spoken]) -> Iterator[list[_Spoken]]:
    """Split the stream, track by track, wherever an utterance ends."""
    tracks: dict[int | None, list[_Spoken]] = {}
    for item in spoken:
        tracks.setdefault(item.track, []).append(item)
    for stream in tracks.values():
        group = [stream[0]]
        for item in stream[1:]:
            if _ends(group, item):
                yield group
                group = []
            group.append(item)
        yield group


def _ends(group: list[_Spoken], then: _Spoken) -> bool:
    last = group[-1]
    pause_ms = then.word.span.start_ms - last.word.span.end_ms
    if (then.voice, then.language) != (last.voice, last.language) or pause_ms > PAUSE_MS:
        return True
    long = last.word.span.end_ms - group[0].word.span.start_ms > LONGEST_MS
    return long and (last.word.text.endswith(_SENTENCE_END) or pause_ms > BREATH_MS)


class _Floor:
    """Turns, searchable by time: each list entry knows how far back an earlier turn may reach."""

    def __init__(self, turns: tuple[Turn, ...]) -> None:
        self._turns = sorted(turns, key=lambda t: (t.span.start_ms, t.span.end_ms, t.voice))
        self._starts = [turn.span.start_ms for turn in self._turns]
        self._longest_ms = max((turn.span.duration_ms for turn in self._turns), default=0)

    def voice(self, span: Span, track: int | None) -> str | None:
        first = bisect_left(self._starts, span.start_ms - self._longest_ms - NEAR_MS)
        last = bisect_left(self._starts, span.end_ms + NEAR_MS)
        near = [t for t in self._turns[first:last] if None in (track, t.track) or t.track == track]
        if not near:
            return None
        best = max(near, key=lambda t: (t.span.overlap_ms(span), -t.span.gap_ms(span)))
        return best.voice if best.span.gap_ms(span) <= NEAR_MS else None
