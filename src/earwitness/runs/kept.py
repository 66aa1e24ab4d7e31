"""Kept: a stage of a re-run that is not done; what an earlier run made of it is taken as it is."""

from __future__ import annotations

from dataclasses import dataclass

from earwitness.core.ports import Tick
from earwitness.core.run import DONE, Outcome
from earwitness.core.stage import Inputs, Lane, Made, Part


@dataclass(frozen=True, slots=True)
class Kept:
    """Stands for a stage in a plan.

    Attributes:
        name: The stage's name.
        makes: The noun it made.
        digest: Of what it made.
        done_by: The engine that did it; None when it needed none.
        verdict: How it ended then.
    """

    name: str
    makes: type
    digest: str
    done_by: str | None = None
    verdict: Outcome = DONE
    version: int = 0
    needs: tuple[type, ...] = ()
    part_needs: tuple[type, ...] = ()
    lane: Lane = "io"
    identity: str = ""
    spent_ms: int = 0

    @property
    def piece(self) -> type:
        """All of it."""
        return self.makes

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One, which is there already."""
        del inputs
        return (Part(kept=self.digest),)

    def work(self, part: Part, inputs: Inputs, tick: Tick) -> Made:
        """Never asked for.

        Raises:
            NotImplementedError: Always: a mistake in the runner.
        """
        raise NotImplementedError(self.name)

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        """The one piece."""
        del inputs
        return pieces[None]

    def engine(self, inputs: Inputs) -> str | None:
        """Who did it then."""
        del inputs
        return self.done_by

    def substitute(self, inputs: Inputs) -> None:
        """Nothing."""
        del inputs
