"""Notes by rules: for each section the lines that belong there, quoted word for word.

No rule writes a sentence of its own. What stands in a section was said; what was not said stands
nowhere, and a section may stay empty.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from earwitness.core.note import Section, Sections, Sentence, Slot, Template
from earwitness.core.ports import EngineOptions
from earwitness.core.reading import Window
from earwitness.core.text import fold_text
from earwitness.core.text_ports import Brief, Findings
from earwitness.engines import rules_care_words as care
from earwitness.engines.rules import RulesFactory
from earwitness.engines.rules_language import plain
from earwitness.engines.rules_note_care import Care
from earwitness.engines.rules_note_story import Story
from earwitness.engines.rules_note_table import Table
from earwitness.engines.rules_quotes import LEAST, best_of, content, length, quote

VERSION: Final = 1

KEPT: Final = 10
"""Sentences of one section that a window hands on."""

Seek = Callable[[Window], Iterator[Sentence]]

SEEK: Final[dict[str, Seek]] = {
    "subjective": lambda window: Care(window).reported(),
    "objective": lambda window: Care(window).observed(),
    "data": lambda window: Care(window).data(),
    "assessment": lambda window: Care(window).assessed(),
    "plan": lambda window: Care(window).planned(),
    "behavior": lambda window: Care(window).reported(),
    "intervention": lambda window: Care(window).intervened(),
    "response": lambda window: Care(window).responded(),
    "progress": lambda window: Care(window).changed(),
    "risks": lambda window: Care(window).risks(),
    "story": lambda window: Story(window).told(),
    "dice": lambda window: Story(window).dice(),
    "quotes": lambda window: Story(window).quotes(),
    "plans": lambda window: Story(window).plans(),
    "theories": lambda window: Story(window).theories(),
    "rulings": lambda window: Story(window).rulings(),
}
"""Which rules fill which section."""

CAPS: Final = {
    "subjective": 10,
    "data": 10,
    "behavior": 8,
    "topics": 10,
    "story": 12,
    "dice": 12,
}
CAP: Final = 6
"""Sentences of a section: a note is read, a transcript is searched."""

SPREAD: Final = frozenset({"story", "topics", "dice"})
"""Sections that tell a whole session: each stretch of it gets its share."""

WHOLE: Final = frozenset({"risks"})
"""Sections of which nothing is left out."""

VARIED: Final = frozenset({"subjective", "data", "behavior"})
"""Sections where another subject is worth more than more of the same."""


@dataclass(frozen=True, slots=True)
class RulesWriter:
    """Quotes; knows nothing of lines outside its window, and asks nobody."""

    brief: Brief
    written: bool = False
    name: str = "rules"

    @property
    def fingerprint(self) -> str:
        """What a note depends on beside its form: these rules, and what the playbook asks."""
        asked = ",".join(sorted(scheme.name for scheme in self.brief.playbook.schemes))
        return f"rules {VERSION} {asked}"

    def collect(self, window: Window, template: Template) -> Sections:
        """The best lines of a window for each section."""
        sections = []
        for slot in template.slots:
            found = _distinct(self._seek(slot)(window), all_of_it=slot.key in WHOLE)
            kept = found if slot.key in WHOLE else found[:KEPT]
            kept.sort(key=lambda told: _time(told, window.lines))
            if kept:
                sections.append(Section(slot.key, tuple(kept)))
        return Sections(tuple(sections))

    def compose(self, slot: Slot, template: Template, found: Findings) -> Section:
        """The best of what was found, in order of time."""
        del template
        pool = _distinct(found.sentences, all_of_it=slot.key in WHOLE)
        cap = CAPS.get(slot.key, CAP)
        if slot.key in WHOLE:
            chosen = pool
        elif slot.key in SPREAD:
            chosen = _spread(pool, found, cap)
        elif slot.key in VARIED:
            chosen = _varied(pool, cap)
        else:
            chosen = pool[:cap]
        chosen.sort(key=lambda told: _time(told, found.lines))
        return Section(slot.key, tuple(chosen))

    def close(self) -> None:
        """Nothing is held."""

    def _seek(self, slot: Slot) -> Seek:
        """Who looks for what belongs in a section; some are called alike by several playbooks."""
        schemes = {scheme.name for scheme in self.brief.playbook.schemes}
        staged = "stance" in schemes
        shared: dict[str, Seek] = {
            "open": lambda window: (Story(window) if staged else Table(window)).open(),
            "decisions": lambda window: Table(window, staged).decisions(),
            "actions": lambda window: Table(window, staged).actions(),
            "topics": SEEK["subjective"] if "role" in schemes else _topics,
            "story": SEEK["story"] if staged else _shown,
        }
        return {**SEEK, **shared}.get(slot.key, lambda window: _named(slot, window))


def _topics(window: Window) -> Iterator[Sentence]:
    return Table(window).topics()


def _shown(window: Window) -> Iterator[Sentence]:
    return Story(window).shown()


class WriteRulesFactory(RulesFactory):
    """Rules that quote what belongs in a note."""

    ability = "write"

    def open_for(self, options: EngineOptions, brief: Brief) -> RulesWriter:  # type: ignore[override]
        """Ready at once."""
        del options
        return RulesWriter(brief)


def _named(slot: Slot, window: Window) -> Iterator[Sentence]:
    """Lines that speak of what a section of somebody's own is called, or asks for."""
    title, asked = set(content(slot.title)), set(content(slot.ask))
    for line in window.lines:
        text = best_of(line)
        said = set(content(text))
        hits = 2 * len(said & title) + len(said & (asked - title))
        if length(text) >= LEAST and hits >= 2:
            yield quote(line, text, 0.3 + 0.1 * hits)


def _distinct(
    told: Iterator[Sentence] | Sequence[Sentence], *, all_of_it: bool = False
) -> list[Sentence]:
    """The surest of those that share a line, or say the same; no line stands in a section twice.

    Args:
        told: Sentences of one section.
        all_of_it: What is said again counts again.
    """
    kept: list[Sentence] = []
    said: set[str] = set()
    cited: set[int] = set()
    for each in sorted(told, key=lambda one: -(one.confidence or 0.0)):
        folded = fold_text(each.text)
        if (all_of_it or folded not in said) and cited.isdisjoint(each.evidence):
            kept.append(each)
            said.add(folded)
            cited.update(each.evidence)
    return kept


def _time(told: Sentence, lines: Sequence[object]) -> tuple[int, int]:
    """When it was said, as its place among lines in order of time."""
    places = {getattr(line, "id", -1): place for place, line in enumerate(lines)}
    return places.get(told.evidence[0], 0), told.evidence[0]


def _spread(pool: list[Sentence], found: Findings, cap: int) -> list[Sentence]:
    """The best of each stretch of the session, then the best of what is left."""
    if len(pool) <= cap or not found.lines:
        return list(pool)
    starts = {line.id: line.span.start_ms for line in found.lines}
    first = min(starts.values())
    whole = max(starts.values()) - first + 1
    best: dict[int, Sentence] = {}
    for each in pool:
        stretch = (starts[each.evidence[0]] - first) * cap // whole
        if stretch not in best or (each.confidence or 0.0) > (best[stretch].confidence or 0.0):
            best[stretch] = each
    chosen = list(best.values())
    rest = sorted(
        (each for each in pool if each not in chosen), key=lambda told: -(told.confidence or 0.0)
    )
    return chosen + rest[: cap - len(chosen)]


def _varied(pool: list[Sentence], cap: int) -> list[Sentence]:
    """One after another what adds most: a subject nobody has named yet before more of another."""
    left = list(pool)
    seen: set[str] = set()
    chosen: list[Sentence] = []
    while left and len(chosen) < cap:
        best = max(
            left, key=lambda told: (told.confidence or 0.0) + 0.35 * len(_facets(told) - seen)
        )
        left.remove(best)
        chosen.append(best)
        seen |= _facets(best)
    return chosen


def _facets(told: Sentence) -> frozenset[str]:
    text = plain(told.text)
    return frozenset(name for name, sign in care.FACETS.items() if sign.search(text))
