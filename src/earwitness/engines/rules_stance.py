"""Stance by rules: in character, told, rules and dice, or at the table - by adding up evidence.

Each sign gives a stance weight in log-odds; what neighbours are counts a little, since people stay
in the story, or out of it, for a while. The weights were set by hand on 75 turns of play and the
warmth of the confidences on the same; decision 23 says what both are worth on other turns.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Final

from earwitness.core.reading import Window
from earwitness.core.text import fold_text
from earwitness.core.transcript import Utterance
from earwitness.engines.rules_language import plain, signs_for
from earwitness.engines.rules_signs import Signs

STANCES: Final = ("IC", "NARRATION", "MECHANICS", "OOC")
INSIDE: Final = ("IC", "NARRATION")

Votes = dict[str, float]

_PRIOR: Final[dict[str | None, Votes]] = {
    "dm": {"IC": -1.0, "NARRATION": 1.0, "MECHANICS": 0.0, "OOC": 0.2},
    "player": {"IC": 0.7, "NARRATION": -0.5, "MECHANICS": -0.7, "OOC": 0.3},
    None: {"IC": 0.4, "NARRATION": 0.2, "MECHANICS": -0.3, "OOC": 0.2},
}
_NEIGHBOURS: Final = 0.5
_NEIGHBOURS_OF_FEW: Final = 0.5
_WARMTH: Final = 1.4
_REACH: Final = 3
_CRAFT: Final = 1.0
_NEAR: Final = 6
_GATHERED: Final = 2
_SCRAP: Final = 0.6
_SCRAP_WORDS: Final = 5
_NUMBER: Final = 1.5
_JUST_BEFORE: Final = 1.0

_QUOTED = re.compile(r"[\"“„]([^\"“”]*)(?:[\"”]|$)")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_VOICED = re.compile(
    r"\((?:[^)]*(?:whisper|shout|yell|accent|voice|fluister|schreeuw|roept)[^)]*)\)"
)
_SUNG = re.compile(r"\((?:singing|sings|chant\w*|humming|zingt|zingend)\)")
_LAUGHTER = re.compile(r"\((?:laugh\w*|chuckl\w*|gelach|lacht|applau\w*|cheer\w*|gejuich)\)")
_ENDS = re.compile(r"(?<=[.!?])\s+")
_MOST_CHARS: Final = 2_000
"""What a line is, its beginning tells."""

_LONG_WORDS: Final = 25
_SHORT_WORDS: Final = 12
_FEW_WORDS: Final = 7


def stances(window: Window) -> dict[int, tuple[str, float]]:
    """The stance of every line that has words, with how sure that is."""
    lines = (*window.before, *window.lines)
    outsiders = _people(window)
    insiders = _characters(window)
    votes: list[Votes | None] = []
    for place, line in enumerate(lines):
        before = lines[place - 1] if place else None
        votes.append(_votes(line, before, window, outsiders, insiders))
    _leave_broadcasts(votes, lines, window.language)
    lean = [0.0 if each is None else _lean(each) for each in votes]
    found = {}
    for place, (line, own) in enumerate(zip(lines, votes, strict=True)):
        if own is None or line.id not in window.ids:
            continue
        few = len(line.words) <= _FEW_WORDS
        drift = (_NEIGHBOURS_OF_FEW if few else _NEIGHBOURS) * _around(lean, place)
        told = {each: own[each] + (drift if each in INSIDE else 0.0) for each in STANCES}
        found[line.id] = _surest(told)
    return found


def _leave_broadcasts(
    votes: Sequence[Votes | None], lines: Sequence[Utterance], language: str | None
) -> None:
    """Where words of a broadcast gather, lines near them are outside as well."""
    signs = signs_for(language)
    shown = [
        place
        for place, line in enumerate(lines)
        if any(each.show.search(plain(line.text[:_MOST_CHARS])) for each in signs)
    ]
    for place, own in enumerate(votes):
        near = sum(0 < abs(place - each) <= _NEAR for each in shown)
        if own is not None and near >= _GATHERED:
            own["OOC"] += 1.2


def _surest(votes: Votes) -> tuple[str, float]:
    """The better side first, then the better stance of it; how sure its side is."""
    top = max(votes.values())
    shares = {each: math.exp((vote - top) / _WARMTH) for each, vote in votes.items()}
    inside = sum(shares[each] for each in INSIDE) / sum(shares.values())
    side = INSIDE if inside >= 0.5 else ("MECHANICS", "OOC")
    value = max(side, key=lambda each: votes[each])
    return value, round(
        max(inside, 1.0 - inside) * shares[value] / max(shares[each] for each in side), 3
    )


def _lean(votes: Votes) -> float:
    """Log-odds of being in the story, at most 3 either way."""
    inside = max(votes[each] for each in INSIDE)
    outside = max(votes["MECHANICS"], votes["OOC"])
    return max(-3.0, min(3.0, inside - outside))


def _around(lean: Sequence[float], place: int) -> float:
    """The lean of neighbours, at most 3 either way; the nearest count most."""
    told = weight = 0.0
    for away in (each for each in range(-_REACH, _REACH + 1) if each):
        if 0 <= place + away < len(lean):
            share = _JUST_BEFORE if away == -1 else 1.0 / abs(away)
            told += share * lean[place + away]
            weight += share
    return told / weight if weight else 0.0


def _people(window: Window) -> frozenset[str]:
    """Names of those at the table."""
    names = [line.person for line in (*window.before, *window.lines) if line.person]
    names += [name for each in window.cast for name in (each.name, *each.aliases)]
    return frozenset(fold_text(name) for name in names) - {""}


def _characters(window: Window) -> frozenset[str]:
    names = [each.name for person in window.cast for each in person.characters]
    return frozenset(fold_text(name) for name in names) - {""}


def _votes(
    line: Utterance,
    before: Utterance | None,
    window: Window,
    outsiders: frozenset[str],
    insiders: frozenset[str],
) -> Votes | None:
    """The evidence for each stance; None: no words, or no rules for the language."""
    text = plain(line.text[:_MOST_CHARS])
    signs = signs_for(line.language or window.language)
    if not signs:
        return None
    role = window.role_of(line)
    votes = dict(_PRIOR.get(role, _PRIOR["player" if role else None]))
    said = _BRACKETED.sub(" ", text).strip()
    if not fold_text(said):
        votes["OOC" if role != "dm" else "NARRATION"] += 1.0
        return votes
    words = len(said.split())
    for each in signs:
        _of_rules(votes, each, said, words)
        if role == "dm":
            _of_leader(votes, each, said, words)
        else:
            after_dm = before is not None and window.role_of(before) == "dm"
            if before is not None and after_dm and _is_quoted(before.text):
                after_dm = False
                votes["IC"] += 1.0
            _of_player(votes, each, said, words, after_dm)
        if each.table.search(said):
            votes["OOC"] += 2.2
        if each.coin.search(said):
            votes["IC"] += 0.6
    _of_signs(votes, text, role)
    _of_names(votes, fold_text(said), outsiders, insiders)
    return votes


def _of_rules(votes: Votes, signs: Signs, said: str, words: int) -> None:
    if signs.result.match(said):
        votes["MECHANICS"] += 3.5
    elif words <= _LONG_WORDS and any(signs.result.match(each) for each in _sentences(said)):
        votes["MECHANICS"] += 3.0
    if hits := len(signs.dice.findall(said)):
        votes["MECHANICS"] += 2.6 + 0.4 * min(hits, 4) - (1.0 if words > _LONG_WORDS else 0.0)
    elif signs.rules.search(said):
        votes["MECHANICS"] += 1.4 if words <= _SHORT_WORDS else 0.9 if words <= _LONG_WORDS else 0.4
    if signs.turn.search(said):
        votes["MECHANICS"] += 2.4 if words <= _LONG_WORDS else 1.0
    if words <= _SHORT_WORDS and signs.number.search(said):
        votes["MECHANICS"] += _NUMBER
    if signs.call.search(said):
        votes["MECHANICS"] += 1.2


def _sentences(said: str) -> list[str]:
    return [each for part in _ENDS.split(said) if (each := part.strip())]


def _of_leader(votes: Votes, signs: Signs, said: str, words: int) -> None:
    count = len(signs.scene.findall(said))
    if count:
        votes["NARRATION"] += 0.7 + 0.4 * min(count, 5)
    if words > _LONG_WORDS:
        votes["NARRATION"] += 1.0
    elif words <= _FEW_WORDS and not count:
        votes["OOC"] += 0.8
    if words <= _SHORT_WORDS and said.endswith("?"):
        votes["OOC"] += 2.0
        votes["MECHANICS"] += 0.8
    if signs.prompt.search(said) and words <= _LONG_WORDS:
        votes["OOC"] += 1.0
        votes["MECHANICS"] += 0.8
    if signs.nod.match(said):
        votes["OOC"] += 2.5
    elif signs.cry.match(said):
        votes["OOC"] += 1.5


def _of_player(votes: Votes, signs: Signs, said: str, words: int, after_dm: bool) -> None:
    if signs.nod.match(said):
        votes["OOC"] += 1.6 if after_dm else 0.6
        return
    if signs.cry.match(said):
        votes["OOC"] += 1.3
        return
    hailed = signs.hail.search(said) is not None
    spoken_to = hailed or (not after_dm and signs.you.search(said) is not None)
    if hailed:
        votes["IC"] += 1.2
    asks = not spoken_to and signs.ask.search(said) is not None
    if asks:
        votes["OOC"] += 2.0 if after_dm else 1.3
    elif after_dm and not hailed and said.endswith("?") and words <= _SHORT_WORDS:
        votes["OOC"] += 1.5
    if signs.deed.search(said):
        votes["NARRATION"] += 0.8 if asks else 2.6
    if signs.craft.search(said):
        votes["MECHANICS"] += _CRAFT
    if signs.plan.search(said) and not asks:
        votes["IC"] += 1.0
    elif not spoken_to and words <= _SHORT_WORDS:
        votes["OOC"] += _SCRAP if words <= _SCRAP_WORDS else _SCRAP / 2
    if words > _SHORT_WORDS and not asks:
        votes["IC"] += 0.3


def _of_signs(votes: Votes, text: str, role: str | None) -> None:
    """Quotation marks, and what stands in brackets."""
    if _QUOTED.search(text):
        mostly = _is_quoted(text)
        if role == "dm":
            votes["IC" if mostly else "NARRATION"] += 4.0 if mostly else 1.5
        else:
            votes["IC" if mostly else "NARRATION"] += 0.8
    if _VOICED.search(text):
        votes["IC"] += 0.8
    if _SUNG.search(text):
        votes["OOC"] += 0.8
    if _LAUGHTER.search(text):
        votes["OOC"] += 0.7


def _is_quoted(text: str) -> bool:
    """Whether most of a line stands in quotation marks."""
    return 2 * sum(len(each) for each in _QUOTED.findall(text)) > len(text)


def _of_names(votes: Votes, said: str, outsiders: frozenset[str], insiders: frozenset[str]) -> None:
    padded = f" {said} "
    if any(f" {name} " in padded for name in outsiders - insiders):
        votes["OOC"] += 1.2
    if any(f" {name} " in padded for name in insiders):
        votes["IC"] += 0.6


def known_stances(window: Window) -> Mapping[int, str]:
    """What is known of lines: people's own word, or an earlier stage's."""
    return {each.utterance: each.value for each in window.labels if each.scheme == "stance"}
