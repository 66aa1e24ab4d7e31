"""Addresses of databases: what is one, what is refused, and that none of it is told."""

from __future__ import annotations

import traceback

import pytest

from earwitness.core.errors import UsageError
from earwitness.store.address import SCHEMA, read_address


def test_an_address_names_a_schema_of_its_own() -> None:
    found = read_address("postgresql://zoe:hush@db.example:5433/records?sslmode=require")
    assert found.schema == SCHEMA
    assert found.url.query == {"sslmode": "require"}
    assert found.label == "db.example:5433/records (schema earwitness)"
    other = read_address("postgres://zoe:hush@db.example/records?schema=night_1")
    assert (other.schema, other.url.query) == ("night_1", {})


@pytest.mark.parametrize(
    "host", ["?host=/run/postgresql", "?host=one:5432&host=two:5432", "", "?schema=a"]
)
def test_what_libpq_knows_is_passed_on(host: str) -> None:
    assert read_address(f"postgresql:///records{host}").url.database == "records"


def test_it_is_never_told() -> None:
    found = read_address("postgresql://zoe:hush@db.example/records?sslpassword=secret")
    for said in (repr(found), str(found), found.label):
        assert "hush" not in said
        assert "secret" not in said


@pytest.mark.parametrize(
    "text",
    [
        "hush",
        "",
        "mysql://zoe:hush@db.example/records",
        "sqlite:///hush.db",
        "postgresql://zoe:hush@db.example:hush/records",
        "postgresql://zoe:hush@db.example/records?schema=Hush",
        "postgresql://zoe:hush@db.example/records?schema=hush;drop",
        "postgresql://zoe:hush@db.example/records?schema=public",
        "postgresql://zoe:hush@db.example/records?schema=pg_hush",
        "postgresql://zoe:hush@db.example/records?schema=a&schema=b",
    ],
)
def test_what_is_none_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_address(text)
    assert caught.value.hint
    said = "".join(traceback.format_exception(caught.value, chain=True)[-1:])
    assert "zoe" not in said
    assert "hush@" not in said + repr(caught.value.__cause__)
