"""Mining: names and terms are found, and what everybody says never is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from tests.spoken import spoken

from earwitness.core.lexicon import ENGLISH_STOP_WORDS, STOP_WORDS, Lexicon, stem
from earwitness.core.mining import mine, tokens_in
from earwitness.core.terms import Kind, Sighting
from earwitness.engines.word_lists import lexicon_for

ENGLISH, DUTCH = lexicon_for("en"), lexicon_for("nl")


def found(
    lines: list[tuple[str | None, str]], lexicon: Lexicon = ENGLISH, language: str | None = "en"
) -> dict[str, Sighting]:
    return {each.text: each for each in mine(spoken(lines), lexicon, language=language)}


NIGHT: list[tuple[str | None, str]] = [
    ("S1", "So then Caleb walks into Zadash with the Mighty Nein."),
    ("S2", "I think Caleb's cat is hungry. Nobody feeds it."),
    ("S1", "Welcome back to Zadash, says the Mighty Nein's oldest friend."),
    ("S3", "And we ask Beau, because Beau knows a tiefling there."),
    ("S2", "Then the tiefling asks for a beau of her own, and Beau laughs at it all."),
]


def test_names_are_found_with_who_says_them_and_when() -> None:
    told = found(NIGHT)
    assert set(told) == {"Caleb", "Zadash", "Mighty Nein", "Beau", "tiefling"}
    assert told["Caleb"].voices == (1, 1)
    assert told["Zadash"].voices == (2,)
    assert (told["Mighty Nein"].kind, told["tiefling"].kind) == (Kind.NAME, Kind.TERM)
    assert told["tiefling"].at_ms > told["Zadash"].at_ms == 0
    assert told["Zadash"].form > told["Caleb"].form > told["Beau"].form, "known words count less"


def test_a_common_word_stays_out_however_often_it_is_said() -> None:
    lines: list[tuple[str | None, str]] = [("S1", "we open the door and the door opens")] * 50
    assert found([*lines, ("S2", "he says Door and Table to Nott")]).keys() == {"Nott"}


def test_a_word_that_begins_sentences_is_no_name_for_that() -> None:
    lines: list[tuple[str | None, str]] = [
        ("S1", "Goblins. Goblins everywhere! “Goblins” - Goblins, I say to Nott."),
        ("S1", "(Goblins) Mr. Clay waits for Nott."),
    ]
    assert found(lines).keys() == {"Nott", "Clay"}


@given(
    st.lists(
        st.lists(st.sampled_from(sorted(ENGLISH_STOP_WORDS)), min_size=1, max_size=8),
        min_size=1,
        max_size=12,
    ),
    st.lists(st.sampled_from(["title", "upper", "lower"]), min_size=12, max_size=12),
    st.sampled_from([".", "", "?", ","]),
)
def test_stop_words_are_never_proposed(lines: list[list[str]], cases: list[str], end: str) -> None:
    texts = [
        f"so {' '.join(getattr(word, case)() for word in words)}{end}"
        for words, case in zip(lines, cases, strict=False)
    ]
    said: list[tuple[str | None, str]] = [(f"S{n % 3}", text) for n, text in enumerate(texts)]
    for lexicon in (ENGLISH, DUTCH, Lexicon()):
        assert mine(spoken(said), lexicon) == ()


@given(st.lists(st.sampled_from(sorted(STOP_WORDS)), min_size=1, max_size=8), st.booleans())
def test_nor_those_of_the_other_language_in_dutch(words: list[str], title: bool) -> None:
    text = " ".join(word.title() if title else word for word in words)
    assert mine(spoken([("S1", f"dus {text}."), ("S2", f"en {text},")]), DUTCH) == ()


def test_in_english_a_dutch_stop_word_may_be_a_name() -> None:
    assert set(found([("S1", "so we ask Ben about it"), ("S2", "and who is Ben?")])) == {"Ben"}


@given(st.lists(st.text(max_size=40).filter(str.strip), min_size=1, max_size=6))
def test_any_text_can_be_mined(texts: list[str]) -> None:
    for each in mine(spoken([("S1", text) for text in texts]), ENGLISH):
        assert each.text == each.text.strip() != ""


def test_without_capitals_only_unknown_words_are_left() -> None:
    lines = [(voice, text.lower().replace(".", "")) for voice, text in NIGHT]
    told = found(lines)
    assert told.keys() == {"zadash", "nein", "tiefling"}, "caleb and beau are words, too"
    assert {each.kind for each in told.values()} == {Kind.TERM}
    known = Lexicon(ENGLISH.known | told.keys())
    assert found(lines, known) == {}, "a transcriber that knows its own words only"


def test_shouted_lines_and_nouns_of_german_say_nothing() -> None:
    shouted: list[tuple[str | None, str]] = [("S1", "WE RUN TO ZADASH WITH THE HORSES")] * 3
    assert "HORSES" not in found(shouted)
    german: list[tuple[str | None, str]] = [("S1", "und dann steht der Tisch neben dem Stuhl")] * 3
    assert found(german, lexicon_for("de"), "de") == {}


def test_letters_that_stand_for_words_are_terms() -> None:
    lines: list[tuple[str | None, str]] = [("S1", "he has twelve HP and plays World War II")] * 2
    told = found([*lines, ("S2", "we rolled D&D dice")])
    assert told["HP"].kind == Kind.TERM
    assert "II" not in told


def test_dutch() -> None:
    lines: list[tuple[str | None, str]] = [
        ("S1", "We lopen met Brandaan naar de haven van Zilverstroom."),
        ("S2", "Zegt Brandaan nog iets over de Orde van de Uil?"),
        ("S1", "Ja, de Orde van de Uil zit in Zilverstroom, zegt Jan's moeder op Maandag."),
        ("S2", "Oké, dan gaan we op Maandag naar Zilverstroom."),
    ]
    told = found(lines, DUTCH, "nl")
    assert {"Brandaan", "Zilverstroom", "Orde van de Uil"} <= set(told)
    assert {"Maandag", "Oké", "Ja"}.isdisjoint(told)


def test_words_are_bared_of_what_stands_around_them() -> None:
    told = [(token.text, token.opens) for token in tokens_in("“Hey, Nott’s here!” — (Caleb) runs")]
    assert told == [
        ("Hey", True), ("Nott", False), ("here", False), ("Caleb", True), ("runs", False),
    ]  # fmt: skip
    assert [stem(word) for word in ("caleb's", "foto's", "o'brien", "x")] == [
        "caleb", "foto", "o'brien", "x",
    ]  # fmt: skip


def test_word_lists_of_languages() -> None:
    assert [ENGLISH.knows(word) for word in ("goblins", "zadash", "deuren")] == [True, False, False]
    assert [DUTCH.knows(word) for word in ("deuren", "zadash")] == [True, False]
    assert lexicon_for("hi") == Lexicon()
    both = lexicon_for(None)
    assert [both.knows(word) for word in ("goblins", "deuren", "zadash")] == [True, True, False]
