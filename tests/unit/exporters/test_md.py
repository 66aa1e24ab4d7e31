"""Markdown: can be read on its own, and nothing that was said becomes markup."""

from __future__ import annotations

from datetime import UTC, datetime

from earwitness.core.moment import Moment
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.md import Markdown, escaped

SESSION = Session(
    id="2026-11-20-abcdef",
    title="Dragons & <b>taverns</b>",
    playbook="tabletop",
    language="en",
    recordings=(
        Recording("0" * 64, "part_1.mp3", 1, 3_661_000, 1, 8_000),
        Recording("1" * 64, "part 2.mp3", 1, None, 1, 8_000),
    ),
    held_at=datetime(2026, 11, 20, 19, 30, tzinfo=UTC),
)


def said(number: int, start_ms: int, text: str, voice: str | None, **more: bool) -> Utterance:
    word = Word(text, Span(start_ms, start_ms + 500))
    return Utterance(number, word.span, (word,), voice, uncertain=more.get("uncertain", False))


def export(*utterances: Utterance, turns: tuple[Turn, ...] = ()) -> str:
    record = Record(
        SESSION,
        Transcript(utterances),
        turns,
        engines=(("transcribe", "pocketsphinx 5 (draft)"),),
        warnings=("The file was cut.",),
    )
    return Markdown().export(record, ExportOptions())


def test_the_head_tells_what_this_is() -> None:
    text = export(said(0, 0, "Hi.", "S1"), turns=(Turn(Span(0, 65_000), "S1"),))
    assert text.startswith("# Dragons \\& \\<b\\>taverns\\</b\\>\n")
    for fact in (
        "- Session: 2026-11-20-abcdef",
        "- Held: 2026-11-20 19:30 UTC",
        "- Recording: part\\_1.mp3 (01:01:01)",
        "- Recording: part 2.mp3 (length unknown)",
        "- Language: en",
        "- Engine, transcribe: pocketsphinx 5 (draft)",
        "- Voice S1: spoke 00:01:05",
        "> **Draft:** the transcribe engine is a draft one; expect many wrong words.",
        "> **Warning:** The file was cut.",
    ):
        assert f"\n{fact}\n" in text, fact


def test_a_voice_that_hardly_spoke_is_not_said_to_have_been_silent() -> None:
    text = export(said(0, 0, "Hi.", "S1"), turns=(Turn(Span(0, 400), "S1"),))
    assert "\n- Voice S1: spoke less than a second\n" in text


def test_what_was_said_around_a_moment_is_told_from_its_words() -> None:
    line = said(4, 62_000, "Natural 20!", "S1")
    moment = Moment(
        "critical_hit", line.span, (4,), "a critical hit",
        quote="Natural 20", context="Roll *now*. What do I get?", who=("Ann",),
    )  # fmt: skip
    record = Record(SESSION, Transcript((line,)), (), moments=(moment,))
    text = Markdown().export(record, ExportOptions())
    assert (
        "\n- 00:01:02 **critical hit** Ann: “Natural 20” *(Roll \\*now\\*. What do I get?)*\n"
    ) in text


def test_a_speaker_turn_is_one_paragraph() -> None:
    text = export(
        said(0, 0, "One.", "S1"),
        said(1, 900, "Two.", "S1", uncertain=True),
        said(2, 2_000, "Three.", "S2"),
        said(3, 30_000, "Four.", "S2"),
        said(4, 31_000, "Five.", None),
        said(5, 32_000, "Six.", None),
    )
    assert text.partition("## Transcript\n\n")[2].split("\n\n") == [
        "**00:00:00 S1:** One. Two. *(uncertain)*",
        "**00:00:02 S2:** Three.",
        "**00:00:30 S2:** Four.",
        "**00:00:31 Unknown:** Five.",
        "**00:00:32 Unknown:** Six.\n",
    ]


def test_a_monologue_gets_a_time_every_minute() -> None:
    text = export(*(said(n, n * 1_000, "word", "S1") for n in range(150)))
    assert [line[2:10] for line in text.splitlines() if line.startswith("**0")] == [
        "00:00:00",
        "00:01:00",
        "00:02:00",
    ]


def test_nothing_said_is_markup() -> None:
    assert escaped("*a* _b_ `c` [d](e) <f> # | ~ & \\ $x$\n- g") == (
        "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> \\# \\| \\~ \\& \\\\ \\$x\\$ - g"
    )


def test_turns_without_text_are_told() -> None:
    text = export(turns=(Turn(Span(0, 900), "S1"), Turn(Span(900, 1_000), "S1")))
    assert "*No text: 2 turns of 1 voice were heard, but no words were transcribed.*" in text
