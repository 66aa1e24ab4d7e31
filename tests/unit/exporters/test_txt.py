"""Plain text: one greppable line per utterance, and honesty where there is none."""

from __future__ import annotations

from dataclasses import replace

from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.txt import Txt

SESSION = Session(
    "2026-11-20-abcdef", "", "meeting", None, (Recording("0" * 64, "a.mp3", 1, None, 1, 8_000),)
)


def said(number: int, start_ms: int, text: str, **who: str) -> Utterance:
    word = Word(text, Span(start_ms, start_ms + 500))
    return Utterance(number, word.span, (word,), who.get("voice"), who.get("person"))


def export(record: Record) -> str:
    return Txt().export(record, ExportOptions())


TALK = Record(
    SESSION,
    Transcript(
        (
            said(0, 5_042, "Hello.", voice="S1"),
            said(1, 3_600_000, "Hi\nthere.", voice="S2", person="Ann"),
            said(2, 3_700_000, "Who?"),
        )
    ),
    (),
)


def test_lines_tell_when_who_and_what() -> None:
    assert export(TALK) == (
        "[00:00:05] S1: Hello.\n[01:00:00] Ann: Hi there.\n[01:01:40] Unknown: Who?\n"
    )


def test_warnings_come_before_the_lines() -> None:
    text = export(replace(TALK, warnings=("The file was\ncut.",)))
    assert text.startswith("Warning: The file was cut.\n\n[00:00:05] S1: Hello.\n")


def test_turns_without_text_are_told_with_the_reason() -> None:
    turns = tuple(Turn(Span(n * 100, n * 100 + 90), f"S{1 + n % 2}") for n in range(3))
    silent = Record(SESSION, Transcript(()), turns, warnings=("No engine here knows Dutch.",))
    assert export(silent) == (
        "Warning: No engine here knows Dutch.\n"
        "No text: 3 turns of 2 voices were heard, but no words were transcribed.\n"
    )
    assert "1 turn of 1 voice was heard" in export(replace(silent, turns=turns[:1]))


def test_silence_is_told() -> None:
    assert export(Record(SESSION, Transcript(()), ())) == "No text: nobody was heard speaking.\n"
