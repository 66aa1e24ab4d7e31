"""Rules: labels and moments without any model, in English and Dutch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from earwitness.core.claims import Labels, Moments
from earwitness.core.options import NoOptions
from earwitness.core.ports import EngineOptions, Readiness
from earwitness.core.reading import Window
from earwitness.core.text import fold_text
from earwitness.core.text_ports import Brief
from earwitness.core.transcript import Label, Utterance
from earwitness.engines.rules_language import plain, signs_for
from earwitness.engines.rules_moments import Finder
from earwitness.engines.rules_stance import stances

VERSION: Final = 4

_BRACKETS = re.compile(r"\([^)]*\)|\[[^\]]*\]|\*[^*]*\*")
_NOTES = re.compile(r"[♪♫♬]|^\s*\((?:singing|sings|zingt|zingend)\)")
_SPEAKS = re.compile(
    r"\b([A-Z]\w+(?: [A-Z]\w+)?) (?:says|said|goes|asks|replies|shouts|whispers|zegt|vraagt|roept"
    r"|fluistert|antwoordt)\b[^\"“„]{0,30}[\"“„]"
)
_SCENE_HEAD_CHARS: Final = 160


@dataclass(frozen=True, slots=True)
class Rules:
    """Says what rules can tell; knows nothing of lines outside its window."""

    brief: Brief
    name: str = "rules"
    fingerprint: str = f"rules {VERSION}"

    def classify(self, window: Window) -> Labels:
        """Stances, characters, scenes, roles and kinds, as far as the playbook asks for them.

        Topics are left to people and to language models: no rule tells them honestly.
        """
        made: list[Label] = []
        asked = {scheme.name for scheme in self.brief.playbook.schemes}
        if "role" in asked:
            made += self._roles(window)
        if "kind" in asked:
            made += (self._label(line, "kind", *kind_of(line)) for line in window.lines)
        if "stance" in asked:
            made += self._of_story(window, asked)
        return Labels(tuple(sorted(made, key=lambda each: (each.utterance, each.scheme))))

    def extract(self, window: Window) -> Moments:
        """Dice, decisions, promises, quotes, open questions, and what characters become."""
        staged = self.brief.playbook.scheme("stance") is not None
        return Moments(Finder(window, staged, self.name).moments())

    def close(self) -> None:
        """Nothing is held."""

    def _roles(self, window: Window) -> Iterator[Label]:
        scheme = self.brief.playbook.scheme("role")
        for line in window.lines:
            role = window.role_of(line)
            if scheme is not None and role is not None and role in scheme.values:
                yield self._label(line, "role", role, None)

    def _of_story(self, window: Window, asked: set[str]) -> Iterator[Label]:
        own = {each.utterance: each.value for each in window.labels if each.scheme == "stance"}
        for id_, (value, sure) in stances(window).items():
            line = window.get(id_)
            assert line is not None
            stance, trust = (own[id_], 1.0) if id_ in own else (value, sure)
            yield self._label(line, "stance", value, sure)
            character = _character(window, line) if stance == "IC" else None
            if "character" in asked and character is not None:
                yield self._label(line, "character", character, round(0.95 * trust, 3))
            if "scene" in asked and stance == "NARRATION" and _begins(window, line):
                yield self._label(line, "scene", "begins", round(0.8 * trust, 3))

    def _label(self, line: Utterance, scheme: str, value: str, sure: float | None) -> Label:
        return Label(line.id, scheme, value, sure, self.name)


def kind_of(line: Utterance) -> tuple[str, float]:
    """Whether a line is spoken, sung, or a sound that is written down; and how sure that is."""
    rest = fold_text(_BRACKETS.sub(" ", line.text))
    if _NOTES.search(line.text):
        return ("song", 0.95) if rest else ("sound", 0.8)
    return ("speech", 0.9) if rest else ("sound", 0.95)


def _character(window: Window, line: Utterance) -> str | None:
    """Whom the one who speaks plays; of the leader's people, one who is named as speaking."""
    if window.role_of(line) == "dm":
        match = _SPEAKS.search(line.text)
        known = {fold_text(each): each for each in window.vocabulary}
        known |= {fold_text(c.name): c.name for each in window.cast for c in each.characters}
        return known.get(fold_text(match[1])) if match is not None else None
    who = next((each for each in window.cast if line.person and each.goes_by(line.person)), None)
    return who.characters[0].name if who is not None and len(who.characters) == 1 else None


def _begins(window: Window, line: Utterance) -> bool:
    if window.role_of(line) == "player":
        return False
    head = plain(line.text)[:_SCENE_HEAD_CHARS]
    signs = signs_for(line.language or window.language)
    return any(each.begins.search(head) is not None for each in signs)


class RulesFactory:
    """Rules that label."""

    name = "rules"
    ability = "classify"
    local = True
    form = NoOptions

    def languages(self, options: EngineOptions) -> frozenset[str] | None:
        """Other languages get few labels, not wrong ones."""
        del options
        return None

    def ready(self, options: EngineOptions) -> Readiness:
        """Always."""
        del options
        return Readiness(True, "built in")

    def stays_here(self, options: EngineOptions, brief: Brief) -> bool:
        """Always."""
        del options, brief
        return True

    def open_for(self, options: EngineOptions, brief: Brief) -> Rules:
        """Ready at once."""
        del options
        return Rules(brief)


class ExtractRulesFactory(RulesFactory):
    """Rules that find moments."""

    ability = "extract"
