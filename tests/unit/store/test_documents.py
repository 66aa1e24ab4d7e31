"""Documents: sessions made of transcripts alone are kept, found, given sound and deleted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from earwitness.core.errors import NotFound, UsageError
from earwitness.core.session import Document, Recording, Session
from earwitness.store.library import Library

DOCUMENT = Document("ab" * 32, "night.srt", 100, "srt")
SESSION = Session("2026-11-20-abcdef", "Night", "meeting", None, (), documents=(DOCUMENT,))
SOUND = Recording("cd" * 32, "night.wav", 10, None, 1, 16_000)


def test_a_session_needs_a_recording_or_a_document() -> None:
    with pytest.raises(ValueError, match="recording, or a document"):
        replace(SESSION, documents=())
    with pytest.raises(ValueError, match="SHA-256"):
        replace(DOCUMENT, id="night")
    with pytest.raises(ValueError, match="format"):
        replace(DOCUMENT, format="")


def test_it_comes_back_and_is_found_by_its_documents(library: Library) -> None:
    library.add_session(SESSION)
    assert library.session(SESSION.id) == SESSION
    assert [row.session for row in library.sessions()] == [SESSION]
    renamed = replace(DOCUMENT, name="other.txt", format="txt")
    assert library.sessions_from((renamed,)) == (SESSION,)
    assert library.sessions_from((replace(DOCUMENT, part="a"),)) == ()
    assert library.sessions_from((DOCUMENT, replace(DOCUMENT, id="ef" * 32))) == ()
    assert library.sessions_from(()) == ()
    assert library.sessions_of(()) == ()


def test_it_can_be_given_sound_once(library: Library) -> None:
    library.add_session(SESSION)
    given = library.give_sound(SESSION.id, (SOUND,))
    assert given == replace(SESSION, recordings=(SOUND,))
    assert library.sessions_of((SOUND.id,)) == (given,)
    with pytest.raises(UsageError):
        library.give_sound(SESSION.id, (SOUND,))
    with pytest.raises(NotFound):
        library.give_sound("2026-11-20-zzzzzz", (SOUND,))


def test_it_is_deleted_with_its_documents(library: Library) -> None:
    library.add_session(SESSION)
    library.delete_session(SESSION.id)
    assert library.sessions() == ()
    assert library.sessions_from((DOCUMENT,)) == ()
