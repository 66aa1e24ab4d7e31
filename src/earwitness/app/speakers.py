"""Speakers: who the voices of a session are - list, name, swap, merge; all of it in the ledger.

Naming needs no transcript: a line is appended to the ledger, and whoever reads the session next
folds it in. So a name costs the same in a session of five minutes and of eight hours.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from earwitness.app.desk import Edited, Editor, at_desk, completed_result
from earwitness.app.earlier import seen_run, voices_of
from earwitness.app.records import read_record
from earwitness.app.view import overrides_of
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.naming import Naming, merge_voice, merged_in, name_voice, namings_in
from earwitness.core.override import Field, Override, Stamp
from earwitness.core.people import check_name
from earwitness.core.span import Span
from earwitness.core.speech import Turn, VoicePrint
from earwitness.core.transcript import Record, Utterance
from earwitness.exporters.shown import talk_ms, voices
from earwitness.store.library import Library

SAMPLE_MS = 8_000
"""The longest sample; enough to know somebody by."""

_KEPT = 50
_heard: dict[tuple[str, str], frozenset[str]] = {}
"""Voices by library and result: a result never changes, and a long one takes a while to read."""
_lock = threading.Lock()

LIST_HINT = "`earwitness speakers list SESSION` shows all"


@dataclass(frozen=True, slots=True)
class Speaker:
    """One voice of a session.

    Attributes:
        voice: `S1`, ...
        naming: Who it is and who said so; None while nobody has.
        talk_ms: How long it holds the floor.
        turns: How often.
        words: How many it says.
        sample: Where to listen to it alone; None when it has no turn.
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


def list_speakers(library: Library, session: str) -> tuple[Speaker, ...]:
    """All voices of a session, in order of first appearance.

    Raises:
        NotFound: There is no such session, or it has no transcript.
    """
    record = read_record(library, session)
    named = namings_in(library.about_voices(session))
    return tuple(_speaker(record, voice, named.get(voice)) for voice in voices(record))


def preview_names(
    library: Library, session: str, names: Mapping[str, str | None]
) -> tuple[Renaming, ...]:
    """What `name_voices` would change; nothing is changed.

    Raises:
        NotFound: There is no such session or voice.
    """
    record = read_record(library, session)
    ledger = library.about_voices(session)
    _check_voices(library, session, ledger, names)
    named = namings_in(ledger)
    found = []
    for voice, name in names.items():
        was = named[voice].person if voice in named else None
        lines = [line for line in record.transcript.utterances if line.voice == voice]
        mine = [line for line in lines if line.person == was]
        others = len(lines) - len(mine)
        found.append(Renaming(voice, was, _name(name), len(mine), others, tuple(mine[:3])))
    return tuple(found)


def name_voices(
    library: Library,
    session: str,
    names: Mapping[str, str | None],
    editor: Editor,
    *,
    reasons: Mapping[str, str] | None = None,
    reason: str = "",
) -> Edited:
    """Say who voices are; all of them at one stroke, or none.

    Args:
        library: Where the session is.
        session: Its id.
        names: Each voice's person; None takes a name away.
        editor: Who says so.
        reasons: Why, voice by voice.
        reason: Why, for the others.

    Raises:
        NotFound: There is no such session or voice.
        NotCompleted: The session is still being worked on.
        UsageError: A name is not one line of text, or the voice was merged into another one.
    """
    digest = completed_result(library, session)
    at = datetime.now(UTC)
    made: list[Override] = []
    with library.amend(session) as amendment:
        ledger = amendment.about_voices()
        _check_voices(library, session, ledger, names)
        named = namings_in(ledger)
        batch = amendment.head.count + 1 if len(names) > 1 else None
        for voice, name in names.items():
            was, now = named[voice].person if voice in named else None, _name(name)
            if was == now:
                continue
            why = (reasons or {}).get(voice, reason)
            stamp = Stamp.at_utc(amendment.head.count + 1, editor.name, at, " ".join(why.split()))
            override = name_voice(voice, was, now, stamp)
            amendment.append(override, batch=batch)
            made.append(override)
        revision = f"{digest[:12]}-{amendment.head.count}"
    return Edited(tuple(made), (), (), revision)


def swap_voices(
    library: Library, session: str, one: str, other: str, editor: Editor, *, reason: str = ""
) -> Edited:
    """Let two voices change names; both at one stroke.

    Raises:
        NotFound: There is no such session or voice.
        UsageError: Neither has a name.
    """
    return name_voices(
        library, session, swapped(library, session, one, other), editor, reason=reason
    )


def swapped(library: Library, session: str, one: str, other: str) -> dict[str, str | None]:
    """The names of two voices, changed.

    Raises:
        UsageError: They are the same, or neither has a name.
    """
    named = namings_in(library.about_voices(session))
    first = named[one].person if one in named else None
    second = named[other].person if other in named else None
    if one == other or first == second:
        raise UsageError("there is nothing to swap", hint="name the voices first: speakers name")
    return {one: second, other: first}


def merge_voices(
    library: Library, session: str, keep: str, gone: str, editor: Editor, *, reason: str = ""
) -> Edited:
    """Make one voice of two: all lines of `gone` become lines of `keep`.

    When only `gone` has a name, `keep` takes it over.

    Raises:
        NotFound: There is no such session or voice.
        UsageError: They are named as two people.
    """
    with at_desk(library, session, editor) as desk:
        ledger = overrides_of(desk.view.entries)
        _check_voices(library, session, ledger, {keep: None, gone: None})
        named = namings_in(ledger)
        kept = named[keep].person if keep in named else None
        name = named[gone].person if gone in named else None
        if kept is not None and name is not None and kept != name:
            raise UsageError(
                "these two voices are two people",
                hint=f"give them one name first: speakers name {session} {gone} NAME",
            )
        takes_over = kept is None and name is not None
        batch = desk.next_seq if takes_over else None
        desk.append(merge_voice(gone, keep, desk.stamp(reason)), batch=batch)
        if takes_over:
            desk.append(name_voice(keep, None, name, desk.stamp(reason)), batch=batch)
        done = desk.done()
    return done


def prints_of(library: Library, session: str) -> tuple[VoicePrint, ...]:
    """The prints of a session's voices as people see them: of merged voices each one's own."""
    run = seen_run(library, session)
    heard = voices_of(library, run.id) if run else None
    return heard.prints if heard else ()


def _speaker(record: Record, voice: str, naming: Naming | None) -> Speaker:
    mine = [turn for turn in record.turns if turn.voice == voice]
    lines = [line for line in record.transcript.utterances if line.voice == voice]
    person = naming.person if naming else None
    return Speaker(
        voice=voice,
        naming=naming if person is not None else None,
        talk_ms=talk_ms(record, voice),
        turns=len(mine),
        words=sum(len(line.words) for line in lines),
        sample=_sample(mine),
        others=sum(line.person != person for line in lines),
    )


def _sample(turns: Sequence[Turn]) -> Span | None:
    """The longest turn, cut to a few seconds."""
    if not turns:
        return None
    span = max(turns, key=lambda turn: (turn.span.duration_ms, -turn.span.start_ms)).span
    return Span(span.start_ms, min(span.end_ms, span.start_ms + SAMPLE_MS))


def _check_voices(
    library: Library, session: str, ledger: Sequence[Override], wanted: Mapping[str, str | None]
) -> None:
    """Refuse voices nobody has heard, and those that are another one's now."""
    merged, known = merged_in(ledger), heard_voices(library, session)
    for voice in wanted:
        if voice in merged:
            raise UsageError(
                f"{voice} was merged into {merged[voice]}", hint=f"name {merged[voice]} instead"
            )
        if voice not in known and voice not in _made_by_hand(library, session):
            raise NotFound(f"there is no voice {voice!r} in this session", hint=LIST_HINT)


def heard_voices(library: Library, session: str) -> frozenset[str]:
    """The voices of a session as the diarizer told them apart."""
    run = seen_run(library, session)
    if run is None:
        return frozenset()
    digest = library.result(run.id, "settle") or library.result(run.id, "diarize")
    key = str(library.home), digest or ""
    with _lock:
        if key in _heard:
            return _heard[key]
    heard = voices_of(library, run.id)
    found = frozenset(heard.voices if heard else ())
    with _lock:
        if len(_heard) >= _KEPT:
            _heard.clear()
        _heard[key] = found
    return found


def _made_by_hand(library: Library, session: str) -> frozenset[str]:
    """Voices that somebody gave lines to."""
    said = overrides_of(library.ledger(session).entries)
    return frozenset(
        each.now for each in said if each.field == Field.VOICE and isinstance(each.now, str)
    )


def _name(name: str | None) -> str | None:
    return None if name is None else check_name(" ".join(name.split()), "a name")
