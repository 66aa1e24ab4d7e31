"""Demo: the shipped example, always with the embedded engines and never from memory of others."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from earwitness.app.api import process
from earwitness.app.running.process import Processed
from earwitness.runs.listener import Listener

EXAMPLE = "tavern.flac"


def demo(
    *,
    home: Path | None = None,
    output: Path | None = None,
    listener: Listener = lambda _stage, _share: None,
) -> Processed:
    """Transcribe the shipped scene: four synthetic voices at a game table, about 90 seconds.

    Raises:
        EngineUnavailable: The embedded transcriber has no wheel for this Python.
    """
    with as_file(files("earwitness") / "examples" / EXAMPLE) as path:
        return process(
            path,
            title="The tavern (example)",
            playbook="meeting",
            language="en",
            transcriber="pocketsphinx",
            diarizer="auto",
            formats="json,txt,md,srt,vtt",
            home=home,
            output=output,
            listener=listener,
        )
