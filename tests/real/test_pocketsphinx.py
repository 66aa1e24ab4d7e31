"""pocketsphinx on recordings nobody here made: its accuracy, its silence, and its pure chunks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import jiwer
import pytest

from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.core.text import fold_text
from earwitness.engines.pocketsphinx import (
    PocketsphinxFactory,
    PocketsphinxTranscriber,
    model_folder,
)
from earwitness.engines.silero import SileroFactory
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound
from earwitness.stages.chunks import chunks
from earwitness.stages.seams import merge

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="the recordings are not here"),
    pytest.mark.skipif(model_folder() is None, reason="pocketsphinx is not installed"),
]

CLEAR = (
    "single/jfk.flac",
    "single/lj/LJ001-0002.wav",
    "single/lj/LJ001-0004.wav",
    "single/lj/LJ001-0006.wav",
    "single/lj/LJ001-0008.wav",
    "single/lj/LJ001-0013.wav",
    "single/libri/2412-153948-0000.flac",
)
WORDLESS = (
    "nonspeech/digital_silence.wav",
    "nonspeech/ina/silence2sec.wav",
    "nonspeech/leopard_empty.wav",
    "nonspeech/vibe_ace.ogg",
)

Opened = Callable[[str], Sound]


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    def open_sound(name: str) -> Sound:
        done = decode(DATA / name, tmp_path_factory.mktemp("sound"))
        return Sound([PcmFile(done.pcm, done.channels, done.samples)])

    return open_sound


@pytest.fixture(scope="module")
def engine() -> Iterator[PocketsphinxTranscriber]:
    made = PocketsphinxFactory().open(EngineOptions(workers=1))
    yield made
    made.close()


def said(engine: PocketsphinxTranscriber, sound: Sound) -> str:
    speech = SileroFactory().open(EngineOptions()).detect(sound, None)
    made = chunks([speech], engine.chunking, sound.duration_ms)
    segments = merge([(chunk, engine.transcribe(sound, chunk, "en")) for chunk in made])
    return fold_text(" ".join(word.text for segment in segments for word in segment.words))


def test_clear_speech_is_understood_well_enough_for_a_draft(
    engine: PocketsphinxTranscriber, opened: Opened
) -> None:
    rates = []
    for name in CLEAR:
        reference = (DATA / name).with_suffix(".txt").read_text(encoding="utf-8")
        rates.append(jiwer.wer(fold_text(reference), said(engine, opened(name))))
    assert sum(rates) / len(rates) <= 0.32


@pytest.mark.parametrize("name", WORDLESS)
def test_where_nothing_was_said_nothing_is_written(
    engine: PocketsphinxTranscriber, opened: Opened, name: str
) -> None:
    assert said(engine, opened(name)) == ""


def test_a_noisy_recording_heard_before_changes_nothing(
    engine: PocketsphinxTranscriber, opened: Opened
) -> None:
    """This very pair gives other words when the decoder keeps its noise estimate."""
    speech, noisy = opened("single/jfk.flac"), opened("single/spontaneous/acoustic_corpus.wav")
    chunk = Chunk(0, Span(0, 11_000), None, (Span(0, 11_000),))
    before = engine.transcribe(speech, chunk, "en")
    other = Chunk(0, Span(1_000, 9_000), None, (Span(1_000, 9_000),))
    engine.transcribe(noisy, other, "en")
    assert engine.transcribe(speech, chunk, "en") == before
