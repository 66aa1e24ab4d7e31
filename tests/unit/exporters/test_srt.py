"""SRT, WebVTT and ASS: other people's readers find the words, times and voices we wrote."""

from __future__ import annotations

import html
import io

import pysubs2
import pytest
import webvtt
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.ass import Ass
from earwitness.exporters.cues import cues
from earwitness.exporters.srt import WORD_JOINER, Srt
from earwitness.exporters.vtt import Vtt

SESSION = Session(
    "2026-11-20-abcdef",
    "Game\nnight",
    "screen",
    "en",
    (Recording("0" * 64, "a.mp3", 1, None, 1, 8_000),),
)
PLAIN, NAMED = ExportOptions(), ExportOptions(names=True)


def say(
    text: str, number: int = 0, voice: str | None = "S1", person: str | None = None
) -> Utterance:
    at = 10_000 * number + 1_005
    words = tuple(
        Word(word, Span(at + 400 * n, at + 400 * n + 400)) for n, word in enumerate(text.split())
    )
    span = Span(at, words[-1].span.end_ms)
    return Utterance(number, span, words, voice, person)


def record(*said: Utterance) -> Record:
    return Record(SESSION, Transcript(said), (Turn(Span(0, 500), "S1"),))


TALK = record(
    say("Hello there, everybody, and welcome to the table of the dragon tonight."),
    say("Hi!", 1, "S2", "Ann"),
    say("Who?", 2, None),
)
NASTY = "a --> b <i>c</i> {\\an8}d \\N & &lt; e"


def test_srt_is_numbered_and_timed() -> None:
    text = Srt().export(TALK, PLAIN)
    assert text.startswith(
        "1\n00:00:01,005 --> 00:00:05,805\nHello there, everybody, and welcome\n"
        "to the table of the dragon tonight.\n\n2\n00:00:11,005 --> 00:00:12,005\nHi!\n"
    )


def test_srt_read_by_pysubs2() -> None:
    events = pysubs2.SSAFile.from_string(Srt().export(TALK, NAMED), "srt").events
    assert [(e.start, e.end, e.plaintext) for e in events] == [
        (
            1_005,
            5_805,
            "S1: Hello there, everybody, and welcome\nto the table of the dragon tonight.",
        ),
        (11_005, 12_005, "Ann: Hi!"),
        (21_005, 22_005, "Unknown: Who?"),
    ]


def test_srt_markup_in_speech_stays_text() -> None:
    made = Srt().export(record(say(NASTY)), PLAIN)
    (event,) = pysubs2.SSAFile.from_string(made, "srt").events
    assert event.text.replace(WORD_JOINER, "") == NASTY.replace("{", "｛").replace("}", "｝")
    assert "-->" not in event.text


def test_vtt_read_by_webvtt() -> None:
    captions = webvtt.from_string(Vtt().export(TALK, NAMED)).captions
    assert [(c.start, c.end, c.voice, c.text) for c in captions[1:]] == [
        ("00:00:11.005", "00:00:12.005", "Ann", "Hi!"),
        ("00:00:21.005", "00:00:22.005", "Unknown", "Who?"),
    ]
    assert (
        captions[0].text
        == "Hello there, everybody, and welcome\nto the table of the dragon tonight."
    )


def test_vtt_has_voice_tags_only_when_asked() -> None:
    assert "<v" not in Vtt().export(TALK, PLAIN)
    assert "<v S1>Hello" in Vtt().export(TALK, NAMED)
    strange = record(say("Hi!", 0, "S1", "A <b> & >c"))
    assert "<v A &lt;b&gt; &amp; &gt;c>Hi!</v>" in Vtt().export(strange, NAMED)


def test_vtt_markup_in_speech_stays_text() -> None:
    text = Vtt().export(record(say(NASTY)), PLAIN)
    assert text.count("-->") == 1
    assert "a --&gt; b &lt;i&gt;c&lt;/i&gt;" in text
    assert "&amp; &amp;lt; e" in text


def test_what_speech_makes_impossible_is_noted() -> None:
    fast = record(say("unbelievably " * 12), say("No.", 1, "S2"))
    slow = ExportOptions(chars_per_second=3.0)
    assert "NOTE" not in Vtt().export(TALK, PLAIN)
    assert "cues break" not in Ass().export(TALK, PLAIN)
    assert "chars_per_second" in Vtt().export(fast, slow).split("\n\n")[1]
    assert "cues break chars_per_second" in Ass().export(fast, slow)
    assert len(webvtt.from_string(Vtt().export(fast, slow)).captions) > 1


def test_ass_read_by_pysubs2() -> None:
    found = pysubs2.SSAFile.from_string(Ass().export(TALK, NAMED))
    assert found.info["Title"] == "Game night"
    assert [(e.start, e.end, e.name) for e in found.events] == [
        (1_010, 5_800, "S1"),
        (11_010, 12_000, "Ann"),
        (21_010, 22_000, "Unknown"),
    ]
    assert found.events[1].plaintext == "Ann: Hi!"
    assert found.events[0].text.count("\\N") == 1
    assert {e.name for e in pysubs2.SSAFile.from_string(Ass().export(TALK, PLAIN))} == {""}


def test_ass_override_codes_in_speech_stay_text() -> None:
    made = Ass().export(record(say(NASTY, 0, "S1", "Lee, Ann; B")), NAMED)
    (event,) = pysubs2.SSAFile.from_string(made).events
    assert "{" not in event.text
    joined = event.plaintext.replace(WORD_JOINER, "")
    assert " ".join(joined.split()).endswith("a --> b <i>c</i> ｛\\an8｝d \\N & &lt; e")
    assert event.name == "Lee Ann B"


@pytest.mark.parametrize("options", [PLAIN, NAMED])
def test_without_text_the_files_are_empty_but_valid(options: ExportOptions) -> None:
    silent = record()
    assert Srt().export(silent, options) == ""
    assert webvtt.from_string(Vtt().export(silent, options)).captions == []
    assert pysubs2.SSAFile.from_string(Ass().export(silent, options)).events == []


speech = st.text(min_size=1, max_size=60).filter(lambda text: text == text.strip())
markup = st.lists(st.sampled_from(["<", "i", "/", ">", "{", "}", "--", " ", "&", "lt;", "42", "a"]))
marked = markup.map(lambda parts: "".join(parts).strip()).filter(bool)


def squeezed(text: str) -> str:
    return "".join(text.replace(WORD_JOINER, "").split())


@given(speech | marked, st.none() | st.text(max_size=30))
def test_nothing_said_breaks_a_file(text: str, person: str | None) -> None:
    word = Word(text, Span(0, 4_000))
    spoken = record(Utterance(0, word.span, (word,), "S1", person), say("End.", 1, "S2"))
    srt = pysubs2.SSAFile.from_string(Srt().export(spoken, NAMED), "srt").events
    vtt = webvtt.from_buffer(io.StringIO(Vtt().export(spoken, NAMED))).captions
    ass = pysubs2.SSAFile.from_string(Ass().export(spoken, NAMED)).events
    assert len(srt) == len(ass)
    # names that are tags take no room: what WebVTT shows is split as if there were none
    assert len(vtt) == len(cues(spoken, PLAIN).cues)
    assert srt[-1].plaintext == ass[-1].plaintext == "S2: End."
    assert vtt[-1].text == "End."


@given(marked)
def test_every_reader_finds_the_words_again(text: str) -> None:
    word = Word(text, Span(0, 4_000))
    spoken = record(Utterance(0, word.span, (word,), "S1"))
    srt = pysubs2.SSAFile.from_string(Srt().export(spoken, PLAIN), "srt").events
    ass = pysubs2.SSAFile.from_string(Ass().export(spoken, PLAIN)).events
    vtt = webvtt.from_string(Vtt().export(spoken, PLAIN)).captions
    wide = squeezed(text).replace("{", "｛").replace("}", "｝")
    assert squeezed("".join(event.plaintext for event in srt)) == wide
    assert squeezed("".join(event.plaintext for event in ass)) == wide
    assert squeezed(html.unescape("".join(caption.raw_text for caption in vtt))) == squeezed(text)
