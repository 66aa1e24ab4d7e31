"""Rules: labels and moments without any model, in English and Dutch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from earwitness.core.claims import Labels, Moments
from earwitness.core.moment import Moment, MomentKind
from earwitness.core.options import NoOptions
from earwitness.core.ports import EngineOptions, Readiness
from earwitness.core.reading import Window
from earwitness.core.text_ports import Brief
from earwitness.core.transcript import Label, Utterance

VERSION: Final = 1

_TWENTY: Final = re.compile(
    r"\b(?:nat(?:ural)?|natuurlijke?)[ -]?(?:20|twenty|twintig)\b", re.IGNORECASE
)
_ONE: Final = re.compile(
    r"\b(?:nat(?:ural)?|natuurlijke?)[ -]?(?:1|one|één|een)\b(?![.,]?\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Rules:
    """Says what rules can tell; knows nothing of lines outside its window."""

    brief: Brief
    name: str = "rules"
    fingerprint: str = f"rules {VERSION}"

    def classify(self, window: Window) -> Labels:
        """Roles that the whole session tells."""
        if self.brief.playbook.scheme("role") is None:
            return Labels(())
        return Labels(
            tuple(
                Label(line.id, "role", role, None, self.name)
                for line in window.lines
                if (role := window.role_of(line)) is not None
            )
        )

    def extract(self, window: Window) -> Moments:
        """Natural twenties and ones."""
        found = []
        for line in window.lines:
            for kind, pattern in (("critical_hit", _TWENTY), ("fumble", _ONE)):
                if (match := pattern.search(line.text)) is not None:
                    found.append(self._moment(kind, line, match[0]))  # type: ignore[arg-type]
        return Moments(tuple(found))

    def close(self) -> None:
        """Nothing is held."""

    def _moment(self, kind: MomentKind, line: Utterance, quote: str) -> Moment:
        who = (line.speaker,) if line.person else ()
        return Moment(
            kind,
            line.span,
            (line.id,),
            line.text,
            quote,
            who=tuple(name for name in who if name),
            by=self.name,
        )


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
