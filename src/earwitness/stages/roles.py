"""Roles: what each voice is in a session - who leads the game, who treats whom - by the cast, else
by what the whole session tells.

Counted are signs of leading: telling players what they see and asking them to roll; asking how
somebody has been. Nobody is given a role unless one voice shows clearly more of them than
any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Final

from earwitness.core.people import DEFAULT_ROLE
from earwitness.core.reading import Reading
from earwitness.core.transcript import Utterance

_NARRATES: Final = re.compile(
    r"\b(?:you(?: guys| all| can| do| also| now)* (?:see|hear|feel|notice|watch|find|smell|glance"
    r"|make your way|manage to)|as you\b|in front of you|roll (?:damage|initiative|for)"
    r"|(?:make|need) (?:\w+ ){0,4}(?:check|saving throw|save)"
    r"|what(?: do| are| would) you (?:do|doing)"
    r"|(?:je|jullie|jij) (?:ziet|zien|hoort|horen|voelt|voelen|merkt|merken|ruikt|ruiken)"
    r"|(?:zie|zien|hoor|horen) (?:je|jullie) (?:een|de|het|hoe)|terwijl (?:je|jullie)\b"
    r"|voor (?:je|jullie) (?:staat|ligt|zie)|wat (?:doe|doen) (?:je|jij|jullie)"
    r"|(?:maak|doe|gooi|geef)\b.{0,30}\b(?:check|worp|initiatief|schade))",
    re.IGNORECASE,
)
_CARES: Final = re.compile(
    r"\b(?:how (?:are|have) you (?:feeling|been|doing)|how (?:can|may) i help"
    r"|what (?:brings|brought) you"
    r"|tell me (?:a bit |a little )?(?:more|about)|how (?:does|did) that (?:make you )?feel"
    r"|(?:any|have you (?:had|got|noticed|ever|been|tried)|do you (?:have|take|smoke|drink|get|feel"
    r"|live|work)|are you (?:on|taking|allergic|able|otherwise)|did you|does it|is (?:it|there any)"
    r"|when did|how (?:long|often|many|much|bad)|can you (?:describe|tell)"
    r"|would you say)\b[^.!?]*\?"
    r"|i(?:'d| would) (?:suggest|recommend|advise)|my name(?:'s| is) (?:dr|doctor)|it sounds like"
    r"|what i(?:'m| am) hearing|let me (?:just )?(?:ask|check|summari[sz]e)|date of birth"
    r"|hoe (?:gaat het|voel(?:t|de)? (?:je|u)|voelt dat|was dat voor)|waarmee kan ik"
    r"|wat brengt (?:je|u)"
    r"|vertel (?:eens|me|maar)|kun(?:t)? (?:je|u) (?:dat|iets|daar|beschrijven|vertellen)"
    r"|(?:heb|heeft|ben|bent|slaap|slaapt|neem|neemt) (?:je|u)\b[^.!?]*\?|hoe (?:lang|vaak|erg)\b"
    r"|ik hoor (?:je|u) zeggen|het klinkt alsof|sinds wanneer|wanneer (?:begon|is))",
    re.IGNORECASE,
)
_COMPLAINS: Final = re.compile(
    r"\b(?:i(?:'ve| have) (?:been|had|got)|i feel"
    r"|i(?:'m| am) (?:feeling|worried|scared|not sleeping)"
    r"|it (?:hurts|started)|ik (?:voel|heb|slaap|ben bang|maak me))\b",
    re.IGNORECASE,
)
_LEAST_SIGNS: Final = 3
_CLEARLY: Final = 1.5
"""The leading voice shows so many times the signs of the next one."""

_MAIN_SHARE: Final = 0.1
"""A main voice of a talk says at least this share of its words."""


def find_roles(reading: Reading, playbook: str) -> tuple[tuple[str, str], ...]:
    """Voices with their roles, in order of voice; those nobody can tell are absent.

    Args:
        reading: The whole session.
        playbook: Its name; `tabletop` and `therapy` have roles that can be told by rules.
    """
    said = _by_voice(reading)
    known = _of_cast(reading)
    found: dict[str, str] = {}
    if playbook == "tabletop":
        found = _of_game(said, known)
    elif playbook == "therapy":
        found = _of_treatment(said, known)
    return tuple(sorted({**found, **known}.items()))


def _of_cast(reading: Reading) -> dict[str, str]:
    said: dict[str, Counter[str]] = {}
    for line in reading.transcript.utterances:
        person = reading.person_of(line)
        if line.voice is not None and person is not None and person.role != DEFAULT_ROLE:
            said.setdefault(line.voice, Counter())[person.role] += 1
    return {voice: roles.most_common(1)[0][0] for voice, roles in said.items()}


def _of_game(said: Mapping[str, list[Utterance]], known: Mapping[str, str]) -> dict[str, str]:
    """Who narrates leads the game; with a leader, the others play."""
    leader = next((voice for voice, role in known.items() if role == "dm"), None)
    if leader is None:
        scores = {
            voice: float(sum(_NARRATES.search(line.text) is not None for line in lines))
            for voice, lines in said.items()
            if voice not in known
        }
        leader = _leading(scores)
    if leader is None:
        return {}
    return {voice: "dm" if voice == leader else "player" for voice in said}


def _of_treatment(said: Mapping[str, list[Utterance]], known: Mapping[str, str]) -> dict[str, str]:
    """Of the two main voices, who asks treats and who is asked came for help."""
    words = {voice: sum(len(line.words) for line in lines) for voice, lines in said.items()}
    most = sorted(words, key=lambda voice: (-words[voice], voice))
    main = [voice for voice in most[:2] if words[voice] >= _MAIN_SHARE * sum(words.values())]
    if len(main) != 2:
        return {}
    for voice, other in (main, main[::-1]):
        if known.get(voice) in ("therapist", "client"):
            return {other: "client" if known[voice] == "therapist" else "therapist"}
    leader = _leading({voice: _care(said[voice]) for voice in main})
    if leader is None:
        return {}
    return {voice: "therapist" if voice == leader else "client" for voice in main}


def _care(lines: list[Utterance]) -> float:
    """Questions and words of those who treat, against words of those who suffer."""
    asked = sum(line.text.count("?") for line in lines)
    cared = sum(len(_CARES.findall(line.text)) for line in lines)
    suffered = sum(len(_COMPLAINS.findall(line.text)) for line in lines)
    return max(0.0, 0.5 * asked + cared - suffered)


def _leading(scores: Mapping[str, float]) -> str | None:
    """The voice with clearly the most; None: nobody."""
    ranked = sorted(scores, key=lambda voice: (-scores[voice], voice))
    if not ranked or scores[ranked[0]] < _LEAST_SIGNS:
        return None
    if len(ranked) > 1 and scores[ranked[0]] < _CLEARLY * scores[ranked[1]]:
        return None
    return ranked[0]


def _by_voice(reading: Reading) -> dict[str, list[Utterance]]:
    said: dict[str, list[Utterance]] = {}
    for line in reading.transcript.utterances:
        if line.voice is not None:
            said.setdefault(line.voice, []).append(line)
    return said
