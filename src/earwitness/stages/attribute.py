"""Attribute: gives every word a voice and gathers words into utterances that never mix voices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

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


class _Spoken(NamedTuple):
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
    heard = [(word, segment) for segment in segments for word in segment.words]
    heard.sort(key=lambda h: (h[0].span.start_ms, h[0].span.end_ms))
    floor = _Floor(turns)
    spoken = [
        _Spoken(word, floor.voice(word.span, segment.track), segment.language, segment.track)
        for word, segment in heard
    ]
    groups = sorted(_utterances(spoken), key=lambda g: (g[0].word.span.start_ms, g[0].track or 0))
    return Transcript(tuple(_utterance(index, group) for index, group in enumerate(groups)))


def _utterance(index: int, group: list[_Spoken]) -> Utterance:
    words = tuple(spoken.word for spoken in group)
    span = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
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
    """Turns, asked about words in order of their start.

    Only turns a word may still meet are looked at, so the work grows with the words, the turns and
    how many speak at once, also where one turn lasts for hours.
    """

    def __init__(self, turns: tuple[Turn, ...]) -> None:
        in_order = sorted(turns, key=lambda t: (t.span.start_ms, t.span.end_ms, t.voice))
        self._coming = [(t.span.start_ms, t.span.end_ms, t.voice, t.track) for t in in_order]
        self._coming.reverse()
        self._open: list[tuple[int, int, str, int | None]] = []
        self._first_end_ms = 0

    def voice(self, span: Span, track: int | None) -> str | None:
        """The voice of a word that begins no earlier than those asked for before."""
        start_ms, end_ms = span.start_ms, span.end_ms
        self._move_on(start_ms - NEAR_MS, end_ms + NEAR_MS)
        best_voice, best_ms = None, -NEAR_MS - 1
        for from_ms, to_ms, voice, where in self._open:
            if from_ms >= end_ms + NEAR_MS or (
                where != track and where is not None and track is not None
            ):
                continue
            # what both cover; below 0 it is how far they lie apart
            common_ms = min(to_ms, end_ms) - max(from_ms, start_ms)
            if common_ms > best_ms:
                best_voice, best_ms = voice, common_ms
        return best_voice

    def _move_on(self, from_ms: int, to_ms: int) -> None:
        """Open the turns that begin before `to_ms`; close those that ended before `from_ms`."""
        coming, opened = self._coming, self._open
        while coming and coming[-1][0] < to_ms:
            turn = coming.pop()
            self._first_end_ms = min(self._first_end_ms, turn[1]) if opened else turn[1]
            opened.append(turn)
        if opened and self._first_end_ms < from_ms:
            opened[:] = [turn for turn in opened if turn[1] >= from_ms]
            self._first_end_ms = min((turn[1] for turn in opened), default=0)
