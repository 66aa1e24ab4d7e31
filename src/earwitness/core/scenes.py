"""Scenes: where two play in character for a while; those that tell most are worth keeping."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from earwitness.core.crediting import Roster
from earwitness.core.profile import Update
from earwitness.core.updating import Scenery, cut, sentences

LEAST_LINES: Final = 6
"""Lines in character that make a scene."""

LINES_EACH: Final = 300
"""At most one scene is offered for so many lines of a session, but one in any case."""

_PAUSE: Final = 2
_LEAST_OWN: Final = 3
_LEAST_WORDS: Final = 4
_FULL: Final = 16
_WORDS: Final = range(6, 31)
_PLAIN = re.compile(r"[^()\[\]]*\w[^()\[\]]*[.!][\"”]?")

TELLING: Final = re.compile(
    r"\b(?:i feel|i felt|i wish|i miss(?:ed)?|i remember|i trust|i believe|i lost|i owe|i learned"
    r"|i (?:always|never)|afraid|ashamed|sorry|lonely|lied?|secrets?|friends?|family|together"
    r"|my (?:father|mother|brother|sister|people|race|home|life|past|child(?:hood)?|god(?:dess)?"
    r"|master|whole life)|who i am|where i(?:'m| am) from|look out for|thank you for|forgive"
    r"|ik voel|ik mis(?:te)?|ik herinner|ik vertrouw|ik geloof|ik (?:altijd|nooit)|ik verloor|bang"
    r"|spijt|eenzaam|gelogen|geheim(?:en)?|vrienden|familie|samen|mijn (?:vader|moeder|broer|zus"
    r"|volk|thuis|leven|verleden|jeugd|god(?:in)?|meester)|wie ik ben|waar ik vandaan kom"
    r"|vergeef|dank je voor)\b",
    re.IGNORECASE,
)
"""Words of those who speak of themselves and of each other."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What two say to each other in character.

    Attributes:
        lines: Ids, in order.
        players: Whose profile each of them belongs to; None: nobody's.
        telling: How many of the lines speak of themselves or of each other.
    """

    lines: tuple[int, ...]
    players: tuple[str | None, ...]
    telling: int


def scenes_played(scenery: Scenery, roster: Roster) -> tuple[Update, ...]:
    """The scenes of a session that tell most, as an update for each who has a profile.

    The words are those of their sentences that tells most in it; the time is that of the scene.
    """
    if not scenery.staged:
        return ()
    most = max(1, len(scenery.order) // LINES_EACH)
    best = sorted(
        _scenes(scenery, roster), key=lambda each: (-each.telling, -len(each.lines), each.lines)
    )
    found = [each for scene in best[:most] for each in _updates(scene, scenery)]
    return tuple(sorted(found, key=lambda each: each.rank))


def _scenes(scenery: Scenery, roster: Roster) -> Iterator[Scene]:
    """Every stretch of lines between two; none reaches into another."""
    place = 0
    while place < len(scenery.order):
        run = _dialogue(place, scenery)
        if len(run) < LEAST_LINES:
            place += 1
            continue
        whose = [roster.whose(name) if (name := scenery.speaker(n)) else None for n in run]
        players = tuple(each if isinstance(each, str) else None for each in whose)
        telling = sum(TELLING.search(scenery.lines[n].text) is not None for n in run)
        if telling and any(players):
            yield Scene(tuple(run), players, telling)
        place = scenery.places[run[-1]] + 1


def _dialogue(place: int, scenery: Scenery) -> list[int]:
    """The lines in character of two voices from here on; others may say a little between them."""
    run: list[int] = []
    voices: set[str | None] = set()
    pause = 0
    for line in scenery.order[place:]:
        voice = scenery.lines[line].voice
        if scenery.stance(line) == "IC" and (voice in voices or len(voices) < 2):
            voices.add(voice)
            run.append(line)
            pause = 0
        elif not run or (pause := pause + 1) > _PAUSE:
            break
    return run if len(voices) == 2 else []


def _updates(scene: Scene, scenery: Scenery) -> Iterator[Update]:
    sure = [scenery.stances[each].confidence for each in scene.lines]
    known = [1.0 if each is None else each for each in sure]
    weight = 0.5 + 0.3 * min(1.0, len(scene.lines) / _FULL) + 0.1 * min(2, scene.telling)
    confidence = round(sum(known) / len(known) * weight, 3)
    names = {each for each in scene.players if each is not None}
    for name in sorted(names):
        own = [n for n, whose in zip(scene.lines, scene.players, strict=True) if whose == name]
        if len(own) < _LEAST_OWN:
            continue
        said, line = _words(own, scenery)
        if len(said.split()) < _LEAST_WORDS:
            continue
        before, came_before = _before(line, scene, scenery)
        yield Update(
            name,
            "memorable_moments",
            "roleplay",
            cut(said),
            scenery.lines[scene.lines[0]].span.start_ms,
            confidence,
            cut(before),
            tuple(own),
            came_before,
            tuple(sorted(names - {name})),
        )


def _words(own: list[int], scenery: Scenery) -> tuple[str, int]:
    """The sentence that tells most, the longest of several, and the line it stands in."""
    told = [(each, line) for line in own for each in sentences(scenery.lines[line].text)]
    whole = [each for each in told if _PLAIN.fullmatch(each[0])]
    fit = [each for each in whole if len(each[0].split()) in _WORDS] or whole or told
    return max(fit, key=lambda each: (bool(TELLING.search(each[0])), len(each[0]), -each[1]))


def _before(line: int, scene: Scene, scenery: Scenery) -> tuple[str, tuple[int, ...]]:
    """What was said to them just before, in the same scene."""
    place = scene.lines.index(line)
    if place == 0:
        return "", ()
    earlier = scene.lines[place - 1]
    return sentences(scenery.lines[earlier].text)[-1], (earlier,)
