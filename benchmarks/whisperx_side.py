"""The other half of `against_whisperx.py`: runs in an interpreter that has WhisperX, prints JSON.

    PYTHON whisperx_side.py WORDS.json FOLDER

Only WhisperX's own functions are timed, each on a fresh copy of the input. Libraries that its
modules import but these functions never call (torch, pyannote.audio) are stood in for when missing.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import logging
import sys
import time
import types
from pathlib import Path

UNUSED = ("torch", "torchaudio", "pyannote", "pyannote.audio", "whisperx.audio")
ROUNDS = 3


class _Absent(types.ModuleType):
    """Stands in for a library that is imported but not called."""

    __path__ = ()

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return object


def main() -> None:
    """Assign voices, write subtitles in three ways, tell how long each took."""
    given = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    folder = Path(sys.argv[2])
    absent = [name for name in UNUSED if name == "whisperx.audio" or not _found(name)]
    sys.modules.update({name: _Absent(name) for name in absent})
    logging.disable(logging.WARNING)
    import pandas
    from whisperx.diarize import assign_word_speakers
    from whisperx.SubtitlesProcessor import SubtitlesProcessor
    from whisperx.utils import WriteSRT

    frame = pandas.DataFrame(given["turns"], columns=["start", "end", "speaker"])
    best: dict[str, tuple[float, float]] = {}
    for _ in range(ROUNDS):
        result = json.loads(json.dumps(given["result"]))
        began = time.perf_counter(), time.process_time()
        result = assign_word_speakers(frame, result)
        _keep(best, "assign", began)
        for name, width, count in (("WriteSRT 42x2", 42, 2), ("WriteSRT as it comes", None, None)):
            options = {"max_line_width": width, "max_line_count": count, "highlight_words": False}
            began = time.perf_counter(), time.process_time()
            with (folder / f"{name}.srt").open("w", encoding="utf-8") as file:
                WriteSRT(str(folder)).write_result(result, file, options)
            _keep(best, name, began)
        name = "SubtitlesProcessor 42"
        began = time.perf_counter(), time.process_time()
        SubtitlesProcessor(result["segments"], "en", max_line_length=42).save(
            str(folder / f"{name}.srt")
        )
        _keep(best, name, began)
    version = importlib.metadata.version("whisperx")
    print(json.dumps({"version": version, "seconds": best, "stood in": absent}))


def _keep(best: dict[str, tuple[float, float]], name: str, began: tuple[float, float]) -> None:
    """The least wall and processor time so far."""
    spent = time.perf_counter() - began[0], time.process_time() - began[1]
    best[name] = min(spent, best.get(name, spent))


def _found(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


if __name__ == "__main__":
    main()
