"""A profile file: its owner's, byte for byte; lists only grow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UsageError
from earwitness.core.profile import CATEGORIES, Entry, Profile
from earwitness.core.profile_file import EMPTY, add_to, read_profiles

ROW: dict[str, object] = {
    "character": "Thorin",
    "category": "quotes",
    "type": "quote",
    "content": "By my beard!",
    "timestamp": "01:23:45",
    "confidence": 0.9,
    "context": "",
    "id": "3f9c01d2",
    "evidence": [7],
    "context_ids": [],
}
ENTRY = {
    "content": "By my beard!",
    "type": "quote",
    "timestamp": "01:23:45",
    "confidence": 0.9,
    "session_id": "night",
    "evidence": [7],
}
OWN = """{
  "campaign": {"name": "M9", "note": "caf\\u00e9 1.50e2"},
  "profiles": [
    {
      "name": "Thorin",
      "aliases": ["Oakenshield"],
      "hp": 1.0e1,
      "quotes": [
        "Never."
      ]
    }
  ]
}
"""


def test_profiles_are_read_with_all_their_names_and_entries() -> None:
    told = {
        "name": "Thorin",
        "aliases": ["Oakenshield"],
        "memorable_moments": [ENTRY, "slept in"],
        "relationships": [{"content": "trusts her", "with": "Mira", "relation": "friend"}],
        "hp": 10,
    }
    wanted = Profile(
        "Thorin",
        ("Oakenshield",),
        (
            Entry("memorable_moments", "By my beard!", "night", 5_025_000, (), "quote"),
            Entry("memorable_moments", "slept in"),
            Entry("relationships", "trusts her", None, None, ("Mira",), None, "friend"),
        ),
    )
    assert read_profiles(json.dumps(told)) == (wanted,), "one profile alone"
    assert read_profiles(json.dumps({"profiles": [told]})) == (wanted,)
    assert read_profiles(EMPTY) == read_profiles("{}") == ()


def test_an_entry_is_put_at_the_end_of_its_list_and_laid_out_like_the_others() -> None:
    made = add_to(OWN, "night", [ROW | {"character": "oakenshield"}])
    written = json.dumps(ENTRY)
    assert made == OWN.replace('"Never."\n', f'"Never.",\n        {written}\n')


def test_a_list_and_a_profile_that_are_not_there_are_made() -> None:
    made = add_to(OWN, "night", [ROW | {"category": "goals"}, ROW | {"character": "Mira"}])
    told = json.loads(made)
    assert [each["name"] for each in told["profiles"]] == ["Thorin", "Mira"]
    assert told["profiles"][0]["goals"] == [ENTRY]
    assert told["profiles"][1] == {"name": "Mira", "quotes": [ENTRY]}
    for text in ("{}", EMPTY, '{"note": 1}'):
        assert json.loads(add_to(text, "night", [ROW]))["profiles"] == [
            {"name": "Thorin", "quotes": [ENTRY]}
        ]


def test_the_file_of_one_profile_takes_no_other_one() -> None:
    alone = '{"name": "Thorin"}'
    assert json.loads(add_to(alone, "night", [ROW])) == {"name": "Thorin", "quotes": [ENTRY]}
    with pytest.raises(UsageError, match="somebody else"):
        add_to(alone, "night", [ROW | {"character": "Mira"}])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "JSON"),
        ('{"profiles": [', "JSON"),
        ("[]", "a list `profiles`"),
        ('{"profiles": {}}', "a list `profiles`"),
        ('{"profiles": [7]}', "profile 1 is no object"),
        ('{"profiles": [{}]}', "profile 1 has no `name`"),
        ('{"name": "T", "aliases": "x"}', "`aliases` is a list"),
        ('{"name": "T", "quotes": {}}', "`quotes` is a list"),
        ('{"name": "T", "quotes": [{"words": "secret"}]}', "`quotes` 1 is no text"),
        ('{"name": "T", "name": "secret"}', "stands twice"),
        ('{"profiles": [{"name": "T"}, {"name": "U", "aliases": ["t"]}]}', "two profiles"),
        ("[" * 100_000, "JSON|deep"),
    ],
)
def test_what_is_no_file_of_profiles_is_refused_by_its_place(text: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as error:
        read_profiles(text)
    assert error.value.hint == "see docs/how-to-profiles.md"
    assert "secret" not in str(error.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
ENTRIES = st.lists(
    st.text(max_size=8)
    | st.fixed_dictionaries({"content": st.text(max_size=8)}, optional={"x": JSON}),
    max_size=3,
)
KEYS = st.text(max_size=6).filter(lambda key: key not in ("name", "aliases", *CATEGORIES))
PROFILES = st.tuples(
    st.dictionaries(KEYS, JSON, max_size=3),
    st.dictionaries(st.sampled_from(CATEGORIES), ENTRIES, max_size=3),
    st.sampled_from(["Thorin", "Mira", "Elara"]),
).map(lambda parts: {**parts[0], "name": parts[2], **parts[1]})
FILES = st.builds(
    lambda rest, profiles: {**rest, "profiles": profiles},
    st.dictionaries(KEYS.filter(lambda key: key != "profiles"), JSON, max_size=2),
    st.lists(PROFILES, max_size=3, unique_by=lambda each: each["name"]),
)
ROWS = st.lists(
    st.builds(
        lambda whose, category, content: (
            ROW | {"character": whose, "category": category, "content": content}
        ),
        st.sampled_from(["Thorin", "mira", "Zoë"]),
        st.sampled_from(CATEGORIES),
        st.text(min_size=1, max_size=8),
    ),
    max_size=5,
)


@given(FILES, ROWS, st.sampled_from([None, 1, 2, "\t"]), st.booleans())
def test_whatever_is_added_nothing_that_stood_there_changes(
    told: dict[str, Any], rows: list[dict[str, object]], indent: int | str | None, ascii: bool
) -> None:
    before = json.dumps(told, indent=indent, ensure_ascii=ascii)
    after = add_to(before, "night", rows)
    _only_more(told, json.loads(after))
    kept = iter(after)
    assert all(sign in kept for sign in before), "not one character of it is gone"
    assert add_to(after, "night", []) == after


def _only_more(old: Any, new: Any) -> None:  # noqa: ANN401 - any JSON
    """Everything is there, in its place; lists of entries and of profiles may have grown."""
    for key, value in old.items():
        if key == "profiles":
            assert len(new[key]) >= len(value)
            for one, other in zip(value, new[key], strict=False):
                _only_more(one, other)
        elif key in CATEGORIES:
            assert new[key][: len(value)] == value
        else:
            assert new[key] == value
