"""The words of series in the library: kept, refused, and gone with what said them."""

from __future__ import annotations

from pathlib import Path

import pytest

from earwitness.core.errors import NotFound
from earwitness.core.people import Series
from earwitness.core.session import Recording, Session
from earwitness.core.terms import Kind, Sighting
from earwitness.store.library import Library
from earwitness.store.terms import Noted

ONE, TWO = "2026-11-20-aaaaaa", "2026-11-21-bbbbbb"
SECRET = "Xyzzyplugh"


def seen(text: str, *voices: int) -> Sighting:
    return Sighting(text, Kind.NAME, 0.5, voices or (1,), 1_200)


@pytest.fixture
def series(library: Library) -> Series:
    for number, session in enumerate((ONE, TWO)):
        recording = Recording(f"{number}" * 64, "scene.wav", 1, None, 1, 16_000)
        library.add_session(Session(session, "A scene", "meeting", None, (recording,)))
    made = library.add_series(Series("", "Tavern nights", vocabulary=("Barovia",)))
    for session in (ONE, TWO):
        library.join_series(session, made.id)
    return made


def vocabulary(library: Library) -> tuple[str, ...]:
    return library.series("tavern nights").vocabulary


def test_words_that_are_accepted_stand_in_the_vocabulary(library: Library, series: Series) -> None:
    made = library.accept_terms(
        series.id,
        [Noted("Mira", Kind.NAME, ("mere",), "ann"), Noted("barovia", Kind.TERM, (), "ann")],
    )
    assert made == ("Mira",), "the other one stood there already"
    library.accept_terms(series.id, [Noted("mira", Kind.TERM, ("mirror",), "bob")])
    now = library.series("tavern nights")
    assert now.vocabulary == ("Barovia", "Mira")
    assert library.noted_terms(now) == (
        Noted("Barovia", Kind.TERM, (), "ann"),
        Noted("Mira", Kind.TERM, ("mere", "mirror"), "bob"),
    )


def test_words_of_old_libraries_have_no_note(library: Library, series: Series) -> None:
    assert library.noted_terms(series) == (Noted("Barovia", Kind.NAME),)


def test_what_was_mined_is_kept_and_replaced_by_session(library: Library, series: Series) -> None:
    library.keep_sightings(ONE, series.id, [seen("Mira", 3, 1), seen("Strahd")])
    library.keep_sightings(TWO, series.id, [seen("Mira")])
    library.keep_sightings(ONE, series.id, [seen("Mira", 4)])
    assert library.sightings(series.id) == ((ONE, seen("Mira", 4)), (TWO, seen("Mira")))


def test_a_session_takes_what_it_said_with_it(library: Library, series: Series) -> None:
    library.keep_sightings(ONE, series.id, [seen("Mira"), seen("Strahd")])
    library.keep_sightings(TWO, series.id, [seen("Mira")])
    library.accept_terms(series.id, [Noted("Mira", Kind.NAME)])
    library.refuse_terms(series.id, {"strahd": [ONE]})
    assert library.refused_terms(series.id) == {"strahd"}
    library.delete_session(ONE)
    assert library.sightings(series.id) == ((TWO, seen("Mira")),)
    assert library.refused_terms(series.id) == frozenset()
    assert vocabulary(library) == ("Barovia", "Mira"), "a person accepted it"


def test_a_refusal_outlives_its_session_where_another_one_says_the_word(
    library: Library, series: Series
) -> None:
    library.keep_sightings(ONE, series.id, [seen("Strahd")])
    library.refuse_terms(series.id, {"strahd": [ONE], "barovia": []})
    assert vocabulary(library) == ()
    library.keep_sightings(TWO, series.id, [seen("Strahd")])
    library.delete_session(ONE)
    assert library.refused_terms(series.id) == {"strahd"}
    library.accept_terms(series.id, [Noted("Strahd", Kind.NAME)])
    assert library.refused_terms(series.id) == frozenset()


def test_a_session_that_leaves_a_series_takes_its_words_along(
    library: Library, series: Series
) -> None:
    library.keep_sightings(ONE, series.id, [seen("Mira")])
    library.refuse_terms(series.id, {"mira": [ONE]})
    other = library.add_series(Series("", "Other nights"))
    library.join_series(ONE, other.id)
    assert library.sightings(series.id) == library.sightings(other.id) == ()
    assert library.refused_terms(series.id) == frozenset()
    with pytest.raises(NotFound):
        library.keep_sightings(ONE, series.id, [seen("Mira")])
    with pytest.raises(NotFound):
        library.keep_sightings("2020-01-01-zzzzzz", series.id, [seen("Mira")])


def test_words_go_with_their_series(library: Library, series: Series) -> None:
    library.keep_sightings(ONE, series.id, [seen("Mira")])
    library.accept_terms(series.id, [Noted("Strahd", Kind.NAME)])
    library.refuse_terms(series.id, {"mira": [ONE]})
    library.delete_series(series.id)
    for use in (library.sightings, library.refused_terms):
        assert not use(series.id)
    with pytest.raises(NotFound):
        library.accept_terms(series.id, [Noted("Strahd", Kind.NAME)])
    with pytest.raises(NotFound):
        library.refuse_terms(series.id, {"mira": [ONE]})


@pytest.mark.parametrize("address", [None])  # what a server keeps is another matter
def test_nothing_of_a_word_stays_in_the_folder(
    library: Library, series: Series, home: Path
) -> None:
    library.keep_sightings(ONE, series.id, [seen(SECRET)])
    library.refuse_terms(series.id, {SECRET.casefold(): [ONE]})
    assert library.delete_session(ONE).complete
    library.close()
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.casefold().encode() not in path.read_bytes().lower(), path.name
