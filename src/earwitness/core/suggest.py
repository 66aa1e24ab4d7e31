"""Suggest: utterances that probably hold two voices, and where to cut them; nothing is changed.

An utterance holds one voice. Its words may still lie in the turns of two: a transcriber without
word times, an imported subtitle, turns that overlap, a line that somebody merged. A cut that is
made by itself breaks about one line for every five it mends, so it is only ever suggested, with
what speaks for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.core.speech import Turn
from earwitness.core.transcript import Transcript, Utterance

LEAST_MS: Final = 400
"""On each side so much speech must be the one voice's alone; less is the blurred edge of a turn."""
LEAST_SHARE: Final = 0.6
"""On each side at least this share of the words' time lies in the turns of that side's voice."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cut somebody may want to make, and what speaks for it.

    Attributes:
        utterance: The line's id.
        words: How many words stay in front.
        at_ms: Where the first word after the cut begins.
        voice: Whose the line is now; None when unknown.
        left: Whose turns the words in front lie in.
        right: Whose turns the words behind lie in.
        behind: How many words come after the cut.
        left_share: Share of the front words' time that lies in turns of `left`.
        right_share: Share of the words' time behind the cut that lies in turns of `right`.
        overlap_share: Share of all the line's words' time in which both voices have a turn.
    """

    utterance: int
    words: int
    at_ms: int
    voice: str | None
    left: str
    right: str
    behind: int
    left_share: float
    right_share: float
    overlap_share: float


def suggest_splits(transcript: Transcript, turns: Sequence[Turn]) -> tuple[Suggestion, ...]:
    """Lines whose words lie in two voices' turns, each with its best cut.

    A line that was given to a voice other than the two is left alone: somebody knew better.

    Args:
        transcript: As people see it.
        turns: Who held the floor, in any order; may overlap. Voices by the names they have now.

    Returns:
        In order of time, at most one for each line: cut it, and ask again.
    """
    found = (_best(utterance, near) for utterance, near in _with_turns(transcript, turns))
    return tuple(suggestion for suggestion in found if suggestion)


def _with_turns(
    transcript: Transcript, turns: Sequence[Turn]
) -> Iterator[tuple[Utterance, list[Turn]]]:
    """Every utterance with the turns it meets."""
    coming = sorted(turns, key=lambda turn: turn.span, reverse=True)
    opened: list[Turn] = []
    for utterance in transcript.utterances:
        span = utterance.span
        while coming and coming[-1].span.start_ms < span.end_ms:
            opened.append(coming.pop())
        # utterances come in order of their start: what ended before it meets none that follows
        opened = [turn for turn in opened if turn.span.end_ms > span.start_ms]
        near = [turn for turn in opened if turn.span.overlap_ms(span)]
        if len(utterance.words) > 1 and len({turn.voice for turn in near}) > 1:
            yield utterance, near


def _best(utterance: Utterance, near: list[Turn]) -> Suggestion | None:
    """The cut that puts most time under the right voice, when it is clear enough."""
    covered = {voice: _covered(utterance, near, voice) for voice in {t.voice for t in near}}
    whole = max(sum(times) for times in covered.values())
    best: tuple[int, int, str, str] | None = None
    for left in sorted(covered):
        for right in sorted(covered):
            if left != right and utterance.voice in (None, left, right):
                kept_ms, words = _cut(covered[left], covered[right])
                if best is None or kept_ms > best[0]:
                    best = kept_ms, words, left, right
    if best is None or best[0] - whole < LEAST_MS:
        return None
    _, words, left, right = best
    return _told(utterance, words, (left, covered[left]), (right, covered[right]))


def _covered(utterance: Utterance, near: list[Turn], voice: str) -> list[int]:
    """How much of each word lies in turns of a voice, in milliseconds."""
    mine = [turn.span for turn in near if turn.voice == voice]
    return [
        min(word.span.duration_ms, sum(word.span.overlap_ms(span) for span in mine))
        for word in utterance.words
    ]


def _cut(left: list[int], right: list[int]) -> tuple[int, int]:
    """How much time is covered by the best cut, and how many words stay in front of it."""
    kept_ms = sum(right)
    best = (-1, 0)
    for place, (gained, lost) in enumerate(zip(left[:-1], right[:-1], strict=True), start=1):
        kept_ms += gained - lost
        best = max(best, (kept_ms, place), key=lambda found: found[0])
    return best


def _told(
    utterance: Utterance, words: int, one: tuple[str, list[int]], other: tuple[str, list[int]]
) -> Suggestion | None:
    lasting = [word.span.duration_ms for word in utterance.words]
    (left, in_left), (right, in_right) = one, other
    own_left = sum(max(0, a - b) for a, b in zip(in_left[:words], in_right[:words], strict=True))
    own_right = sum(max(0, b - a) for a, b in zip(in_left[words:], in_right[words:], strict=True))
    left_share = sum(in_left[:words]) / sum(lasting[:words])
    right_share = sum(in_right[words:]) / sum(lasting[words:])
    if min(own_left, own_right) < LEAST_MS or min(left_share, right_share) < LEAST_SHARE:
        return None
    both = sum(max(0, a + b - all_) for a, b, all_ in zip(in_left, in_right, lasting, strict=True))
    return Suggestion(
        utterance=utterance.id,
        words=words,
        at_ms=utterance.words[words].span.start_ms,
        voice=utterance.voice,
        left=left,
        right=right,
        behind=len(utterance.words) - words,
        left_share=round(left_share, 3),
        right_share=round(right_share, 3),
        overlap_share=round(both / sum(lasting), 3),
    )
