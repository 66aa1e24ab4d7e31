"""What each of the other formats has that subtitles have not; encodings."""

from __future__ import annotations

import json
import logging

import pytest

from earwitness.core.errors import UnsupportedSource, UsageError
from earwitness.core.imported import Imported, ImportOptions, Passage
from earwitness.importers.annotations import TextGrid
from earwitness.importers.letters import read_letters
from earwitness.importers.prose import Prose
from earwitness.importers.scoring import Ctm, Rttm, Stm
from earwitness.importers.substation import Ass
from earwitness.importers.ttml import Ttml
from earwitness.importers.turns import Turns
from earwitness.importers.whisper import Whisper

PLAIN = ImportOptions()


def lines(found: Imported) -> list[tuple[int | None, int | None, str | None, str]]:
    return [(p.start_ms, p.end_ms, p.speaker, p.text) for p in found.passages]


def timed(passage: Passage) -> list[tuple[str, int, int]]:
    return [(w.text, w.span.start_ms, w.span.end_ms) for w in passage.words]


@pytest.mark.parametrize(
    ("encoding", "guessed"),
    [
        ("utf-8", False),
        ("utf-8-sig", False),
        ("utf-16", False),
        ("utf-32", False),
        ("utf-16-le", True),
        ("cp1252", True),
    ],
)
def test_encodings(encoding: str, guessed: bool) -> None:
    text = "1\r\n00:00:01,000 --> 00:00:02,000\rÀ bientôt, garçon été\n" * 5
    found, flaws = read_letters(text.encode(encoding))
    assert found == text.replace("\r\n", "\n").replace("\r", "\n")
    assert [flaw.kind for flaw in flaws] == ["encoding"] * guessed


def test_cyrillic_is_told_from_latin() -> None:
    text = "Велика опасност лежи пред тобом, Горштаче.\nИз далеке земље долази још један.\n" * 9
    assert read_letters(text.encode("cp1251"))[0] == text


def test_a_few_broken_bytes_are_counted() -> None:
    found, flaws = read_letters("\ufeff".encode() + b"hello there everybody \xff here" * 9)
    assert found.count("\ufffd") == 9
    assert [(flaw.kind, flaw.count, flaw.grave) for flaw in flaws] == [("undecodable", 9, True)]


def test_ass_columns_comments_drawings_and_a_broken_time() -> None:
    found = Ass().read(
        "[Script Info]\n[Events]\nFormat: Start, Name, End, Text\n"
        "Comment: 0:00:00.00,,0:00:01.00,a note\n"
        "Dialogue: 0:00:01.00,Ann,0:00:02.00,{\\i1}Well, {\\i0}yes,\\Nindeed\n"
        "Dialogue: 0:00:0x.00,Bob,0:00:04.00,lost\n"
        "Dialogue: 0:00:05.00,,0:00:06.00,{\\p1}m 0 0 l 1 1{\\p0}\n",
        PLAIN,
    )
    assert lines(found) == [
        (1_000, 2_000, "Ann", "Well, yes,\nindeed"),
        (None, None, "Bob", "lost"),
    ]
    assert {flaw.kind: flaw.count for flaw in found.flaws} == {"drawing": 1, "comment": 1}


def test_ttml_agents_nested_times_frames_and_spans() -> None:
    found = Ttml().read(
        '<?xml version="1.0" encoding="utf-16"?><tt xml:lang="nl-NL" ttp:frameRate="25"'
        ' xmlns="http://www.w3.org/ns/ttml"><head><metadata><ttm:agent xml:id="a">'
        "<ttm:name>Ann</ttm:name></ttm:agent></metadata></head><body><div><div begin='10s'>"
        '<p begin="1s" dur="2s" ttm:agent="a">one<br/>&amp; two</p>'
        '<p begin="00:00:03:12" end="00:00:04:00"><span begin="0s" end="0.2s">three </span>'
        '<span begin="0.2s" end="0.4s">four</span></p></div></div></body></tt>',
        PLAIN,
    )
    assert found.language == "nl"
    assert lines(found) == [
        (11_000, 13_000, "Ann", "one\n& two"),
        (13_480, 14_000, None, "three four"),
    ]
    assert timed(found.passages[1]) == [("three", 13_480, 13_680), ("four", 13_680, 13_880)]


def test_ttml_with_a_bomb_is_refused() -> None:
    bomb = '<!DOCTYPE tt [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><tt><p>&b;</p></tt>'
    with pytest.raises(UnsupportedSource, match="entities"):
        Ttml().read(bomb, PLAIN)
    with pytest.raises(UnsupportedSource, match="deep"):
        Ttml().read("<tt>" + "<div>" * 5_000, PLAIN)


def test_a_textgrid_of_words_and_phones() -> None:
    grid = (
        '"ooTextFile"\n"TextGrid"\n0 9 <exists> 2\n'
        '"IntervalTier" "ann - words" 0 9 4\n'
        '0 0.5 "so"\n0.5 1 "we"\n1 5 ""\n5 6 "say ""no"""\n'
        '"IntervalTier" "ann - phones" 0 9 1\n0 1 "s"\n'
    )
    found = TextGrid().read(grid, PLAIN)
    assert lines(found) == [(0, 1_000, "ann", "so we"), (5_000, 6_000, "ann", 'say "no"')]
    assert timed(found.passages[0]) == [("so", 0, 500), ("we", 500, 1_000)]
    assert [flaw.kind for flaw in found.flaws] == ["sound_tiers"]
    with pytest.raises(UnsupportedSource, match="cut short"):
        TextGrid().read(grid[:-20], PLAIN)


def test_stm_labels_gaps_and_several_recordings() -> None:
    text = (
        ";; a comment\na 1 Ann 0 1 <o,f0,male> hello\na 1 Bob 1 2\n"
        "a 1 x 2 3 ignore_time_segment_in_scoring\nb 1 Bob 0 1 bye\n"
    )
    with pytest.raises(UsageError) as several:
        Stm().read(text, PLAIN)
    assert several.value.hint == "--part one of: a, b"
    with pytest.raises(UsageError, match="not speak"):
        Stm().read(text, ImportOptions(part="c"))
    found = Stm().read(text, ImportOptions(part="a"))
    assert lines(found) == [(0, 1_000, "Ann", "hello")]
    assert [floor.speaker for floor in found.floors] == ["Bob"]


def test_ctm_words_keep_times_and_confidence() -> None:
    found = Ctm().read("a 1 0.0 0.4 so 0.9\na 1 0.4 0.4 what 0.5\na 1 9.0 0.5 else 0.7\n", PLAIN)
    assert lines(found) == [(0, 800, None, "so what"), (9_000, 9_500, None, "else")]
    assert [word.confidence for word in found.passages[0].words] == [0.9, 0.5]


def test_rttm_turns_without_length_are_counted() -> None:
    row = "SPEAKER a 1 {} {} <NA> <NA> Ann <NA> <NA>\n"
    found = Rttm().read(row.format(0, 1) + row.format(2, 0), PLAIN)
    assert len(found.floors) == 1
    assert [flaw.kind for flaw in found.flaws] == ["turn_without_length"]


def test_whisperx_voices_inside_a_segment_and_words_without_times() -> None:
    segment = {
        "start": 0.0,
        "end": 3.0,
        "text": " Who? Me in 1999",
        "speaker": "SPEAKER_00",
        "words": [
            {"word": "Who?", "start": 0.0, "end": 0.5, "score": 0.9, "speaker": "SPEAKER_00"},
            {"word": "Me", "start": 1.0, "end": 1.5, "score": 0.8, "speaker": "SPEAKER_01"},
            {"word": "in", "start": 1.5, "end": 1.7, "score": 0.8, "speaker": "SPEAKER_01"},
            {"word": "1999", "speaker": "SPEAKER_01"},
        ],
    }
    text = json.dumps(
        {"segments": [segment, {"start": 3, "end": 4, "text": " "}], "language": "en"}
    )
    found = Whisper().read(text, PLAIN)
    assert [(p.speaker, p.text) for p in found.passages] == [
        ("SPEAKER_00", "Who?"),
        ("SPEAKER_01", "Me in 1999"),
    ]
    assert found.passages[1].words[0].confidence == 0.8
    assert found.language == "en"
    assert [flaw.kind for flaw in found.flaws] == ["no_text"]


def test_whispers_own_words_are_glued_where_they_have_no_space() -> None:
    words = [
        {"word": " It", "start": 0.0, "end": 0.5, "probability": 0.9},
        {"word": "'s", "start": 0.5, "end": 0.7, "probability": 0.9},
    ]
    text = json.dumps({"segments": [{"start": 0, "end": 1, "text": " It's", "words": words}]})
    found = Whisper().read(text, PLAIN)
    assert [word.glued for word in found.passages[0].words] == [False, True]


def test_whisper_cpp() -> None:
    row = {"offsets": {"from": 1_000, "to": 2_500}, "text": " hello"}
    found = Whisper().read(json.dumps({"transcription": [row]}), PLAIN)
    assert lines(found) == [(1_000, 2_500, None, "hello")]


def test_turns_of_corpora_and_of_lines() -> None:
    crd3 = json.dumps({"TURNS": [{"NAMES": ["A", "B"], "UTTERANCES": ["x", "y"]}, {"NAMES": []}]})
    found = Turns().read(crd3, PLAIN)
    assert lines(found) == [(None, None, "A and B", "x\ny")]
    rows = '{"text": "a", "start": "1.5", "speaker": 3}\n{"text": "b"}\n'
    assert lines(Turns().read(rows, PLAIN)) == [
        (1_500, None, "Speaker 3", "a"),
        (None, None, None, "b"),
    ]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "Ann Lee  0:03\nhello\nthere\n\nBob  1:02:03\nyes\n",
            [(3_000, None, "Ann Lee", "hello\nthere"), (3_723_000, None, "Bob", "yes")],
        ),
        (
            "[00:00:05] Ann: hello\n[00:00:09] Bob: yes\n",
            [(5_000, None, "Ann", "hello"), (9_000, None, "Bob", "yes")],
        ),
        (
            "Speaker 1 (00:03):\nhello\n\nSpeaker 2 (00:09):\nyes\n",
            [(3_000, None, "Speaker 1", "hello"), (9_000, None, "Speaker 2", "yes")],
        ),
        (
            "**Ann** 00:03\nhello\n**Bob** 00:09\nit was 10:30: late\n",
            [(3_000, None, "Ann", "hello"), (9_000, None, "Bob", "it was 10:30: late")],
        ),
        (
            "[00:01] hello\n[00:05] Ann: yes\n[00:09] then more\n",
            [
                (1_000, None, None, "hello"),
                (5_000, None, "Ann", "yes"),
                (9_000, None, "Ann", "then more"),
            ],
        ),
        (
            "Ann  0:03\nthat was\nOn Monday at 10:30\n\nBob  0:09\nyes\n",
            [(3_000, None, "Ann", "that was\nOn Monday at 10:30"), (9_000, None, "Bob", "yes")],
        ),
        (
            "Ann: hello\nto you\nBob: yes\n",
            [(None, None, "Ann", "hello\nto you"), (None, None, "Bob", "yes")],
        ),
    ],
)
def test_text_as_tools_write_it(
    text: str, wanted: list[tuple[int | None, int | None, str | None, str]]
) -> None:
    assert lines(Prose().read(text, PLAIN)) == wanted


def test_reading_ass_leaves_the_log_of_the_process_alone() -> None:
    """Its library logs by the root logger, which gave every line of ours to the terminal."""
    root = logging.getLogger()
    before, root.handlers = root.handlers, []
    try:
        Ass().read("[Events]\nDialogue: 0,0:00:01.00,0:00:02.00,,Ann,0,0,0,,yes\n", PLAIN)
        assert root.handlers == []
    finally:
        root.handlers = before
