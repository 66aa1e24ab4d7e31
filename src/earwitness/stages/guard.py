"""Guard: doubts words that were probably not said, or not by whom they would be given to.

It changes no text, no time and no order, and leaves nothing out: a doubted word carries its reason,
exports hide it until someone asks, and a person's word overrules the guard. Each word has at most
one reason, the first of:

- `leak`: its track holds only another track's voice there, or says at the same time, far quieter,
  what another track says;
- `silence`: it lies far from all detected speech of its track;
- `loop`: it repeats what stands before it, beyond belief (`stages.loops`);
- `stock`: it is part of a line that is nothing but a phrase engines make up (`stages.stock`), with
  little speech under it, or little confidence in it.

Short answers ("Ja", "OK", "Hm") on their own are doubted for no reason but `leak`: detectors miss
them, and records without them mislead.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.span import Span, union
from earwitness.core.speech import (
    Crosstalk,
    Detection,
    Doubt,
    Guarded,
    Heard,
    Segment,
    Word,
)
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.core.text import fold_text
from earwitness.stages.loops import looping, packed
from earwitness.stages.stock import is_stock
from earwitness.stages.whole import InOnePiece

ASTRAY_MS: Final = 500
"""A word this far from all detected speech was not said; engines' times are about this good."""

LEAKED: Final = 0.4
"""From this share of its time in leaks on, a word is another track's."""

ECHOED: Final = 0.2
"""This share is enough for a word that another track says at the same time."""

LINE_PAUSE_MS: Final = 800
"""A pause this long ends a line."""

SPOKEN: Final = 0.3
"""A line with less speech than this under it is hardly spoken."""

UNSURE: Final = 0.5
"""A line whose mean confidence is below this may be made up."""

ANSWER_WORDS: Final = 3
_ANSWERS: Final = """
ok oke oké okay hm hmm mm mmm mhm mmhm uh uhm um eh ehm euh aha ah oh ooh ho hè hé he hey
yes yeah yep yup no nope nah sure right true exactly what huh wow well so hi hello bye
please sorry stop wait go ja nee jawel goed klopt precies inderdaad juist wat wie nou zo prima
hoi hallo dag doei wacht kom oui non merci bien bon nein doch genau gut was si sí sì vale claro
bene certo sim não jo nej да нет はい いいえ うん ええ 네 아니요 是 对 不 嗯
"""
ANSWERS: Final = frozenset(_ANSWERS.split())
"""Words that people say on their own, folded."""

_ENDS = (".", "!", "?", "…", "。", "！", "？")


@dataclass(frozen=True, slots=True)
class Guard(InOnePiece):
    """Puts the guard's doubts on what was heard."""

    name: str = "guard"
    version: int = 1
    needs: tuple[type, ...] = (Detection, Crosstalk, Heard)
    part_needs: tuple[type, ...] = (Detection, Crosstalk, Heard)
    makes: type = Guarded
    piece: type = Guarded
    lane: Lane = "cpu"
    identity: str = ""
    verdict: Outcome = DONE
    spent_ms: int = 0

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """The same words, some of them doubted."""
        del part, tick
        heard, detection = inputs.take(Heard), inputs.take(Detection)
        return Made(Guarded(guard(heard.segments, detection, inputs.take(Crosstalk))))

    def substitute(self, inputs: Inputs) -> Made:
        """Words that nobody doubted are better than none."""
        return Made(Guarded(inputs.take(Heard).segments))


def guard(
    segments: tuple[Segment, ...], detection: Detection, crosstalk: Crosstalk
) -> tuple[Segment, ...]:
    """The same segments with doubts on their words; a doubt that stood there goes.

    Args:
        segments: What was heard, in any order.
        detection: Where anyone speaks, on the mix or on each track.
        crosstalk: Where tracks hold only leaks.
    """
    doubts: dict[tuple[int, int], Doubt] = {}
    leaks = {each.track: each.spans for each in crosstalk.tracks}
    others = _Said(segments) if any(leaks.values()) else None
    streams: dict[int | None, list[_Heard]] = {}
    for number, segment in enumerate(segments):
        for place, word in enumerate(segment.words):
            streams.setdefault(segment.track, []).append(_Heard(number, place, word))
    for track, stream in streams.items():
        stream.sort(key=lambda heard: (heard.word.span, heard.segment, heard.place))
        speech = _speech(detection, track)
        for reason, places in _reasons(stream, speech, leaks.get(track, ()), track, others):
            for each in places:
                doubts.setdefault((stream[each].segment, stream[each].place), reason)
    return tuple(_marked(number, segment, doubts) for number, segment in enumerate(segments))


@dataclass(frozen=True, slots=True)
class _Heard:
    """A word and where it stands."""

    segment: int
    place: int
    word: Word


def _marked(number: int, segment: Segment, doubts: dict[tuple[int, int], Doubt]) -> Segment:
    found = [doubts.get((number, place)) for place in range(len(segment.words))]
    if found == [word.doubt for word in segment.words]:
        return segment
    words = (replace(w, doubt=doubt) for w, doubt in zip(segment.words, found, strict=True))
    return replace(segment, words=tuple(words))


def _reasons(
    stream: Sequence[_Heard],
    speech: _Cover,
    leaks: Sequence[Span],
    track: int | None,
    others: _Said | None,
) -> Iterator[tuple[Doubt, list[int]]]:
    """Reasons and the places they hold for, the strongest first."""
    words = [heard.word for heard in stream]
    if others is not None and leaks:
        yield "leak", list(_leaked(words, _Cover(leaks), track, others))
    answers = {place for line in _lines(words) if _is_answer(words, line) for place in line}
    yield "silence", [p for p, w in enumerate(words) if speech.far(w.span) and p not in answers]
    looped = set(looping(words))
    segments: dict[int, list[int]] = {}
    for place, heard in enumerate(stream):
        segments.setdefault(heard.segment, []).append(place)
    for mine in segments.values():
        looped.update(mine[place] for place in packed([words[each] for each in mine]))
    yield "loop", sorted(looped - answers)
    yield "stock", [place for line in _stock_lines(words, speech) for place in line]


def _leaked(
    words: Sequence[Word], leaks: _Cover, track: int | None, others: _Said
) -> Iterator[int]:
    for place, word in enumerate(words):
        share = leaks.share(word.span)
        if share >= LEAKED or (share >= ECHOED and others.elsewhere(word, track)):
            yield place


def _lines(words: Sequence[Word], *, sentences: bool = False) -> Iterator[range]:
    """Places of words from pause to pause, or to the end of a sentence."""
    first = 0
    for place, word in enumerate(words, start=1):
        last = place == len(words)
        if (
            last
            or words[place].span.start_ms - word.span.end_ms >= LINE_PAUSE_MS
            or (sentences and word.text.endswith(_ENDS))
        ):
            yield range(first, place)
            first = place


def _is_answer(words: Sequence[Word], line: range) -> bool:
    return len(line) <= ANSWER_WORDS and all(
        fold_text(words[place].text) in ANSWERS for place in line
    )


def _stock_lines(words: Sequence[Word], speech: _Cover) -> Iterator[range]:
    for line in (*_lines(words), *_lines(words, sentences=True)):
        said = words[line.start : line.stop]
        if is_stock(said) and (_unsure(said) or speech.share(_whole(said)) < SPOKEN):
            yield line


def _unsure(words: Sequence[Word]) -> bool:
    known = [word.confidence for word in words if word.confidence is not None]
    return bool(known) and sum(known) < UNSURE * len(known)


def _whole(words: Sequence[Word]) -> Span:
    return Span(words[0].span.start_ms, max(word.span.end_ms for word in words))


def _speech(detection: Detection, track: int | None) -> _Cover:
    """Speech of one track; of all, for words of the mix."""
    spans = [s for each in detection.tracks if track in (None, each.track) for s in each.spans]
    mix = [s for each in detection.tracks if each.track is None for s in each.spans]
    return _Cover(union(spans or mix))


class _Cover:
    """Disjoint spans in order of time, asked by time."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = spans
        self._ends = [span.end_ms for span in spans]

    def share(self, span: Span) -> float:
        """How much of a span is covered, 0 to 1."""
        at, covered_ms = bisect_left(self._ends, span.start_ms), 0
        while at < len(self._spans) and self._spans[at].start_ms < span.end_ms:
            covered_ms += self._spans[at].overlap_ms(span)
            at += 1
        return covered_ms / span.duration_ms

    def far(self, span: Span) -> bool:
        """Whether all that is covered is `ASTRAY_MS` away, or further."""
        at = bisect_left(self._ends, span.start_ms - ASTRAY_MS + 1)
        return at == len(self._spans) or self._spans[at].gap_ms(span) >= ASTRAY_MS


class _Said:
    """All words of all tracks, asked by what is said at the same time elsewhere."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self._spans: dict[tuple[int | None, str], list[Span]] = {}
        for segment in segments:
            for word in segment.words:
                key = segment.track, fold_text(word.text)
                self._spans.setdefault(key, []).append(word.span)
        self._tracks = {track for track, _ in self._spans}

    def elsewhere(self, word: Word, track: int | None) -> bool:
        """Whether another track says the same word in (nearly) the same time."""
        key = fold_text(word.text)
        return any(
            2 * span.overlap_ms(word.span) >= min(span.duration_ms, word.span.duration_ms)
            for other in self._tracks - {track}
            for span in self._spans.get((other, key), ())
        )
