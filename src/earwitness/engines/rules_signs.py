"""Signs: what rules look for in a line, whatever its language.

Patterns meet lines in small letters, with plain apostrophes; `^` and `$` are the line's ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

Sign = re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Signs:
    """What stands for what, in one language.

    Attributes:
        dice: Dice, checks, hit points: rules of the game by name.
        rules: Words that are mostly about rules.
        craft: Spells and abilities by name, distances and counts; what people of a story would
            hardly say so.
        result: A number somebody rolled, and nothing else.
        number: A number that dice show, also among other words.
        turn: Whose turn it is; what hits.
        call: The leader asks for a roll.
        deed: A player says what their character does.
        ask: A question to whoever leads the game, about the scene or about what may be done.
        plan: What people in the story say to each other: proposals, orders, thanks.
        scene: The story told to those who live it.
        prompt: The leader asks a player what they do.
        nod: Nothing but yes, no, all right.
        cry: Nothing but a cry or a laugh.
        table: The evening itself: food, breaks, the stream, other games and films.
        show: Words of a broadcast; where they gather, nobody plays.
        coin: Money and things of the story.
        you: Somebody is spoken to.
        hail: They are called as people of a story call each other.
        begins: A new scene begins.
        fight: Words of a fight that is counted: turns, hits, conditions.
        own: Whoever speaks speaks of themselves.
        ours: They speak of their company.
        past: What has been.
        guess: What may be: perhaps, if, I think.
        grant: Leave that is given or not: you can, go ahead.
        tells: What those who are spoken to do: you step, you see.
        reports: Somebody's words are about to follow.
        third: What others do, at the beginning of a sentence.
        thing: A sentence about a thing: it's, the door is, your hand.
        opens: A line begins as talk at a table does.
        polite: Thanks, greetings and pleas.
        oath: Swearing.
    """

    dice: Sign
    rules: Sign
    craft: Sign
    result: Sign
    number: Sign
    turn: Sign
    call: Sign
    deed: Sign
    ask: Sign
    plan: Sign
    scene: Sign
    prompt: Sign
    nod: Sign
    cry: Sign
    table: Sign
    show: Sign
    coin: Sign
    you: Sign
    hail: Sign
    begins: Sign
    fight: Sign
    own: Sign
    ours: Sign
    past: Sign
    guess: Sign
    grant: Sign
    tells: Sign
    reports: Sign
    third: Sign
    thing: Sign
    opens: Sign
    polite: Sign
    oath: Sign


def any_of(*parts: str) -> Sign:
    """One of several patterns."""
    return re.compile("|".join(f"(?:{part})" for part in parts))


def only(words: str) -> Sign:
    """Nothing but these words, however often; takes no longer for a line of a thousand."""
    return re.compile(rf"^(?>(?:{words})(?:[\s,.!?;:-]+|$))++$")


def number_after(openings: str, number: str, endings: str) -> Sign:
    """A number with nothing but openings before it, and endings or more numbers after it."""
    gap = r"[,.!?\s-]"
    return re.compile(
        rf"^(?>(?:{openings})\b|{gap})*+(?:{number})\b(?>{gap}|(?:{number}|{endings})\b)*+$"
    )
