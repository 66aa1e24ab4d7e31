"""Track names: whose microphone a track is names the voice heard on it, as any other correction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from earwitness.app.corrections.desk import Editor
from earwitness.app.people.naming import merge_voices, name_voices
from earwitness.app.running.earlier import voices_of
from earwitness.core.naming import RECOGNISER, is_naming, merged_in
from earwitness.core.override import Field, Override, VoiceTarget
from earwitness.core.people import folded
from earwitness.core.run import Run
from earwitness.core.session import Session
from earwitness.core.span import Span, union
from earwitness.core.speech import Turn
from earwitness.store.library import Library

NAMED: Final = "the name of its track"
JOINED: Final = "a track of the same person"
_AT_ONCE: Final = 10
"""Two tracks of one name are two people when both speak in more than this part (in hundredths) of
the shorter one's time: nobody talks over themselves."""


def name_by_tracks(library: Library, session: Session, run: Run) -> None:
    """Name the voices of a session of tracks after their tracks' people.

    A voice that anybody ever named or merged is left alone, also when that was taken back. Two
    tracks of one name are one person who came back, unless both speak at once.

    Raises:
        StoreError: The ledger cannot be read or written.
    """
    heard = voices_of(library, run.id)
    if not session.tracks or heard is None:
        return
    people = _people(library, session)
    owners = _owners(heard.turns, people)
    ledger = library.about_voices(session.id)
    touched = _touched(ledger)
    names: dict[str, str | None] = {}
    joins: list[tuple[str, str]] = []
    for voice, person in owners.items():
        if voice in touched:
            continue
        others = [each for each, who in owners.items() if who == person and each != voice]
        first = next((each for each in others if each in names), None)
        if first is None:
            names[voice] = person
        elif _at_once(heard.turns, first, voice):
            names[voice] = _another(person, names)
        else:
            joins.append((first, voice))
    editor = Editor(RECOGNISER)
    if names:
        name_voices(library, session.id, names, editor, reason=NAMED)
    for keep, gone in joins:
        merge_voices(library, session.id, keep, gone, editor, reason=JOINED)


def _people(library: Library, session: Session) -> dict[int, str]:
    """The person of each track that has one: as the series calls them, where it knows them."""
    series = library.series_of(session.id)
    found = {}
    for number, track in enumerate(session.tracks):
        if track.person is not None and not track.is_mix:
            known = series.find(track.person) if series else None
            found[number] = known.name if known else track.person
    return found


def _owners(turns: Sequence[Turn], people: dict[int, str]) -> dict[str, str]:
    """The person of each voice that is heard on one track alone, in order of appearance."""
    tracks: dict[str, Counter[int | None]] = {}
    for turn in turns:
        tracks.setdefault(turn.voice, Counter())[turn.track] += turn.span.duration_ms
    return {
        voice: people[track]
        for voice, heard in tracks.items()
        if len(heard) == 1 and (track := next(iter(heard))) is not None and track in people
    }


def _touched(ledger: Sequence[Override]) -> frozenset[str]:
    """Voices that somebody named, merged, or merged another one into."""
    about = [said for said in ledger if isinstance(said.target, VoiceTarget)]
    found = {
        said.target.voice
        for said in about
        if isinstance(said.target, VoiceTarget) and (is_naming(said) or said.field == Field.VOICE)
    }
    return frozenset(found | set(merged_in(ledger)))


def _at_once(turns: Sequence[Turn], one: str, other: str) -> bool:
    mine, theirs = _times(turns, one), _times(turns, other)
    lengths_ms = [sum(span.duration_ms for span in spans) for spans in (mine, theirs)]
    both_ms = sum(span.duration_ms for span in union([*mine, *theirs]))
    common_ms, shorter_ms = sum(lengths_ms) - both_ms, min(lengths_ms)
    return 100 * common_ms > _AT_ONCE * shorter_ms


def _times(turns: Sequence[Turn], voice: str) -> list[Span]:
    return union([turn.span for turn in turns if turn.voice == voice])


def _another(person: str, names: dict[str, str | None]) -> str:
    """A name nobody has yet: two people who go by one name are told apart."""
    taken = {folded(name) for name in names.values() if name}
    number = 2
    while folded(f"{person} ({number})") in taken:
        number += 1
    return f"{person} ({number})"
