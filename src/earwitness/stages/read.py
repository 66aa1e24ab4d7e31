"""Read: what text stages look at, kept as it was when they looked."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.ports import Tick
from earwitness.core.reading import Reading
from earwitness.core.run import DONE, Outcome
from earwitness.core.stage import Inputs, Lane, Made, Part


@dataclass(frozen=True, slots=True)
class Read:
    """Hands on the transcript people see, with who is known and which words to know.

    Attributes:
        reading: All of it.
        digest: SHA-256 of it; the same reading is stored once.
    """

    reading: Reading
    digest: str
    name: str = "read"
    version: int = 1
    needs: tuple[type, ...] = ()
    part_needs: tuple[type, ...] = ()
    makes: type = Reading
    piece: type = Reading
    lane: Lane = "io"
    identity: str = ""
    verdict: Outcome = DONE
    spent_ms: int = 0

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One, known by what is read."""
        del inputs
        return (Part(identity=self.digest),)

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """The reading."""
        del part, inputs, tick
        return Made(self.reading)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        """The one piece."""
        del inputs
        return pieces[None]

    def engine(self, inputs: Inputs) -> None:
        """None is needed."""
        del inputs

    def substitute(self, inputs: Inputs) -> None:
        """Nothing can be read in its place."""
        del inputs
