"""Profile updates as a file: the shape that was asked for, its JSON Schema, and that both agree."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UsageError
from earwitness.core.profile import CATEGORIES, UPDATE_TYPES, Suggestions, Update, update_id
from earwitness.core.profile_updates import (
    SCHEMA,
    check_updates,
    json_schema,
    read_updates,
    start_ms,
    to_wire,
    write_updates,
)

UPDATE: dict[str, object] = {
    "character": "Thorin",
    "category": "memorable_moments",
    "type": "critical_hit",
    "content": "Rolled natural 20 on intimidation check",
    "timestamp": "01:23:45",
    "confidence": 0.95,
    "context": "Confronting the goblin chief",
}
APPENDIX = {"session_id": "session_001", "updates": [UPDATE]}
VALIDATOR = jsonschema.Draft202012Validator(json.loads(json_schema()))

FOUND = Suggestions(
    "2026-11-20-k3f9qz",
    (
        Update(
            "Thorin",
            "quotes",
            "quote",
            "Nooit!",
            5_025_000,
            0.8,
            "Erbij.",
            (3, 4),
            (2,),
            like="Nee",
        ),
        Update(
            "Mïra",
            "relationships",
            "relationship",
            "You are my brother.",
            360_000_000,
            None,
            "",
            (7,),
            others=("Thorin",),
            relation="brother",
        ),
    ),
)


def test_the_shape_that_was_asked_for_is_read() -> None:
    VALIDATOR.validate(APPENDIX)
    session, (row,) = read_updates(json.dumps(APPENDIX))
    assert session == "session_001"
    assert row == UPDATE
    assert start_ms(row) == 5_025_000


def test_what_is_written_keeps_the_schema_and_is_read_back() -> None:
    made = to_wire(FOUND)
    VALIDATOR.validate(made)
    assert made["schema"] == SCHEMA
    session, (quote, pair) = read_updates(write_updates(FOUND))
    assert session == FOUND.session
    assert quote == {
        "character": "Thorin",
        "category": "quotes",
        "type": "quote",
        "content": "Nooit!",
        "timestamp": "01:23:45",
        "confidence": 0.8,
        "context": "Erbij.",
        "id": update_id(FOUND.session, FOUND.updates[0]),
        "evidence": [3, 4],
        "context_ids": [2],
        "like": "Nee",
    }
    assert (pair["timestamp"], pair["with"], pair["relation"]) == (
        "100:00:00",
        ["Thorin"],
        "brother",
    )
    assert pair["confidence"] is None


def test_the_schema_is_a_schema_and_knows_all_words() -> None:
    schema = json.loads(json_schema())
    jsonschema.Draft202012Validator.check_schema(schema)
    fields = schema["$defs"]["update"]["properties"]
    assert fields["category"]["enum"] == list(CATEGORIES)
    assert fields["type"]["enum"] == list(UPDATE_TYPES)


def row(**changes: object) -> dict[str, object]:
    made = UPDATE | changes
    return {"session_id": "s", "updates": [{k: v for k, v in made.items() if v != "GONE"}]}


RELATED = {"category": "relationships", "type": "relationship"}
WRONG: list[object] = [
    [],
    {},
    {"session_id": "s"},
    {"session_id": "", "updates": []},
    {"session_id": 7, "updates": []},
    {"session_id": "s", "updates": {}},
    {"session_id": "s", "updates": [7]},
    {"session_id": "s", "updates": [], "schema": "earwitness/profile-updates@2"},
    *(row(**{name: "GONE"}) for name in UPDATE),
    row(character=" "),
    row(category="secrets"),
    row(type="nap"),
    row(content=""),
    row(context=None),
    row(timestamp="1:23:45"),
    row(timestamp="01:23:60"),
    row(timestamp="01:23:45\n"),
    row(timestamp=5025),
    row(confidence=1.01),
    row(confidence=-0.1),
    row(confidence=True),
    row(confidence="0.9"),
    row(evidence=[-1]),
    row(evidence=["3"]),
    row(context_ids=3),
    row(id=3),
    row(like=""),
    row(relation="brother"),
    row(**{"with": "Mira"}),
    row(**RELATED),
    row(**RELATED, relation="brother"),
    row(**RELATED, relation="brother", **{"with": []}),
    row(**RELATED, relation="brother", **{"with": ["A", "B"]}),
    row(**RELATED, **{"with": ["A"]}),
]


@pytest.mark.parametrize("told", WRONG, ids=range(len(WRONG)))
def test_what_breaks_a_rule_is_refused_by_both(told: object) -> None:
    with pytest.raises(UsageError) as error:
        check_updates(told)
    assert error.value.hint
    assert not VALIDATOR.is_valid(told)


def test_a_mistake_is_told_by_its_place_and_never_repeated() -> None:
    with pytest.raises(UsageError, match="update 1: `category` is one of memorable") as error:
        check_updates(row(category="a secret", content="what was said"))
    assert "secret" not in str(error.value)
    with pytest.raises(UsageError, match="is JSON") as error:
        read_updates('{"session_id": "secret"')
    assert "secret" not in str(error.value)


def test_more_fields_are_passed_over() -> None:
    told = row(mood="glad") | {"by": "hand"}
    check_updates(told)
    VALIDATOR.validate(told)


TEXTS = st.sampled_from(["", " ", "Mira", "é", "\u2028", "\x1f", "\u0085", "\u00a0"])
ROWS = st.fixed_dictionaries(
    {
        "character": TEXTS,
        "category": st.sampled_from([*CATEGORIES, "x"]),
        "type": st.sampled_from([*UPDATE_TYPES, None]),
        "content": TEXTS,
        "timestamp": st.sampled_from(["00:00:00", "١٢:00:00", "99:59:59", "10000:00:00", "x"]),
        "confidence": st.none() | st.floats(-0.5, 1.5) | st.integers(-1, 2),
        "context": TEXTS | st.none(),
    },
    optional={
        "evidence": st.lists(st.integers(-1, 3), max_size=2),
        "with": st.lists(TEXTS, max_size=2),
        "relation": TEXTS,
        "like": TEXTS,
    },
)
FILES = st.fixed_dictionaries({"session_id": TEXTS, "updates": st.lists(ROWS, max_size=2)})


@given(FILES)
def test_rules_and_schema_agree(told: dict[str, Any]) -> None:
    try:
        check_updates(told)
        kept = True
    except UsageError:
        kept = False
    assert VALIDATOR.is_valid(told) == kept
