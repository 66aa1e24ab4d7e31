"""Moments as they are said at real tables, each beside a line that only sounds like it."""

from __future__ import annotations

import pytest
from tests.unit.engines.test_rules import Rows, moments_of, reading, stated

from earwitness.core.moment import Moment
from earwitness.engines.rules_moment_more import agrees, turns

ELSE = ("BOB", "The rain is falling on the hills.")


def at_a_meeting(*rows: tuple[str, str]) -> tuple[Moment, ...]:
    return moments_of(reading(list(rows)), (), "meeting")


def kinds(rows: Rows) -> list[str]:
    return [each.kind for each in stated(rows, *["IC"] * len(rows))]


@pytest.mark.parametrize(
    ("proposed", "yes"),
    [
        ("Shall we go into the Victory Pit?", "Yeah, let's sign up!"),
        ("Let's hide the lead box below the altar.", "Good idea."),
        ("I say we keep the silver sword.", "Definitely."),
        ("We need to warn the miller before sunset.", "Absolutely, right now."),
        ("Why don't we wait until the guards are asleep?", "Sure."),
        ("Okay, so we're going to follow the river north.", "All right, let's go."),
        ("Laten we de kist achter het altaar verstoppen.", "Goed idee."),
        ("Zullen we de molenaar om hulp vragen?", "Ja, dat doen we."),
        ("Ik stel voor om de rivier te volgen naar het noorden.", "Akkoord."),
        ("We gaan dus eerst de burgemeester waarschuwen.", "Prima."),
    ],
)
def test_what_is_proposed_and_agreed_to_is_decided(proposed: str, yes: str) -> None:
    rows = [("ANN", proposed), ELSE, ("CEM", yes)]
    (found,) = stated(rows, "IC", "IC", "IC")
    assert (found.kind, found.quote, found.evidence) == ("decision", proposed, (0, 2))
    assert kinds([("ANN", proposed), ELSE]) == []
    assert kinds([("ANN", proposed), ("ANN", yes)]) == [], "nobody else said yes"
    assert stated(rows, "OOC", "IC", "OOC") == ()
    assert stated(rows, "IC", "IC", "OOC") == (), "a yes outside the story bears nothing out"


@pytest.mark.parametrize(
    ("proposed", "answer"),
    [
        ("Let's hide the lead box below the altar.", "Yeah, but the guards will find it."),
        ("Let's hide the lead box below the altar.", "No, yes, I mean no."),
        ("Let's hide the lead box below the altar.", "Okay?"),
        ("Let's see how the guards take the silver.", "Yeah."),
        ("Let's go!", "Yeah."),
        ("We're going to die in this cellar.", "Yeah."),
        ("We should just sell it to the moon.", "Yeah."),
        ("We should have taken the silver sword.", "Yeah."),
        ("Let's hide the lead box below the--", "Yeah."),
        ("If we stay here, we should hide the lead box.", "Yeah."),
        ("Laten we zien hoe de wachters het zilver nemen.", "Ja."),
        ("Laten we de kist achter het altaar verstoppen.", "Ja, maar hoe dan."),
    ],
)
def test_what_nobody_agrees_to_or_does_is_not_decided(proposed: str, answer: str) -> None:
    assert kinds([("ANN", proposed), ("CEM", answer)]) == []


def test_agreed_said_to_a_proposal_is_one_decision_with_it() -> None:
    (found,) = stated(
        [("ANN", "I say we keep the sword of silver."), ("CEM", "Agreed.")], "IC", "IC"
    )
    assert found.evidence == (0, 1)
    (alone,) = stated([("CEM", "Agreed.")], "IC")
    assert alone.evidence == (0,)


def test_a_yes_after_another_question_answers_that_one() -> None:
    proposed = ("ANN", "We should use the entrance as a funnel.")
    assert kinds([proposed, ("BOB", "Would you like my book?"), ("CEM", "Yes, please.")]) == []
    assert kinds([proposed, ("BOB", "I don't think we can."), ("CEM", "Yes.")]) == []


def test_the_leader_neither_proposes_nor_agrees() -> None:
    assert kinds([("MARK", "Let's hide the lead box below the altar."), ("ANN", "Yes.")]) == []
    assert kinds([("ANN", "Let's hide the lead box below the altar."), ("MARK", "Yes.")]) == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("I will pay you back.", "I will pay for the beer."),
        ("We'll get you out.", "We'll get a drink."),
        ("We'll come back for you.", "We'll be back in a few minutes."),
        ("I won't tell anyone.", "I won't eat this."),
        ("You can count on us.", "You can count them twice."),
        ("I'll protect you, little one.", "Maybe I'll protect you, little one."),
        ("Ik zal je beschermen, kleine.", "Ik zal je een kamer wijzen."),
        ("Wij komen je halen, kleine.", "Wij komen je winkel binnen."),
        ("Je kunt op mij rekenen.", "Je kunt goed rekenen."),
    ],
)
def test_promises_are_told_from_what_only_lies_ahead(text: str, near: str) -> None:
    assert kinds([("ANN", text)]) == ["promise"]
    assert kinds([("ANN", near)]) == []


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("I've never said that out loud.", "I've never had a candied apple."),
        ("I didn't have a childhood.", "I didn't have a torch."),
        ("When I was younger, they mocked my teeth.", "When I was at the bar, they mocked us."),
        ("I was so afraid.", "I was afraid it would rain."),
        ("I used to live on the street.", "I used to carry two of these."),
        ("I lost my father to the sea.", "I lost my turn."),
        ("My mother died in the war.", "My mother lives here."),
        ("Ik heb dit nog nooit aan iemand verteld.", "Ik heb dit nog nooit gegeten."),
        ("Toen ik klein was woonden wij aan zee.", "Toen ik binnenkwam was het stil."),
        ("Ik was zo bang in het donker.", "Ik was bang dat het zou regenen."),
        ("Mijn vader verliet ons in de winter.", "Mijn vader woont in de stad."),
    ],
)
def test_what_people_tell_of_their_lives_is_a_development(text: str, near: str) -> None:
    assert kinds([("ANN", text)]) == ["development"]
    assert kinds([("ANN", near)]) == []
    assert stated([("ANN", text)], "NARRATION") == (), "only who says it themselves"
    assert at_a_meeting(("ANN", text)) == ()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Torin, you are my dear friend.", "friend"),
        ("You're a good friend, Torin.", "friend"),
        ("I love you, Torin!", "loved"),
        ("I trust you, Torin.", "trusted"),
        ("Torin, jij bent een goede vriend.", "vriend"),
        ("Ik hou van jou, Torin.", "geliefd"),
        ("Ik vertrouw je, Torin.", "vertrouwd"),
        ("I love you, Torin, you great oaf!", "loved"),
        ("Torin, I love you, but we are late.", None),
        ("I trust you on that, Torin.", None),
        ("You're a good shot, Torin.", None),
        ("Ik vertrouw je niet, Torin.", None),
        ("Ik hou van je hoed, Torin.", None),
    ],
)
def test_two_are_related_where_one_says_so_to_the_other(text: str, what: str | None) -> None:
    found = stated([("ANN", text)], "IC")
    assert [each.relation for each in found] == ([what] if what else [])
    assert all(each.who == ("Mira", "Torin") for each in found)


def test_who_is_called_by_a_name_that_nobody_knows_yet_is_named() -> None:
    (found,) = stated([("ANN", "I love you, Jester!")], "IC")
    assert (found.who, found.confidence) == (("Mira", "Jester"), 0.6)
    assert stated([("ANN", "Yes, I love you!")], "IC") == (), "a word is no name"


def test_what_somebody_says_no_to_at_once_is_not_decided() -> None:
    said = ("ANN", "So the first decision is that we leave the names out.")
    assert [each.kind for each in at_a_meeting(said, ELSE)] == ["decision"]
    assert at_a_meeting(said, ("BOB", "No, that is not what we want.")) == ()
    assert at_a_meeting(said, ("BOB", "No problem."))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("They do a lot of good, but I don't trust a mage that powerful.", True),
        ("While I have left the fight, I now live for the fights of others.", True),
        ("Well, for many of us, our early days are always with us.", True),
        ("Een lafaard sterft alleen, en niemand zal hem missen.", True),
        ("You guys, I don't trust a mage that powerful.", False),
        ("I don't trust a mage that powerful, roll for it.", False),
        ("I don't trust a mage that power--", False),
        ("Do you trust a mage who has never lost a war?", False),
        ("Here is the bread that I bought at the market.", False),
        ("Jongens, een lafaard sterft alleen, en niemand zal hem missen.", False),
    ],
)
def test_a_sentence_worth_keeping_is_no_table_talk(text: str, kept: bool) -> None:
    assert kinds([("ANN", text)]) == (["quote"] if kept else [])


def test_what_the_leader_quotes_is_kept_without_the_mark_of_a_longer_speech() -> None:
    said = 'Dairon leans in. "They do a lot. I don\'t trust a mage, or his power, in war."'
    (found,) = stated([("MARK", said)], "NARRATION")
    assert found.quote == "I don't trust a mage, or his power, in war."
    assert stated([("MARK", said.replace('"', ""))], "NARRATION") == ()


def test_a_question_that_the_leader_takes_up_or_that_is_of_the_moment_is_not_open() -> None:
    asked = ("ANN", "Who sent the letter to the miller?")
    late = [("BOB", "Look out behind you, quick!"), ("CEM", "Run for the trees, everybody!")]
    assert kinds([asked, *late, ELSE]) == ["question"]
    assert kinds([asked, ("MARK", "She walks away quickly."), *late]) == []
    assert kinds([("ANN", "Then why are we doing this?"), ("BOB", "Good question.")]) == [
        "question"
    ]
    assert kinds([("ANN", "How long is this going to last?"), ("BOB", "I have no idea.")]) == []
    assert kinds([("ANN", "What would you like to drink, little one?"), *late, ELSE]) == []


def test_work_is_taken_on_at_a_meeting() -> None:
    rows = [("ANN", "Could you send the slides to everyone?"), ("BOB", "Sure, no problem.")]
    (asked,) = at_a_meeting(*rows)
    assert (asked.kind, asked.who, asked.evidence) == ("promise", ("BOB",), (0, 1))
    nl = [("ANN", "Kun je het verslag naar iedereen sturen?"), ("BOB", "Doe ik.")]
    assert [each.who for each in at_a_meeting(*nl)] == [("BOB",)]
    (said,) = at_a_meeting(("ANN", "I'll book the large room for us."))
    assert (said.kind, said.who) == ("promise", ("Mira",))
    (gezegd,) = at_a_meeting(("ANN", "Ik zal de grote zaal boeken."))
    assert gezegd.kind == "promise"


@pytest.mark.parametrize(
    "rows",
    [
        [("ANN", "Could you send the slides to everyone?"), ("BOB", "No, I have no time.")],
        [("ANN", "Could you hear the slides?"), ("BOB", "Sure.")],
        [("ANN", "I'll check whether I left my coat if you like.")],
        [("ANN", "Should I, as in, I'll book the large room?")],
        [("ANN", "Kun je het verslag naar iedereen sturen?"), ("BOB", "Nee.")],
        [("ANN", "Ik zal de grote zaal missen.")],
    ],
)
def test_work_that_nobody_takes_on_is_no_promise(rows: Rows) -> None:
    assert at_a_meeting(*rows) == ()


def test_a_yes_and_a_turn_are_read_past_marks_of_who_wrote_them_down() -> None:
    assert agrees("{vocalsound} Yep , we will .")
    assert agrees("(laughs) Good idea.")
    assert not agrees("Yeah, what?")
    assert turns("(sighs) No, never.")
    assert not turns("Nothing moves here.")


@pytest.mark.parametrize(
    "text", ["I'll send ", "we will return ", "ik betaal je ", "i used to ", "(", "let's ", '" ']
)
def test_no_line_however_long_holds_the_rules_up(text: str) -> None:
    rows = [("ANN", text * 4_000), ("CEM", text * 4_000 + "x")]
    assert kinds(rows) in ([], ["promise"] * 2), "in one sentence"
