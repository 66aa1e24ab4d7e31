"""Far: what must stay stays, what waits is sent, and a library without its store says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.objects import BadLine, ObjectServer

from earwitness.core.errors import ArtifactsUnavailable, SourceNotFound, StoreError, UsageError
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Heard, Segment, Word
from earwitness.store.blobs import digest_of
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library
from earwitness.store.objects import Objects

SOUND = b"sound"


def heard(text: str) -> Heard:
    return Heard((Segment(Span(0, 900), (Word(text, Span(0, 900)),)),))


def new_session(library: Library, suffix: str, *, local_only: bool = False) -> str:
    recording = Recording(digest_of(SOUND), "scene.wav", len(SOUND), None, 1, 16_000)
    made = Session(f"2026-11-20-{suffix}", "", "meeting", None, (recording,), local_only=local_only)
    library.add_session(made)
    return made.id


@pytest.fixture
def bucket(object_server: ObjectServer) -> Bucket:
    return object_server.new_bucket()


@pytest.fixture
def elsewhere(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The same bucket as if it were on another machine."""
    monkeypatch.setattr(Bucket, "_is_loopback", False)
    return bucket


def test_nothing_of_a_session_that_must_stay_is_sent(home: Path, elsewhere: Bucket) -> None:
    with Library.open(home, artifacts=elsewhere) as library:
        bound, free = (
            new_session(library, "aaaaaa", local_only=True),
            new_session(library, "bbbbbb"),
        )
        kept = library.put("kept", "transcribe", bound, heard("secret"))
        library.put("sent", "transcribe", free, heard("hello"))
        sound = home / "scene.wav"
        sound.write_bytes(SOUND)
        assert not library.keep_original(digest_of(SOUND), sound)
        library.sweep()
        assert library.get(kept, Heard) == heard("secret")
        assert library._folder.path(kept).exists()
        library.delete_session(bound)
        assert not library._folder.path(kept).exists()
        assert library.keep_original(digest_of(SOUND), sound)
    stored = Objects(elsewhere)
    every = [stored.get(each.name) for each in stored.listed("")]
    assert len(every) == 2
    assert not any(b"secret" in data for data in every)


def test_the_store_may_be_declared_ones_own(home: Path, elsewhere: Bucket) -> None:
    with Library.open(home, artifacts=replace(elsewhere, private=True)) as library:
        bound = new_session(library, "aaaaaa", local_only=True)
        library.put("sent", "transcribe", bound, heard("secret"))
    assert len(list(Objects(elsewhere).listed(""))) == 1


def test_older_results_are_sent_and_their_files_go(home: Path, bucket: Bucket) -> None:
    with Library.open(home) as library:
        session = new_session(library, "aaaaaa")
        digests = [library.put(f"{n}", "x", session, heard(f"{n}")) for n in range(3)]
    with Library.open(home, artifacts=bucket) as library:
        assert library.get(digests[0], Heard) == heard("0")
        assert library.waiting() == 3
        assert library.send_waiting(at_most=1) == 1
        assert library.send_waiting() == 2
        library.sweep()
        assert list(library._folder.digests()) == []
        assert [library.get(digest, Heard) for digest in digests] == [heard(f"{n}") for n in "012"]


def test_a_library_without_its_store_says_so(home: Path, bucket: Bucket) -> None:
    with Library.open(home, artifacts=bucket) as library:
        session = new_session(library, "aaaaaa")
        digest = library.put("key", "transcribe", session, heard("hello"))
    with Library.open(home) as library:
        with pytest.raises(StoreError, match="none is set") as caught:
            library.get(digest, Heard)
        assert "EARWITNESS_ARTIFACTS" in caught.value.hint
        assert not library.delete_session(session).complete
    with Library.open(home, artifacts=bucket) as library:
        assert library.settle().complete
    assert list(Objects(bucket).listed("")) == []


def test_on_a_server_it_is_not_opened_without_its_store(
    tmp_path: Path, bucket: Bucket, postgres: str
) -> None:
    Library.open(tmp_path / "one", database=postgres, artifacts=bucket).close()
    with pytest.raises(UsageError, match="none is set"):
        Library.open(tmp_path / "two", database=postgres)


def test_two_libraries_in_one_bucket_leave_each_other_alone(tmp_path: Path, bucket: Bucket) -> None:
    with (
        Library.open(tmp_path / "one", artifacts=bucket) as one,
        Library.open(tmp_path / "two", artifacts=bucket) as two,
    ):
        digest = one.put("key", "transcribe", new_session(one, "aaaaaa"), heard("hello"))
        two.sweep(stale_seconds=0, grace_seconds=0)
        assert one._cache is not None
        one._cache.drop(digest)
        assert one.get(digest, Heard) == heard("hello")


def test_a_deletion_while_the_store_is_away_is_finished_later(
    home: Path, bucket: Bucket, bad_line: BadLine
) -> None:
    with Library.open(home, artifacts=replace(bucket, endpoint=bad_line.url)) as library:
        session = new_session(library, "aaaaaa")
        library.put("key", "transcribe", session, heard("hello"))
        bad_line.down()
        assert not library.delete_session(session).complete
        assert library.find("key") is None
        bad_line.up()
        assert library.settle().complete
    assert list(Objects(bucket).listed("")) == []


def test_a_recording_that_changed_is_not_kept(home: Path, bucket: Bucket, tmp_path: Path) -> None:
    with Library.open(home, artifacts=bucket) as library:
        new_session(library, "aaaaaa")
        other = tmp_path / "scene.wav"
        other.write_bytes(b"another sound")
        with pytest.raises(SourceNotFound):
            library.keep_original(digest_of(SOUND), other)
        assert not library.keeps_original(digest_of(SOUND))
        assert not library.fetch_original(digest_of(SOUND), tmp_path / "back")
    assert list(Objects(bucket).listed("")) == []


def test_a_recording_cannot_be_sent_while_the_store_is_away(
    home: Path, bucket: Bucket, bad_line: BadLine, tmp_path: Path
) -> None:
    sound = tmp_path / "scene.wav"
    sound.write_bytes(SOUND)
    with Library.open(home, artifacts=replace(bucket, endpoint=bad_line.url)) as library:
        new_session(library, "aaaaaa")
        bad_line.down()
        with pytest.raises(ArtifactsUnavailable):
            library.keep_original(digest_of(SOUND), sound)
        bad_line.up()
        assert library.keep_original(digest_of(SOUND), sound)
        assert library.fetch_original(digest_of(SOUND), tmp_path / "back")
    assert (tmp_path / "back").read_bytes() == SOUND
