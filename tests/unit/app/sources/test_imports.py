"""Imports: our own JSON comes back as it was; sound can follow; limits hold."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.deep import examples

import earwitness
from earwitness.core.errors import NoSound, UnsupportedSource, UsageError
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Document, Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Label, Record, Transcript, Utterance
from earwitness.exporters.json import Json
from earwitness.importers.letters import LARGEST_BYTES

SRT = "1\n00:00:01,000 --> 00:00:02,000\nANN: hello\n\n2\n00:00:03,000 --> 00:00:04,000\nyes\n"

texts = st.text(min_size=1, max_size=8).filter(lambda text: text == text.strip())
people = st.none() | st.sampled_from(["Ann", "Bob Lee", "two  spaces", "line\nend"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    lines, at_ms = [], 0
    for number in range(draw(st.integers(0, 6))):
        words = []
        for _ in range(draw(st.integers(1, 4))):
            at_ms += draw(st.integers(0, 5_000))
            span = Span(at_ms, at_ms + draw(st.integers(1, 900)))
            share = draw(st.none() | st.floats(0, 1))
            words.append(Word(draw(texts), span, share, draw(st.booleans())))
        whole = words[0].span
        for word in words:
            whole |= word.span
        lines.append(
            Utterance(
                id=number * 3 + draw(st.integers(0, 2)),
                span=whole,
                words=tuple(words),
                voice=draw(st.sampled_from([None, "S1", "S2", "S7"])),
                person=draw(people),
                uncertain=draw(st.booleans()),
                language=draw(st.sampled_from([None, "en", "nl"])),
            )
        )
    lines.sort(key=lambda line: (line.span.start_ms, line.id))
    labels = tuple(
        Label(line.id, "stance", draw(st.sampled_from(["IC", "OOC"])), 0.5, "user:ann")
        for line in lines
        if draw(st.booleans())
    )
    turns = draw(
        st.lists(
            st.builds(
                Turn,
                st.builds(lambda a, n: Span(a, a + n), st.integers(0, 9_000), st.integers(1, 99)),
                st.sampled_from(["S1", "S2"]),
                st.none() | st.integers(0, 1),
            ),
            max_size=5,
        )
    )
    return Record(
        Session(
            "2026-11-20-abcdef",
            draw(st.text(max_size=10)),
            draw(st.sampled_from(["meeting", "therapy", "screen"])),
            draw(st.sampled_from([None, "en", "nl"])),
            draw(
                st.sampled_from([(), (Recording("ab" * 32, "night.wav", 10, 60_000, 2, 44_100),)])
            ),
            local_only=draw(st.booleans()),
            documents=(Document("cd" * 32, "old.srt", 9, "srt"),),
        ),
        Transcript(tuple(lines), labels),
        tuple(turns),
        (("transcribe", "scripted"),),
        ("somebody coughs",),
    )


def bound_aside(text: str) -> dict[str, object]:
    """The export without what belongs to the session and the run it came from, or is found anew."""
    told = json.loads(text)
    del told["session"]["id"], told["documents"]
    told["session"]["local_only"] |= told["session"]["playbook"] == "therapy"
    anew = ("import", "classify", "extract")
    told["engines"] = [row for row in told["engines"] if row["stage"] not in anew]
    for found in ("labels", "moments"):
        told[found] = [row for row in told[found] if row["by"] != "rules"]
    assert isinstance(told, dict)
    return told


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.too_slow])
@given(records())
def test_our_own_json_loses_nothing(record: Record) -> None:
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        before = Json().export(record, ExportOptions())
        (base / "transcript.json").write_text(before, encoding="utf-8")
        done = earwitness.import_transcript(
            base / "transcript.json", home=base / "home", output=base / "out", formats="json"
        )
        after = done.written.files[0].read_text(encoding="utf-8")
        assert bound_aside(after) == bound_aside(before)


@pytest.fixture
def call(tmp_path: Path) -> Path:
    path = tmp_path / "call.srt"
    path.write_text(SRT)
    return path


def test_corrections_names_and_all_survive_export_and_import(call: Path, tmp_path: Path) -> None:
    first = earwitness.import_transcript(call)
    session = first.session.id
    earwitness.edit(session, 0, "text", "good morning")
    earwitness.edit(session, 1, "uncertain", True)
    earwitness.edit(session, 1, "stance", "IC")
    earwitness.name_speakers(session, {"S1": "Ann Lee"})
    written = earwitness.export(session, formats="json").files[0]
    again = earwitness.import_transcript(written)
    other = earwitness.export(again.session.id, formats="json").files[0]
    assert again.session.id != session
    assert bound_aside(other.read_text()) == bound_aside(written.read_text())
    assert again.record.transcript.utterances[0].person == "Ann Lee"


def test_the_same_bytes_find_the_same_session(call: Path, tmp_path: Path) -> None:
    first = earwitness.import_transcript(call)
    copy = tmp_path / "renamed.txt"
    copy.write_bytes(call.read_bytes())
    second = earwitness.import_transcript(copy)
    assert second.session.id == first.session.id
    assert second.reused
    assert len(earwitness.show_session(first.session.id).runs) == 1
    other = earwitness.import_transcript(call, playbook="screen")
    assert other.session.id != first.session.id


def test_a_name_somebody_took_back_stays_away(call: Path) -> None:
    done = earwitness.import_transcript(call)
    session = done.session.id
    assert done.record.transcript.utterances[0].person == "ANN"
    earwitness.name_speakers(session, {"S1": None})
    again = earwitness.import_transcript(call)
    assert again.record.transcript.utterances[0].person is None


def test_without_sound_nothing_is_heard_again(call: Path) -> None:
    session = earwitness.import_transcript(call).session.id
    with pytest.raises(NoSound) as refused:
        earwitness.rerun(session, stage="diarize")
    assert "--audio" in refused.value.hint


def test_sound_can_follow_but_not_another(call: Path, tavern: Path, tmp_path: Path) -> None:
    first = earwitness.import_transcript(call)
    earwitness.edit(first.session.id, 0, "text", "hello you")
    with_sound = earwitness.import_transcript(call, audio=tavern)
    assert with_sound.session.id == first.session.id
    assert [each.name for each in with_sound.session.recordings] == [tavern.name]
    assert with_sound.record.transcript.utterances[0].text == "hello you"
    other = tmp_path / "other.flac"
    other.write_bytes(tavern.read_bytes() + b"\0")
    with pytest.raises(UsageError, match="another recording"):
        earwitness.import_transcript(call, audio=other)


def test_a_recording_of_another_length_is_a_warning(tavern: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.srt"
    late.write_text("1\n02:00:00,000 --> 02:00:05,000\nmuch later\n")
    warnings = earwitness.import_transcript(late, audio=tavern).record.warnings
    assert any("after the recording" in warning for warning in warnings)
    early = tmp_path / "early.srt"
    early.write_text(SRT)
    warnings = earwitness.import_transcript(early, audio=tavern).record.warnings
    assert any("after the text" in warning for warning in warnings)


def test_files_of_one_speaker_each_are_told_apart_by_their_names(tmp_path: Path) -> None:
    for name in ("night-3_ann", "night-3_bob"):
        text = SRT.replace("ANN: hello", f"it is {name[-3:]}")
        (tmp_path / f"{name}.srt").write_text(text)
    done = earwitness.import_transcript(sorted(tmp_path.glob("*.srt")))
    assert {u.person for u in done.record.transcript.utterances} == {"ann", "bob"}


def test_files_too_large_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.srt"
    with path.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    with pytest.raises(UnsupportedSource, match="too large"):
        earwitness.import_transcript(path)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"RIFF\0\0\0\0WAVE", "recording"),
        (bytes(range(256)) * 40, "not text"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 99, "not text"),
        (b"   \n", "empty"),
        (b"<?xml version='1.0'?><!DOCTYPE t [<!ENTITY a 'aaaa'>]><tt>&a;</tt>", "entities"),
        (b'{"schema": "earwitness/transcript@2"}', "another version"),
    ],
)
def test_what_is_no_transcript_is_refused(data: bytes, what: str, tmp_path: Path) -> None:
    path = tmp_path / "file.ttml"
    path.write_bytes(data)
    with pytest.raises(UnsupportedSource, match=what) as refused:
        earwitness.import_transcript(path)
    assert refused.value.hint
    assert earwitness.sessions() == ()


def test_two_of_the_same_and_a_session_among_others_are_refused(call: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.srt"
    copy.write_bytes(call.read_bytes())
    with pytest.raises(UsageError, match="same bytes"):
        earwitness.import_transcript([call, copy])
    ours = earwitness.import_transcript(call, formats="json").written.files[0]
    with pytest.raises(UsageError, match="whole session"):
        earwitness.import_transcript([call, ours])


def test_a_session_of_a_series_takes_its_defaults(call: Path) -> None:
    earwitness.add_series("The calls", playbook="therapy", language="nl")
    done = earwitness.import_transcript(call, series="The calls")
    assert (done.session.playbook, done.session.language) == ("therapy", "nl")
    assert done.record.transcript.utterances[0].language == "nl"
    assert done.session.local_only


def test_processing_finds_the_imported_session_unless_there_is_another(
    call: Path, tavern: Path
) -> None:
    brought = earwitness.import_transcript(call, audio=tavern)
    heard = earwitness.process(tavern, transcriber="scripted", language="en", formats="json")
    assert heard.session.id == brought.session.id
    runs = earwitness.history(heard.session.id)
    assert len(runs) == 2
    earwitness.put_back(heard.session.id, runs[1].run.id)
    assert earwitness.record(heard.session.id).transcript.utterances[0].text == "hello"
