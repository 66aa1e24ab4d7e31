"""Speaker mapping: the shape of the file, its JSON Schema, and that both say the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UsageError
from earwitness.core.mapping import (
    SCHEMA,
    check_mapping,
    json_schema,
    read_mapping,
    to_mapping,
    write_mapping,
)
from earwitness.core.people import Character, Person, Series

APPENDIX = {
    "campaign": "broken_seekers",
    "mappings": {
        "speaker_embedding_001": {"name": "Alice", "character": "Elara", "role": "player"},
        "speaker_embedding_003": {"name": "Charlie", "character": None, "role": "dm"},
    },
}
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))


def test_the_shape_that_was_asked_for_is_read() -> None:
    campaign, people = read_mapping(json.dumps(APPENDIX))
    assert campaign == "broken_seekers"
    assert people == (
        Person("speaker_embedding_001", "Alice", "player", (), (Character("Elara"),)),
        Person("speaker_embedding_003", "Charlie", "dm"),
    )
    assert VALIDATOR.is_valid(APPENDIX)


def test_what_is_written_is_read_back_and_keeps_the_schema() -> None:
    _, people = read_mapping(json.dumps(APPENDIX))
    more = Person(
        "x-1", "Zoë", "therapist", ("Z", "Zo"), tuple(Character(n) for n in ("A", "B", "C"))
    )
    series = Series("abc", "Night  shift", cast=(*people, more))
    text = write_mapping(series)
    assert read_mapping(text) == ("Night  shift", series.cast)
    assert json.loads(text)["schema"] == SCHEMA
    VALIDATOR.validate(to_mapping(series))


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(json_schema()))


def row(**changes: object) -> dict[str, object]:
    made: dict[str, object] = {"name": "Alice", "character": None, "role": "player", **changes}
    return {"campaign": "c", "mappings": {"k": {k: v for k, v in made.items() if v != "GONE"}}}


WRONG: list[object] = [
    [],
    {},
    {"campaign": "c"},
    {"campaign": "", "mappings": {}},
    {"campaign": "c", "mappings": []},
    {"campaign": "c", "mappings": {}, "more": 1},
    {"campaign": "c", "mappings": {}, "schema": "earwitness/speaker-mapping@2"},
    {"campaign": "c", "mappings": {"": {"name": "A", "character": None, "role": "dm"}}},
    {"campaign": "c", "mappings": {"a b": {"name": "A", "character": None, "role": "dm"}}},
    {"campaign": "c", "mappings": {"k": "Alice"}},
    row(name="GONE"),
    row(character="GONE"),
    row(role="GONE"),
    row(name=" Alice"),
    row(name="Alice\n"),
    row(name="a\x07b"),
    row(name="x" * 201),
    row(name=7),
    row(character=""),
    row(character=["Elara"]),
    row(role="Game master"),
    row(role=""),
    row(role="dm\n"),
    row(role=None),
    row(aliases="Al"),
    row(aliases=[""]),
    row(characters=[1]),
    row(email="alice@example.org"),
]


@pytest.mark.parametrize("told", WRONG, ids=range(len(WRONG)))
def test_what_breaks_a_rule_is_refused_by_both(told: object) -> None:
    with pytest.raises(UsageError):
        check_mapping(told)
    assert not VALIDATOR.is_valid(told)


def test_what_is_no_json_is_refused_and_never_repeated() -> None:
    with pytest.raises(UsageError) as error:
        read_mapping('{"campaign": "secret name"')
    assert "secret" not in str(error.value) + error.value.hint
    with pytest.raises(UsageError) as error:
        check_mapping(row(role="Secret Name"))
    assert "Secret" not in str(error.value) + error.value.hint


NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6) | st.sampled_from(
    ["Ann", " Ann", "a\u2028b", "a b", "\u00a0"]
)
LISTS = st.lists(NAMES, max_size=2)
ROWS = st.fixed_dictionaries(
    {"name": NAMES, "character": st.none() | NAMES, "role": st.sampled_from(["dm", "Dm", "a-1"])},
    optional={"aliases": LISTS, "characters": LISTS},
)
FILES = st.fixed_dictionaries(
    {"campaign": NAMES, "mappings": st.dictionaries(st.sampled_from(["a", "b.c", "-"]), ROWS)}
)


@given(FILES)
def test_rules_and_schema_agree(told: dict[str, Any]) -> None:
    try:
        check_mapping(told)
        kept = True
    except UsageError:
        kept = False
    assert VALIDATOR.is_valid(told) == kept
