"""Learned: what people's corrections teach about names and spellings."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.spoken import line

from earwitness.core import edit
from earwitness.core.learned import said_in, spellings_in
from earwitness.core.lexicon import Lexicon
from earwitness.core.naming import IMPORTER, name_voice
from earwitness.core.override import Field, Override, Stamp
from earwitness.core.terms import By, Kind
from earwitness.engines.word_lists import lexicon_for

AT = datetime(2026, 11, 20, 20, tzinfo=UTC)
SESSION = "2026-11-20-aaaaaa"


def rewritten(*texts: tuple[str, str]) -> list[Override]:
    """A ledger in which each line was rewritten, one after the other."""
    return [
        edit.set_text(line(0, was, "S1", 900), now, Stamp(seq, "ann", AT))
        for seq, (was, now) in enumerate(texts, start=1)
    ]


def english() -> Lexicon:
    return lexicon_for("en")


def pairs(*texts: tuple[str, str]) -> list[tuple[str, str]]:
    return [(each.heard, each.written) for each in spellings_in(rewritten(*texts))]


def test_a_word_in_place_of_another_is_a_spelling() -> None:
    assert pairs(("so we ask Kalib, then.", "So we ask Caleb then")) == [("Kalib", "Caleb")]
    assert pairs(("the mighty nine goes", "the Mighty Nein goes")) == [("nine", "Nein")]
    assert pairs(("ask molly mock now", "ask Mollymauk now")) == [("molly mock", "Mollymauk")]
    assert pairs(("ask Sadashtown now", "ask Zadash Town now")) == [("Sadashtown", "Zadash Town")]


def test_other_changes_teach_nothing() -> None:
    assert pairs(("we go in", "we go in now")) == []
    assert pairs(("we go in", "We go in.")) == []
    assert pairs(("one two three four five", "it is another sentence altogether")) == []


def test_what_is_rewritten_later_or_undone_is_forgotten() -> None:
    first, second = ("ask Kalib now", "ask Kaleb now"), ("ask Kaleb now", "ask Caleb now")
    assert pairs(first, second) == [("Kaleb", "Caleb")]
    ledger = rewritten(first)
    assert spellings_in([*ledger, edit.undo(ledger[0], Stamp(2, "ann", AT))]) == ()


def test_corrected_names_hold_and_common_words_do_not() -> None:
    ledger = rewritten(
        ("so we ask Kalib now", "so we ask Caleb now"),
        ("open the floor", "open the door"),
        ("it is a tea fling", "it is a tiefling"),
        ("and he is here", "and they is here"),
        ("floor is open", "Door is open"),
    )
    told = said_in(ledger, SESSION, english)
    assert [(each.text, each.kind, each.origin.heard) for each in told] == [
        ("Caleb", Kind.NAME, ("Kalib",)),
        ("tiefling", Kind.TERM, ("tea fling",)),
    ]
    origin = told[0].origin
    assert (origin.by, origin.session, origin.at_ms, origin.who) == (
        By.CORRECTION, SESSION, 900, "ann",
    )  # fmt: skip


def test_names_given_to_voices_and_lines_are_cast_and_a_files_are_not() -> None:
    stamp = [Stamp(seq, "ann", AT) for seq in range(1, 6)]
    ledger = [
        name_voice("S1", None, "An", stamp[0]),
        name_voice("S1", "An", "Ann Jansen", stamp[1]),
        edit.set_person(line(4, "hello there", "S2", 0), "Bob", stamp[2]),
        name_voice("S3", None, "MATT", Stamp(4, IMPORTER, AT)),
        name_voice("S4", None, "ALL", Stamp(5, IMPORTER, AT)),
    ]
    told = {each.text: each.origin.by for each in said_in(ledger, SESSION, english)}
    assert told == {"Ann Jansen": By.CAST, "Bob": By.CAST, "MATT": By.FILE}
    assert all(each.field == Field.PERSON for each in ledger)


def test_the_word_list_is_asked_only_when_it_matters() -> None:
    def never() -> Lexicon:
        raise AssertionError("no word here can be a common one")

    ledger = [*rewritten(("so we ask Kalib now", "so we ask Caleb now"))]
    assert [each.text for each in said_in(ledger, SESSION, never)] == ["Caleb"]
