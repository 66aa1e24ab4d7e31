"""Labels by rules: characters, scenes, roles and kinds; and moments, which stand on lines."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.test_rules_stance import utterance

from earwitness.core.claims import Labels, Moments
from earwitness.core.evidence import believed_labels, believed_moments
from earwitness.core.moment import Moment
from earwitness.core.people import Character, Person
from earwitness.core.reading import Reading, windows
from earwitness.core.text_ports import Brief
from earwitness.core.transcript import Label, Transcript
from earwitness.engines.rules import Rules, kind_of
from earwitness.playbooks.loading import load
from earwitness.stages.roles import find_roles

CAST = (
    Person("one", "MARK", "dm"),
    Person("two", "ANN", "player", characters=(Character("Mira"),)),
    Person("three", "BOB", "player", characters=(Character("Torin"), Character("Wolf"))),
)
Rows = list[tuple[str, str]]


def reading(rows: Rows, *, vocabulary: tuple[str, ...] = ()) -> Reading:
    lines = tuple(utterance(number, who, text) for number, (who, text) in enumerate(rows))
    plain = Reading(Transcript(lines), "en", CAST, vocabulary)
    return replace(plain, roles=find_roles(plain, "tabletop"))


def labels_of(told: Reading, playbook: str = "tabletop") -> tuple[Label, ...]:
    rules, book = Rules(Brief(load(playbook))), load(playbook)
    made: list[Label] = []
    for window in windows(told):
        found = believed_labels(rules.classify(window).labels, window, book.schemes)
        assert not found.refused
        made += found.labels
    return Labels(tuple(made)).labels


def moments_of(told: Reading, labels: tuple[Label, ...], playbook: str) -> tuple[Moment, ...]:
    rules = Rules(Brief(load(playbook)))
    made: list[Moment] = []
    for window in windows(told, labels):
        found: Moments = believed_moments(rules.extract(window), window)
        assert not found.refused
        made += found.moments
    return tuple(made)


def values(told: Reading, scheme: str, playbook: str = "tabletop") -> dict[int, str]:
    return {
        each.utterance: each.value for each in labels_of(told, playbook) if each.scheme == scheme
    }


def stated(rows: Rows, *stances: str | None) -> tuple[Moment, ...]:
    """Moments of a game whose stances people have said."""
    labels = tuple(
        Label(place, "stance", stance, None, "user:ann")
        for place, stance in enumerate(stances)
        if stance is not None
    )
    told = reading(rows)
    return moments_of(
        replace(told, transcript=Transcript(told.transcript.utterances, labels)), (), "tabletop"
    )


def test_a_line_in_character_is_said_by_the_one_character_of_who_speaks() -> None:
    said = "Let's go, my friend, before the guards come back for us."
    rows = [("ANN", said), ("BOB", said), ("CEM", said), ("ANN", "Seventeen.")]
    assert values(reading(rows), "character") == {0: "Mira"}


def test_people_of_the_leader_are_named_only_where_somebody_knows_them() -> None:
    rows = [
        ("MARK", 'Pumat says, "Of course, of course, my little friend, come right in here!"'),
        ("MARK", 'Nobody says, "Of course, of course, my little friend, come right in here!"'),
        ("MARK", '"Of course, of course, my little friend, come right in here, all of you!"'),
    ]
    assert values(reading(rows, vocabulary=("Pumat",)), "character") == {0: "Pumat"}


def test_what_people_say_of_a_line_decides_about_its_character() -> None:
    told = reading([("ANN", "Let's go, my friend, before the guards come back for us.")])
    own = (Label(0, "stance", "OOC", None, "user:ann"),)
    told = replace(told, transcript=Transcript(told.transcript.utterances, own))
    assert values(told, "character") == {}


def test_a_new_scene_begins_where_the_leader_says_so() -> None:
    rows = [
        ("MARK", "The next morning, you wake up and you see the snow on the hills."),
        ("MARK", "You see the guard turn around and begin to walk towards you."),
        ("ANN", "The next morning I'm going to buy a horse."),
    ]
    assert values(reading(rows), "scene") == {0: "begins"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("(door slams)", "sound"),
        ("[music playing] (applause)", "sound"),
        ("♪ ♪", "sound"),
        ("♪ We are the champions ♪", "song"),
        ("(laughs) I told you so.", "speech"),
        ("I told you so.", "speech"),
    ],
)
def test_sounds_songs_and_speech_are_told_apart(text: str, kind: str) -> None:
    assert kind_of(utterance(0, "ANN", text))[0] == kind
    assert values(reading([("ANN", text)]), "kind", "screen") == {0: kind}


def test_topics_are_left_to_others() -> None:
    told = reading([("ANN", "The budget, again: the budget is what we talk about.")] * 3)
    assert labels_of(told, "meeting") == ()


DICE = {
    "Natural 20!": "critical_hit",
    "That's a nat 20.": "critical_hit",
    "Een natuurlijke twintig, hoera!": "critical_hit",
    "Natural one.": "fumble",
    "Natuurlijke één, ik val om.": "fumble",
    "We have natural 20 minutes left.": None,
    "If I roll a natural 20 I'll cry.": None,
    "Was that a natural 20?": None,
    "I did not roll a natural 20.": None,
    "A natural 20 would be nice.": None,
    "Als ik een natuurlijke 20 gooi trakteer ik.": None,
    "He is a natural one for the stage.": None,
    "I rolled a natural 1.5 times.": None,
}


@pytest.mark.parametrize("text", DICE)
def test_dice_that_were_rolled_are_told_from_those_that_are_talked_about(text: str) -> None:
    found = stated([("ANN", text)], "MECHANICS")
    assert [each.kind for each in found] == ([DICE[text]] if DICE[text] else [])


def test_a_roll_that_the_leader_repeats_is_one_roll() -> None:
    rows = [("ANN", "Natural 20!"), ("MARK", "A natural 20, very good."), ("BOB", "Natural 20!")]
    found = stated(rows, "MECHANICS", "MECHANICS", "MECHANICS")
    assert [each.evidence for each in found] == [(0,), (2,)]
    assert [each.who for each in found] == [("Mira",), ("BOB",)]


@pytest.mark.parametrize("stance", ["OOC", "MECHANICS", None])
def test_outside_the_story_nothing_is_promised(stance: str | None) -> None:
    rows = [("ANN", "I promise you, nobody dies alone while there is blood in my heart.")]
    assert stated(rows, "IC")
    if stance is not None:
        assert stated(rows, stance) == ()
    assert moments_of(reading(rows), (), "tabletop") == ()


@pytest.mark.parametrize(
    "text",
    [
        "Promise me that you will come back.",
        "I can't promise anything to anybody.",
        "Did you promise him the sword?",
        "We haven't decided anything yet.",
        "Have we decided where to go?",
        "If you are my brother, prove it.",
        "Ik beloof niets.",
    ],
)
def test_what_is_asked_denied_or_supposed_is_no_moment(text: str) -> None:
    assert stated([("ANN", text)], "IC") == ()


def test_relationships_are_between_two_who_are_known() -> None:
    rows = [
        ("BOB", "Who are you, stranger?"),
        ("ANN", "Torin, I am your sister."),
        ("ANN", "Grog is my brother."),
    ]
    (kin,) = (each for each in stated(rows, "IC", "IC", "IC") if each.kind == "relationship")
    assert (kin.who, kin.relation, kin.evidence) == (("Mira", "Torin"), "sister", (1,))
    assert kin.quote == "Torin, I am your sister."


def test_a_question_is_open_when_nobody_answers_it() -> None:
    asked = ("ANN", "Who sent the letter to the miller?")
    passed = [
        asked,
        ("BOB", "Look out behind you, quick!"),
        ("CEM", "Arrows fly over our heads."),
        ("BOB", "Run for the trees, everybody!"),
    ]
    assert [each.kind for each in stated(passed, "IC", "IC", "IC", "IC")] == ["question"]
    answered = [asked, ("BOB", "It was the duke himself."), *passed[2:]]
    assert stated(answered, "IC", "IC", "IC", "IC") == ()
    two = [asked, *(("BOB", text) for _, text in passed[1:])]
    assert stated(two, "IC", "IC", "IC", "IC") == ()
    put_off = [asked, ("BOB", "Nobody knows, I'm afraid.")]
    (found,) = stated(put_off, "IC", "IC")
    assert found.evidence == (0, 1)


WORDS = st.sampled_from(
    ["natural", "20", "one", "I", "promise", "decided", "we", "you", "are", "my", "brother", "who",
     "never", "blood", "world", "die", "Mira", "?", "!", ".", '"', "(", ")", "♪", "x"]
)  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["MARK", "ANN", "BOB"]), st.lists(WORDS, min_size=1, max_size=12)
        ),
        min_size=1,
        max_size=20,
    ),
    st.sampled_from(["tabletop", "meeting", "therapy", "screen"]),
)
def test_whatever_is_said_the_gate_refuses_nothing(
    said: list[tuple[str, list[str]]], playbook: str
) -> None:
    told = reading([(who, " ".join(words)) for who, words in said])
    labels = labels_of(told, playbook)
    lines = {line.id: line.text for line in told.transcript.utterances}
    for moment in moments_of(told, labels, playbook):
        assert moment.quote
        assert moment.quote in lines[moment.evidence[0]]
        assert moment.confidence is not None
