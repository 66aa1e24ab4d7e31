"""Adopt: what an importer found becomes what stages make - segments, turns, a transcript."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final

from earwitness.core.imported import Flaw, FlawKind, Imported, counted, joined
from earwitness.core.override import is_line
from earwitness.core.people import NAME_CHARS, folded, written_name
from earwitness.core.speech import Heard, Segment, Settled, Turn, Word
from earwitness.core.spreading import in_order, spread
from earwitness.core.text import join_words
from earwitness.core.transcript import Label, Record, Transcript, Utterance
from earwitness.stages.placing import Placed, place

_VOICE = re.compile(r"S[1-9]\d{0,4}")
_NOBODY = re.compile(
    r"(?:unknown|unk|nobody|<?n/?a>?|none|inter_segment_gap|\?+|-+)", re.IGNORECASE
)
_NUMBERED = re.compile(
    r"(?:speaker|spk|spkr|sprecher|spreker|locuteur|voice|participant|person)?[ _\-#:]*"
    r"(?:\d{1,5}|[a-z])",
    re.IGNORECASE,
)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Adopted:
    """A transcript made elsewhere, as ours.

    Attributes:
        heard: Its words, line by line.
        settled: Its turns, under the session's own voices.
        transcript: Its lines; none has a person that `names` gives its voice.
        names: Who voices are, where the source has names and not only numbers.
        flaws: All that was mended or left out, each kind once.
        estimated: Word times are estimates, at least some.
    """

    heard: Heard
    settled: Settled
    transcript: Transcript
    names: Mapping[str, str] = field(default_factory=dict)
    flaws: tuple[Flaw, ...] = ()
    estimated: bool = False


def adopt(
    sources: Sequence[Imported], language: str | None = None, pace: float | None = None
) -> Adopted:
    """Make one transcript of what importers found in one or several files of one sitting.

    Args:
        sources: One per file. All times count from the beginning of the sitting.
        language: Of lines that do not say theirs.
        pace: Characters per second, for files without times.

    Raises:
        UsageError: A file has no times, and no pace was given.
    """
    placed: list[tuple[Placed, str | None]] = []
    flaws: list[Flaw] = []
    for source in sources:
        flaws += source.flaws
        if source.passages:
            found, mended = place(source.passages, pace)
            flaws += mended
            placed += ((each, source.language or language) for each in found)
    placed.sort(key=lambda pair: pair[0].span.start_ms)
    floors = sorted((f for source in sources for f in source.floors), key=lambda f: f.span)
    cast = _Cast([each.passage.speaker for each, _ in placed] + [floor.speaker for floor in floors])
    counts: Counter[FlawKind] = Counter()
    lines = []
    for number, (each, spoken) in enumerate(placed):
        words = _words(each, counts)
        span = each.span | words[0].span
        for word in words:
            span |= word.span
        voice = cast.voice(each.passage.speaker)
        language = each.passage.language or spoken
        lines.append(Utterance(number, span, words, voice, None, False, language))
    lines.sort(key=lambda line: (line.span.start_ms, line.id))
    turns = [Turn(floor.span, voice) for floor in floors if (voice := cast.voice(floor.speaker))]
    told = {turn.voice for turn in turns}
    turns += (Turn(u.span, u.voice) for u in lines if u.voice is not None and u.voice not in told)
    turns.sort(key=lambda turn: (turn.span, turn.voice))
    counts["long_name"] += cast.cut_short
    flaws += counted(counts)
    return Adopted(
        heard=_heard(lines),
        settled=Settled(tuple(turns)),
        transcript=Transcript(tuple(lines)),
        names=cast.names,
        flaws=joined(flaws),
        estimated=any(not each.passage.words for each, _ in placed),
    )


def adopt_record(record: Record) -> Adopted:
    """Take a record of our own as it is.

    A voice all of whose lines name one person, and that has turns, is named as a whole; other
    persons stay on their lines.
    """
    lines = record.transcript.utterances
    people: dict[str, set[str | None]] = {}
    for line in lines:
        if line.voice is not None:
            people.setdefault(line.voice, set()).add(line.person)
    heard = {turn.voice for turn in record.turns}
    names = {
        voice: str(name)
        for voice, persons in people.items()
        if voice in heard and len(persons) == 1 and _nameable(voice, name := next(iter(persons)))
    }
    kept = tuple(
        line
        if line.voice not in names
        else Utterance(
            line.id, line.span, line.words, line.voice, None, line.uncertain, line.language
        )
        for line in lines
    )
    labels: tuple[Label, ...] = record.transcript.labels
    return Adopted(
        heard=_heard(lines, _tracks(record.turns)),
        settled=Settled(record.turns),
        transcript=Transcript(kept, labels),
        names={voice: names[voice] for voice in sorted(names)},
    )


def _nameable(voice: str, name: str | None) -> bool:
    """Whether a voice can be named so as a whole, in the ledger."""
    if name is None or len(name) > NAME_CHARS or not is_line(voice):
        return False
    return is_line(name) and name == " ".join(name.split())


def _tracks(turns: Iterable[Turn]) -> dict[str | None, int]:
    """The track of each voice that is heard on one isolated track alone."""
    found: dict[str | None, set[int | None]] = {}
    for turn in turns:
        found.setdefault(turn.voice, set()).add(turn.track)
    alone = {voice: next(iter(tracks)) for voice, tracks in found.items() if len(tracks) == 1}
    return {voice: track for voice, track in alone.items() if track is not None}


def _heard(lines: Iterable[Utterance], tracks: Mapping[str | None, int] | None = None) -> Heard:
    on = tracks or {}
    return Heard(tuple(Segment(u.span, u.words, u.language, on.get(u.voice)) for u in lines))


def _words(placed: Placed, counts: Counter[FlawKind]) -> tuple[Word, ...]:
    """The source's own words where they are the line's, else shares of the line's time."""
    text = " ".join(placed.passage.text.split())
    if _SURROGATES.search(text):
        text, lost = _SURROGATES.subn("\ufffd", text)
        counts["undecodable"] += lost
    words = placed.passage.words
    if words and _same(join_words(words), text):
        return in_order(words)
    counts["unreadable_word_times"] += bool(words)
    return spread(text, placed.span)


def _same(left: str, right: str) -> bool:
    return "".join(left.split()) == "".join(right.split())


class _Cast:
    """Gives the speakers of a source voices of the session, and keeps their names."""

    def __init__(self, speakers: Iterable[str | None]) -> None:
        self.cut_short = 0
        self._voices: dict[str, str] = {}
        self._names: dict[str, str] = {}
        shown = [name for speaker in speakers if (name := self._shown(speaker))]
        taken = {name for name in shown if _VOICE.fullmatch(name)}
        free = (f"S{number}" for number in count(1) if f"S{number}" not in taken)
        for name in shown:
            key = folded(name)
            if key not in self._voices:
                self._voices[key] = name if name in taken else next(free)
                if not _VOICE.fullmatch(name) and not _NUMBERED.fullmatch(name):
                    self._names[key] = name
                self.cut_short += len(name) == NAME_CHARS
            elif key in self._names and self._names[key].isupper() and not name.isupper():
                self._names[key] = name

    @property
    def names(self) -> dict[str, str]:
        """Who the voices are, of those that have a name."""
        return {self._voices[key]: name for key, name in self._names.items()}

    def voice(self, speaker: str | None) -> str | None:
        """The voice of a speaker; None when nobody is named."""
        name = self._shown(speaker)
        return self._voices[folded(name)] if name else None

    @staticmethod
    def _shown(speaker: str | None) -> str | None:
        """A speaker's name in one printable line; None for what means nobody."""
        name = written_name(speaker or "")
        return None if name is None or _NOBODY.fullmatch(name) else name
