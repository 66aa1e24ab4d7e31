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
