"""Whole: what stages have in common that are done in one piece and ask no engine."""

from __future__ import annotations

from earwitness.core.stage import WHOLE, Inputs, Part


class InOnePiece:
    """Work in one part, which is the result."""

    __slots__ = ()

    def parts(self, inputs: Inputs) -> tuple[Part, ...]:
        """One: all of it is seen together."""
        del inputs
        return WHOLE

    def join(self, pieces: dict[int | None, object], inputs: Inputs) -> object:
        """The one piece."""
        del inputs
        return pieces[None]

    def engine(self, inputs: Inputs) -> None:
        """None is needed."""
        del inputs
