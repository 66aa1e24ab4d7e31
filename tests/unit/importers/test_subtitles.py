"""SRT, WebVTT and SBV: broken files lose nothing that was said, and tell what was mended."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import UnsupportedSource
from earwitness.core.imported import Imported, ImportOptions, Passage
from earwitness.importers.cues import read_time
from earwitness.importers.subtitles import Sbv, Srt, Vtt


def srt(text: str, *, names: bool = True) -> Imported:
    return Srt().read(text, ImportOptions(names=names))


def vtt(text: str) -> Imported:
    return Vtt().read(text, ImportOptions())


def said(found: Imported) -> list[str]:
    return [passage.text for passage in found.passages]


def kinds(found: Imported) -> dict[str, int]:
    return {flaw.kind: flaw.count for flaw in found.flaws}


def test_times_of_every_shape() -> None:
    found = srt(
        "1\n100:00:01,5 --> 100:00:02.250 X1:40 X2:600\nlate\n\n2\n00:03 --> 00:04,000\nearly\n"
    )
    assert found.passages == (
        Passage("late", 360_001_500, 360_002_250),
        Passage("early", 3_000, 4_000),
    )


def test_missing_empty_lines_are_told_apart() -> None:
    found = srt("1\n00:00:01,000 --> 00:00:02,000\none\n2\n00:00:03,000 --> 00:00:04,000\n1999\n")
    assert said(found) == ["one", "1999"]
    assert kinds(found) == {"no_blank": 1}


def test_an_empty_line_inside_does_not_end_what_is_said() -> None:
    found = srt("1\n00:00:01,000 --> 00:00:02,000\none\n\ntwo\n\n2\n00:00:03,0 --> 00:00:04,0\nx\n")
    assert said(found) == ["one\ntwo", "x"]
    assert kinds(found) == {"blank_inside": 1}


def test_text_without_a_time_stays_in_its_place() -> None:
    found = srt(
        "1\n00:00:01,000 --> 00:00:02,000\none\n\n2\ntwo\n\n3\n00:00:05,000 --> 00:00:06,000\n3\n"
    )
    assert said(found) == ["one", "two", "3"]
    assert found.passages[1].start_ms is None


def test_text_behind_the_times_is_text() -> None:
    assert said(srt("00:01 --> 00:02 Hello there\nyou\n")) == ["Hello there\nyou"]


def test_an_arrow_in_a_line_is_no_time() -> None:
    found = srt("1\n00:00:01,000 --> 00:00:02,000\n10:3 -> eleven, a --> b\n")
    assert said(found) == ["10:3 -> eleven, a --> b"]


def test_markup_goes_and_text_stays() -> None:
    found = srt(
        "1\n00:00:01,000 --> 00:00:02,000\n{\\an8}<i>AT&T</i> &amp; <laughs> {sighs} &lt;3\n"
    )
    assert said(found) == ["AT&T & <laughs> {sighs} <3"]


def test_names_before_lines_are_speakers() -> None:
    found = srt(
        "1\n00:00:01,000 --> 00:00:03,000\nANN: Hello\nBob: Hi\n\n"
        "2\n00:00:03,000 --> 00:00:04,000\nBob: Well\n\n"
        "3\n00:00:04,000 --> 00:00:05,000\nRemember this: never\n"
    )
    assert [(p.speaker, p.text) for p in found.passages] == [
        ("ANN", "Hello"),
        ("Bob", "Hi"),
        ("Bob", "Well"),
        (None, "Remember this: never"),
    ]
    assert found.passages[0].end_ms == found.passages[1].start_ms


def test_dashes_part_two_people_but_one_dash_is_text() -> None:
    found = srt(
        "1\n00:00:01,000 --> 00:00:03,000\n- Who?\n- Me.\n\n"
        "2\n00:00:04,000 --> 00:00:05,000\n- So\n"
    )
    assert said(found) == ["Who?", "Me.", "- So"]


def test_names_can_be_left_in_the_text() -> None:
    text = "1\n00:00:01,000 --> 00:00:03,000\nANN: Hello\n"
    assert said(srt(text, names=False)) == ["ANN: Hello"]


def test_voice_tags_and_time_stamps() -> None:
    found = vtt(
        "WEBVTT\nLanguage: nl\n\nNOTE nobody says this\n\nSTYLE\n::cue {}\n\nid\n"
        "00:01.000 --> 00:04.000 align:start\n<v.loud Ann Lee>Hel<00:02.000>lo <c.x>you</c></v>\n"
        "<v Bob>&lt;Hi&gt;\n"
    )
    assert found.language == "nl"
    assert [(p.speaker, p.text) for p in found.passages] == [
        ("Ann Lee", "Hello you"),
        ("Bob", "<Hi>"),
    ]
    first = found.passages[0].words
    assert [(w.text, w.span.start_ms, w.glued) for w in first] == [
        ("Hel", 1_000, False),
        ("lo", 2_000, True),
        ("you", 2_800, False),
    ]


def test_a_note_without_an_empty_line_after_it_hides_no_cue() -> None:
    found = vtt("WEBVTT\n\nNOTE about\n00:01.000 --> 00:02.000\nheard\n")
    assert said(found) == ["heard"]


def test_sbv_with_a_broken_time() -> None:
    found = Sbv().read(
        "0:00:01.0,0:00:02.0\none[br]two\n\n0:00:0f.0,0:00:04.0\nx\n", ImportOptions()
    )
    assert said(found) == ["one\ntwo", "x"]
    assert found.passages[1].start_ms is None


@pytest.mark.parametrize("text", ["1\n", "1\nsome text\n", "WEBVTT\n", "prose: nothing else\n"])
def test_what_is_no_subtitle_is_refused(text: str) -> None:
    for importer in (Srt(), Vtt(), Sbv()):
        with pytest.raises(UnsupportedSource) as refused:
            importer.read(text, ImportOptions())
        assert refused.value.hint


def test_absurd_times_are_none() -> None:
    assert read_time("99999:00:00,000") is None
    assert read_time("1d.5") is None


LINES = st.lists(
    st.sampled_from(
        [
            *("", "1", "2", "17", "alpha beta", "- gamma", "ANN: delta", "--> ", "3 --> 4"),
            *("00:00:01,000 --> 00:00:02,000", "00:00:07.000 --> 00:00:1d.890"),
            *("<i>", "{\\b1}", "WEBVTT"),
        ]
    ),
    max_size=25,
)


@given(LINES)
def test_no_word_is_ever_lost(lines: list[str]) -> None:
    text = "00:00:00,100 --> 00:00:00,900\nfirst\n\n" + "\n".join(lines)
    found = srt(text, names=False)
    heard = " ".join(said(found)).split()
    for word in ("alpha", "beta", "gamma", "ANN:", "delta"):
        assert heard.count(word) == " ".join(lines).split().count(word)
