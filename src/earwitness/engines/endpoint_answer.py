"""What an endpoint answers becomes words with times in the chunk; nothing in it is trusted.

Three kinds of answers are known. Word times are the best: OpenAI puts them beside the text and
leaves punctuation out, others put them into segments, some in pieces of words. What was said is
then taken from the text and when from the words, letter by letter. With segment times alone, a
segment's words are spread over the speech that was detected in it; with text alone, over that of
the whole chunk. Times that cannot be are treated like times that are missing.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from earwitness.core.errors import ServiceError
from earwitness.core.language import KNOWN, code_of_name
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Word
from earwitness.core.text import text_pieces
from earwitness.engines.spreading import fill, spread

AGREES: Final = 0.6
"""Text and words tell the same when so large a share of the words' letters is in the text."""

OWNED: Final = 0.5
"""A word of the text is one that was timed when so large a share of its letters is."""

ALIGNED_LETTERS: Final = 20_000
"""Longer texts are not aligned: no chunk is that long, and it would take seconds."""

OUTSIDE_MS: Final = 500
"""Services round; a time this far outside the chunk is its edge, one further out is none."""

SHORTEST_MS: Final = 20


@dataclass(frozen=True, slots=True)
class Token:
    """A word on its way to its time, in milliseconds from the chunk's start.

    Attributes:
        text: Without white space around it.
        glued: No space stands before it.
        begin_ms: None when not known.
        end_ms: None when not known.
        confidence: None when the service gives none.
    """

    text: str
    glued: bool = False
    begin_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, read.

    Attributes:
        segments: None or one.
        estimated: Some words have times that were not heard but spread.
    """

    segments: tuple[Segment, ...]
    estimated: bool = False


def read_answer(told: object, chunk: Chunk, language: str | None) -> Reading:
    """Words of one chunk, in session time, in order and inside the chunk.

    Args:
        told: The JSON of the answer.
        chunk: What was sent.
        language: What was asked for; None: what the answer names.

    Raises:
        ServiceError: It is no transcription.
    """
    if not isinstance(told, dict):
        raise _strange()
    length_ms = chunk.span.duration_ms
    text = _clean(told.get("text"))
    segments = [each for each in _list(told.get("segments")) if isinstance(each, dict)]
    heard = _heard(told.get("words"), length_ms)
    for segment in () if heard else segments:
        heard += _heard(segment.get("words"), length_ms)
    speech = [each.shift(-chunk.span.start_ms) for each in chunk.speech]
    if heard:
        tokens = _fitted(text, heard) or heard
    elif any(_clean(segment.get("text")) for segment in segments):
        tokens = _in_segments(segments, speech, length_ms)
    elif text or "text" in told or "segments" in told or "words" in told:
        tokens = _tokens(text)
    else:
        raise _strange()
    known = [_bounds(token) for token in _in_order(tokens)]
    spans = fill(known, [len(token.text) for token in tokens], speech, length_ms)
    words = tuple(
        Word(token.text, span.shift(chunk.span.start_ms), token.confidence, token.glued)
        for token, span in zip(tokens, spans, strict=True)
    )
    if not words:
        return Reading(())
    whole = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
    named = language or _language(told.get("language"))
    estimated = not heard or None in known
    return Reading((Segment(whole, words, named, chunk.track),), estimated)


def _strange() -> ServiceError:
    return ServiceError(
        "the service answered with something that is no transcription",
        fault="answer",
        hint="does base_url belong to a service that transcribes?",
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _clean(value: object) -> str:
    """One line of what can be shown: no control signs, halves of signs, or broken ones."""
    if not isinstance(value, str):
        return ""
    kept = (
        " " if sign.isspace() else sign
        for sign in value
        if sign.isspace() or (unicodedata.category(sign) not in ("Cc", "Cs") and sign != "\ufffd")
    )
    return " ".join("".join(kept).split())


def _ms(value: object, length_ms: int) -> int | None:
    """Seconds as milliseconds inside the chunk; None for what is no time in it."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if not -OUTSIDE_MS / 1000 <= value <= (length_ms + OUTSIDE_MS) / 1000:  # nor is NaN
        return None
    return min(max(round(value * 1000), 0), length_ms)


def _heard(value: object, length_ms: int) -> list[Token]:
    """Words as the service gives them; `glued` where one begins without the space others have."""
    rows = [row for row in _list(value) if isinstance(row, dict) and _clean(row.get("word"))]
    spaced = any(row["word"][:1].isspace() for row in rows)
    tokens: list[Token] = []
    for row in rows:
        text = _clean(row["word"])
        if spaced:
            glued = bool(tokens) and not row["word"][:1].isspace()
        else:
            glued = bool(tokens) and _unspaced(tokens[-1].text[-1], text[0])
        begin_ms, end_ms = _ms(row.get("start"), length_ms), _ms(row.get("end"), length_ms)
        if begin_ms is not None and (end_ms is None or end_ms < begin_ms):
            end_ms = min(begin_ms + SHORTEST_MS, length_ms)
        confidence = _share(row.get("probability", row.get("confidence")))
        tokens.append(Token(text, glued, begin_ms, end_ms, confidence))
    return tokens


def _share(value: object) -> float | None:
    """A number from 0 to 1, rounded; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        return None
    return round(float(value), 3)


def _unspaced(before: str, after: str) -> bool:
    """Whether no space stands between these signs, because their script sets none."""
    pieces = text_pieces(before + after)
    return len(pieces) == 2 and pieces[1].glued


def _fitted(text: str, heard: Sequence[Token]) -> list[Token] | None:
    """What the text says, when the words say; None when the two do not tell the same."""
    said = [(place, sign.lower()[0]) for place, sign in enumerate(text) if sign.isalnum()]
    letters = [
        (number, place / len(token.text), (place + 1) / len(token.text), sign.lower()[0])
        for number, token in enumerate(heard)
        for place, sign in enumerate(token.text)
        if sign.isalnum()
    ]
    if not letters or max(len(said), len(letters)) > ALIGNED_LETTERS:
        return None
    matcher = SequenceMatcher(
        None, [sign for _, sign in said], [letter[3] for letter in letters], autojunk=False
    )
    owner: dict[int, tuple[int, float, float]] = {}
    for block in matcher.get_matching_blocks():
        for step in range(block.size):
            owner[said[block.a + step][0]] = letters[block.b + step][:3]
    if len(owner) < AGREES * len(letters):
        return None
    tokens, at = [], 0
    for token in _tokens(text):
        at = text.index(token.text, at)
        letters_of = [place for place in range(at, at + len(token.text)) if text[place].isalnum()]
        owned = [owner[place] for place in letters_of if place in owner]
        # A few letters that happen to be in a neighbour do not make it the same word.
        same = len(owned) >= OWNED * len(letters_of)
        tokens.append(_timed(token, owned if same else [], heard))
        at += len(token.text)
    return tokens


def _tokens(text: str) -> list[Token]:
    """The words of a text, none timed; a sign that is no letter stays with the word before it."""
    tokens: list[Token] = []
    for piece in text_pieces(text):
        if piece.glued and not any(map(str.isalnum, piece.text)):
            tokens[-1] = replace(tokens[-1], text=tokens[-1].text + piece.text)
        else:
            tokens.append(Token(piece.text, piece.glued))
    return tokens


def _timed(
    token: Token, owned: Sequence[tuple[int, float, float]], heard: Sequence[Token]
) -> Token:
    """A token with the time of the words, or shares of words, whose letters it has."""
    timed = [each for each in owned if heard[each[0]].begin_ms is not None]
    if not timed:
        return token
    first, last = timed[0], timed[-1]
    whole = len({each[0] for each in timed}) == 1 and len(token.text) >= len(heard[first[0]].text)
    begin_ms = _within(heard[first[0]], 0.0 if whole else first[1])
    end_ms = _within(heard[last[0]], 1.0 if whole else last[2])
    sure = [heard[number].confidence for number in {each[0] for each in timed}]
    known = [value for value in sure if value is not None]
    return replace(
        token,
        begin_ms=begin_ms,
        end_ms=max(begin_ms, end_ms),
        confidence=min(known) if len(known) == len(sure) else None,
    )


def _within(token: Token, share: float) -> int:
    begin_ms, end_ms = token.begin_ms or 0, token.end_ms or 0
    return begin_ms + round((end_ms - begin_ms) * share)


def _in_segments(
    segments: Iterable[dict[object, object]], speech: Sequence[Span], length_ms: int
) -> list[Token]:
    """Words spread over the speech in their segment."""
    tokens: list[Token] = []
    for segment in segments:
        untimed = _tokens(_clean(segment.get("text")))
        begin_ms = _ms(segment.get("start"), length_ms)
        end_ms = _ms(segment.get("end"), length_ms)
        if begin_ms is None or end_ms is None or end_ms <= begin_ms:
            tokens += untimed
            continue
        window = Span(begin_ms, end_ms)
        inside = [part for each in speech if (part := each & window)] or [window]
        spans = spread([len(token.text) for token in untimed], inside)
        tokens += [
            replace(token, begin_ms=span.start_ms, end_ms=span.end_ms)
            for token, span in zip(untimed, spans, strict=True)
        ]
    return tokens


def _in_order(tokens: list[Token]) -> list[Token]:
    """Tokens as they are, but for times that break the order: those are not known.

    As many as possible keep theirs (the longest run of times that never fall).
    """
    tails: list[int] = []
    places: list[int] = []
    before: dict[int, int | None] = {}
    for place, token in enumerate(tokens):
        if token.begin_ms is None:
            continue
        rank = bisect_right(tails, token.begin_ms)
        before[place] = places[rank - 1] if rank else None
        tails[rank:] = [token.begin_ms, *tails[rank + 1 :]]
        places[rank:] = [place, *places[rank + 1 :]]
    kept: set[int] = set()
    here = places[-1] if places else None
    while here is not None:
        kept.add(here)
        here = before[here]
    return [
        token if place in kept else replace(token, begin_ms=None, end_ms=None)
        for place, token in enumerate(tokens)
    ]


def _bounds(token: Token) -> tuple[int, int] | None:
    if token.begin_ms is None or token.end_ms is None:
        return None
    return token.begin_ms, token.end_ms


def _language(value: object) -> str | None:
    """A code from a code or an English name; None when it is neither."""
    if not isinstance(value, str):
        return None
    told = value.strip().lower()
    return told if told in KNOWN else code_of_name(told)
