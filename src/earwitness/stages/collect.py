"""Collect: what of a session belongs in which section of a note, window by window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from earwitness.core.bearing import believed_sections
from earwitness.core.moment import Moment
from earwitness.core.note import Section, Sections, Template
from earwitness.core.ports import Tick
from earwitness.core.reading import Reading, windows
from earwitness.core.run import DONE, Outcome
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.core.text_ports import Wide, Writer
from earwitness.core.transcript import Label
from earwitness.stages.classify import together

SIZE: Final = 60
"""Utterances in a window: a note is about more than a line and its neighbours."""


@dataclass(frozen=True, slots=True)
class Collect:
    """Gathers sentences for each section; what cannot be believed is left out and counted.

    Attributes:
        writer: Rules or a model; they pass the same gate.
        template: The form that is filled in.
        labels: What the lines are known to be.
        moments: What was found in them.
        attempt: Empty, or what tells this time from others: nothing made before is used.
    """

    writer: Writer
    template: Template
    labels: tuple[Label, ...] = ()
    moments: tuple[Moment, ...] = ()
    attempt: str = ""
    lane: Lane = "cpu"
    name: str = "collect"
    version: int = 1
    needs: tuple[type, ...] = (Reading,)
    part_needs: tuple[type, ...] = ()
    makes: type = Sections
    piece: type = Sections
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """The engine, and the form."""
        return f"{self.writer.fingerprint}|{self.template}|{self.attempt}"

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per window, with the labels and moments of its lines."""
        reading = inputs.take(Reading)
        size = self.writer.window if isinstance(self.writer, Wide) else SIZE
        return tuple(
            Part(window.index, weight=len(window.lines), hears=window.digest, window=window)
            for window in windows(reading, self.labels, self.moments, size=size)
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Look at one window, knowing nothing of the others."""
        del inputs
        window = part.window
        assert window is not None
        claimed = self.writer.collect(window, self.template)
        tick(1.0)
        written = self.writer.written
        believed = believed_sections(claimed, window, self.template, written=written)
        return Made(believed, refused=believed.refused)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Sections:
        """All that was gathered, each section in order of time; windows that failed have nothing.

        Pieces come in the order of their windows.
        """
        del inputs
        made = [piece for piece in pieces.values() if isinstance(piece, Sections)]
        sections = (
            Section(slot.key, tuple(told for one in made for told in one.get(slot.key).sentences))
            for slot in self.template.slots
        )
        refused = together(*(one.refused for one in made))
        return Sections(tuple(each for each in sections if each.sentences), refused)

    def engine(self, inputs: Inputs) -> str | None:
        """The writer's name."""
        del inputs
        return self.writer.name

    def substitute(self, inputs: Inputs) -> Made | None:
        """Nothing: a note is made, or it is not."""
        del inputs
        return None
