"""Extract: moments worth finding again, window by window, each borne out by what was said."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.claims import Labels, Moments
from earwitness.core.evidence import believed_moments
from earwitness.core.moment import MomentKind
from earwitness.core.ports import Tick
from earwitness.core.reading import Reading, windows
from earwitness.core.run import DONE, Outcome
from earwitness.core.stage import Inputs, Lane, Made, Part
from earwitness.core.text_ports import Extractor, window_of
from earwitness.stages.classify import together


@dataclass(frozen=True, slots=True)
class Extract:
    """Finds moments; what cannot be believed is left out and counted.

    Attributes:
        extractor: Rules or a model; they pass the same gate.
        kinds: What is looked for.
    """

    extractor: Extractor
    kinds: tuple[MomentKind, ...]
    lane: Lane = "cpu"
    name: str = "extract"
    version: int = 1
    needs: tuple[type, ...] = (Reading, Labels)
    part_needs: tuple[type, ...] = ()
    makes: type = Moments
    piece: type = Moments
    verdict: Outcome = DONE
    spent_ms: int = 0

    @property
    def identity(self) -> str:
        """The engine, and what it looks for."""
        return f"{self.extractor.fingerprint}|{self.kinds}"

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One per window, with the labels of its lines."""
        reading, labels = inputs.take(Reading), inputs.take(Labels).labels
        return tuple(
            Part(window.index, weight=len(window.lines), hears=window.digest, window=window)
            for window in windows(reading, labels, size=window_of(self.extractor))
        )

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Look at one window, knowing nothing of the others."""
        del inputs
        window = part.window
        assert window is not None
        claimed = self.extractor.extract(window)
        tick(1.0)
        wanted = tuple(each for each in claimed.moments if each.kind in self.kinds)
        believed = believed_moments(Moments(wanted, claimed.refused), window)
        return Made(believed, refused=believed.refused)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> Moments:
        """All moments in order of time; windows that failed have none."""
        del inputs
        made = [piece for piece in pieces.values() if isinstance(piece, Moments)]
        moments = sorted(
            (moment for piece in made for moment in piece.moments),
            key=lambda each: (each.span.start_ms, each.evidence, each.kind),
        )
        return Moments(tuple(moments), together(*(piece.refused for piece in made)))

    def engine(self, inputs: Inputs) -> str | None:
        """The extractor's name."""
        del inputs
        return self.extractor.name

    def substitute(self, inputs: Inputs) -> Made:
        """No moments are better than invented ones."""
        del inputs
        return Made(Moments(()))
