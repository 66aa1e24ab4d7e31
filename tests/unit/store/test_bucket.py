"""Bucket: addresses are read or refused, secrets are never repeated, and loopback is told apart."""

from __future__ import annotations

import pytest

from earwitness.core.errors import UsageError
from earwitness.store.bucket import Bucket, read_bucket

CREDENTIALS = ("AKCANARY", "canary-secret", None)


@pytest.mark.parametrize(
    ("address", "name", "prefix"),
    [
        ("s3://tapes", "tapes", ""),
        ("s3://tapes/", "tapes", ""),
        (" s3://my.tapes-2/a/b/ ", "my.tapes-2", "a/b"),
    ],
)
def test_an_address_is_read(address: str, name: str, prefix: str) -> None:
    bucket = read_bucket(address)
    assert (bucket.name, bucket.prefix) == (name, prefix)


@pytest.mark.parametrize(
    "address",
    [
        "tapes",
        "/tapes",
        "file:///tapes",
        "gs://tapes",
        "s3://",
        "s3://T",
        "s3://tapes/a//b",
        "s3://tapes/a b",
        "s3://tapes/x?y=1",
        "s3://AKCANARY:canary-secret@tapes/x",
    ],
)
def test_another_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_bucket(address)
    assert caught.value.hint
    assert "canary" not in f"{caught.value} {caught.value.hint}".lower()


def test_half_a_key_and_an_endpoint_without_one_are_refused() -> None:
    with pytest.raises(UsageError, match="one half"):
        read_bucket("s3://tapes", credentials=("AKCANARY", None, None))
    with pytest.raises(UsageError, match="no key"):
        read_bucket("s3://tapes", endpoint="https://store.example")
    with pytest.raises(UsageError, match="endpoint"):
        read_bucket("s3://tapes", endpoint="store.example:9000", credentials=CREDENTIALS)


def test_no_secret_is_shown() -> None:
    bucket = read_bucket(
        "s3://tapes/x", endpoint="https://store.example:9000/", credentials=CREDENTIALS
    )
    assert "canary" not in (repr(bucket) + bucket.label).lower()
    assert bucket.label == "s3://tapes/x at store.example:9000"


@pytest.mark.parametrize(
    ("endpoint", "here", "plain"),
    [
        (None, False, False),
        ("http://127.0.0.1:9000", True, False),
        ("http://[::1]:9000", True, False),
        ("http://localhost:9000", True, False),
        ("https://localhost.example", False, False),
        ("http://127.0.0.1.example:9000", False, True),
        ("http://10.0.0.7:9000", False, True),
        ("https://store.example", False, False),
    ],
)
def test_only_this_machine_is_this_machine(endpoint: str | None, here: bool, plain: bool) -> None:
    bucket = Bucket("tapes", endpoint=endpoint)
    assert (bucket.stays_here, bucket.is_plain) == (here, plain)
    assert Bucket("tapes", endpoint=endpoint, private=True).stays_here
