"""The public verbs of people: what Python users call, and what every face calls too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from earwitness.app.corrections.desk import Edited, Editor
from earwitness.app.library import open_library
from earwitness.app.people import naming, recognition
from earwitness.app.people import speakers as verbs
from earwitness.app.people.recognition import Assigned, Enrolment, Question
from earwitness.app.people.speakers import Renaming, ShownSpeaker, Speaker
from earwitness.app.settings import read_settings
from earwitness.app.wishing import AnyPath
from earwitness.store.forgetting import Forgotten
from earwitness.store.library import Library


def speakers(
    session: str, *, home: AnyPath | None = None
) -> tuple[tuple[Speaker, ...], tuple[Question, ...]]:
    """A session's voices, and those somebody has to be asked about.

    Raises:
        NotFound: No such session, or it has no transcript.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.list_speakers(library, found), recognition.questions(library, found)


def show_speaker(session: str, voice: str, *, home: AnyPath | None = None) -> ShownSpeaker:
    """One voice: its longest lines, and all that was said of it.

    Raises:
        NotFound: No such session or voice.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.show_speaker(library, found, voice)


def name_speakers(
    session: str,
    names: Mapping[str, str | None],
    *,
    seen: Mapping[str, str | None] | None = None,
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Say who voices are; every format shows it with the next export, nothing is run again.

    Args:
        session: Its id, or the beginning of it.
        names: Each voice's person; None takes a name away.
        seen: What you saw as a voice's name; where another one stands by now it is refused.
        reason: Why.
        by: Who you are [default: the setting `user`].
        home: The library's folder.

    Raises:
        NotFound: No such session or voice.
        EditConflict: Somebody else named a voice meanwhile.

    Example:
        >>> import earwitness
        >>> earwitness.name_speakers("2026-11-20", {"S1": "Ann"})  # doctest: +SKIP
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        full = _in_full(library, found, names)
        return naming.name_voices(library, found, full, editor, reason=reason, seen=seen)


def preview_names(
    session: str, names: Mapping[str, str | None], *, home: AnyPath | None = None
) -> tuple[Renaming, ...]:
    """What `name_speakers` would change; nothing is changed.

    Raises:
        NotFound: No such session or voice.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.preview_names(library, found, _in_full(library, found, names))


def preview_swap(
    session: str, one: str, other: str, *, home: AnyPath | None = None
) -> tuple[Renaming, ...]:
    """What `swap_speakers` would change; nothing is changed.

    Raises:
        NotFound: No such session or voice.
        UsageError: Neither has a name.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.preview_names(library, found, naming.swapped(library, found, one, other))


def swap_speakers(
    session: str,
    one: str,
    other: str,
    *,
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Let two voices change names.

    Raises:
        NotFound: No such session or voice.
        UsageError: Neither has a name.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return naming.swap_voices(library, found, one, other, editor, reason=reason)


def merge_speakers(
    session: str,
    keep: str,
    gone: str,
    *,
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Make one voice of two; all lines of `gone` become lines of `keep`.

    Raises:
        NotFound: No such session or voice.
        UsageError: They are named as two people.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return naming.merge_voices(library, found, keep, gone, editor, reason=reason)


def preview_merge(session: str, keep: str, gone: str, *, home: AnyPath | None = None) -> Renaming:
    """What `merge_speakers` would change; nothing is changed.

    Raises:
        NotFound: No such session or voice.
    """
    with _session(session, home=home) as (library, found, _):
        return verbs.preview_merge(library, found, keep, gone)


def split_speaker(
    session: str,
    voice: str,
    *,
    after_ms: int | None = None,
    lines: Sequence[int] = (),
    reason: str = "",
    by: str | None = None,
    home: AnyPath | None = None,
) -> Edited:
    """Give some lines of a voice to a new one; one undo takes all of it back.

    Args:
        session: Its id, or the beginning of it.
        voice: Which voice.
        after_ms: All its lines that begin at this time or later.
        lines: These lines of it.
        reason: Why.
        by: Who you are [default: the setting `user`].
        home: The library's folder.

    Raises:
        NotFound: No such session or voice.
        UsageError: No line of that voice is meant, or all of them are.
    """
    with _session(session, home=home, by=by) as (library, found, editor):
        return naming.split_voice(
            library, found, voice, editor, after_ms=after_ms, lines=lines, reason=reason
        )


def enroll(
    session: str, voice: str, *, series: str | None = None, home: AnyPath | None = None
) -> Enrolment:
    """Keep a named voice's print, so that later sessions of the series know it.

    Args:
        session: Its id, or the beginning of it.
        voice: A voice that has a name.
        series: The session joins it; None: the one it belongs to.
        home: The library's folder.

    Raises:
        NotFound: No such session or series, or the voice has no print.
        UsageError: The voice has no name, or said too little.
    """
    with _session(session, home=home) as (library, found, _):
        into = None if series is None else library.series(series)
        return recognition.enroll(library, found, voice, into)


def assign(session: str, *, series: str | None = None, home: AnyPath | None = None) -> Assigned:
    """Name the voices that are surely somebody of the cast; the others are asked about.

    Raises:
        NotFound: No such session or series.
        UsageError: The session belongs to no series.
    """
    with _session(session, home=home) as (library, found, _):
        if series is not None:
            library.join_series(found, library.series(series).id)
        return recognition.assign(library, found)


def forget(person: str, *, series: str, home: AnyPath | None = None) -> Forgotten:
    """Remove a person's embeddings from the whole library.

    Raises:
        NotFound: No such series, or nobody of it goes by that name.
    """
    with open_library(read_settings(home=home)) as library:
        return recognition.forget(library, library.series(series), person)


def _in_full(
    library: Library, session: str, names: Mapping[str, str | None]
) -> dict[str, str | None]:
    """Names as the cast has them: an alias stands for its person."""
    series = library.series_of(session)
    full: dict[str, str | None] = {}
    for voice, name in names.items():
        known = series.find(name) if series is not None and name is not None else None
        full[voice] = known.name if known else name
    return full


@contextmanager
def _session(
    name: str, *, home: AnyPath | None, by: str | None = None
) -> Iterator[tuple[Library, str, Editor]]:
    settings = read_settings(home=home, user=by)
    with open_library(settings) as library:
        yield library, library.resolve(name), Editor(settings.user, may_undo_others=True)
