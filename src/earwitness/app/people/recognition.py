"""Recognition: enrolled voices are known again in a series' later sessions; the rest is asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from earwitness.app.corrections.desk import Edited, Editor
from earwitness.app.people.naming import name_voices, prints_of
from earwitness.app.people.series import with_person
from earwitness.core.errors import NotFound, UsageError
from earwitness.core.naming import (
    RECOGNISER,
    is_naming,
    merged_in,
    namings_in,
    recognised,
)
from earwitness.core.override import VoiceTarget
from earwitness.core.people import Person, Series
from earwitness.core.recognise import Likeness, recognise, thresholds_for
from earwitness.store.forgetting import Forgotten
from earwitness.store.library import Library


@dataclass(frozen=True, slots=True)
class Question:
    """A voice without a name, and who it may be.

    Attributes:
        voice: `S1`, ...
        candidates: People with their scores, the likeliest first. A score is None for who is left
            when everybody else has a voice.
    """

    voice: str
    candidates: tuple[tuple[str, float | None], ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """What assigning the cast did.

    Attributes:
        edited: What was appended to the ledger; None when nothing was sure.
        named: Voices that were recognised, with person and score.
        questions: Voices somebody has to be asked about.
        unknown: Voices like nobody's.
    """

    edited: Edited | None
    named: tuple[tuple[str, str, float], ...]
    questions: tuple[Question, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What enrolling a voice kept.

    Attributes:
        series: The series' name.
        person: Who the voice is.
        voices: Whose prints were kept; several when voices were merged.
        speech_ms: How much speech they were made from.
        added: The person is new in the cast.
    """

    series: str
    person: str
    voices: tuple[str, ...]
    speech_ms: int
    added: bool


def enroll(library: Library, session: str, voice: str, series: Series | None = None) -> Enrolment:
    """Keep a named voice's print for its person, so that later sessions know it.

    Args:
        library: Where the session is.
        session: Its id.
        voice: A voice that has a name.
        series: The session joins it; None: the one it belongs to.

    Raises:
        NotFound: The voice has no print.
        UsageError: The session is in no series, the voice has no name, or said too little.
    """
    found = series or library.series_of(session)
    if found is None:
        raise UsageError("this session belongs to no series", hint="say which one: --series NAME")
    ledger = library.about_voices(session)
    naming = namings_in(ledger).get(voice)
    if naming is None or naming.person is None:
        raise UsageError(
            f"{voice} has no name yet", hint=f"earwitness speakers name {session} {voice} NAME"
        )
    voices = {voice, *(each for each, into in merged_in(ledger).items() if into == voice)}
    prints = [each for each in prints_of(library, session) if each.voice in voices]
    if not prints:
        raise NotFound(
            f"{voice} has no print: this diarizer makes none, or it was forgotten",
            hint="process the recording again with --diarizer embedded",
        )
    long = [each for each in prints if each.speech_ms >= thresholds_for(each.model).least_ms]
    if not long:
        raise UsageError(
            f"{voice} says too little to be known again", hint="enroll it from a longer session"
        )
    person, added = _cast_as(library, found, naming.person)
    library.join_series(session, found.id)
    for each in long:
        library.enroll(found.id, person.key, session, each)
    return Enrolment(
        found.name,
        person.name,
        tuple(each.voice for each in long),
        sum(each.speech_ms for each in long),
        added,
    )


def assign(library: Library, session: str) -> Assigned:
    """Name the voices of a session that are surely somebody of the cast; ask about others.

    A voice that anybody ever named is left alone, also when the name was taken back.

    Raises:
        NotFound: There is no such session.
        UsageError: It belongs to no series.
    """
    series = library.series_of(session)
    if series is None:
        raise UsageError("this session belongs to no series", hint="say which one: --series NAME")
    ledger = library.about_voices(session)
    touched = {
        said.target.voice
        for said in ledger
        if is_naming(said) and isinstance(said.target, VoiceTarget)
    }
    people = {person.key: person.name for person in series.cast}
    sure = {
        each.voice: (people[each.candidates[0][0]], each.candidates[0][1])
        for each in _likenesses(library, session, series)
        if each.verdict == "named" and each.voice not in touched
    }
    edited = None
    if sure:
        edited = name_voices(
            library,
            session,
            {voice: name for voice, (name, _) in sure.items()},
            Editor(RECOGNISER),
            reasons={voice: recognised(score) for voice, (_, score) in sure.items()},
        )
    asked = questions(library, session)
    return Assigned(
        edited,
        tuple((voice, name, score) for voice, (name, score) in sure.items()),
        asked,
        tuple(sorted(_unnamed(library, session) - {each.voice for each in asked})),
    )


def questions(library: Library, session: str) -> tuple[Question, ...]:
    """The voices of a session somebody has to be asked about, with who they may be."""
    series = library.series_of(session)
    if series is None:
        return ()
    open_voices = _unnamed(library, session)
    people = {person.key: person.name for person in series.cast}
    found: dict[str, Question] = {}
    for each in _likenesses(library, session, series):
        if each.voice in open_voices and each.verdict != "unknown":
            found[each.voice] = Question(each.voice, _near(each, people))
    left = _left_over(library, session, series)
    rest = open_voices - set(found)
    if len(left) == 1 and len(rest) == 1 and not found:
        (voice,) = rest
        found[voice] = Question(voice, ((left[0].name, None),))
    return tuple(found[voice] for voice in sorted(found))


def forget(library: Library, series: Series, name: str) -> Forgotten:
    """Remove a person's embeddings from the whole library; their names stay where they are.

    Raises:
        NotFound: Nobody in the cast goes by that name.
    """
    person = series.find(name)
    if person is None:
        raise NotFound(
            "nobody of this series goes by that name", hint="`earwitness series show` lists them"
        )
    voices: dict[str, frozenset[str]] = {}
    for session in library.sessions_in(series.id):
        ledger = library.about_voices(session)
        mine = {
            said.target.voice
            for said in ledger
            if is_naming(said)
            and isinstance(said.target, VoiceTarget)
            and any(isinstance(who, str) and person.goes_by(who) for who in (said.was, said.now))
        }
        mine |= {each for each, into in merged_in(ledger).items() if into in mine}
        voices[session] = frozenset(mine)
    return library.forget_voice(series.id, person.key, voices)


def _likenesses(library: Library, session: str, series: Series) -> tuple[Likeness, ...]:
    return recognise(prints_of(library, session), library.enrolled(series.id, but=session))


def _near(likeness: Likeness, people: Mapping[str, str]) -> tuple[tuple[str, float | None], ...]:
    """The people worth asking about: the best and whoever is not far behind."""
    best = likeness.candidates[0][1]
    return tuple((people[key], score) for key, score in likeness.candidates if score > best - 0.1)


def _unnamed(library: Library, session: str) -> frozenset[str]:
    """Voices without a name that are nobody else's."""
    ledger = library.about_voices(session)
    named = {voice for voice, naming in namings_in(ledger).items() if naming.person is not None}
    heard = {each.voice for each in prints_of(library, session)}
    return frozenset(heard - named - set(merged_in(ledger)))


def _left_over(library: Library, session: str, series: Series) -> list[Person]:
    """Who of the cast has no voice in a session yet."""
    named = namings_in(library.about_voices(session)).values()
    taken = {naming.person for naming in named if naming.person is not None}
    return [person for person in series.cast if not any(person.goes_by(name) for name in taken)]


def _cast_as(library: Library, series: Series, name: str) -> tuple[Person, bool]:
    """Who of the cast goes by a name; added when nobody does."""
    if (known := series.find(name)) is not None:
        return known, False

    def add(was: Series) -> Series:
        if was.find(name) is not None:
            return was
        return with_person(was, Person(was.free_key(), name))

    changed = library.change_series(series.id, add)
    person = changed.find(name)
    if person is None:  # pragma: no cover - it was added a moment ago
        raise UsageError("the person could not be added")
    return person, True
