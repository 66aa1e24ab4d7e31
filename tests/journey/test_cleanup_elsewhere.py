"""A clean library whose tables are on a server, or whose results lie in a bucket."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.objects import KEY, SECRET, ObjectServer
from tests.waste import Squalor, recording

import earwitness
from earwitness.store.objects import Objects


def test_a_library_on_a_server_is_cleaned_alike(
    tmp_path: Path, address: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if address is not None:
        monkeypatch.setenv("EARWITNESS_DATABASE", address)
    squalor = Squalor(tmp_path, address)
    kept = squalor.process(recording(tmp_path / "kept.wav", 1))
    gone = recording(tmp_path / "gone.wav", 2)
    orphan = squalor.process(gone)
    gone.unlink()
    found = earwitness.audit_sessions(home=squalor.home, output=squalor.output)
    assert [(each.category, each.name) for each in found.waste] == [("orphaned", orphan)]
    assert found.size_bytes > 0
    home, output = squalor.home, squalor.output
    planned = earwitness.cleanup_sessions(dry_run=True, home=home, output=output)
    done = earwitness.cleanup_sessions(home=home, output=output)
    assert [each.freed_bytes for each in done.removed] == [
        each.freed_bytes for each in planned.removed
    ]
    assert done.removed[0].freed_bytes == found.size_bytes
    assert squalor.sessions() == [kept]
    assert earwitness.audit_sessions(home=home, output=output).waste == ()


def test_what_lies_in_a_bucket_is_neither_missed_nor_damaged(
    tmp_path: Path, object_server: ObjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket = object_server.new_bucket()
    monkeypatch.setenv("EARWITNESS_ARTIFACTS", f"s3://{bucket.name}/{bucket.prefix}")
    monkeypatch.setenv("EARWITNESS_ARTIFACTS_ENDPOINT", object_server.url)
    monkeypatch.setenv("EARWITNESS_ARTIFACTS_REGION", "us-east-1")
    monkeypatch.setenv("EARWITNESS_ARTIFACTS_KEY_ID", KEY)
    monkeypatch.setenv("EARWITNESS_ARTIFACTS_SECRET", SECRET)
    squalor = Squalor(tmp_path)
    home, output = squalor.home, squalor.output
    path = recording(tmp_path / "one.wav", 1)
    first = squalor.process(path)
    second = squalor.process(path, playbook="screen")
    found = earwitness.audit_sessions(home=home, output=output)
    assert found.damaged == ()
    assert {each.category for each in found.waste} == {"duplicates"}
    path.unlink()
    before = sum(each.size_bytes for each in Objects(bucket).listed(""))
    found = earwitness.audit_sessions(home=home, output=output)
    assert found.of("orphaned") == (), "the bucket has the recording"
    done = earwitness.cleanup_sessions(
        categories=["orphaned", "duplicates"], home=home, output=output
    )
    left = sum(each.size_bytes for each in Objects(bucket).listed(""))
    assert squalor.sessions() == [second]
    assert [each.waste.name for each in done.removed] == [first]
    assert before - left == sum(each.freed_bytes for each in done.removed)
