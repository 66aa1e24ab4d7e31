"""Many machines: one library on PostgreSQL and in a bucket, used from homes that share nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.commands import answer, shown
from tests.objects import KEY, SECRET, BadLine, ObjectServer

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.store.bucket import Bucket
from earwitness.store.library import Library
from earwitness.store.objects import Objects


@pytest.fixture
def bucket(object_server: ObjectServer) -> Bucket:
    return object_server.new_bucket()


@pytest.fixture
def machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bucket: Bucket, postgres: str
) -> pytest.MonkeyPatch:
    """Settings of every machine; `at` says which one it is."""
    monkeypatch.setenv("EARWITNESS_DATABASE", postgres)
    use(monkeypatch, bucket)
    at(monkeypatch, tmp_path, "one")
    return monkeypatch


def use(monkeypatch: pytest.MonkeyPatch, bucket: Bucket, *, endpoint: str | None = None) -> None:
    monkeypatch.setenv("EARWITNESS_ARTIFACTS", f"s3://{bucket.name}/{bucket.prefix}")
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint or bucket.endpoint or "")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)


def at(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv("EARWITNESS_HOME", str(tmp_path / name / "home"))
    monkeypatch.setenv("EARWITNESS_OUTPUT", str(tmp_path / name / "output"))


def objects_in(bucket: Bucket) -> list[str]:
    return [each.name for each in Objects(bucket).listed("")]


@contextmanager
def library() -> Iterator[Library]:
    with open_library(read_settings()) as opened:
        yield opened


def test_a_session_goes_from_machine_to_machine_and_is_deleted_on_another(
    tavern: Path, tmp_path: Path, machines: pytest.MonkeyPatch, bucket: Bucket
) -> None:
    recording = tmp_path / "one" / "scene.flac"
    recording.parent.mkdir()
    shutil.copy(tavern, recording)
    first = earwitness.process(recording, transcriber="scripted", language="en")
    session = first.session.id
    assert any("/recordings/" in name for name in objects_in(bucket))
    assert not list((tmp_path / "one" / "home" / "blobs").glob("??/*"))
    shutil.rmtree(tmp_path / "one")  # that machine is gone

    at(machines, tmp_path, "two")
    assert earwitness.record(session).transcript == first.record.transcript
    again = earwitness.rerun(session, stage="diarize")
    assert again.processed.outcome.kind in ("done", "degraded")
    heard = {step.stage for step in again.steps if not step.hit}
    assert "diarize" in heard
    scratch = tmp_path / "two" / "home" / "scratch"
    assert not [path for path in scratch.rglob("*") if path.is_file()], "sound was left behind"

    at(machines, tmp_path, "three")
    receipt = earwitness.delete_session(session)
    assert receipt.complete
    assert receipt.bytes_freed > tavern.stat().st_size
    assert objects_in(bucket) == []

    at(machines, tmp_path, "two")
    with library() as there:
        there.sweep()
    assert not list((tmp_path / "two" / "home" / "cache").glob("??/*")), "copies were left"


def test_another_file_under_the_same_path_is_not_taken_for_the_recording(
    tavern: Path, tmp_path: Path, machines: pytest.MonkeyPatch
) -> None:
    recording = tmp_path / "scene.flac"
    shutil.copy(tavern, recording)
    first = earwitness.process(recording, transcriber="scripted", language="en")
    recording.write_bytes(b"something else on this machine")
    at(machines, tmp_path, "two")
    again = earwitness.rerun(first.session.id, stage="diarize")
    assert again.processed.record.transcript == first.record.transcript
    assert recording.read_bytes() == b"something else on this machine"


def test_a_recording_is_sent_once(
    tavern: Path, machines: pytest.MonkeyPatch, bucket: Bucket
) -> None:
    told: list[str] = []
    earwitness.process(
        tavern, transcriber="scripted", language="en", listener=lambda stage, _: told.append(stage)
    )
    assert "send" in told
    told.clear()
    earwitness.process(
        tavern,
        transcriber="scripted",
        language="en",
        fresh=True,
        listener=lambda stage, _: told.append(stage),
    )
    assert "send" not in told
    assert sum("/recordings/" in name for name in objects_in(bucket)) == 1


def test_what_must_stay_here_is_refused_unless_the_store_is_ones_own(
    tavern: Path, machines: pytest.MonkeyPatch, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that leads to this machine is not known to: it might lead anywhere else."""
    port = (bucket.endpoint or "").rpartition(":")[2]
    use(machines, bucket, endpoint=f"http://store.invalid:{port}")
    command = ("process", str(tavern), "--playbook", "therapy", "--transcriber", "scripted")
    told = shown(capsys, *command, code=13)
    assert "must stay on this machine" in told
    assert "EARWITNESS_ARTIFACTS_PRIVATE" in told
    assert answer(capsys, "sessions", "list")["sessions"] == []
    use(machines, bucket)  # on this machine
    answer(capsys, *command)
    assert objects_in(bucket)


def test_the_doctor_looks_at_the_store(
    machines: pytest.MonkeyPatch, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.dumps(answer(capsys, "doctor"))
    assert f"s3://{bucket.name}" in told
    assert objects_in(bucket) == []
    machines.setenv("EARWITNESS_ARTIFACTS", "s3://no-such-bucket")
    told = json.dumps(answer(capsys, "doctor", code=1))
    assert "no such bucket" in told
    assert SECRET not in told + shown(capsys, "config", "show")
    assert KEY not in told + shown(capsys, "config", "show")


def test_a_backup_of_a_library_in_a_bucket_is_whole_and_lays_no_claim_to_it(
    tavern: Path,
    tmp_path: Path,
    machines: pytest.MonkeyPatch,
    bucket: Bucket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = earwitness.process(tavern, transcriber="scripted", language="en")
    before = objects_in(bucket)
    answer(capsys, "backup", str(tmp_path / "backup.tar"))
    for name in ("EARWITNESS_ARTIFACTS", "EARWITNESS_DATABASE"):
        machines.delenv(name)
    at(machines, tmp_path, "elsewhere")
    answer(capsys, "restore", str(tmp_path / "backup.tar"))
    assert earwitness.record(first.session.id).transcript == first.record.transcript
    assert earwitness.delete_session(first.session.id).complete
    assert objects_in(bucket) == before, "the copy touched what is not its own"


def test_restoring_over_a_library_in_a_bucket_takes_its_objects_away(
    tavern: Path,
    tmp_path: Path,
    machines: pytest.MonkeyPatch,
    bucket: Bucket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = earwitness.process(tavern, transcriber="scripted", language="en")
    answer(capsys, "backup", str(tmp_path / "backup.tar"))
    before = set(objects_in(bucket))
    answer(capsys, "restore", str(tmp_path / "backup.tar"), "--replace")
    assert earwitness.record(first.session.id).transcript == first.record.transcript
    assert not before & set(objects_in(bucket))


def test_a_transcript_survives_a_store_that_goes_away(
    tavern: Path, tmp_path: Path, machines: pytest.MonkeyPatch, bucket: Bucket, bad_line: BadLine
) -> None:
    """From the moment the recording is there, nothing is lost and nothing hangs."""
    use(machines, bucket, endpoint=bad_line.url)

    def down(stage: str, _share: float) -> None:
        if stage == "detect":
            bad_line.down()

    done = earwitness.process(tavern, transcriber="scripted", language="en", listener=down)
    assert done.outcome.kind in ("done", "degraded")
    assert earwitness.record(done.session.id).transcript == done.record.transcript
    with library() as here:
        assert here.waiting() > 0
    bad_line.up()
    with library() as here:
        here.sweep()
        assert here.waiting() == 0
    at(machines, tmp_path, "two")
    assert earwitness.record(done.session.id).transcript == done.record.transcript
