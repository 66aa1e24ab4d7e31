"""Attribute: gives every word a voice and gathers words into utterances that never mix voices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.span import Span
from earwitness.core.speech import Guarded, Segment, Settled, Turn, Word
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.core.transcript import Transcript, Utterance
from earwitness.stages.whole import InOnePiece

NEAR_MS = 300
"""A word at most this far from a turn still belongs to it: detectors cut the edges of words."""

PAUSE_MS = 1_500
"""A silence this long inside one voice begins a new utterance."""

LONGEST_MS = 30_000
"""An utterance is ended at the first sentence end, or pause over `BREATH_MS`, after this long."""

BREATH_MS = 250

_NEVER = 1 << 62

_SENTENCE_END = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Attribute(InOnePiece):
    """Puts words and turns together."""

    name: str = "attribute"
    version: int = 2
    needs: tuple[type, ...] = (Guarded, Settled)
    part_needs: tuple[type, ...] = (Guarded, Settled)
    makes: type = Transcript
    piece: type = Transcript
    lane: Lane = "cpu"
    identity: str = ""
    verdict: Outcome = DONE
    spent_ms: int = 0

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """The machine's transcript."""
        del part, tick
        return Made(attribute(inputs.take(Guarded).segments, inputs.take(Settled).turns))

    def substitute(self, inputs: Inputs) -> None:
        """Nothing stands in for the transcript."""
        del inputs


class _Group:
    """Words of one track that become one utterance."""

    __slots__ = (
        "doubted",
        "end_ms",
        "language",
        "last_end_ms",
        "start_ms",
        "track",
        "voice",
        "words",
    )

    def __init__(
        self, voice: str | None, segment: Segment, start_ms: int, *, doubted: bool
    ) -> None:
        self.doubted = doubted
        self.voice, self.language, self.track = voice, segment.language, segment.track
        self.start_ms = self.end_ms = self.last_end_ms = start_ms
        self.words: list[Word] = []

    def ends(self, voice: str | None, language: str | None, then_ms: int) -> bool:
        """Whether a word that begins at `then_ms` begins an utterance of its own."""
        pause_ms = then_ms - self.last_end_ms
        if voice != self.voice or language != self.language or pause_ms > PAUSE_MS:
            return True
        return self.last_end_ms - self.start_ms > LONGEST_MS and (
            pause_ms > BREATH_MS or self.words[-1].text.endswith(_SENTENCE_END)
        )

    def add(self, word: Word, end_ms: int) -> None:
        """Take the next word in."""
        self.words.append(word)
        self.last_end_ms = end_ms
        self.end_ms = max(self.end_ms, end_ms)


def attribute(segments: tuple[Segment, ...], turns: tuple[Turn, ...]) -> Transcript:
    """Give every word the voice whose turn covers most of it.

    A word that no turn covers goes to a turn at most `NEAR_MS` away, else its voice is None.
    Words heard on one track are only given to turns of that track (or of the mix); far from all
    turns they belong to the track's voice, where it has just one. Words of one voice are gathered
    until another voice speaks, a pause, or great length ends the utterance. Doubted words make
    utterances of their own, which are uncertain.

    Args:
        segments: What was heard, in any order.
        turns: Who held the floor.

    Returns:
        The machine's transcript: utterance ids are places in order of time.
    """
    floor = _Floor(turns)
    groups: list[_Group] = []
    latest: dict[int | None, _Group] = {}
    for word, segment in _in_order(segments):
        start_ms, end_ms = word.span.start_ms, word.span.end_ms
        voice = floor.voice(start_ms, end_ms, segment.track)
        group = latest.get(segment.track)
        doubted = word.doubt is not None
        if (
            group is None
            or doubted != group.doubted
            or group.ends(voice, segment.language, start_ms)
        ):
            group = latest[segment.track] = _Group(voice, segment, start_ms, doubted=doubted)
            groups.append(group)
        group.add(word, end_ms)
    order = {track: place for place, track in enumerate(latest)}
    groups.sort(key=lambda g: (g.start_ms, g.track or 0, order[g.track]))
    return Transcript(
        tuple(
            Utterance(
                index,
                Span(group.start_ms, group.end_ms),
                tuple(group.words),
                group.voice,
                uncertain=group.doubted,
                language=group.language,
            )
            for index, group in enumerate(groups)
        )
    )


def _in_order(segments: tuple[Segment, ...]) -> Iterable[tuple[Word, Segment]]:
    """All words by start, then end, then as they were given; mostly they are so already."""
    latest_ms = (-1, -1)
    for segment in segments:
        for word in segment.words:
            span = word.span
            if (now_ms := (span.start_ms, span.end_ms)) < latest_ms:
                heard = [(word, segment) for segment in segments for word in segment.words]
                return sorted(heard, key=lambda h: (h[0].span.start_ms, h[0].span.end_ms))
            latest_ms = now_ms
    return ((word, segment) for segment in segments for word in segment.words)


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
        self._only = _only_voices(in_order)
        self._first_end_ms = _NEVER
        self._next_ms = self._coming[-1][0] if self._coming else _NEVER

    def voice(self, start_ms: int, end_ms: int, track: int | None) -> str | None:
        """The voice of a word that begins no earlier than those asked for before."""
        near_ms = end_ms + NEAR_MS
        if self._next_ms < near_ms or self._first_end_ms < start_ms - NEAR_MS:
            self._move_on(start_ms - NEAR_MS, near_ms)
        best_voice, best_ms = None, -NEAR_MS - 1
        for from_ms, to_ms, voice, where in self._open:
            # what both cover; below 0 it is how far they lie apart
            common_ms = (to_ms if to_ms < end_ms else end_ms) - (
                from_ms if from_ms > start_ms else start_ms
            )
            if (
                common_ms > best_ms
                and from_ms < near_ms
                and (where == track or where is None or track is None)
            ):
                best_voice, best_ms = voice, common_ms
        return best_voice if best_voice is not None else self._only.get(track)

    def _move_on(self, from_ms: int, to_ms: int) -> None:
        """Open the turns that begin before `to_ms`; close those that ended before `from_ms`."""
        while self._coming and self._coming[-1][0] < to_ms:
            self._open.append(self._coming.pop())
        self._next_ms = self._coming[-1][0] if self._coming else _NEVER
        self._open = [turn for turn in self._open if turn[1] >= from_ms]
        self._first_end_ms = min((turn[1] for turn in self._open), default=_NEVER)


def _only_voices(turns: list[Turn]) -> dict[int | None, str]:
    """The voice of each track that has just one."""
    voices: dict[int, set[str]] = {}
    for turn in turns:
        if turn.track is not None:
            voices.setdefault(turn.track, set()).add(turn.voice)
    return {track: each for track, (each, *others) in voices.items() if not others}
