"""Subtitles of real speech: three game nights, consultations, film captions in five languages.

The words are real; where a source has no word times, they are spread the way people speak: time by
length, pauses at punctuation, all from a fixed seed.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from pathlib import Path

import pysubs2
import pytest
import webvtt

from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.ass import Ass
from earwitness.exporters.atoms import width
from earwitness.exporters.cues import Cues, cues
from earwitness.exporters.json import Json
from earwitness.exporters.srt import WORD_JOINER, Srt
from earwitness.exporters.vtt import Vtt
from earwitness.importers.reading import parse

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
GAMES = DATA / "text" / "dnd" / "crd3"
CONSULTATIONS = DATA / "text" / "therapy" / "primock57"
CAPTIONS = DATA / "subtitles" / "elephantsdream"

OPTIONS = ExportOptions()
SESSION = Session(
    "2026-11-20-abcdef", "Real", "screen", None, (Recording("0" * 64, "a.mp3", 1, None, 1, 16_000),)
)


def present(folder: Path) -> Path:
    if not folder.is_dir():
        pytest.skip(f"real data is not here: {folder.name}")
    return folder


def spread(text: str, span: Span) -> tuple[Word, ...]:
    """Words over a known stretch, each with time by its length."""
    parts = text.split()
    total = sum(len(part) + 1 for part in parts)
    words, done = [], 0
    for part in parts:
        begin = span.start_ms + span.duration_ms * done // total
        done += len(part) + 1
        words.append(Word(part, Span(begin, span.start_ms + span.duration_ms * done // total)))
    return tuple(words)


def spoken(text: str, start_ms: int, chance: random.Random) -> tuple[Word, ...]:
    """Words the way people speak: about 180 a minute, pauses at punctuation."""
    words, at = [], start_ms
    for part in text.split():
        length_ms = 70 + round(60 * len(part) * chance.uniform(0.7, 1.3))
        words.append(Word(part, Span(at, at + length_ms)))
        at += length_ms
        if part[-1] in ".!?":
            at += round(chance.uniform(150, 600))
        elif part[-1] in ",;:" or chance.random() < 0.1:
            at += round(chance.uniform(50, 300))
    return tuple(words)


def utterance(number: int, words: tuple[Word, ...], voice: str, language: str) -> Utterance:
    span = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
    return Utterance(number, span, words, voice, language=language)


def game(*names: str) -> Record:
    """Whole episodes; voices take turns after short pauses."""
    folder, chance, at = present(GAMES), random.Random(1), 0
    voices: dict[str, str] = {}
    said: list[Utterance] = []
    for name in names:
        with gzip.open(folder / f"{name}.json.gz", "rt", encoding="utf-8") as file:
            turns = json.load(file)["TURNS"]
        for turn in turns:
            voice = voices.setdefault(" ".join(turn["NAMES"]), f"S{len(voices) + 1}")
            words = spoken(" ".join(turn["UTTERANCES"]), at, chance)
            if words:
                said.append(utterance(len(said), words, voice, "en"))
                at = words[-1].span.end_ms + round(chance.uniform(50, 900))
    return Record(SESSION, Transcript(tuple(said)), ())


def consultation(name: str) -> Record:
    """Doctor and patient on their own tracks, with the overlaps they really had."""
    folder = present(CONSULTATIONS)
    found: list[tuple[Span, str, str]] = []
    interval = re.compile(r'xmin = ([\d.]+)\s+xmax = ([\d.]+)\s+text = "(.*)"')
    for voice, who in (("S1", "doctor"), ("S2", "patient")):
        grid = (folder / f"{name}_{who}.TextGrid").read_text("utf-8")
        for start, end, text in interval.findall(grid):
            plain = re.sub(r"<[^>]*>", " ", text).strip()
            if re.search(r"\w", plain):
                found.append(
                    (Span(round(float(start) * 1000), round(float(end) * 1000)), voice, plain)
                )
    found.sort()
    return Record(
        SESSION,
        Transcript(
            tuple(
                utterance(number, spread(text, span), voice, "en")
                for number, (span, voice, text) in enumerate(found)
            )
        ),
        (),
    )


def captions(language: str) -> Record:
    """Each caption of the film as one utterance."""
    path = present(CAPTIONS) / f"captions.{language}.vtt"
    said = []
    for number, caption in enumerate(webvtt.read(str(path)).captions):
        span = Span(
            round(caption.start_in_seconds * 1000) + number,
            round(caption.end_in_seconds * 1000) + number + 1_000,
        )
        said.append(utterance(number, spread(caption.text, span), "S1", language))
    said.sort(key=lambda u: (u.span.start_ms, u.id))
    return Record(SESSION, Transcript(tuple(said)), ())


def squeezed(text: str) -> str:
    return "".join(text.replace(WORD_JOINER, "").split())


def by_voice(record: Record) -> dict[str | None, str]:
    said: dict[str | None, str] = {}
    for one in record.transcript.utterances:
        said[one.voice] = said.get(one.voice, "") + squeezed(one.text)
    return said


def check(record: Record, found: Cues, options: ExportOptions) -> None:
    """What is promised whatever was said."""
    read: dict[str | None, str] = {}
    ends: dict[str | None, int] = {}
    voices = {u.id: u.voice for u in record.transcript.utterances}
    for cue in found.cues:
        assert {voices[each] for each in cue.utterances} == {cue.voice}
        assert cue.span.start_ms >= ends.get(cue.voice, 0)
        ends[cue.voice] = cue.span.end_ms
        read[cue.voice] = read.get(cue.voice, "") + squeezed("".join(cue.lines))
        assert all(width(line) <= options.line_chars or " " not in line for line in cue.lines)
    assert read == by_voice(record)


def share(found: Cues, rule: str) -> float:
    return found.broken[rule] / len(found.cues)


def turns_too_short(record: Record) -> int:
    """Turns after which another voice follows so soon that no subtitle could stand long enough."""
    turns = [list(turn) for _, turn in groupby(record.transcript.utterances, lambda u: u.voice)]
    need_ms = OPTIONS.cue_min_ms + OPTIONS.gap_ms
    return sum(
        after[0].span.start_ms - turn[0].span.start_ms < need_ms for turn, after in pairwise(turns)
    )


def texts(record: Record) -> Iterator[tuple[str, list[str]]]:
    srt = pysubs2.SSAFile.from_string(Srt().export(record, OPTIONS), "srt")
    ass = pysubs2.SSAFile.from_string(Ass().export(record, OPTIONS))
    yield "srt", [event.plaintext for event in srt]
    yield "ass", [event.plaintext for event in ass]
    vtt = webvtt.from_string(Vtt().export(record, OPTIONS))
    yield "vtt", [caption.text.replace("&amp;", "&") for caption in vtt.captions]


def test_game_nights_lose_no_word_and_hardly_break_a_rule() -> None:
    record = game("C2E015", "C2E016", "C2E017")
    found = cues(record, OPTIONS)
    check(record, found, OPTIONS)
    assert found.broken["lines"] == found.broken["line_chars"] == 0
    assert found.broken["overlap"] == found.broken["gap_ms"] == 0
    assert share(found, "chars_per_second") < 0.005
    assert found.broken["cue_min_ms"] <= turns_too_short(record)


def test_names_cost_no_rule_of_layout() -> None:
    record, named = game("C2E015"), ExportOptions(names=True)
    found = cues(record, named)
    assert found.broken["lines"] == found.broken["line_chars"] == 0
    assert share(found, "chars_per_second") < 0.07
    assert any(cue.lines[0].startswith(f"{cue.voice}: ") for cue in found.cues)


def test_other_readers_find_every_word_of_a_game_night() -> None:
    record = game("C2E016")
    wanted = [squeezed("".join(cue.lines)) for cue in cues(record, OPTIONS).cues]
    for suffix, read in texts(record):
        assert [squeezed(text) for text in read] == wanted, suffix


def test_a_game_night_survives_json() -> None:
    record = game("C2E017")
    assert parse(Json().export(record, OPTIONS)) == record


@pytest.mark.parametrize(
    "name", ["day2_consultation07", "day3_consultation02", "day5_consultation09"]
)
def test_voices_that_interrupt_each_other_are_kept_apart(name: str) -> None:
    record = consultation(name)
    found = cues(record, OPTIONS)
    check(record, found, OPTIONS)
    assert 0 < share(found, "overlap") < 0.3


@pytest.mark.parametrize("language", ["ar", "en", "ja", "ru", "sv"])
def test_film_captions_in_any_script_are_broken_without_loss(language: str) -> None:
    record = captions(language)
    for options in (OPTIONS, ExportOptions(line_chars=20, lines=2)):
        check(record, cues(record, options), options)
        assert cues(record, options).broken["line_chars"] == 0
    wanted = [squeezed("".join(cue.lines)) for cue in cues(record, OPTIONS).cues]
    for suffix, read in texts(record):
        assert [squeezed(text) for text in read] == wanted, suffix
