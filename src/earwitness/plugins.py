"""The registry: a name leads to `module:attribute`, imported on use.

Built-ins and third-party entry points are found the same way. A plug-in declares, say:

    [project.entry-points."earwitness.transcribe"]
    mine = "my_package.engine:MyFactory"
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

from earwitness.core.errors import UsageError
from earwitness.core.note_page import NoteExporter
from earwitness.core.ports import EngineFactory, Exporter, Importer
from earwitness.core.text_ports import TextFactory

BUILT_IN: Final[dict[str, dict[str, str]]] = {
    "detect": {"silero": "earwitness.engines.silero:SileroFactory"},
    "transcribe": {
        "pocketsphinx": "earwitness.engines.pocketsphinx:PocketsphinxFactory",
        "faster-whisper": "earwitness.engines.whisper:WhisperFactory",
        "openai": "earwitness.engines.endpoint:EndpointFactory",
        "onnx-asr": "earwitness.engines.onnx_asr:OnnxAsrFactory",
        "mlx-whisper": "earwitness.engines.mlx_whisper:MlxWhisperFactory",
        "scripted": "earwitness.engines.scripted:ScriptedFactory",
    },
    "diarize": {
        "tracks": "earwitness.engines.tracks:TracksFactory",
        "embedded": "earwitness.engines.embedded:EmbeddedFactory",
        "pyannote": "earwitness.engines.pyannote:PyannoteFactory",
        "sherpa": "earwitness.engines.sherpa:SherpaFactory",
    },
    "classify": {
        "rules": "earwitness.engines.rules:RulesFactory",
        "models": "earwitness.engines.models:ModelsFactory",
    },
    "extract": {
        "rules": "earwitness.engines.rules:ExtractRulesFactory",
        "models": "earwitness.engines.models:ExtractModelsFactory",
    },
    "write": {
        "rules": "earwitness.engines.rules_notes:WriteRulesFactory",
        "models": "earwitness.engines.models_notes:WriteModelsFactory",
    },
    "export": {
        "json": "earwitness.exporters.json:Json",
        "txt": "earwitness.exporters.txt:Txt",
        "md": "earwitness.exporters.md:Markdown",
        "csv": "earwitness.exporters.csv:Csv",
        "srt": "earwitness.exporters.srt:Srt",
        "vtt": "earwitness.exporters.vtt:Vtt",
        "ass": "earwitness.exporters.ass:Ass",
        "stm": "earwitness.exporters.stm:Stm",
        "rttm": "earwitness.exporters.rttm:Rttm",
    },
    "note": {
        "md": "earwitness.exporters.note_md:NoteMarkdown",
        "docx": "earwitness.exporters.note_docx:NoteDocx",
    },
    "import": {
        "json": "earwitness.importers.json:Json",
        "srt": "earwitness.importers.subtitles:Srt",
        "vtt": "earwitness.importers.subtitles:Vtt",
        "sbv": "earwitness.importers.subtitles:Sbv",
        "ass": "earwitness.importers.substation:Ass",
        "ttml": "earwitness.importers.ttml:Ttml",
        "textgrid": "earwitness.importers.annotations:TextGrid",
        "stm": "earwitness.importers.scoring:Stm",
        "ctm": "earwitness.importers.scoring:Ctm",
        "rttm": "earwitness.importers.scoring:Rttm",
        "whisper": "earwitness.importers.whisper:Whisper",
        "turns": "earwitness.importers.turns:Turns",
        "nlp": "earwitness.importers.nlp:Nlp",
        "txt": "earwitness.importers.prose:Prose",
    },
}


def listed(group: str) -> dict[str, str]:
    """Names and `module:attribute` of a group, built-ins first; imports none of them."""
    found = dict(BUILT_IN[group])
    for name, value in _installed(group, tuple(sys.path)):
        found.setdefault(name, value)
    return found


@cache
def _installed(group: str, _path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """What others declare; reading what is installed takes longer than many a chunk."""
    return tuple((each.name, each.value) for each in entry_points(group=f"earwitness.{group}"))


def _load(group: str, name: str) -> object:
    known = listed(group)
    if name not in known:
        raise UsageError(
            f"no {group} plug-in is called {name!r}", hint="there are: " + ", ".join(known)
        )
    module, _, attribute = known[name].partition(":")
    made: object = getattr(import_module(module), attribute)()
    return made


def engine(ability: str, name: str) -> EngineFactory:
    """The factory of one engine.

    Raises:
        UsageError: If there is none of that name, or it does not keep the contract.
    """
    factory = _load(ability, name)
    if not isinstance(factory, EngineFactory):
        raise UsageError(f"the {ability} plug-in {name!r} does not keep the engine contract")
    return factory


def text_engine(ability: str, name: str) -> TextFactory:
    """The factory of one engine that works on text.

    Raises:
        UsageError: If there is none of that name, or it does not keep the contract.
    """
    factory = _load(ability, name)
    if not isinstance(factory, TextFactory):
        raise UsageError(f"the {ability} plug-in {name!r} does not keep the text engine contract")
    return factory


def exporter(suffix: str) -> Exporter:
    """The exporter of one format.

    Raises:
        UsageError: If there is no such format.
    """
    made = _load("export", suffix)
    if not hasattr(made, "export"):
        raise UsageError(f"the export plug-in {suffix!r} does not keep the exporter contract")
    return made  # type: ignore[return-value]  # checked on the line above


def note_exporter(suffix: str) -> NoteExporter:
    """The exporter of notes in one format.

    Raises:
        UsageError: If there is no such format, or it does not keep the contract.
    """
    made = _load("note", suffix)
    if not isinstance(made, NoteExporter):
        raise UsageError(f"the note plug-in {suffix!r} does not keep the exporter contract")
    return made


def importer(name: str) -> Importer:
    """The importer of one format.

    Raises:
        UsageError: If there is no such format, or it does not keep the contract.
    """
    made = _load("import", name)
    if not isinstance(made, Importer):
        raise UsageError(f"the import plug-in {name!r} does not keep the importer contract")
    return made
