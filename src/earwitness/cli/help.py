"""Help: what stands on several lines in a docstring flows into the width of the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cyclopts.help import HelpPanel
    from rich.console import Console, ConsoleOptions


class Flowing:
    """Draws a panel of help as cyclopts does, without the line breaks of the source."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        """Draw one panel."""
        from cyclopts.help import DefaultFormatter, InlineText
        from rich.text import Text

        for entry in panel.entries:
            said = entry.description
            if isinstance(said, InlineText) and isinstance(said.primary_renderable, Text):
                said.primary_renderable = Text(" ".join(said.primary_renderable.plain.split()))
        DefaultFormatter()(console, options, panel)

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:
        """Draw the line on top."""
        from cyclopts.help import DefaultFormatter

        DefaultFormatter().render_usage(console, options, usage)

    def render_description(
        self, console: Console, options: ConsoleOptions, description: object
    ) -> None:
        """Draw what the verb is for."""
        from cyclopts.help import DefaultFormatter

        DefaultFormatter().render_description(console, options, description)
