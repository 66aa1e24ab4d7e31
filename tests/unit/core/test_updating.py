"""Updating: from moments to profiles - credited rightly, in character only, nothing said twice."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.crediting import Leader, Roster, Uncredited
from earwitness.core.moment import MOMENT_KINDS, Moment, MomentKind
from earwitness.core.people import Character, Person
from earwitness.core.profile import Entry, Profile, Update, update_id
from earwitness.core.scenes import scenes_played
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance
from earwitness.core.updating import (
    KINDS,
    Found,
    Scenery,
    says_already,
    suggest_updates,
    updates_of,
)

CAST = (
    Person("p1", "Ann", "player", ("Annie",), (Character("Mira"),)),
    Person("p2", "Bob", "player", (), (Character("Thorin Oakenshield"),)),
    Person("p3", "Cas", "player", (), (Character("Elara"), Character("Old Tom"))),
    Person("p4", "Dee", "player"),
    Person("p5", "Max", "dm"),
)
NIGHT = (
    ("Ann", "IC", "I promise you, Thorin, we will find your father."),
    ("Bob", "IC", "You are my sister in all but blood."),
    ("Ann", "OOC", "I promise I'll bring pizza next week."),
    ("Bob", "MECHANICS", "That's a natural twenty!"),
    ("Cas", "IC", "I have changed since the tower fell."),
    ("Dee", "IC", "We have decided to leave at dawn."),
    ("Max", "IC", "I have never told this to anyone."),
    ("Ann", None, "I swear it on my mother's grave."),
    ("Bob", "NARRATION", "Thorin swears by his beard."),
)


def transcript(*more: Label, night: tuple[tuple[str, str | None, str], ...] = NIGHT) -> Transcript:
    lines, labels = [], []
    for id, (person, stance, text) in enumerate(night):
        span = Span(id * 10_000, id * 10_000 + 5_000)
        words = tuple(
            Word(word, Span(span.start_ms + n, span.start_ms + n + 1))
            for n, word in enumerate(text.split())
        )
        lines.append(Utterance(id, span, words, f"S-{person}", person))
        if stance:
            labels.append(Label(id, "stance", stance, 0.8, "rules"))
    labels = sorted((*labels, *more), key=lambda each: (each.utterance, each.scheme))
    return Transcript(tuple(lines), tuple(labels))


def moment(
    kind: MomentKind, *evidence: int, who: tuple[str, ...] = (), sure: float | None = 0.8
) -> Moment:
    text = NIGHT[evidence[0]][2]
    span = Span(evidence[0] * 10_000, evidence[-1] * 10_000 + 5_000)
    relation = "sister" if kind == "relationship" else None
    return Moment(kind, span, evidence, text, text, "", who, relation, sure, "rules")


def found(
    *moments: Moment, labels: tuple[Label, ...] = (), means: dict[str, str] | None = None
) -> Found:
    roster = Roster(CAST, True, told=means or {})
    return updates_of(moments, transcript(*labels), roster, staged=True)


def test_every_kind_has_its_category_and_its_own_type() -> None:
    assert set(KINDS) == set(MOMENT_KINDS) - {"question"}
    assert KINDS["critical_hit"] == ("memorable_moments", "critical_hit")
    assert KINDS["development"] == ("character_development", "character_development")
    assert len({kind for _, kind in KINDS.values()}) == len(KINDS)


def test_what_is_out_of_character_reaches_no_profile_whoever_claims_it() -> None:
    outside = [
        moment(kind, line, who=("Mira", "Bob") if kind == "relationship" else ("Mira",))
        for kind in MOMENT_KINDS
        if kind not in ("critical_hit", "fumble")
        for line in (2, 3, 7)
    ]
    told = found(*outside, moment("promise", 0, 2, who=("Mira",)))
    assert told == Found((), (), 0)
    narrated = moment("promise", 8, who=("Bob",))
    assert [each.evidence for each in found(narrated).updates] == [(8,)]
    assert found(replace(narrated, kind="quote")).updates == (), "what is told is no quote"


def test_dice_are_rolled_at_the_table() -> None:
    (update,) = found(moment("critical_hit", 3, who=("Bob",))).updates
    assert (update.character, update.category, update.type) == (
        "Thorin Oakenshield",
        "memorable_moments",
        "critical_hit",
    )
    assert update.content == "That's a natural twenty!"


def test_in_a_scene_with_several_each_moment_goes_to_the_right_one() -> None:
    told = found(
        moment("promise", 0, who=("Mira",)),
        moment("relationship", 1, who=("Bob", "Annie")),
        moment("critical_hit", 3, who=("thorin",)),
        moment("development", 4, who=("Elara",)),
    )
    assert {(each.character, each.type) for each in told.updates} == {
        ("Mira", "promise"),
        ("Thorin Oakenshield", "relationship"),
        ("Thorin Oakenshield", "critical_hit"),
        ("Elara", "character_development"),
    }
    (pair,) = [each for each in told.updates if each.category == "relationships"]
    assert (pair.character, pair.others, pair.relation, pair.evidence) == (
        "Thorin Oakenshield",
        ("Mira",),
        "sister",
        (1,),
    )


def test_who_is_named_nowhere_is_told_by_the_lines_themselves() -> None:
    (update,) = found(moment("promise", 0)).updates
    assert update.character == "Mira"
    played = Label(4, "character", "Old Tom", 0.5, "rules")
    (update,) = found(moment("development", 4, who=("Old Tom",)), labels=(played,)).updates
    assert update.character == "Old Tom"
    assert update.confidence == pytest.approx(0.6), "less sure by whom than that"


def test_unknown_names_become_questions_and_no_profiles() -> None:
    told = found(
        moment("development", 4, who=("Cas",)),
        moment("decision", 5, who=("Dee",)),
        moment("promise", 0, who=("Zork",)),
        moment("quote", 0, who=("Zork",)),
        moment("development", 6, who=("Max",)),
    )
    assert told.updates == ()
    assert told.of_leader == 1
    assert [(each.name, each.why, each.count, each.choices) for each in told.asked] == [
        ("Zork", "unknown_name", 2, ()),
        ("Cas", "plays_several", 1, ("Elara", "Old Tom")),
        ("Dee", "plays_nobody", 1, ()),
    ]
    answered = found(
        moment("promise", 0, who=("Zork",)), moment("decision", 5), means={"zork": "Mira"}
    )
    assert [each.character for each in answered.updates] == ["Mira"]


def test_a_voice_nobody_named_is_asked_about() -> None:
    night = transcript()
    nameless = Transcript(
        tuple(replace(line, person=None) for line in night.utterances), night.labels
    )
    told = updates_of((moment("promise", 0),), nameless, Roster(CAST, True), staged=True)
    assert [(each.name, each.why) for each in told.asked] == [("S-Ann", "nobody_named")]


MIRA = Profile("Mira", ("the Fox",), ())


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("mira", "Mira"),
        ("The  fox", "Mira"),
        ("Ann", "Mira"),
        ("ANNIE", "Mira"),
        ("Thorin", "Thorin Oakenshield"),
        ("Mira of the Vale", "Mira"),
        ("Elara", "Elara"),
    ],
)
def test_aliases_and_short_forms_mean_one_profile(name: str, whose: str) -> None:
    assert Roster(CAST, True, (MIRA,)).whose(name) == whose


def test_a_short_form_of_two_means_nobody() -> None:
    both = (Profile("Mira of the Vale"), Profile("Mira the Old"))
    assert isinstance(Roster((), True, both).whose("Mira"), Uncredited)
    assert isinstance(Roster(CAST, True).whose("Max"), Leader)


def test_where_nobody_plays_profiles_are_people_s() -> None:
    roster = Roster(CAST, False, speaking=frozenset({"Zoë"}))
    assert (roster.whose("annie"), roster.whose("Zoë")) == ("Ann", "Zoë")
    assert isinstance(roster.whose("nobody at all"), Uncredited)


def test_context_is_a_sentence_or_two_with_their_lines() -> None:
    told = replace(
        moment("relationship", 1, who=("Bob", "Ann")), context="we will find your father."
    )
    (update,) = found(told).updates
    assert (update.context, update.context_lines) == ("we will find your father.", (0,))
    (bare,) = found(moment("relationship", 1, who=("Bob", "Ann"))).updates
    assert bare.context == "I promise you, Thorin, we will find your father."
    assert bare.context_lines == (0,), "the line after it is out of character"
    (dice,) = found(moment("critical_hit", 3, who=("Bob",))).updates
    assert dice.context_lines == (2, 4), "at the table both sides are"


def test_nothing_comes_of_nothing() -> None:
    empty = Transcript((), ())
    assert updates_of((), empty, Roster((), True), staged=True) == Found((), (), 0)
    assert suggest_updates((), (), session="s").updates == ()
    assert scenes_played(Scenery.of(empty, staged=True), Roster((), True)) == ()
    profile = Profile("Mira")
    (update,) = found(moment("promise", 0, who=("Mira",))).updates
    assert suggest_updates((update,), (profile,), session="s").updates == (update,)


def update(content: str, start_ms: int = 0, confidence: float | None = 0.7) -> Update:
    return Update("Mira", "goals", "promise", content, start_ms, confidence, "", (start_ms,))


def test_what_the_profile_says_is_not_offered_and_what_is_like_it_is_flagged() -> None:
    said = Entry("goals", "We will find your father, I promise.")
    known = Profile("mira", (), (said,))
    same = update("I promise we will find your father.")
    near = update("I promise we will find your brother, Thorin.")
    other = update("I will guard the gate.")
    told = suggest_updates((same, near, other), (known,), session="s")
    assert [(each.content, each.like) for each in told.updates] == [
        (near.content, said.content),
        (other.content, None),
    ]
    assert told.known == 1
    elsewhere = replace(said, category="quotes")
    told = suggest_updates((same,), (Profile("Mira", (), (elsewhere,)),), session="s")
    assert told.updates == (same,)
    other_one = Profile("Thorin", (), (said,))
    assert suggest_updates((same,), (other_one,), session="s").updates == (same,)


def test_what_is_said_twice_is_offered_once_with_the_evidence_of_both() -> None:
    first = update("I promise we will find your father.", 1_000, confidence=0.6)
    again = update("We will find your father, that I promise!", 90_000, confidence=0.9)
    told = suggest_updates((first, again), session="s")
    (kept,) = told.updates
    assert (kept.content, kept.confidence, kept.evidence) == (again.content, 0.9, (1_000, 90_000))
    assert told.merged == 1


def test_two_rolls_of_an_evening_are_two_and_one_told_twice_is_one() -> None:
    roll = replace(update("Natural 20!"), category="memorable_moments", type="critical_hit")
    told_again = replace(roll, start_ms=8_000, evidence=(2,))
    later = replace(roll, start_ms=900_000, evidence=(3,))
    told = suggest_updates((roll, told_again, later), session="s")
    assert [each.start_ms for each in told.updates] == [0, 900_000]
    profile = Profile("Mira", (), (roll.entry("s"), later.entry("another evening")))
    assert suggest_updates((later,), (profile,), session="s").updates == (
        replace(later, like="Natural 20!"),
    )
    assert suggest_updates((roll,), (profile,), session="s").updates == ()
    by_hand = Entry("memorable_moments", "nat 20")
    assert says_already(by_hand, roll.entry("s")), "who wrote no time means any"


def test_a_relationship_is_known_by_the_two_and_what_they_are() -> None:
    pair = Update(
        "Mira",
        "relationships",
        "relationship",
        "You are my sister.",
        0,
        0.7,
        "",
        (0,),
        others=("Bob",),
        relation="sister",
    )
    said = pair.entry("s")
    assert says_already(replace(said, content="Like a sister to him."), pair.entry("t"))
    assert not says_already(replace(said, others=("Elara",)), pair.entry("t"))
    assert not says_already(replace(said, relation="enemy"), pair.entry("t"))


def test_the_order_is_that_of_confidence_and_always_the_same() -> None:
    some = [
        update("Guard the gate.", 5, confidence=0.5),
        update("Burn the bridge.", 4, confidence=None),
        update("Free the prisoners.", 3, confidence=0.9),
        update("Buy a horse.", 1, confidence=0.5),
    ]
    wanted = [some[2], some[3], some[0], some[1]]
    assert list(suggest_updates(some, session="s").updates) == wanted
    assert list(suggest_updates(reversed(some), session="s").updates) == wanted


def test_the_same_moment_always_has_the_same_name() -> None:
    one = update("Guard the gate.")
    assert update_id("s", one) == update_id("s", replace(one, confidence=0.1, like="x"))
    assert len({update_id("s", one), update_id("t", one), update_id("s", update("x", 9))}) == 3


SURE = st.floats(0, 1)


@given(SURE, SURE, SURE)
def test_confidence_stays_in_bounds_and_grows_with_what_it_is_made_of(
    one: float, other: float, label: float
) -> None:
    low, high = sorted((one, other))
    played = Label(4, "character", "Old Tom", label, "rules")

    def sure(confidence: float) -> float:
        moments = moment("development", 4, who=("Old Tom",), sure=confidence)
        (update,) = found(moments, labels=(played,)).updates
        assert update.confidence is not None
        return update.confidence

    assert 0.0 <= sure(low) <= sure(high) <= high + 0.0005
    by_label = replace(played, confidence=1.0)
    moments = moment("development", 4, who=("Old Tom",), sure=high)
    (surest,) = found(moments, labels=(by_label,)).updates
    assert surest.confidence is not None
    assert sure(high) <= surest.confidence


def test_what_is_not_known_stays_unknown() -> None:
    (update,) = found(moment("promise", 0, who=("Mira",), sure=None)).updates
    assert update.confidence is None


TALK = (
    ("Ann", "IC", "Where did you grow up?"),
    ("Bob", "IC", "In the mountains, with my father and my brother."),
    ("Ann", "IC", "Do you miss it?"),
    ("Max", "MECHANICS", "Roll for perception."),
    ("Bob", "IC", "Every day. I lost my home when the dragon came."),
    ("Ann", "IC", "I am sorry, I never knew that."),
    ("Bob", "IC", "Nobody does. Keep it a secret."),
    ("Cas", "OOC", "Pizza is here!"),
    ("Max", "OOC", "Great."),
    ("Ann", "OOC", "Ten minutes."),
)


def test_a_scene_of_two_is_offered_to_both_with_their_own_words() -> None:
    scenery = Scenery.of(transcript(night=TALK), staged=True)
    mira, thorin = sorted(scenes_played(scenery, Roster(CAST, True)), key=lambda u: u.character)
    assert (mira.type, mira.category, mira.others) == (
        "roleplay",
        "memorable_moments",
        ("Thorin Oakenshield",),
    )
    assert mira.content == "I am sorry, I never knew that."
    assert thorin.content == "In the mountains, with my father and my brother."
    assert thorin.evidence == (1, 4, 6)
    assert thorin.context == "Where did you grow up?"
    assert thorin.context_lines == (0,)
    assert mira.start_ms == thorin.start_ms == 0
    assert mira.confidence is not None
    assert 0 < mira.confidence < 1


def test_without_stances_and_without_telling_words_there_is_no_scene() -> None:
    assert scenes_played(Scenery.of(transcript(night=TALK), staged=False), Roster(CAST, True)) == ()
    dull = tuple((who, "IC", "Left or right?") for who in ("Ann", "Bob") * 6)
    scenery = Scenery.of(transcript(night=dull), staged=True)
    assert scenes_played(scenery, Roster(CAST, True)) == ()
