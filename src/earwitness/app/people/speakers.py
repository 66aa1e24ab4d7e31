"""Speakers: the voices of a session as people see them - who, how long, where to listen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from earwitness.app.people.naming import LIST_HINT, check_voices, inherited_name, read_name
from earwitness.app.records import read_record
from earwitness.core.doubt import without_doubted
from earwitness.core.errors import NotFound
from earwitness.core.naming import Naming, merged_in, namings_in
from earwitness.core.override import Override, VoiceTarget
from earwitness.core.span import Span
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.shown import talk_ms, voices
from earwitness.store.library import Library

SAMPLE_MS = 8_000
"""The longest sample; enough to know somebody by."""

LONGEST = 5
"""So many lines tell what a voice says."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice of a session.

    Attributes:
        voice: `S1`, ...
        naming: Who it is and who said so; None while nobody has.
        talk_ms: How long it holds the floor.
        turns: How often.
        words: How many it says, as far as nobody doubts them.
        sample: Where to listen to it; None when there is nothing.
        others: How many of its lines somebody gave to another person.
    """

    voice: str
    naming: Naming | None
    talk_ms: int
    turns: int
    words: int
    sample: Span | None
    others: int = 0

    @property
    def person(self) -> str | None:
        """Who it is, or None."""
        return self.naming.person if self.naming else None


@dataclass(frozen=True, slots=True)
class Renaming:
    """What naming a voice would change.

    Attributes:
        voice: Which.
        was: Its name so far.
        now: Its name then.
        lines: How many lines would show it.
        others: How many keep a person of their own.
        first: The first few of those lines.
    """

    voice: str
    was: str | None
    now: str | None
    lines: int
    others: int
    first: tuple[Utterance, ...]


@dataclass(frozen=True, slots=True)
class ShownSpeaker:
    """One voice in detail.

    Attributes:
        speaker: The voice.
        longest: Its longest lines, in order of time.
        history: All that was said of it as a whole, undos included, in order.
    """

    speaker: Speaker
    longest: tuple[Utterance, ...]
    history: tuple[Override, ...]


def list_speakers(library: Library, session: str) -> tuple[Speaker, ...]:
    """All voices of a session, in order of first appearance.

    Raises:
        NotFound: There is no such session, or it has no transcript.
    """
    record = read_record(library, session)
    named = namings_in(library.about_voices(session))
    return tuple(_speaker(record, voice, named.get(voice)) for voice in voices(record))


def show_speaker(library: Library, session: str, voice: str) -> ShownSpeaker:
    """One voice of a session.

    Raises:
        NotFound: There is no such session or voice.
    """
    record = read_record(library, session)
    ledger = library.about_voices(session)
    if voice not in voices(record):
        raise NotFound(f"there is no voice {voice!r} in this session", hint=LIST_HINT)
    shown = without_doubted(record.transcript).utterances
    mine = [line for line in shown if line.voice == voice]
    longest = sorted(mine, key=lambda line: (-len(line.words), line.id))[:LONGEST]
    about = {voice, *(each for each, into in merged_in(ledger).items() if into == voice)}
    return ShownSpeaker(
        _speaker(record, voice, namings_in(ledger).get(voice)),
        tuple(sorted(longest, key=lambda line: line.span)),
        tuple(
            said
            for said in ledger
            if isinstance(said.target, VoiceTarget) and said.target.voice in about
        ),
    )


def preview_merge(library: Library, session: str, keep: str, gone: str) -> Renaming:
    """What `merge_voices` would change; nothing is changed.

    Raises:
        NotFound: There is no such session or voice.
        UsageError: They are named as two people.
    """
    (found,) = preview_names(library, session, {gone: None})
    ledger = library.about_voices(session)
    check_voices(library, session, ledger, {keep: None})
    inherited_name(ledger, keep, gone)
    return replace(found, was=gone, now=keep, lines=found.lines + found.others, others=0)


def preview_names(
    library: Library, session: str, names: Mapping[str, str | None]
) -> tuple[Renaming, ...]:
    """What `name_voices` would change; nothing is changed.

    Raises:
        NotFound: There is no such session or voice.
    """
    record = read_record(library, session)
    ledger = library.about_voices(session)
    check_voices(library, session, ledger, names)
    named = namings_in(ledger)
    found = []
    for voice, name in names.items():
        was = named[voice].person if voice in named else None
        lines = [line for line in record.transcript.utterances if line.voice == voice]
        mine = [line for line in lines if line.person == was]
        others = len(lines) - len(mine)
        found.append(Renaming(voice, was, read_name(name), len(mine), others, tuple(mine[:3])))
    return tuple(found)


def _speaker(record: Record, voice: str, naming: Naming | None) -> Speaker:
    mine = [turn for turn in record.turns if turn.voice == voice]
    lines = [line for line in record.transcript.utterances if line.voice == voice]
    shown = without_doubted(Transcript(tuple(lines))).utterances
    person = naming.person if naming else None
    return Speaker(
        voice=voice,
        naming=naming if person is not None else None,
        talk_ms=talk_ms(record, voice),
        turns=len(mine),
        words=sum(len(line.words) for line in shown),
        sample=_sample([turn.span for turn in mine] or [line.span for line in lines]),
        others=sum(line.person != person for line in lines),
    )


def _sample(spans: Sequence[Span]) -> Span | None:
    """The longest one, cut to a few seconds."""
    if not spans:
        return None
    span = max(spans, key=lambda span: (span.duration_ms, -span.start_ms))
    return Span(span.start_ms, min(span.end_ms, span.start_ms + SAMPLE_MS))
