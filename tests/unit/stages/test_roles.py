"""Roles: by the cast first, then by what the whole session tells; nobody is guessed at."""

from __future__ import annotations

from tests.unit.engines.test_rules_stance import utterance

from earwitness.core.people import Person
from earwitness.core.reading import Reading
from earwitness.core.transcript import Transcript
from earwitness.stages.roles import find_roles

TALK = [
    ("DOC", "Good morning, how can I help you today?"),
    ("PAT", "I've been feeling dizzy for a week."),
    ("DOC", "How long does it last? Do you take any medication?"),
    ("PAT", "A minute or so. No."),
    ("DOC", "Have you had this before? Any pain?"),
    ("PAT", "Not really, it started on Monday."),
]
GAME = [
    ("MARK", "As you enter, you see a fire and you hear somebody sing."),
    ("ANN", "I go in."),
    ("MARK", "Make a perception check."),
    ("BOB", "Twelve."),
    ("MARK", "You notice a knife on the floor. What do you do?"),
]


def reading(rows: list[tuple[str, str]], cast: tuple[Person, ...] = ()) -> Reading:
    lines = tuple(utterance(number, who, text) for number, (who, text) in enumerate(rows))
    return Reading(Transcript(lines), "en", cast)


def test_who_asks_treats() -> None:
    assert find_roles(reading(TALK), "therapy") == (("DOC", "therapist"), ("PAT", "client"))


def test_who_narrates_leads_and_the_others_play() -> None:
    found = dict(find_roles(reading(GAME), "tabletop"))
    assert found == {"ANN": "player", "BOB": "player", "MARK": "dm"}


def test_the_cast_wins() -> None:
    cast = (Person("one", "ANN", "dm"), Person("two", "PAT", "therapist"))
    assert dict(find_roles(reading(GAME, cast), "tabletop"))["MARK"] == "player"
    assert dict(find_roles(reading(TALK, cast), "therapy")) == {
        "DOC": "client",
        "PAT": "therapist",
    }


def test_where_nobody_stands_out_nobody_has_a_role() -> None:
    both = [(who, text) for _, text in TALK for who in ("DOC", "PAT")]
    assert find_roles(reading(both), "therapy") == ()
    assert find_roles(reading(GAME[:2]), "tabletop") == ()
    assert find_roles(reading(GAME), "meeting") == ()
    assert find_roles(reading([]), "therapy") == ()
    assert find_roles(reading(TALK[:1]), "therapy") == ()
