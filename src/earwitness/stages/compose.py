"""Compose: a note, section by section, from what was collected for each in a whole session."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from earwitness.core.bearing import believed_sections
from earwitness.core.note import Composed, Sections, Slot, Template
from earwitness.core.ports import Tick
from earwitness.core.reading import Reading, Window
from earwitness.core.run import DONE, Outcome
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.core.text_ports import Findings, Writer
from earwitness.stages.classify import together


@dataclass(frozen=True, slots=True)
class Compose:
    """Puts sections together; what was not collected for one, it cannot say.

    Attributes:
        writer: Rules or a model; they pass the same gate.
        template: The form that is filled in.
        attempt: Empty, or what tells this time from others: nothing made before is used.
    """

    writer: Writer
    template: Template
    attempt: str = ""
    lane: Lane = "cpu"
    name: str = "compose"
    version: int = 1
    needs: tuple[type, ...] = (Reading, Sections)
    part_needs: tuple[type, ...] = ()
    makes: type = Composed
    piece: type = Sections
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """The engine, and the form."""
        return f"{self.writer.fingerprint}|{self.template}|{self.attempt}"

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per slot, known by what was collected for it."""
        return tuple(
            Part(index, identity=slot.key, hears=_digest(self._found(slot, inputs)))
            for index, slot in enumerate(self.template.slots)
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Put one section together; nobody is asked about one for which nothing was found."""
        assert part.index is not None
        slot = self.template.slots[part.index]
        found = self._found(slot, inputs)
        if not found.sentences:
            return Made(Sections(()))
        section = self.writer.compose(slot, self.template, found)
        tick(1.0)
        window = Window(
            part.index,
            found.lines,
            language=found.language,
            cast=found.cast,
            vocabulary=found.vocabulary,
            roles=found.roles,
        )
        asked = Template(self.template.id, self.template.title, self.template.language, (slot,))
        claimed = Sections((section,))
        believed = believed_sections(claimed, window, asked, written=self.writer.written)
        return Made(believed, refused=believed.refused)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Composed:
        """The sections in the order of their slots; one that failed holds all that was collected
        for it, which has been believed already.
        """
        collected = inputs.take(Sections)
        made = [
            piece if isinstance(piece, Sections) else Sections((collected.get(slot.key),))
            for piece, slot in (
                (pieces.get(index), slot) for index, slot in enumerate(self.template.slots)
            )
        ]
        sections = tuple(each for one in made for each in one.sections if each.sentences)
        return Composed(Sections(sections, together(*(one.refused for one in made))))

    def engine(self, inputs: Inputs) -> str | None:
        """The writer's name."""
        del inputs
        return self.writer.name

    def substitute(self, inputs: Inputs) -> Made | None:
        """Nothing: a note is made, or it is not."""
        del inputs
        return None

    def _found(self, slot: Slot, inputs: Inputs) -> Findings:
        reading = inputs.take(Reading)
        sentences = inputs.take(Sections).get(slot.key).sentences
        cited = {id for each in sentences for id in each.evidence}
        return Findings(
            sentences,
            tuple(line for line in reading.transcript.utterances if line.id in cited),
            reading.cast,
            reading.vocabulary,
            reading.language,
            reading.roles,
        )


def _digest(found: Findings) -> str:
    """SHA-256 of all that a section may depend on."""
    told = [
        [[each.text, each.evidence, each.quoted, each.confidence] for each in found.sentences],
        Window(
            0, found.lines, (), found.language, found.cast, found.vocabulary, (), found.roles
        ).digest,
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()
