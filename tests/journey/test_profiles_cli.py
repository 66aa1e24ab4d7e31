"""Profile updates on the command line: from a session to suggestions, and into one's own file."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
from tests.commands import answer, shown
from tests.faulty import Call, FaultyService, Reply
from tests.modelling import answered, said_in

import earwitness
from earwitness.core.profile_updates import json_schema

NIGHT = (
    ("ANN", "I promise you, Thorin, we will find your father!", "IC"),
    ("BOB", "That's a natural twenty!", "MECHANICS"),
    ("BOB", "You are my sister in all but blood, Mira.", "IC"),
    ("ANN", "I promise I'll bring the pizza next week.", "OOC"),
    ("CAS", "I have changed since the tower fell.", "IC"),
    ("MAX", "The troll rolls a natural one!", "MECHANICS"),
)
DUTCH = (
    ("ANN", "Ik zweer dat we je vader vinden, Thorin.", "IC"),
    ("BOB", "Een natuurlijke twintig!", "MECHANICS"),
    ("CAS", "Ik ben veranderd sinds de toren viel.", "IC"),
)


def play(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    *,
    night: tuple[tuple[str, str, str], ...] = NIGHT,
    language: str = "en",
    more: tuple[str, ...] = (),
) -> str:
    """A session of lines of which people said what they are."""
    cues = [
        f"{n + 1}\n00:{n:02}:10,000 --> 00:{n:02}:14,000\n{who}: {text}\n"
        for n, (who, text, _) in enumerate(night)
    ]
    path = folder / f"{language}.srt"
    path.write_text("\n".join(cues), "utf-8")
    told = answer(
        capsys, "import", str(path), "--language", language, "--playbook", "tabletop", *more
    )
    for n, (_, _, stance) in enumerate(night):
        shown(capsys, "edit", "stance", str(told["session"]), str(n), stance)
    return str(told["session"])


@pytest.fixture
def campaign(capsys: pytest.CaptureFixture[str]) -> str:
    shown(capsys, "series", "add", "M9", "--playbook", "tabletop")
    for name, role, character in (
        ("Ann", "player", "Mira"),
        ("Bob", "player", "Thorin"),
        ("Max", "dm", None),
    ):
        plays = ("--character", character) if character else ()
        shown(capsys, "series", "person", "M9", name, "--role", role, *plays)
    return "M9"


@pytest.fixture
def night(campaign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    return play(capsys, tmp_path, more=("--series", campaign))


def rows(told: dict[str, object]) -> list[dict[str, object]]:
    found = told["updates"]
    assert isinstance(found, list)
    return found


def test_what_a_session_adds_is_told_in_the_shape_that_was_asked_for(
    night: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = answer(capsys, "profiles", "suggest", night)
    jsonschema.Draft202012Validator(json.loads(json_schema())).validate(told)
    assert told["session_id"] == night
    assert [
        (each["character"], each["category"], each["type"], each["timestamp"], each["evidence"])
        for each in sorted(rows(told), key=lambda each: str(each["timestamp"]))
    ] == [
        ("Mira", "goals", "promise", "00:00:10", [0]),
        ("Thorin", "memorable_moments", "critical_hit", "00:01:10", [1]),
        ("Thorin", "relationships", "relationship", "00:02:10", [2]),
    ]
    assert told["asked"] == [
        {"name": "CAS", "why": "unknown_name", "count": 1, "evidence": [4], "choices": []}
    ]
    assert told["left_out"] == {"known": 0, "merged": 0, "of_leader": 1}
    assert "pizza" not in json.dumps(told)


def test_people_see_it_by_character(night: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = shown(capsys, "profiles", "suggest", night)
    assert "3 updates for 2 profiles" in told
    assert told.index("Mira (1)") < told.index("Thorin (2)")
    assert "00:00:10  promise" in told
    assert "sister: Mira" in told
    assert "CAS is not in the cast; 1 update waits (lines 4; --means 'CAS=WHOM')" in told
    answered = shown(capsys, "profiles", "suggest", night, "--means", "CAS=Elara")
    assert "Elara (1)" in answered
    assert "Who is this?" not in answered


def test_what_is_approved_is_added_once_and_nothing_else_changes(
    night: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    party, updates = tmp_path / "party.json", tmp_path / "updates.json"
    own = (
        '\ufeff{"profiles": [\r\n {"name": "Thorin the Bold", "aliases": ["thorin"],\r\n'
        '  "quotes": [],  "fear": "caf\\u00e9s"}]}\r\n'
    )
    party.write_bytes(own.encode())
    told = answer(
        capsys, "profiles", "suggest", night, "--profile", str(party), "--output", str(updates)
    )
    assert party.read_bytes() == own.encode(), "nothing changes before somebody says so"
    assert {each["character"] for each in rows(told)} == {"Mira", "Thorin the Bold"}
    (dice,) = [each for each in rows(told) if each["type"] == "critical_hit"]
    merged = ("profiles", "merge", str(updates), str(dice["id"]), "--profile", str(party))
    assert answer(capsys, *merged) == {
        "file": str(party),
        "added": 1,
        "known": 0,
        "new_profiles": [],
    }
    kept = party.read_bytes().decode()
    assert kept.startswith(own[: own.index('"}]}') + 1])
    assert kept.endswith("}]}\r\n")
    assert answer(capsys, *merged)["known"] == 1
    assert party.read_bytes().decode() == kept
    again = answer(capsys, "profiles", "suggest", night, "--profile", str(party))
    assert len(rows(again)) == 2
    assert again["left_out"] == {"known": 1, "merged": 0, "of_leader": 1}
    told_all = shown(capsys, "profiles", "merge", str(updates), "--profile", str(party))
    assert "2 added, 1 stood there already, new profiles: Mira" in told_all


def test_a_file_that_is_not_there_is_made_to_be_read(
    night: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    party, updates = tmp_path / "new.json", tmp_path / "updates.json"
    shown(capsys, "profiles", "suggest", night, "--output", str(updates))
    shown(capsys, "profiles", "merge", str(updates), "--profile", str(party))
    text = party.read_text()
    assert text.startswith('{\n  "profiles": [\n    {\n      "name": ')
    assert {each["name"] for each in json.loads(text)["profiles"]} == {"Mira", "Thorin"}


def test_mistakes_are_told_with_what_to_do(
    night: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken, updates = tmp_path / "broken.json", tmp_path / "updates.json"
    broken.write_text('{"profiles": [{"name": "T", "quotes": 7}]}')
    told = shown(capsys, "profiles", "suggest", night, "--profile", str(broken), code=2)
    assert "profile 1: `quotes` is a list" in told
    assert "how-to-profiles" in told
    shown(capsys, "profiles", "suggest", night, "--output", str(updates))
    told = shown(capsys, "profiles", "merge", str(updates), "--profile", str(broken), code=2)
    assert broken.read_text() == '{"profiles": [{"name": "T", "quotes": 7}]}'
    party = str(tmp_path / "party.json")
    told = shown(capsys, "profiles", "merge", str(updates), "none", "--profile", party, code=2)
    assert "no update of the file is called none" in told
    updates.write_text('{"session_id": "s", "updates": [{}]}')
    told = shown(capsys, "profiles", "merge", str(updates), "--profile", party, code=2)
    assert "update 1 has no `character`" in told
    shown(capsys, "profiles", "merge", str(tmp_path / "x.json"), "--profile", party, code=4)
    assert "NAME=WHOM" in shown(capsys, "profiles", "suggest", night, "--means", "CAS", code=2)
    assert not Path(party).exists()


def test_dutch_evenings_are_understood_too(
    campaign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    session = play(capsys, tmp_path, night=DUTCH, language="nl", more=("--series", campaign))
    told = answer(capsys, "profiles", "suggest", session, "--means", "CAS=Elara")
    assert {(each["character"], each["type"]) for each in rows(told)} == {
        ("Mira", "promise"),
        ("Thorin", "critical_hit"),
        ("Elara", "character_development"),
    }


def test_where_nobody_plays_profiles_are_people_s(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "meeting.srt"
    path.write_text("1\n00:00:10,000 --> 00:00:14,000\nANN: I promise to send the report today.\n")
    told = answer(capsys, "import", str(path), "--language", "en", "--playbook", "meeting")
    (update,) = rows(answer(capsys, "profiles", "suggest", str(told["session"])))
    assert (update["character"], update["type"]) == ("ANN", "promise")


def test_a_language_model_suggests_and_what_it_makes_up_does_not_pass(
    night: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with FaultyService() as server:
        server.plan = claiming
        told = answer(
            capsys,
            "profiles",
            "suggest",
            night,
            "--model",
            f"{server.url}#toy",
            "--means",
            "CAS=Elara",
        )
    assert [
        (each["character"], each["type"], each["content"], each["confidence"])
        for each in rows(told)
    ] == [("Elara", "character_development", "Elara says she has changed.", 0.9)]
    by_default = answer(capsys, "profiles", "suggest", night, "--means", "CAS=Elara")
    assert rows(by_default) == rows(told), "rules put nothing in its place"
    by_rules = answer(capsys, "profiles", "suggest", night, "--by", "rules")
    assert {each["type"] for each in rows(by_rules)} == {"promise", "critical_hit", "relationship"}


def claiming(call: Call) -> Reply:
    """One thing said in character, one at the table, one about a line that is not there."""
    if "moments" not in said_in(call):
        return answered({"labels": []})
    moments = [
        {
            "kind": "development",
            "evidence": [line],
            "text": text,
            "context": "The tower fell.",
            "who": who,
            "confidence": 0.9,
        }
        for line, text, who in (
            (4, "Elara says she has changed.", ["CAS"]),
            (3, "Mira promises pizza.", ["ANN"]),
            (77, "Thorin flies.", ["BOB"]),
        )
    ]
    return answered({"moments": moments})


def test_the_verbs_are_there_for_python(night: str, tmp_path: Path) -> None:
    found = earwitness.profile_updates(night, names={"cas": "Elara"})
    assert [each.rank for each in found.updates] == sorted(each.rank for each in found.updates)
    file = earwitness.save_updates(found, tmp_path / "updates.json")
    done = earwitness.merge_profiles(file, tmp_path / "party.json")
    assert (done.added, done.profiles) == (4, ("Thorin", "Mira", "Elara"))
    again = earwitness.profile_updates(
        night, profile=tmp_path / "party.json", names={"cas": "Elara"}
    )
    assert (again.updates, again.known) == ((), 4)
