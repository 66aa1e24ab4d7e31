"""Objects: whole or absent, verified, in bounded memory; every fault of the store is told, soon."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.objects import KEY, SECRET, BadLine, ObjectServer, answer

from earwitness.core.errors import (
    ArtifactsUnavailable,
    Cancelled,
    CorruptStore,
    DiskFull,
    StoreError,
)
from earwitness.store.bucket import Bucket
from earwitness.store.objects import PIECE_BYTES, Objects, digest_in, new_name

DIGEST = hashlib.sha256(b"bytes").hexdigest()


@pytest.fixture
def bucket(object_server: ObjectServer) -> Bucket:
    return object_server.new_bucket()


@pytest.fixture
def objects(bucket: Bucket) -> Objects:
    return Objects(bucket)


@pytest.fixture
def through(bucket: Bucket, bad_line: BadLine) -> Objects:
    """The same bucket over the bad line."""
    return Objects(replace(bucket, endpoint=bad_line.url))


def test_names_are_new_each_time_and_hold_the_digest() -> None:
    one, two = (new_name("f" * 32, "blobs", DIGEST) for _ in range(2))
    assert one != two
    assert digest_in(one) == digest_in(two) == DIGEST
    assert digest_in("f" * 32 + "/blobs/ab/abc") is None
    assert digest_in("somebody's file") is None


def test_bytes_come_back_are_listed_and_deleted(objects: Objects) -> None:
    began = datetime.now(UTC)
    objects.put("m/blobs/one", b"bytes")
    objects.put("other/blobs/two", b"")
    assert objects.get("m/blobs/one") == b"bytes"
    assert objects.get("other/blobs/two") == b""
    (listed,) = objects.listed("m")
    assert (listed.name, listed.size_bytes) == ("m/blobs/one", 5)
    assert abs((listed.modified_at - began).total_seconds()) < 60
    objects.delete(["m/blobs/one", "m/blobs/never there"])
    assert list(objects.listed("m")) == []
    with pytest.raises(CorruptStore, match="gone"):
        objects.get("m/blobs/one")


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, 2 * PIECE_BYTES + 7])
def test_files_travel_whole(objects: Objects, tmp_path: Path, size: int) -> None:
    data = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    (tmp_path / "there").write_bytes(data)
    shares: list[float] = []
    digest = objects.put_file("big", tmp_path / "there", shares.append)
    assert digest == hashlib.sha256(data).hexdigest()
    assert shares == sorted(shares)
    assert not shares or shares[-1] == 1.0
    objects.fetch("big", tmp_path / "back", digest)
    assert (tmp_path / "back").read_bytes() == data


def test_another_recording_under_the_name_is_not_taken(objects: Objects, tmp_path: Path) -> None:
    objects.put("big", b"bytes")
    with pytest.raises(CorruptStore, match="damaged"):
        objects.fetch("big", tmp_path / "back", hashlib.sha256(b"other").hexdigest())
    assert list(tmp_path.iterdir()) == []


def test_sending_stops_when_it_is_told_to(objects: Objects, tmp_path: Path) -> None:
    (tmp_path / "there").write_bytes(bytes(3 * PIECE_BYTES))

    def stop(share: float) -> None:
        if share > 0.5:
            raise Cancelled("enough")

    with pytest.raises(Cancelled):
        objects.put_file("big", tmp_path / "there", stop)
    assert list(objects.listed("")) == []
    objects.put("still", b"works")


FAULTS: list[tuple[int, str, str, str]] = [
    (500, "InternalError", "server", "a fault of its own, 500"),
    (503, "ServiceUnavailable", "server", "a fault of its own, 503"),
    (503, "SlowDown", "rate_limit", "asked too often"),
    (429, "", "rate_limit", "asked too often"),
    (403, "InvalidAccessKeyId", "auth", "refuses the key"),
    (403, "SignatureDoesNotMatch", "auth", "refuses the key"),
    (401, "", "auth", "refuses the key"),
    (404, "NoSuchBucket", "client", "no such bucket"),
    (400, "InvalidArgument", "client", "refuses the request, 400"),
    (400, "AuthorizationHeaderMalformed", "client", "another region"),
    (301, "PermanentRedirect", "client", "another region"),
    (507, "XMinioStorageFull", "quota", "is full"),
]


@pytest.mark.parametrize(("status", "code", "fault", "told"), FAULTS)
def test_each_fault_is_told_with_a_hint_and_no_secret(
    through: Objects,
    bad_line: BadLine,
    status: int,
    code: str,
    fault: str,
    told: str,
) -> None:
    bad_line.gate = lambda _request: answer(status, code)
    calls: list[Callable[[], object]] = [
        lambda: through.put("name", b"bytes"),
        lambda: through.get("name"),
        lambda: list(through.listed("name")),
        lambda: through.delete(["name"]),
    ]
    asked = 1 if fault in ("auth", "client") else 4
    for number, call in enumerate(calls):
        through.breaker.leave(through.breaker.enter(), True)
        with pytest.raises(ArtifactsUnavailable, match=told) as caught:
            call()
        error = caught.value
        assert error.fault == fault
        assert error.exit_code == 8
        assert error.hint
        assert not any(each in f"{error} {error.hint}" for each in (KEY, SECRET, "canary"))
        assert error.__cause__ is None
        if code != "PermanentRedirect":
            assert len(bad_line.requests) == asked * (number + 1), "asked too often, or too seldom"


def test_a_passing_fault_is_not_told(through: Objects, bad_line: BadLine) -> None:
    left = iter([answer(500), answer(503, "SlowDown"), answer(500)])
    bad_line.gate = lambda _request: next(left, None)
    through.put("name", b"bytes")
    assert through.get("name") == b"bytes"


def test_an_answer_that_is_cut_off_is_fetched_again_or_told(
    through: Objects, bad_line: BadLine, tmp_path: Path
) -> None:
    data = b"x" * 100_000
    through.put("name", data)
    bad_line.cut_after = 5_000
    with pytest.raises(ArtifactsUnavailable):
        through.get("name")
    with pytest.raises(ArtifactsUnavailable):
        through.fetch("name", tmp_path / "back", hashlib.sha256(data).hexdigest())
    assert list(tmp_path.iterdir()) == []
    bad_line.cut_after = None
    assert through.get("name") == data


def test_a_store_that_says_nothing_is_given_up_in_time(bucket: Bucket, bad_line: BadLine) -> None:
    bad_line.mute = True
    silent = Objects(replace(bucket, endpoint=bad_line.url, timeout_s=0.3))
    began = time.monotonic()
    with pytest.raises(ArtifactsUnavailable, match="out of reach") as caught:
        silent.get("name")
    assert caught.value.fault == "network"
    assert time.monotonic() - began < 5


def test_a_store_that_is_not_there_is_left_alone_after_a_while(bucket: Bucket) -> None:
    now = [0.0]
    away = Objects(replace(bucket, endpoint="http://127.0.0.1:9"), clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(ArtifactsUnavailable, match="out of reach"):
            away.put("name", b"bytes")
    with pytest.raises(ArtifactsUnavailable, match="left alone") as caught:
        away.put("name", b"bytes")
    assert caught.value.fault == "open"
    assert caught.value.hint
    now[0] = 31.0
    with pytest.raises(ArtifactsUnavailable, match="out of reach"):
        away.put("name", b"bytes")


def test_a_full_disk_leaves_nothing(objects: Objects, tmp_path: Path) -> None:
    """The child's files may not grow past a limit, which is told as a full disk is."""
    objects.put("big", bytes(300_000))
    child = f"""
import resource, sys
from pathlib import Path
from earwitness.core.errors import DiskFull
from earwitness.store.bucket import Bucket
from earwitness.store.objects import Objects

objects = Objects(Bucket({objects.bucket.name!r}, "pre/fix", {objects.bucket.endpoint!r},
                         "us-east-1", {KEY!r}, {SECRET!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    objects.fetch("big", Path({str(tmp_path)!r}) / "back", "0" * 64)
except DiskFull as error:
    sys.stdout.write(str(error.exit_code))
"""
    done = subprocess.run(
        [sys.executable, "-c", child], check=False, capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, str(DiskFull.exit_code)), done.stderr
    assert list(tmp_path.iterdir()) == []


def test_without_the_package_it_is_told_which(
    objects: Objects, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "obstore.store", None)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StoreError, match="obstore") as caught:
        objects.put("name", b"bytes")
    assert caught.value.hint == "pip install 'earwitness[server]'"


def test_a_check_leaves_nothing(objects: Objects) -> None:
    objects.check()
    assert list(objects.listed("")) == []


SENDER = """
import sys
from pathlib import Path
from earwitness.store.bucket import Bucket
from earwitness.store.objects import Objects

def peak_kb():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

objects = Objects(Bucket(sys.argv[1], "p", sys.argv[2], "us-east-1", "k", "s"))
before = peak_kb()
if sys.argv[3] == "send":
    sys.stdout.write(objects.put_file("big", Path(sys.argv[4])))
else:
    objects.fetch("big", Path(sys.argv[4]), sys.argv[5])
sys.stdout.write(f" {peak_kb() - before}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_memory_does_not_grow_with_the_recording(objects: Objects, tmp_path: Path) -> None:
    """200 MB each way in less than 120 MB: a few pieces of 8 MiB and what the library keeps."""
    size = 200_000_000
    with (tmp_path / "there").open("wb") as file:
        file.truncate(size)
    where = [objects.bucket.name, objects.bucket.endpoint or ""]

    def run(*told: str) -> list[str]:
        command = [sys.executable, "-c", SENDER, *where, *told]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    digest, grown = run("send", str(tmp_path / "there"))
    assert int(grown) * 1024 < 120_000_000
    (grown,) = run("fetch", str(tmp_path / "back"), digest)
    assert int(grown) * 1024 < 120_000_000
    assert (tmp_path / "back").stat().st_size == size
