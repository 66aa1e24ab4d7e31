"""What fails is missing, is told, and can be done again alone; what was heard stays."""

from __future__ import annotations

import sys
import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from tests.commands import answer

import earwitness
from earwitness.core.errors import EngineError
from earwitness.media import enhance
from earwitness.media.decode import decode
from earwitness.runs import aligning
from earwitness.stages import crosstalk, guard, settle

MOODY = '''
"""Engines of somebody else that fail as a file beside them says."""

from pathlib import Path

from earwitness.core.errors import EngineError
from earwitness.core.options import NoOptions
from earwitness.core.ports import Readiness
from earwitness.engines.embedded import EmbeddedFactory
from earwitness.engines.scripted import ScriptedFactory
from earwitness.engines.silero import SileroFactory


def check(ability, index=None):
    mood = Path(__file__).with_name("mood").read_text().split()
    if mood[:1] == [ability] and mood[2:] in ([], [str(index)]):
        raise {"error": EngineError("a child ended"), "mistake": KeyError("secret")}[mood[1]]


class Moody:
    name = "moody"
    local = True
    form = NoOptions

    def languages(self, options):
        return None

    def ready(self, options):
        return Readiness(True, "always")

    def open(self, options):
        return Engine(self.ability, self.real().open(options))


class Engine:
    name, fingerprint = "moody", "moody/1"

    def __init__(self, ability, real):
        self.ability, self.real = ability, real
        self.chunking = getattr(real, "chunking", None)

    def diarize(self, *said):
        check("diarize")
        return self.real.diarize(*said)

    def transcribe(self, audio, chunk, language):
        check("transcribe", chunk.index)
        return self.real.transcribe(audio, chunk, language)

    def close(self):
        self.real.close()


class MoodyDiarizer(Moody):
    ability, real = "diarize", EmbeddedFactory


class MoodyTranscriber(Moody):
    ability, real = "transcribe", ScriptedFactory
'''
ENTRIES = """[earwitness.diarize]
moody = moody_engine:MoodyDiarizer
[earwitness.transcribe]
moody = moody_engine:MoodyTranscriber
"""


@pytest.fixture
def mood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], object]:
    """Says how the moody engines feel: `diarize error`, `transcribe mistake 2`, or nothing."""
    place = tmp_path / "plugins"
    info = place / "moody-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: moody\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(ENTRIES)
    (place / "moody_engine.py").write_text(MOODY)
    (place / "mood").write_text("")
    monkeypatch.syspath_prepend(str(place))
    monkeypatch.delitem(sys.modules, "moody_engine", raising=False)
    return (place / "mood").write_text


@dataclass
class Told:
    """What a command told, and the record that people see."""

    capsys: pytest.CaptureFixture[str]
    answer: dict[str, object]

    def __post_init__(self) -> None:
        self.session = str(self.answer["session"])
        self.record = earwitness.record(self.session)
        outcome = self.answer["outcome"]
        assert isinstance(outcome, dict)
        self.kind, self.why = outcome["kind"], outcome.get("why", "")
        self.warnings = " ".join(self.record.warnings)

    @property
    def words(self) -> list[str]:
        return [word.text for line in self.record.transcript.utterances for word in line.words]

    @property
    def voices(self) -> set[str | None]:
        return {line.voice for line in self.record.transcript.utterances}

    def again(self, *stage: str) -> Told:
        command = ["sessions", "rerun", self.session, *stage]
        return Told(self.capsys, answer(self.capsys, *command))

    def computed(self) -> set[str]:
        steps = earwitness.show_session(self.session).runs[0][1]
        return {step.stage for step in steps if not step.hit} - {"report"}


@pytest.fixture
def process(capsys: pytest.CaptureFixture[str]) -> Callable[..., Told]:
    def processed(*said: str | Path, code: int = 0) -> Told:
        command = ["process", *map(str, said), "--language", "en"]
        command += ["--formats", "json,txt,srt,rttm"]
        return Told(capsys, answer(capsys, *command, code=code))

    return processed


MOODY_ENGINES = ("--transcriber", "moody", "--diarizer", "moody")


@pytest.mark.parametrize("how", ["error", "mistake"])
def test_without_voices_the_transcript_stays_and_is_mended_alone(
    tavern: Path, mood: Callable[[str], object], process: Callable[..., Told], how: str
) -> None:
    mood(f"diarize {how}")
    told = process(tavern, *MOODY_ENGINES)
    assert (told.kind, told.voices) == ("degraded", {None})
    assert "diarize" in told.why
    assert "secret" not in told.why + told.warnings
    assert "diarize" in told.warnings
    folder = Path(str(told.answer["output"]))
    assert "Unknown" in (folder / "transcript.txt").read_text()
    assert told.words
    mood("")
    mended = told.again("--stage", "diarize")
    assert mended.kind == "done"
    assert mended.words == told.words
    assert None not in mended.voices
    assert "diarize" not in mended.warnings
    assert "transcribe" not in mended.computed(), "only what was missing is done"
    assert "Unknown" not in (folder / "transcript.txt").read_text()


def test_a_strict_user_is_told_by_the_exit_code(
    tavern: Path, mood: Callable[[str], object], process: Callable[..., Told]
) -> None:
    mood("diarize error")
    assert process(tavern, *MOODY_ENGINES, "--strict", code=3).words


@pytest.mark.parametrize("how", ["error", "mistake"])
def test_without_words_the_voices_stay_and_words_are_mended_alone(
    tavern: Path, mood: Callable[[str], object], process: Callable[..., Told], how: str
) -> None:
    mood(f"transcribe {how}")
    told = process(tavern, *MOODY_ENGINES)
    assert (told.kind, told.words) == ("degraded", [])
    assert told.record.turns
    mood("")
    mended = told.again("--stage", "transcribe")
    assert (mended.kind, bool(mended.words)) == ("done", True)
    assert mended.record.turns == told.record.turns


def test_a_gap_is_told_and_mended_by_the_same_command_or_alone(
    tavern: Path, mood: Callable[[str], object], process: Callable[..., Told]
) -> None:
    mood("transcribe error 1")
    told = process(tavern, *MOODY_ENGINES)
    assert told.kind == "degraded"
    assert "1 of" in told.why
    mood("")
    mended = told.again("--chunk", "1")
    assert mended.kind == "done"
    assert len(mended.words) > len(told.words)
    assert process(tavern, *MOODY_ENGINES).words == mended.words


Fault = Callable[[pytest.MonkeyPatch], None]


def broken(*_said: object, **_more: object) -> object:
    raise EngineError("it broke")


PARTS: dict[str, tuple[object, str]] = {
    "crosstalk": (crosstalk, "leaks"),
    "settle": (settle, "settle"),
    "guard": (guard, "guard"),
    "align": (aligning, "lay"),
}
"""Stages that ask no engine, and what of them is made to fail."""


@pytest.fixture
def microphones(tmp_path: Path) -> list[Path]:
    """Half a minute of the shipped scene, its turns dealt to two microphones."""
    scene = Path(earwitness.__file__).parent / "examples" / "tavern.flac"
    decoded = decode(scene, tmp_path / "scene")
    sound = np.fromfile(decoded.pcm, "<i2")[: 30 * 16_000]
    mine = (np.arange(len(sound)) // (6 * 16_000)) % 2 == 0
    paths = []
    for name, part in (("ann", mine), ("bob", ~mine)):
        path = tmp_path / f"{name}.wav"
        with wave.open(str(path), "w") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(16_000)
            out.writeframes((sound * part).astype("<i2").tobytes())
        paths.append(path)
    return paths


@pytest.mark.parametrize("stage", PARTS)
def test_a_part_that_fails_costs_no_word_and_is_mended_alone(
    microphones: list[Path],
    process: Callable[..., Told],
    monkeypatch: pytest.MonkeyPatch,
    stage: str,
) -> None:
    where, what = PARTS[stage]
    with monkeypatch.context() as fault:
        fault.setattr(where, what, broken)
        told = process(*microphones, "--tracks", "--transcriber", "scripted")
    assert told.kind == "degraded"
    assert stage in told.why
    assert stage in told.warnings
    assert told.words
    mended = told.again("--stage", stage)
    assert mended.kind == "done"
    assert stage not in mended.warnings
    assert mended.words == told.words


def test_sound_that_cannot_be_enhanced_is_heard_as_it_is_and_mended(
    tavern: Path, process: Callable[..., Told], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as fault:
        fault.setattr(enhance, "filtered", broken)
        told = process(tavern, "--transcriber", "scripted", "--enhance", "normalise")
    assert (told.kind, bool(told.words)) == ("degraded", True)
    assert "as it was" in told.warnings
    mended = told.again("--stage", "transcribe")
    assert mended.kind == "done"
    assert "as it was" not in mended.warnings


def test_what_stands_in_for_a_part_is_this_sessions_own(
    tavern: Path,
    microphones: list[Path],
    process: Callable[..., Told],
    mood: Callable[[str], object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two sessions lose the same parts; neither is given the other's words."""
    mood("diarize error")
    monkeypatch.setattr(guard, "guard", broken)
    first = process(tavern, *MOODY_ENGINES)
    second = process(microphones[0], *MOODY_ENGINES)
    assert first.words
    assert second.words
    assert first.words != second.words


def test_names_that_cannot_be_found_out_cost_no_transcript(
    tavern: Path,
    process: Callable[..., Told],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer(capsys, "series", "add", "The Table")
    with monkeypatch.context() as fault:
        fault.setattr("earwitness.app.running.processed.assign", broken)
        told = process(tavern, "--transcriber", "scripted", "--series", "The Table")
    assert told.kind == "done"
    assert told.words
    (notice,) = [each for each in told.answer["notices"] if "named" in each]  # type: ignore[attr-defined]
    assert f"earwitness speakers assign {told.session}" in notice
    answer(capsys, "speakers", "assign", told.session)
