"""Who spoke when on recordings nobody here made, against their references."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

from earwitness.core.ports import EngineOptions
from earwitness.core.speech import Diarization
from earwitness.engines.embedded import EmbeddedFactory
from earwitness.engines.silero import SileroFactory
from earwitness.engines.tracks import TracksFactory
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
AMI = ("dev00", "trn00", "trn01", "trn03", "trn04")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real recordings is absent")


def hear(name: str, folder: Path, speakers: int | None = None) -> Diarization:
    """Detect and diarize one recording as a run would."""
    decoded = decode(DATA / name, folder, name=Path(name).stem + ".pcm")
    pcm = PcmFile(decoded.pcm, decoded.channels, decoded.samples, decoded.tracks)
    audio = Sound([pcm])
    options = EngineOptions()
    detector = SileroFactory().open(options)
    speech = tuple(detector.detect(audio, track) for track in audio.tracks or (None,))
    factory = TracksFactory() if audio.tracks else EmbeddedFactory()
    return factory.open(options).diarize(audio, speech, speakers)


def error_rate(reference: Path, found: Diarization, seconds: float) -> float:
    """Diarization error rate: 0.25 s of collar on each side, overlaps scored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyannote.core import Annotation, Segment, Timeline
        from pyannote.metrics.diarization import DiarizationErrorRate

        truth, guess = Annotation(), Annotation()
        for number, line in enumerate(reference.read_text("utf-8").splitlines()):
            field = line.split()
            if field and field[0] == "SPEAKER":
                start, length = float(field[3]), float(field[4])
                truth[Segment(start, start + length), number] = field[7]
        for number, turn in enumerate(found.turns):
            span = Segment(turn.span.start_ms / 1000, turn.span.end_ms / 1000)
            guess[span, number] = turn.voice
        metric = DiarizationErrorRate(collar=0.5, skip_overlap=False)
        return float(metric(truth, guess, uem=Timeline([Segment(0, seconds)])))


@pytest.mark.parametrize(
    ("audio", "reference", "seconds", "limit"),
    [
        ("aws_call40/mono_mix.wav", "aws_call40/channels.rttm", 245.38, 0.08),
        ("aws_call40/stereo.wav", "aws_call40/channels.rttm", 245.38, 0.06),
        ("constructed_pub/session.wav", "constructed_pub/ref.rttm", 164.7, 0.20),
    ],
)
def test_conversations(
    audio: str, reference: str, seconds: float, limit: float, tmp_path: Path
) -> None:
    found = hear(f"multi/{audio}", tmp_path)
    assert error_rate(DATA / "multi" / reference, found, seconds) <= limit


def test_meetings_far_from_the_microphone(tmp_path: Path) -> None:
    # the second clip holds laughter and murmurs only: the detector hears no speech in it
    rates = [
        error_rate(
            DATA / f"multi/ami30s/{name}.rttm", hear(f"multi/ami30s/{name}.wav", tmp_path), 30
        )
        for name in AMI
    ]
    assert sum(rates) / len(rates) <= 0.40
    assert sum(sorted(rates)[:4]) / 4 <= 0.26


@pytest.mark.parametrize(
    "name", ["digital_silence.wav", "ina/silence2sec.wav", "leopard_empty.wav", "vibe_ace.ogg"]
)
def test_silence_noise_and_music_are_not_speech(name: str, tmp_path: Path) -> None:
    assert hear(f"nonspeech/{name}", tmp_path).turns == ()


def test_speech_among_music_and_noise(tmp_path: Path) -> None:
    # speech stands from 63.3 s on
    turns = hear("nonspeech/ina/musanmix.mp3", tmp_path).turns
    heard = sum(turn.span.duration_ms for turn in turns if turn.span.start_ms > 63_000)
    assert heard > 6_000
    assert sum(turn.span.duration_ms for turn in turns) - heard < 2_500


@pytest.mark.parametrize("name", ["vl04108.wav", "watson_single.wav", "ohf/04.wav"])
def test_another_language_has_voices_too(name: str, tmp_path: Path) -> None:
    assert hear(f"dutch/{name}", tmp_path).voices == ("S1",)


def test_a_number_of_speakers_is_kept_to(tmp_path: Path) -> None:
    found = hear("multi/aws_call40/mono_mix.wav", tmp_path, speakers=5)
    assert len(found.voices) == len(found.prints) == 5
