"""People and series: names, keys, and that nobody is taken for somebody else."""

from __future__ import annotations

import pytest

from earwitness.core.errors import UsageError
from earwitness.core.people import Character, Person, Series, free_key

ANN = Person("a", "Ann Lee", aliases=("Annie",), characters=(Character("Mira"), Character("Orc")))


def test_names_and_aliases_find_a_person_in_whatever_letters() -> None:
    series = Series("x", "Night", cast=(ANN, Person("b", "Ben")))
    for name in ("Ann Lee", "ann  lee", "ANNIE"):
        assert series.find(name) is ANN
    assert series.find("Mira") is None


def test_keys_are_free_and_in_order() -> None:
    assert free_key([]) == "speaker_embedding_001"
    assert free_key(["speaker_embedding_001", "speaker_embedding_003"]) == "speaker_embedding_002"


@pytest.mark.parametrize(
    "cast",
    [
        (ANN, Person("a", "Ben")),
        (ANN, Person("b", "ann lee")),
        (ANN, Person("b", "Ben", aliases=("ANNIE",))),
    ],
)
def test_two_people_with_one_key_or_name_are_refused(cast: tuple[Person, ...]) -> None:
    with pytest.raises(UsageError) as error:
        Series("x", "Night", cast=cast)
    assert "Ann" not in str(error.value) + error.value.hint


def test_an_alias_that_is_the_name_again_is_no_second_person() -> None:
    assert Series("x", "Night", cast=(Person("a", "Ann", aliases=("ann",)),)).find("ANN")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Person("a b", "Ann"),
        lambda: Person("a", ""),
        lambda: Person("a", "Ann\nLee"),
        lambda: Person("a", "x" * 201),
        lambda: Person("a", "Ann", "Game Master"),
        lambda: Person("a", "Ann", aliases=(" ",)),
        lambda: Character(""),
        lambda: Series("x", " "),
        lambda: Series("x", "Night", speakers=0),
        lambda: Series("x", "Night", vocabulary=("",)),
    ],
)
def test_what_is_no_name_is_refused(wrong: object) -> None:
    assert callable(wrong)
    with pytest.raises(UsageError):
        wrong()
