"""What stands in a line of play: which signs it shows, and how much of it shows them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.core.reading import Window
from earwitness.core.text import fold_text
from earwitness.core.transcript import Utterance
from earwitness.engines.rules_language import plain, signs_for
from earwitness.engines.rules_signs import Sign, Signs

Shown = dict[str, float]
"""Signs that show, by name: 1 where all of a line shows them, less where only part of it does."""

MOST_CHARS: Final = 2_000
"""What a line is, its beginning tells."""

_QUOTED = re.compile(r"[\"“„]([^\"“”]*)(?:[\"”]|$)")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_SUNG = re.compile(r"\((?:singing|sings|chant\w*|humming|zingt|zingend)\)|♪")
_LAUGHTER = re.compile(r"\((?:laugh\w*|chuckl\w*|gelach|lacht|applau\w*|cheer\w*|gejuich)\)")
_ENDS = re.compile(r"(?<=[.!?])\s+")
_NAME = re.compile(r"(?<=[a-z,;:'’] )[A-Z][a-z]+")
_CALLED = re.compile(r"(?:^|[.!?] |, )([A-Z][a-z]{2,})(?=[,!?:]|\.(?: |$))")

_SEARCHED: Final = (
    "dice", "number", "craft", "rules", "turn", "call", "fight", "deed", "ask", "plan", "you",
    "own", "ours", "past", "guess", "grant", "scene", "tells", "reports", "third", "thing",
    "polite", "hail", "oath", "coin", "table", "show", "prompt",
)  # fmt: skip
"""Signs that are looked for sentence by sentence."""

_SIZES: Final = {"few words": 3, "short": 7, "middling": 12}
_LONG_WORDS: Final = 25
_BROADCAST_REACH: Final = 6
_BROADCAST_LINES: Final = 2


@dataclass(frozen=True, slots=True)
class Names:
    """Who may be named: those at the table, and those of the story; folded."""

    table: frozenset[str]
    story: frozenset[str]

    @classmethod
    def of(cls, window: Window) -> Names:
        """As the window tells them."""
        lines = (*window.before, *window.lines)
        table = [line.person for line in lines if line.person]
        table += [name for each in window.cast for name in (each.name, *each.aliases)]
        story = [each.name for person in window.cast for each in person.characters]
        folded = [frozenset(fold_text(name) for name in names) - {""} for names in (table, story)]
        return cls(*folded)


def shown(window: Window) -> list[Shown | None]:
    """The signs of each line of a window, those of its context first; None: no language of ours."""
    lines = (*window.before, *window.lines)
    names = Names.of(window)
    found: list[Shown | None] = []
    for place, line in enumerate(lines):
        signs = signs_for(line.language or window.language)
        signs_of_line = _alone(line, signs, names) if signs else None
        if signs_of_line is not None and place:
            _after(signs_of_line, line, lines[place - 1], found[-1] or {}, window)
        found.append(signs_of_line)
    _broadcasts(found)
    return found


def _alone(line: Utterance, signs: Sequence[Signs], names: Names) -> Shown:
    """What the line shows by itself."""
    text = plain(line.text[:MOST_CHARS])
    said = _BRACKETED.sub(" ", text).strip()
    folded = fold_text(said)
    count = len(said.split())
    found: Shown = {"always": 1.0}
    found |= {name: 1.0 for name, most in _SIZES.items() if count <= most}
    if count > _LONG_WORDS:
        found["long"] = 1.0
    for each in signs:
        for name, share in _searched(each, said, count):
            found[name] = max(found.get(name, 0.0), share)
    if not found.keys() & {"plan", "you"} and count <= _SIZES["middling"]:
        found["scrap"] = 1.0
    if said.endswith("!") and not found.keys() & {"plan", "you", "hail", "ours"}:
        found["exclaims"] = 1.0
    found |= _marks(text, said, line.text[:MOST_CHARS])
    found |= _named(folded, line.text[:MOST_CHARS], names, signs)
    return found


def _searched(signs: Signs, said: str, count: int) -> Iterator[tuple[str, float]]:
    """The words of a language that are found, and how much of the line shows them."""
    parts = [each for part in _ENDS.split(said) if (each := part.strip())] or [said]
    words = [max(1, len(part.split())) for part in parts]
    for name in _SEARCHED:
        sign: Sign = getattr(signs, name)
        if name == "number" and count > _SIZES["middling"]:
            continue
        hits = sum(n for n, part in zip(words, parts, strict=True) if sign.search(part))
        if hits or (len(parts) > 1 and sign.search(said)):
            yield name, (1.0 + hits / sum(words)) / 2
    if len(signs.table.findall(said)) > 1:
        yield "much table", 1.0
    if results := sum(n for n, part in zip(words, parts, strict=True) if signs.result.match(part)):
        yield "result", results / sum(words)
        yield "a result", 1.0
    for name in ("nod", "cry", "opens"):
        if getattr(signs, name).match(said):
            yield name, 1.0


def _marks(text: str, said: str, written: str) -> Shown:
    """Punctuation, quotation marks, and what stands in brackets."""
    parts = [each for part in _ENDS.split(said) if (each := part.strip())] or [said]
    words = [max(1, len(part.split())) for part in parts]
    asked = sum(n for n, part in zip(words, parts, strict=True) if part.endswith("?"))
    quoted = sum(len(each) for each in _QUOTED.findall(text)) / max(1, len(text))
    tests = {
        "question": said.endswith("?"),
        "short question": said.endswith("?") and sum(words) <= _SIZES["middling"],
        "cut off": said.endswith(("--", "...", "…", "–", "—")),
        "quotes": quoted > 0.0,
        "quoted": 2 * quoted > 1.0,
        "noise": _BRACKETED.search(written) is not None,
        "laughter": _LAUGHTER.search(text) is not None,
        "sung": _SUNG.search(text) is not None,
    }
    found = {name: 1.0 for name, holds in tests.items() if holds}
    if asked:
        found["asked"] = asked / sum(words)
    if quoted:
        found["share quoted"] = quoted
    return found


def _named(folded: str, written: str, names: Names, signs: Sequence[Signs]) -> Shown:
    """Who is named, and who is called."""
    padded = f" {folded} "
    others = [fold_text(each) for each in _NAME.findall(written)]
    called = [
        name
        for name in map(fold_text, _CALLED.findall(written))
        if not any(_is_common(name, each) for each in signs)
    ]
    tests = {
        "person named": any(f" {name} " in padded for name in names.table - names.story),
        "character named": any(f" {name} " in padded for name in names.story),
        "somebody named": any(each not in names.table for each in others),
        "somebody called": any(each not in names.table - names.story for each in called),
    }
    return {name: 1.0 for name, holds in tests.items() if holds}


def _is_common(word: str, signs: Signs) -> bool:
    """Whether a word that stands where a name may stand is none."""
    tests = (signs.nod, signs.cry, signs.opens, signs.result, signs.guess, signs.dice, signs.polite)
    return any(each.match(word) for each in tests)


def _after(found: Shown, line: Utterance, before: Utterance, old: Shown, window: Window) -> None:
    """What the line before makes of this one."""
    led = window.role_of(before) == "dm"
    follows = led and window.role_of(line) != "dm" and "quoted" not in old
    tests = {
        "after leader": follows,
        "after quote": "quoted" in old,
        "after question": "question" in old,
        "after much": len(before.words) > _LONG_WORDS,
        "after result": bool(old.keys() & {"result", "dice"}),
        "after call": "call" in old,
        "after prompt": "prompt" in old,
        "after ask": "ask" in old and not led,
        "after deed": "deed" in old and not led,
        "short after leader": follows and "short" in found,
        "nod after leader": follows and "nod" in found,
        "you, not to leader": "you" in found and not follows,
    }
    found.update({name: 1.0 for name, holds in tests.items() if holds})


def _broadcasts(found: Sequence[Shown | None]) -> None:
    """Where words of a broadcast gather, lines near them belong to it as well."""
    shows = [place for place, signs in enumerate(found) if signs is not None and "show" in signs]
    for place, signs in enumerate(found):
        near = sum(0 < abs(place - each) <= _BROADCAST_REACH for each in shows)
        if signs is not None and near >= _BROADCAST_LINES:
            signs["broadcast"] = 1.0
