"""Notes by rules: which line belongs where, in English and Dutch; never more than was said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.engines.test_rules_stance import utterance

from earwitness.core.bearing import believed_sections
from earwitness.core.moment import Moment
from earwitness.core.note import Section, Sections
from earwitness.core.people import Person
from earwitness.core.reading import Reading, windows
from earwitness.core.text_ports import Brief, Findings, Writer
from earwitness.core.transcript import Label, Transcript
from earwitness.engines.rules_notes import CAP, RulesWriter
from earwitness.engines.rules_quotes import LONGEST, asks, best_of, length, trimmed
from earwitness.playbooks.loading import load
from earwitness.stages.roles import find_roles

Rows = list[tuple[str, str]]

CARERS = (Person("one", "ANN", "therapist"), Person("two", "BOB", "client"))

ENGLISH: Rows = [
    ("ANN", "How can I help you today?"),
    ("BOB", "Um, I've had a terrible headache for three days, and I feel so anxious."),
    ("ANN", "Do you have any allergies?"),
    ("BOB", "No."),
    ("ANN", "You look pale to me, and your blood pressure is a bit high."),
    ("ANN", "Have you ever thought of hurting yourself?"),
    ("BOB", "Sometimes, at night."),
    ("ANN", "It sounds like you might have a migraine, from what you've described."),
    ("BOB", "That makes sense to me. It is much better than last week."),
    ("ANN", "Let's try a breathing exercise together."),
    ("ANN", "I'm going to prescribe tablets, and I'd like to see you again next week, OK?"),
]
DUTCH: Rows = [
    ("ANN", "Waarmee kan ik u helpen?"),
    ("BOB", "Ik heb al drie dagen hoofdpijn en ik voel me zo angstig."),
    ("ANN", "Hebt u een allergie?"),
    ("BOB", "Nee."),
    ("ANN", "U ziet er bleek uit, en uw bloeddruk is wat hoog."),
    ("ANN", "Hebt u weleens aan zelfmoord gedacht?"),
    ("BOB", "Soms, in de nacht."),
    ("ANN", "Ik denk dat het waarschijnlijk migraine is, als ik hoor wat u vertelt."),
    ("BOB", "Dat snap ik. Het gaat veel beter dan vorige week."),
    ("ANN", "Laten we eens een oefening voor de ademhaling proberen."),
    (
        "ANN",
        "Ik schrijf een recept voor tabletten, en dan maken we een afspraak voor volgende week.",
    ),
]
WANTED = {
    "soap": {
        "subjective": {1, 2, 3},
        "objective": {4},
        "assessment": {7},
        "plan": {10},
    },
    "dap": {"data": {1, 2, 3, 4}, "assessment": {7}, "plan": {10}},
    "birp": {"behavior": {1}, "intervention": {9}, "response": {8}, "plan": {10}},
    "progress": {"topics": {1}, "progress": {8}, "risks": {5, 6}, "plan": {10}},
}
"""Lines that must be cited; others may be, too."""


def read(rows: Rows, language: str = "en", playbook: str = "therapy") -> Reading:
    lines = tuple(utterance(number, who, text) for number, (who, text) in enumerate(rows))
    plain = Reading(Transcript(lines), language, CARERS if playbook == "therapy" else ())
    return replace(plain, roles=find_roles(plain, playbook))


def noted(
    told: Reading,
    template: str,
    playbook: str = "therapy",
    *,
    labels: tuple[Label, ...] = (),
    moments: tuple[Moment, ...] = (),
) -> dict[str, Section]:
    """The sections of a note; whatever the gate would refuse fails."""
    book = load(playbook)
    writer: Writer = RulesWriter(Brief(book))
    form = book.template(template, told.language)
    assert form is not None
    collected: dict[str, list[Section]] = {}
    for window in windows(told, labels, moments, size=60):
        found = believed_sections(writer.collect(window, form), window, form, written=False)
        assert not found.refused
        for section in found.sections:
            collected.setdefault(section.key, []).append(section)
    made = {}
    for slot in form.slots:
        sentences = tuple(s for each in collected.get(slot.key, ()) for s in each.sentences)
        findings = Findings(sentences, told.transcript.utterances, language=told.language)
        made[slot.key] = writer.compose(slot, form, findings)
    return made


def cited(section: Section) -> set[int]:
    return {id for each in section.sentences for id in each.evidence}


@pytest.mark.parametrize("template", list(WANTED))
@pytest.mark.parametrize(("language", "rows"), [("en", ENGLISH), ("nl", DUTCH)])
def test_each_section_gets_what_belongs_there(language: str, rows: Rows, template: str) -> None:
    found = noted(read(rows, language), template)
    for key, lines in WANTED[template].items():
        assert lines <= cited(found[key]), key


@pytest.mark.parametrize(("language", "rows"), [("en", ENGLISH), ("nl", DUTCH)])
def test_each_side_is_quoted_for_what_it_says(language: str, rows: Rows) -> None:
    found = noted(read(rows, language), "soap")
    assert cited(found["assessment"]).isdisjoint({1, 3, 6, 8})
    assert cited(found["plan"]).isdisjoint({1, 3, 6, 8})
    assert 10 not in cited(found["subjective"])


def test_an_answer_that_says_nothing_alone_stands_under_its_question() -> None:
    found = noted(read(ENGLISH), "soap")["subjective"]
    assert "Do you have any allergies?\nNo." in [each.text for each in found.sentences]


def test_of_risks_nothing_is_left_out() -> None:
    rows = ENGLISH[:2] + [
        line
        for number in range(40)
        for line in (
            ("ANN", f"Number {number}: do you feel safe?"),
            ("BOB", "I want to kill myself."),
        )
    ]
    found = noted(read(rows), "progress")["risks"]
    assert {id for id, (_, text) in enumerate(rows) if "kill" in text or "safe" in text} <= cited(
        found
    )


def test_a_section_is_never_a_transcript() -> None:
    found = noted(read(ENGLISH * 40), "soap")
    assert all(len(each.sentences) <= CAP for key, each in found.items() if key == "plan")
    assert sum(len(each.sentences) for each in found.values()) <= 30


def test_what_nobody_said_stands_nowhere() -> None:
    found = noted(read([("ANN", "Hello."), ("BOB", "Hi."), ("ANN", "Bye.")]), "soap")
    assert all(not each.sentences for each in found.values())


GAME: Rows = [
    ("MATT", "You see a dragon that begins to land on the tower, and the gates of Zadash fall."),
    ("SAM", "I love pizza, can you see the big box that falls off the table?"),
    ("SAM", "We should go back to the tower tomorrow and find the dragon."),
    ("SAM", "I think he is a spy of the dragon, maybe he killed the king."),
    ("MATT", "I'll allow it, technically that is a bonus action and you have advantage."),
    ("LIAM", "Death is not the end of love, and I fear no darkness."),
]
STANCES = ("NARRATION", "OOC", "OOC", "OOC", "MECHANICS", "IC")


def staged(stances: tuple[str, ...]) -> tuple[Label, ...]:
    return tuple(Label(n, "stance", each, 0.9, "rules") for n, each in enumerate(stances))


def test_players_read_the_story_and_only_the_dm_what_was_said_outside_it() -> None:
    told = read(GAME, playbook="tabletop")
    recap = noted(told, "recap", "tabletop", labels=staged(STANCES))
    assert cited(recap["story"]) == {0}
    assert cited(recap["quotes"]) == {5}
    outside = {1, 2, 3, 4}
    assert all(cited(each).isdisjoint(outside) for each in recap.values())
    private = noted(told, "recap_dm", "tabletop", labels=staged(STANCES))
    assert 2 in cited(private["plans"])
    assert 3 in cited(private["theories"])
    assert 4 in cited(private["rulings"])


@given(st.lists(st.sampled_from(["IC", "OOC", "NARRATION", "MECHANICS"]), min_size=6, max_size=6))
def test_nothing_out_of_character_is_ever_told_as_the_story(stances: list[str]) -> None:
    told = read(GAME, playbook="tabletop")
    recap = noted(told, "recap", "tabletop", labels=staged(tuple(stances)))
    outside = {n for n, each in enumerate(stances) if each in ("OOC", "MECHANICS")}
    assert all(cited(each).isdisjoint(outside) for each in recap.values())


def test_a_roll_stands_with_what_came_of_it() -> None:
    rows = [
        ("SAM", "Natural 20!"),
        ("MATT", "As you swing, the blade cuts the chain and the cage falls into the river."),
    ]
    told = read(rows, playbook="tabletop")
    told = replace(told, roles=(("MATT", "dm"), ("SAM", "player")))
    lines = told.transcript.utterances
    told = replace(
        told,
        roles=tuple(
            sorted(
                {
                    line.voice or "": "dm" if line.person == "MATT" else "player" for line in lines
                }.items()
            )
        ),
    )
    moment = Moment("critical_hit", lines[0].span, (0,), "Natural 20!", "Natural 20", by="rules")
    found = noted(
        told, "recap", "tabletop", labels=staged(("MECHANICS", "NARRATION")), moments=(moment,)
    )
    assert [each.evidence for each in found["dice"].sentences] == [(0, 1)]


MEETING: Rows = [
    ("EVA", "Let's talk about the budget for the new website and the budget for hosting."),
    ("JAN", "I'll send the invoice for hosting to everybody by Friday."),
    ("EVA", "So we have decided to move the website to the new hosting company."),
    ("JAN", "Who pays for the old contract with the hosting company?"),
    ("EVA", "Good question, we'll come back to that."),
    ("JAN", "Hm."),
]


def test_minutes_hold_subjects_decisions_actions_and_what_stayed_open() -> None:
    found = noted(read(MEETING, playbook="meeting"), "minutes", "meeting")
    assert 0 in cited(found["topics"])
    assert cited(found["decisions"]) == {2}
    assert cited(found["actions"]) == {1}
    assert cited(found["open"]) == {3}
    assert all(5 not in cited(each) for each in found.values())


def test_a_film_is_told_by_what_is_said_in_it() -> None:
    rows = [
        ("A", "(door slams)"),
        ("B", "Rick, they killed your brother in Casablanca."),
        ("A", "Oh."),
    ]
    found = noted(read(rows, playbook="screen"), "synopsis", "screen")
    assert cited(found["story"]) == {1}


def test_a_quote_loses_the_sounds_around_it_and_no_word_of_its_own() -> None:
    assert trimmed("Um, yeah. I smoke, uh, a lot, um") == "I smoke, uh, a lot"
    assert trimmed("<UNIN/> call us, OK?") == "call us"
    assert asks("Do you smoke?")
    assert not asks("I'll call you, OK?")


@given(
    st.lists(
        st.sampled_from(
            ["I", "you", "smoke", "a", "lot,", "um.", "Well?", "<UNIN/>", "pain;", "yes,", "ten"]
        ),
        min_size=1,
        max_size=300,
    )
)
def test_a_quote_is_never_longer_than_it_may_be_and_is_part_of_its_line(said: list[str]) -> None:
    line = utterance(0, "ANN", " ".join(said))
    text = best_of(line)
    assert text in line.text
    assert length(text) <= 2 * LONGEST


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["ANN", "BOB", "EVA"]),
            st.sampled_from([text for _, text in ENGLISH + DUTCH + GAME + MEETING]),
        ),
        max_size=80,
    ),
    st.sampled_from(
        [
            ("soap", "therapy"),
            ("birp", "therapy"),
            ("progress", "therapy"),
            ("minutes", "meeting"),
            ("synopsis", "screen"),
            ("recap_dm", "tabletop"),
        ]
    ),
)
def test_whatever_is_said_the_gate_believes_all_of_it(rows: Rows, form: tuple[str, str]) -> None:
    template, playbook = form
    found = noted(read(rows, playbook=playbook), template, playbook)
    assert Sections(tuple(found.values())).refused == ()
    for section in found.values():
        ids = [each.evidence for each in section.sentences]
        assert ids == sorted(ids)


@pytest.mark.parametrize(
    "piece",
    ["um ", ", um", "<a> ", "<", "{", "i think ", "if it ", "ok? ", " , ", "mm", "?", "a. "],
)
def test_no_pattern_runs_away(piece: str) -> None:
    rows = [("ANN", f"Well {piece * 2000} no!"), ("BOB", f"Yes {piece * 2000} so.")]
    for template, playbook in (
        ("progress", "therapy"),
        ("soap", "therapy"),
        ("minutes", "meeting"),
    ):
        noted(read(rows, playbook=playbook), template, playbook)
    noted(read(rows, playbook="tabletop"), "recap_dm", "tabletop", labels=staged(("OOC", "OOC")))
