"""One side of a game: in the story, or outside it; every line is in exactly one of the two."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness import plugins
from earwitness.core.moment import Moment
from earwitness.core.ports import ExportOptions, Side
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Label, Record, Transcript, Utterance
from earwitness.exporters.cues import cues
from earwitness.exporters.shown import one_side

RECORDING = Recording("0" * 64, "night.mp3", 10, 60_000, 1, 16_000)
STANCES = ("IC", "NARRATION", "MECHANICS", "OOC", None)


def record(stances: list[str | None]) -> Record:
    """A line per stance, each with a word of its own."""
    lines = tuple(
        Utterance(
            number,
            span := Span(2_000 * number, 2_000 * number + 900),
            (Word(f"word{number}", span),),
            f"S{number % 3 + 1}",
        )
        for number in range(len(stances))
    )
    labels = tuple(
        Label(number, "stance", stance, 0.5, "rules")
        for number, stance in enumerate(stances)
        if stance is not None
    )
    session = Session("2026-11-20-abcdef", "Night", "tabletop", "en", (RECORDING,))
    turns = (Turn(Span(0, 900), "S1"),)
    return Record(session, Transcript(lines, labels), turns)


def written(told: Record, suffix: str, only: Side | None) -> list[str]:
    text = plugins.exporter(suffix).export(told, ExportOptions(only=only))
    return re.findall(r"\bword\d+\b", text)


@given(st.lists(st.sampled_from(STANCES), max_size=12))
def test_every_line_is_on_exactly_one_side_and_formats_agree(stances: list[str | None]) -> None:
    told = record(stances)
    inside = [f"word{n}" for n, each in enumerate(stances) if each in ("IC", "NARRATION")]
    outside = [f"word{n}" for n, each in enumerate(stances) if each not in ("IC", "NARRATION")]
    for suffix in ("txt", "srt"):
        assert written(told, suffix, "ic") == inside
        assert written(told, suffix, "ooc") == outside
        assert sorted(inside + outside) == sorted(written(told, suffix, None))


@given(st.lists(st.sampled_from(STANCES), max_size=12), st.sampled_from(["ic", "ooc"]))
def test_text_and_subtitles_tell_the_same_lines(stances: list[str | None], only: Side) -> None:
    told = record(stances)
    lines = {line.id for line in one_side(told, only).transcript.utterances}
    shown = cues(told, ExportOptions(only=only)).cues
    assert {each for cue in shown for each in cue.utterances} == lines


@pytest.mark.parametrize(("only", "notice"), [("ic", "in"), ("ooc", "outside")])
def test_an_empty_side_says_so(only: Side, notice: str) -> None:
    told = record(["OOC"] if only == "ic" else ["IC"])
    assert f"No line is {notice} the story." in plugins.exporter("txt").export(
        told, ExportOptions(only=only)
    )
    assert plugins.exporter("srt").export(told, ExportOptions(only=only)) == ""


def test_moments_stay_with_the_lines_they_stand_on() -> None:
    told = record(["IC", "OOC"])
    both = tuple(
        Moment("quote", Span(0, 900), evidence, "word0", "word0")
        for evidence in ((0,), (1,), (0, 1))
    )
    told = replace(told, moments=both)
    assert one_side(told, "ic").moments == both[:1]
    assert one_side(told, "ooc").moments == both[1:2]
