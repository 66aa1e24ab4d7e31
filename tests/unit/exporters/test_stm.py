"""STM and RTTM: the scoring tools read back what was heard."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import meeteval
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.rttm import Rttm
from earwitness.exporters.stm import Stm

SESSION = Session(
    "2026-11-20-abcdef",
    "Game night: #3",
    "tabletop",
    None,
    (Recording("0" * 64, "a.mp3", 1, None, 1, 8_000),),
)


def said(number: int, text: str, **who: str) -> Utterance:
    start_ms = 1_000 * number + 42
    words = tuple(Word(word, Span(start_ms, start_ms + 500)) for word in text.split())
    span = Span(start_ms, start_ms + 500)
    return Utterance(number, span, words, who.get("voice"), who.get("person"))


def record(*utterances: Utterance, turns: tuple[Turn, ...] = ()) -> Record:
    return Record(SESSION, Transcript(utterances), turns)


def stm(spoken: Record) -> meeteval.io.STM:
    return meeteval.io.STM.parse(Stm().export(spoken, ExportOptions()))


def rttm(spoken: Record) -> meeteval.io.RTTM:
    return meeteval.io.RTTM.load(io.StringIO(Rttm().export(spoken, ExportOptions())))


def test_stm_lines_have_the_fields_of_the_standard() -> None:
    text = Stm().export(
        record(
            said(0, "Hello there.", voice="S1"),
            said(1, "Hi!", voice="S2", person="Ann Lee"),
            said(2, "Who?"),
        ),
        ExportOptions(),
    )
    assert text == (
        "Game_night_3 1 S1 0.042 0.542 Hello there.\n"
        "Game_night_3 1 Ann_Lee 1.042 1.542 Hi!\n"
        "Game_night_3 1 Unknown 2.042 2.542 Who?\n"
    )


def test_meeteval_reads_the_words_and_nothing_else() -> None:
    (line,) = stm(record(said(0, "(laughs) {a / b} ;; <b> @ yes", voice="S1"))).lines
    assert line.transcript == "laughs a b b yes"
    assert (line.begin_time, line.end_time) == (Decimal("0.042"), Decimal("0.542"))


def test_a_perfect_transcript_scores_no_error() -> None:
    spoken = stm(record(said(0, "to be", voice="S1"), said(1, "or not", voice="S2")))
    assert meeteval.wer.cpwer(spoken, spoken)["Game_night_3"].error_rate == 0


def test_utterances_of_marks_alone_are_left_out() -> None:
    assert Stm().export(record(said(0, "( )", voice="S1")), ExportOptions()) == ""


@given(st.text(min_size=1).filter(lambda text: text == text.strip()), st.text(max_size=20))
def test_stm_is_read_whatever_was_said_and_by_whom(text: str, person: str) -> None:
    word = Word(text, Span(0, 500))
    spoken = record(Utterance(0, word.span, (word,), "S1", person))
    lines = stm(spoken).lines
    assert len(lines) <= 1
    assert all(line.filename == "Game_night_3" and line.speaker_id for line in lines)


def test_people_whose_names_look_alike_stay_apart() -> None:
    spoken = record(
        said(0, "a", voice="S1", person="Ann Lee"),
        said(1, "b", voice="S2", person="Ann_Lee"),
        said(2, "c", voice="S3", person="Unknown"),
        said(3, "d"),
    )
    assert [line.speaker_id for line in stm(spoken).lines] == [
        "Ann_Lee",
        "Ann_Lee-2",
        "Unknown-2",
        "Unknown",
    ]


def test_rttm_tells_turns_also_without_text() -> None:
    turns = (Turn(Span(1_500, 2_750), "S2"), Turn(Span(0, 1_600), "S1", track=1))
    assert Rttm().export(record(turns=turns), ExportOptions()) == (
        "SPEAKER Game_night_3 1 0.000 1.600 <NA> <NA> S1 <NA> <NA>\n"
        "SPEAKER Game_night_3 1 1.500 1.250 <NA> <NA> S2 <NA> <NA>\n"
    )
    assert [line.speaker_id for line in rttm(record(turns=turns)).lines] == ["S1", "S2"]


def test_rttm_and_stm_agree_on_who_is_who() -> None:
    spoken = record(
        said(0, "a", voice="S1", person="Ann Lee"),
        said(1, "b", voice="S2", person="Bob"),
        said(2, "c", voice="S2"),
        turns=(Turn(Span(0, 600), "S1"), Turn(Span(1_000, 3_000), "S2")),
    )
    assert [line.speaker_id for line in rttm(spoken).lines] == ["Ann_Lee", "S2"]
    assert [line.speaker_id for line in stm(spoken).lines] == ["Ann_Lee", "Bob", "S2"]


def test_the_file_is_called_by_title_or_recording_never_by_session() -> None:
    turns = (Turn(Span(0, 600), "S1"),)
    for title, name, called in (
        ("", "My game.final.mp3", "My_game.final"),
        ("???", "noextension", "noextension"),
        ("", "../../etc/passwd", "passwd"),
        ("", "...", "session"),
        ("跑团 1", "x.mp3", "跑团_1"),
    ):
        recording = replace(SESSION.recordings[0], name=name)
        session = replace(SESSION, title=title, recordings=(recording,))
        text = Rttm().export(replace(record(turns=turns), session=session), ExportOptions())
        assert text.split()[1] == called
