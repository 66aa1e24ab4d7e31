"""Words of a series at the command line: mined, accepted, known to the next session, put right."""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from tests.commands import answer, shown

import earwitness
from earwitness.app.library import open_library
from earwitness.app.settings import read_settings
from earwitness.core.run import Asked

SCRIPTED = ["--transcriber", "scripted", "--language", "en", "--formats", "json"]
SERIES = "Tavern nights"

FIRST = """Ann: So then we ask Kaleb about the road to Zadash.
Ben: I think Kaleb knows the road to Zadash, and the tiefling does not.
Ann: Then the tiefling laughs at Frumpkin and at all of us in Zadash.
"""
SECOND = """Ann: Now we are with Caleb and Sadash is behind us.
Ben: So who is Kaleb talking to, if not Frumpkin?
"""


def conforms(told: dict[str, object], name: str) -> dict[str, object]:
    schema = resources.files("earwitness.core").joinpath(f"{name}.schema.json").read_text("utf-8")
    jsonschema.validate(told, json.loads(schema))
    return told


def words(told: dict[str, object]) -> dict[str, str]:
    found = conforms(told, "words")["words"]
    assert isinstance(found, list)
    return {each["text"]: each["status"] for each in found}


def brought(capsys: pytest.CaptureFixture[str], folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    command = ["import", str(path), "--series", SERIES, "--pace", "13", "--language", "en"]
    return str(answer(capsys, *command)["session"])


def asked(session: object) -> Asked:
    newest = earwitness.show_session(str(session)).runs[0][0]
    assert newest.asked is not None
    return newest.asked


def utterances(capsys: pytest.CaptureFixture[str], session: str) -> list[dict[str, object]]:
    found = answer(capsys, "sessions", "lines", session)["lines"]
    assert isinstance(found, list)
    return found


def put_right(capsys: pytest.CaptureFixture[str], session: str) -> None:
    """Correct the name in the first line."""
    line = utterances(capsys, session)[0]
    text = str(line["text"]).replace("Kaleb", "Caleb")
    answer(capsys, "edit", "text", session, str(line["id"]), text)


def test_names_of_one_session_are_known_in_the_next_one_with_nobody_entering_them(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series(SERIES)
    one = str(answer(capsys, "process", str(tavern), *SCRIPTED, "--series", SERIES)["session"])
    assert asked(one).vocabulary == ()
    lines = utterances(capsys, one)
    text = str(lines[0]["text"]).split()
    at = len(text) // 2
    answer(
        capsys, "edit", "text", one, str(lines[0]["id"]),
        " ".join([*text[:at], "Mollymauk", *text[at + 1 :]]),
    )  # fmt: skip
    answer(capsys, "speakers", "name", one, str(lines[0]["voice"]), "Ann Jansen")

    other = tmp_path / "second.flac"
    other.write_bytes(tavern.read_bytes() + b"\0")
    two = answer(capsys, "process", str(other), *SCRIPTED, "--series", SERIES)["session"]
    assert two != one
    assert set(asked(two).vocabulary) == {"Mollymauk", "Ann Jansen"}

    answer(capsys, "edit", "undo", one, "1")
    answer(capsys, "sessions", "rerun", str(two), "--with", "vocabulary=auto")
    assert asked(two).vocabulary == ("Ann Jansen",), "what was taken back is not known any more"
    answer(capsys, "series", "words", "refuse", SERIES, "Ann Jansen")
    answer(capsys, "series", "words", "add", SERIES, "Mighty Nein")
    answer(capsys, "sessions", "rerun", str(two), "--with", "vocabulary=auto")
    assert asked(two).vocabulary == ("Mighty Nein",)
    answer(capsys, "sessions", "delete", one, "--yes")
    assert words(answer(capsys, "series", "words", "list", SERIES)) == {"Mighty Nein": "accepted"}


def test_mined_words_hold_only_after_a_yes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series(SERIES)
    assert "no words yet" in shown(capsys, "series", "words", "list", SERIES)
    assert "0 transcripts" in shown(capsys, "series", "words", "mine", SERIES)
    session = brought(capsys, tmp_path, "one.txt", FIRST)
    told = answer(capsys, "series", "words", "mine", SERIES)
    assert told["sessions"] == {session: 4}
    found = words(told)
    assert found == {
        "Zadash": "proposed", "Kaleb": "proposed", "Frumpkin": "proposed", "tiefling": "proposed",
        "Ann": "proposed", "Ben": "proposed",
    }  # fmt: skip
    page = shown(capsys, "series", "words", "list", SERIES, "--most", "2")
    assert "3 lines of 2 voices" in page
    assert "4 more proposed" in page
    answer(capsys, "series", "words", "accept", SERIES, "zadash", "Frumpkin")
    answer(capsys, "series", "words", "refuse", session, "Kaleb")
    assert shown(capsys, "series", "words", "export", SERIES) == "Frumpkin\nZadash\n"
    assert earwitness.show_series(SERIES).series.vocabulary == ("Zadash", "Frumpkin")
    told = answer(capsys, "series", "words", "mine", SERIES)
    assert words(told)["Kaleb"] == "refused", "a no is remembered"
    answer(capsys, "series", "words", "accept", SERIES, "--least", "0.2")
    assert set(words(answer(capsys, "series", "words", "list", SERIES)).values()) >= {"accepted"}
    out = tmp_path / "words.json"
    answer(capsys, "series", "words", "export", SERIES, str(out))
    conforms(json.loads(out.read_text("utf-8")), "words")

    shown(capsys, "series", "words", "accept", SERIES, "Nobody", code=2)
    shown(capsys, "series", "words", "accept", SERIES, code=2)
    earwitness.set_person(SERIES, "Cara")
    assert "of the cast" in shown(capsys, "series", "words", "list", SERIES)
    assert "take it out" in shown(capsys, "series", "words", "refuse", SERIES, "Cara", code=2)
    earwitness.remove_person(SERIES, "Cara")
    shown(capsys, "series", "words", "add", SERIES, "the", code=2)
    shown(capsys, "series", "words", "add", SERIES, "A", "B", "--heard", "c", code=2)
    shown(capsys, "series", "words", "list", "Nobody", code=10)
    answer(capsys, "sessions", "delete", session, "--yes")
    kept = words(answer(capsys, "series", "words", "list", SERIES))
    assert set(kept.values()) == {"accepted"}
    assert {"Zadash", "Frumpkin"} <= set(kept)
    assert "Kaleb" not in kept


def test_misheard_names_are_suggested_put_right_at_one_stroke_and_taken_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series(SERIES)
    session = brought(capsys, tmp_path, "two.txt", SECOND)
    assert "no names or terms are known" in shown(capsys, "suggest", "spelling", session)
    earwitness.learn_names(SERIES, ["Caleb", "Zadash"], by="ann")
    before = [line["text"] for line in utterances(capsys, session)]

    edits = tmp_path / "spelling.json"
    told = conforms(answer(capsys, "suggest", "spelling", session, "--to", str(edits)), "spellings")
    found = told["suggestions"]
    assert isinstance(found, list)
    assert [(each["wrong"], each["right"]) for each in found] == [
        ("Sadash", "Zadash"), ("Kaleb", "Caleb"),
    ]  # fmt: skip
    assert found[0]["origins"][0] == {
        "by": "person", "session": None, "lines": 0, "voices": 0, "at_ms": None, "heard": [],
        "who": "ann",
    }  # fmt: skip
    page = shown(capsys, "suggest", "spelling", session)
    assert "Caleb and Sadash → Zadash is behind us" in page
    assert "sounds like it" in page
    assert [line["text"] for line in utterances(capsys, session)] == before, "nothing was changed"

    assert "0 would be refused" in shown(capsys, "edit", "apply", session, str(edits), "--dry-run")
    answer(capsys, "edit", "apply", session, str(edits))
    after = [str(line["text"]) for line in utterances(capsys, session)]
    assert "Caleb and Zadash is" in after[0]
    assert "who is Caleb talking" in after[1]
    assert answer(capsys, "suggest", "spelling", session)["suggestions"] == []
    answer(capsys, "edit", "undo", session, "3")
    assert [line["text"] for line in utterances(capsys, session)] == before
    one = answer(capsys, "suggest", "spelling", session, "--only", "caleb")["suggestions"]
    assert isinstance(one, list)
    assert [each["term"] for each in one] == ["Caleb"]


def test_what_was_corrected_once_is_suggested_in_other_sessions(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series(SERIES)
    one = brought(capsys, tmp_path, "one.txt", FIRST)
    two = brought(capsys, tmp_path, "two.txt", SECOND)
    put_right(capsys, one)
    (only,) = earwitness.word_suggestions(two).found
    assert (only.found.wrong, only.found.right) == ("Kaleb", "Caleb")
    assert str(only.found.why) == "corrected so before"
    assert only.origins[0].session == one
    told = earwitness.learn_terms(SERIES, {"sadash": "Zadash"})
    assert {term.text: term.heard for term in told}["Zadash"] == ("sadash",)
    assert len(earwitness.word_suggestions(two).found) == 2
    answer(capsys, "series", "words", "add", SERIES, "Frumpkin", "--heard", "frum kin")
    with pytest.raises(earwitness.UsageError, match="no term"):
        earwitness.learn_names(one, ["and"])


def test_a_session_of_no_series_has_its_own_corrections_only(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.txt"
    path.write_text(FIRST, encoding="utf-8")
    session = str(
        answer(capsys, "import", str(path), "--pace", "13", "--language", "en")["session"]
    )
    put_right(capsys, session)
    assert len(earwitness.word_suggestions(session).found) == 1
    with pytest.raises(earwitness.NotFound, match="belongs to no series"):
        earwitness.learn_names(session, ["Mira"])


def test_a_ledger_that_is_damaged_teaches_nothing_and_says_so(
    tavern: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    earwitness.add_series(SERIES)
    one = brought(capsys, tmp_path, "one.txt", FIRST)
    put_right(capsys, one)
    with open_library(read_settings()) as library, library._database.write() as connection:
        connection.exec_driver_sql("UPDATE override SET payload = X'00'")
    told = answer(capsys, "process", str(tavern), *SCRIPTED, "--series", SERIES)
    assert asked(told["session"]).vocabulary == ()
    assert f"sessions verify {one}" in str(told["notices"])
