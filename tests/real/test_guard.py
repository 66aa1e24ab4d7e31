"""The guard on what people really said, and on a real call whose tracks leak into each other."""

from __future__ import annotations

import gzip
import json
import os
import re
import warnings
from pathlib import Path

import numpy as np
import pytest

from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Crosstalk, Detection, Diarization, Segment, Speech, Word
from earwitness.engines.silero import SileroFactory
from earwitness.engines.tracks import TracksDiarizer
from earwitness.media.crosstalk import leaks, levels
from earwitness.media.decode import decode
from earwitness.media.sound import PcmFile, Sound
from earwitness.stages.diarize import own_speech
from earwitness.stages.guard import guard

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
CALL = DATA / "multi" / "aws_call40"
WORD_MS = 300

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the folder of real recordings is absent")


def game_night(number: int) -> list[str]:
    path = DATA / f"text/dnd/crd3/C2E{number:03}.json.gz"
    turns = json.loads(gzip.decompress(path.read_bytes()))["TURNS"]
    return [" ".join(turn["UTTERANCES"]) for turn in turns]


def meeting(name: str) -> list[str]:
    text = (DATA / f"text/meetings/qmsum/{name}.json").read_text("utf-8")
    turns = json.loads(text)["meeting_transcripts"]
    return [re.sub(r"\{[^}]*\}", " ", turn["content"]) for turn in turns]


def dutch() -> list[str]:
    rows = (DATA / "parallel/tatoeba.en-nl.tsv").read_text("utf-8").splitlines()
    return [row.partition("\t")[2] for row in rows]


def spoken(lines: list[str]) -> tuple[Segment, ...]:
    """Each line a segment, said faster than anyone speaks: a reason of its own to see loops."""
    segments, at_ms = [], 0
    for line in lines:
        words = []
        for text in line.split():
            words.append(Word(text, Span(at_ms, at_ms + 80), 0.9))
            at_ms += 80
        if words:
            segments.append(Segment(words[0].span | words[-1].span, tuple(words), None))
    return tuple(segments)


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(game_night(15) if DATA.is_dir() else [], id="game night 15"),
        pytest.param(game_night(16) if DATA.is_dir() else [], id="game night 16"),
        pytest.param(game_night(17) if DATA.is_dir() else [], id="game night 17"),
        pytest.param(meeting("Bmr006") if DATA.is_dir() else [], id="meeting"),
        pytest.param(dutch() if DATA.is_dir() else [], id="Dutch"),
    ],
)
def test_nothing_that_people_said_is_doubted_for_its_text(lines: list[str]) -> None:
    heard = spoken(lines)
    everywhere = Detection((Speech(None, (Span(0, 10**9),)),))
    assert len(heard) > 100
    assert guard(heard, everywhere, Crosstalk(())) == heard


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The call, each track mixed into the other 25 dB weaker."""
    folder = tmp_path_factory.mktemp("leaky")
    decoded = decode(CALL / "stereo.wav", folder, name="call.pcm")
    clean = np.fromfile(decoded.pcm, "<i2").reshape(-1, 2).astype(np.float64)
    mixed = np.clip(np.rint(clean + 10 ** (-25 / 20) * clean[:, ::-1]), -32768, 32767)
    path = folder / "leaky.pcm"
    mixed.astype("<i2").tofile(path)
    return Sound([PcmFile(path, 2, decoded.samples, (0, 1))])


@pytest.fixture(scope="module")
def crosstalk(leaky: Sound) -> Crosstalk:
    found = leaks(levels(leaky, lambda _share: None))
    return Crosstalk((Speech(0, found[0]), Speech(1, found[1])))


@pytest.fixture(scope="module")
def speech(leaky: Sound) -> tuple[Speech, ...]:
    detector = SileroFactory().open(EngineOptions())
    return tuple(detector.detect(leaky, track) for track in (0, 1))


def test_voices_that_leaked_are_no_turns_of_the_wrong_track(
    leaky: Sound, crosstalk: Crosstalk, speech: tuple[Speech, ...]
) -> None:
    def rate(heard: tuple[Speech, ...]) -> float:
        return error_rate(TracksDiarizer().diarize(leaky, heard, None))

    assert rate(speech) > 0.5
    assert rate(own_speech(speech, crosstalk)) <= 0.06


def error_rate(found: Diarization) -> float:
    """Diarization error rate: 0.25 s of collar on each side, overlaps scored."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyannote.core import Annotation, Segment, Timeline
        from pyannote.metrics.diarization import DiarizationErrorRate

        truth, guess = Annotation(), Annotation()
        for voice, spans in reference().items():
            for span in spans:
                truth[Segment(span.start_ms / 1000, span.end_ms / 1000)] = voice
        for number, turn in enumerate(found.turns):
            stretch = Segment(turn.span.start_ms / 1000, turn.span.end_ms / 1000)
            guess[stretch, number] = turn.voice
        metric = DiarizationErrorRate(collar=0.5, skip_overlap=False)
        return float(metric(truth, guess, uem=Timeline([Segment(0, 245.38)])))


def reference() -> dict[str, list[Span]]:
    """When the agent and the caller speak."""
    turns: dict[str, list[Span]] = {"agent": [], "caller": []}
    for row in (CALL / "channels.rttm").read_text("utf-8").splitlines():
        field = row.split()
        start_ms, length_ms = round(float(field[3]) * 1000), round(float(field[4]) * 1000)
        turns[field[7]].append(Span(start_ms, start_ms + length_ms))
    return turns


def test_words_that_leaked_are_doubted_and_others_are_not(
    crosstalk: Crosstalk, speech: tuple[Speech, ...]
) -> None:
    agent, caller = (said(spans) for spans in reference().values())
    heard = guard(
        tuple(
            Segment(word.span, (word,), "en", track) for track in (0, 1) for word in agent + caller
        ),
        Detection(speech),
        crosstalk,
    )
    doubts = [segment.words[0].doubt for segment in heard]
    count, whole = len(agent), len(agent) + len(caller)
    own = doubts[:count] + doubts[whole + count :]
    other = doubts[count:whole] + doubts[whole : whole + count]
    assert sum(doubt == "leak" for doubt in own) <= 0.01 * len(own)
    assert sum(doubt is None for doubt in other) <= 0.02 * len(other)


def said(turns: list[Span]) -> list[Word]:
    """A different word every 300 ms of the turns."""
    return [
        Word(f"word{at_ms}", Span(at_ms, at_ms + WORD_MS), 0.9)
        for turn in turns
        for at_ms in range(turn.start_ms, turn.end_ms - WORD_MS, WORD_MS)
    ]
