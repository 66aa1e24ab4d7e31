"""Settle: the voices of a diarization get the ids that the session knows them by."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import count
from typing import Final

from earwitness.core.matching import match
from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.span import Span, union
from earwitness.core.speech import Diarization, Settled, Turn, VoicePrint
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.stages.whole import InOnePiece

LEAST: Final = 250
"""Below this nearness, in thousandths, two voices are not the same. Voices without comparable
prints share at least this part of their time; those that sound wholly unlike at least half."""

_NUMBERED: Final = re.compile(r"S([1-9]\d*)")


@dataclass(frozen=True, slots=True)
class Settle(InOnePiece):
    """Matches a diarization to the voices people know.

    Attributes:
        before: The voices of the result people see; None when there is none yet.
        used: Every voice id this session ever had, and those people wrote themselves.
    """

    before: Settled | None = None
    used: frozenset[str] = frozenset()
    name: str = "settle"
    version: int = 1
    needs: tuple[type, ...] = (Diarization,)
    part_needs: tuple[type, ...] = (Diarization,)
    makes: type = Settled
    piece: type = Settled
    lane: Lane = "cpu"
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """What is matched against: the earlier voices, and the ids that are taken."""
        known = [repr(self.before), sorted(self.used)]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """The same turns under the session's ids."""
        del part, tick
        return Made(settle(inputs.take(Diarization), self.before, self.used))

    def substitute(self, inputs: Inputs) -> Made:
        """Nobody is named: under the diarizer's own names, others might be meant."""
        del inputs
        return Made(Settled(()))


def settle(heard: Diarization, before: Settled | None, used: frozenset[str]) -> Settled:
    """Give each voice the id of the earlier voice it is, or one that never was.

    The nearness of two voices is the part of their time that they share (Dice: twice the common
    time by the sum of both), lowered by how little their prints are alike where both have one of
    the same model. Of all one-to-one matchings the one with the largest sum of nearness times
    common time holds, so that a voice that was cut in pieces lives on in its largest piece.

    Args:
        heard: From the diarizer, under names of its own.
        before: The voices people know.
        used: Ids that must not be given to another voice.

    Returns:
        The same turns and prints; the diarizer's own names when the session has no voices yet.
    """
    taken = used | set(before.voices if before else ())
    if not taken:
        return Settled(heard.turns, heard.prints)
    names = _matched(heard, before) if before else {}
    fresh = _unused(taken)
    for voice in heard.voices:
        if voice not in names:
            names[voice] = next(fresh)
    prints = (each for each in heard.prints if each.voice in names)
    return Settled(
        tuple(replace(turn, voice=names[turn.voice]) for turn in heard.turns),
        tuple(replace(each, voice=names[each.voice]) for each in prints),
    )


def _matched(heard: Diarization, before: Settled) -> dict[str, str]:
    """The earlier id of each voice that has one."""
    times_before, times_now = _times(before.turns), _times(heard.turns)
    prints_before = {each.voice: each for each in before.prints}
    prints_now = {each.voice: each for each in heard.prints}
    likeness = [
        [
            _likeness(old_time, new_time, prints_before.get(old), prints_now.get(new))
            for new, new_time in times_now.items()
        ]
        for old, old_time in times_before.items()
    ]
    old_voices, new_voices = list(times_before), list(times_now)
    return {new_voices[column]: old_voices[row] for row, column in match(likeness).items()}


def _likeness(
    old: list[Span], new: list[Span], old_print: VoicePrint | None, new_print: VoicePrint | None
) -> int:
    """Common time by nearness; 0 when they are not the same voice."""
    common_ms = _common_ms(old, new)
    both_ms = sum(span.duration_ms for span in (*old, *new))
    nearness = 2 * common_ms * _alike(old_print, new_print) // both_ms
    return common_ms * nearness if nearness >= LEAST else 0


def _alike(one: VoicePrint | None, other: VoicePrint | None) -> int:
    """1000 for the same sound, 500 for an unlike one; 1000 when it cannot be told."""
    if one is None or other is None or one.model != other.model:
        return 1000
    cosine = math.fsum(x * y for x, y in zip(one.vector, other.vector, strict=False))
    # Rounded coarsely, so that another machine's last digit changes nothing.
    return 500 + round(500 * min(1.0, max(0.0, cosine)))


def _times(turns: Iterable[Turn]) -> dict[str, list[Span]]:
    """When each voice speaks, in order of first appearance."""
    spans: dict[str, list[Span]] = {}
    for turn in turns:
        spans.setdefault(turn.voice, []).append(turn.span)
    return {voice: union(each) for voice, each in spans.items()}


def _common_ms(one: list[Span], other: list[Span]) -> int:
    """How long both lists of disjoint spans in order cover together."""
    common_ms = i = j = 0
    while i < len(one) and j < len(other):
        common_ms += one[i].overlap_ms(other[j])
        if one[i].end_ms <= other[j].end_ms:
            i += 1
        else:
            j += 1
    return common_ms


def _unused(taken: Iterable[str]) -> Iterator[str]:
    """S-numbers above all that were ever given."""
    numbers = [int(found[1]) for each in taken if (found := _NUMBERED.fullmatch(each))]
    return (f"S{number}" for number in count(max(numbers, default=0) + 1))
