"""Tracks in the library: kept whole, found again inside their archive; old libraries learn them."""

from __future__ import annotations

import shutil
import zipfile
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from earwitness.core.session import Recording, Session, Track
from earwitness.core.sound import Listening, Place, Reel
from earwitness.core.source import Source
from earwitness.store.codec import decode, encode
from earwitness.store.library import Library
from earwitness.store.opening import open_database
from earwitness.store.place import Place as Home

OTHER = Recording("b" * 64, "2-bob.flac", 10, None, 1, 48_000)
MIX = Recording("c" * 64, "mix.flac", 10, None, 2, 48_000)


def test_what_is_said_of_tracks_comes_back_and_changes(
    library: Library, recording: Recording
) -> None:
    tracks = (Track("ann 🎲", 0), Track(None, -250, said=True), Track(None, None, is_mix=True))
    made = Session("2026-11-20-aaaaaa", "", "tabletop", None, (recording, OTHER, MIX), None)
    made = replace(made, tracks=tracks)
    library.add_session(made)
    assert library.session(made.id) == made
    said = replace(made, tracks=(Track("ann"), Track("bob", 700), Track(None, 0, is_mix=None)))
    library.update_session(said)
    assert library.session(made.id) == said
    assert library.sessions()[0].session == said


def test_a_session_has_tracks_for_all_recordings_or_none(recording: Recording) -> None:
    plain = Session("2026-11-20-aaaaaa", "", "meeting", None, (recording, OTHER))
    with pytest.raises(ValueError, match="all recordings"):
        replace(plain, tracks=(Track(),))
    with pytest.raises(ValueError, match="speaker"):
        replace(plain, tracks=(Track(is_mix=True), Track(is_mix=True)))
    timed = tuple(replace(each, duration_ms=1_000) for each in plain.recordings)
    assert replace(plain, recordings=timed).length_ms == 2_000
    assert replace(plain, recordings=timed, tracks=(Track(), Track())).length_ms == 1_000


def test_a_member_is_known_until_its_archive_changes(library: Library, tmp_path: Path) -> None:
    path = tmp_path / "night.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr("2-bob.flac", b"bob")
    source = Source(path, "2-bob.flac", "2-bob.flac")
    library.remember_member(OTHER, source, 5, 7)
    assert library.known_member(source, 5, 7) == OTHER
    assert library.known_member(source, 5, 8) is None
    assert library.known_member(Source(path, "1-ann.flac"), 5, 7) is None
    found = library.origin(OTHER.id)
    assert found is not None
    assert (found.path, found.member) == (path.resolve(), "2-bob.flac")
    own = tmp_path / "bob.flac"
    own.write_bytes(b"bob")
    library.remember_source(OTHER, own, 3, 1)
    assert library.origin(OTHER.id) == Source(own.resolve()), "a file of its own goes first"
    own.unlink()
    again = library.origin(OTHER.id)
    assert again is not None
    assert again.member == "2-bob.flac"
    assert library.origin("d" * 64) is None


def test_deleting_a_session_forgets_its_archive(
    library: Library, recording: Recording, tmp_path: Path
) -> None:
    made = Session("2026-11-20-aaaaaa", "", "tabletop", None, (recording,), tracks=(Track(),))
    library.add_session(made)
    library.remember_member(recording, Source(tmp_path / "a.zip", "x"), 5, 7)
    library.delete_session(made.id)
    assert library.origin(recording.id) is None


def test_a_library_from_before_tracks_learns_them(home: Path, tmp_path: Path) -> None:
    scripts = tmp_path / "old scripts"
    ours = Path(str(files("earwitness.store") / "migrations"))
    shutil.copytree(ours, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for script in (scripts / "versions").glob("*.py"):
        if script.name[:4] > "0005":
            script.unlink()
    place = Home(home)
    place.prepare()
    old = open_database(place, head="0005", scripts=str(scripts))
    with old.write() as connection:
        for statement in (
            "INSERT INTO recording VALUES ('" + "a" * 64 + "', 9, 1500, 1, 16000)",
            "INSERT INTO session (n, id, title, playbook, local_only, created_at) VALUES"
            " (1, '2026-11-20-aaaaaa', 'Old', 'meeting', 0, '2026-11-20T19:30:00+00:00')",
            "INSERT INTO session_recording (session, ordinal, recording, name) VALUES"
            " ('2026-11-20-aaaaaa', 0, '" + "a" * 64 + "', 'old.wav')",
        ):
            connection.exec_driver_sql(statement)
    old.close()
    with Library.open(home) as library:
        session = library.session("2026-11-20-aaaaaa")
        assert session.tracks == ()
        assert session.recordings[0].name == "old.wav"
        assert session.length_ms == 1_500
        laid = replace(session, id="2026-11-20-bbbbbb", tracks=(Track("ann", 3),))
        library.add_session(laid)
        assert library.session(laid.id).tracks == (Track("ann", 3),)
    assert len(list(place.backups.iterdir())) == 1


def test_sound_that_older_versions_kept_is_still_read() -> None:
    reel = Reel("a" * 64, "d", 16_000, 1, ())
    now = encode(Listening((reel,)))
    then = now.replace(b',"places":[]', b"").replace(b',"notices":[]}}', b"}}")
    assert then != now
    assert decode(then, Listening) == Listening((reel,))
    laid = Listening((reel,), (Place(0, 700_000, -200_000, by="sound", confidence=0.9),))
    assert decode(encode(laid), Listening) == laid
    assert laid.duration_ms == 1_701
    assert laid.tracks == (0,)
