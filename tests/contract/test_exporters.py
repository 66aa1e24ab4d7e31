"""What every exporter promises, whoever wrote it: found through the registry, tested alike."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from earwitness import plugins
from earwitness.core.errors import UsageError
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Label, Record, Transcript, Utterance

FORMATS = sorted(plugins.listed("export"))
MAY_NAME_THE_SESSION = {"json", "md"}
TELLS_EVERY_WORD = sorted(set(FORMATS) - {"rttm"})
OPTIONS = (ExportOptions(), ExportOptions(names=True, line_chars=30, lines=1))

SESSION = Session(
    id="2026-11-20-abcdef",
    title="Game night",
    playbook="tabletop",
    language="en",
    recordings=(Recording("0" * 64, "game.mp3", 10, 60_000, 1, 16_000),),
)


def say(number: int, text: str, voice: str | None, person: str | None = None) -> Utterance:
    words = tuple(
        Word(word, Span(3_000 * number + 100 * n, 3_000 * number + 100 * n + 100), 0.5)
        for n, word in enumerate(text.split())
    )
    return Utterance(number, words[0].span | words[-1].span, words, voice, person)


TALK = Record(
    session=SESSION,
    transcript=Transcript(
        (
            say(0, "Welcome everybody", "S1"),
            say(1, "Hello", "S2", "Ann"),
            say(2, "Somebody whispers", None),
        ),
        (Label(1, "stance", "IC", 0.5, "rules"),),
    ),
    turns=(Turn(Span(0, 900), "S1"), Turn(Span(800, 4_000), "S2")),
    engines=(("transcribe", "scripted"),),
)
HOSTILE = (
    "-->",
    "<v S2>",
    "<script>",
    "{\\an8}",
    '=HYPERLINK("x")',
    "\x00",
    "a\u2028b",
    "&amp;",
    "\\N",
    "**",
    "|",
    ";;",
    "\u202e",
    "🐉",
    "\ufeff",
    "NOTE",
    "1",
)


def export(suffix: str, record: Record, options: ExportOptions = OPTIONS[0]) -> str:
    return plugins.exporter(suffix).export(record, options)


@pytest.mark.parametrize("suffix", FORMATS)
def test_its_name_is_its_suffix(suffix: str) -> None:
    assert plugins.exporter(suffix).suffix == suffix


def test_a_format_nobody_wrote_is_refused() -> None:
    with pytest.raises(UsageError):
        plugins.exporter("docx2")


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_the_same_record_gives_the_same_text(suffix: str, options: ExportOptions) -> None:
    random.seed(suffix)
    assert export(suffix, TALK, options) == export(suffix, replace(TALK), options)


@pytest.mark.parametrize("suffix", sorted(set(FORMATS) - MAY_NAME_THE_SESSION))
def test_the_session_id_changes_nothing(suffix: str) -> None:
    other = replace(TALK, session=replace(SESSION, id="2020-01-01-zzzzzz"))
    assert export(suffix, TALK) == export(suffix, other)
    assert SESSION.id not in export(suffix, TALK)


@pytest.mark.parametrize("suffix", TELLS_EVERY_WORD)
def test_every_word_is_told(suffix: str) -> None:
    text = export(suffix, TALK)
    said = [word.text for u in TALK.transcript.utterances for word in u.words]
    places = [text.index(word) for word in said]
    assert places == sorted(places)


@pytest.mark.parametrize("suffix", FORMATS)
def test_people_and_unknown_voices_have_names(suffix: str) -> None:
    text = export(suffix, TALK, OPTIONS[1])
    assert "Ann" in text
    assert "Unknown" in text or suffix in {"rttm", "json"}


@pytest.mark.parametrize("suffix", ["srt", "vtt", "ass"])
def test_subtitles_name_nobody_unless_asked(suffix: str) -> None:
    text = export(suffix, TALK)
    assert "Ann" not in text
    assert "S1" not in text


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_said_makes_it_fail_or_be_unwritable(suffix: str, options: ExportOptions) -> None:
    said = tuple(say(n, text, "S1", text) for n, text in enumerate(HOSTILE))
    title = replace(SESSION, title=" ".join(HOSTILE))
    record = replace(TALK, session=title, transcript=Transcript(said), warnings=HOSTILE)
    made = export(suffix, record, options)
    assert made.encode("utf-8")
    if suffix != "json":
        assert "\x00" not in made


@pytest.mark.parametrize("suffix", FORMATS)
def test_turns_without_text_make_a_valid_file(suffix: str) -> None:
    silent = replace(TALK, transcript=Transcript(()), warnings=("No engine knows Dutch.",))
    made = export(suffix, silent)
    assert "Welcome" not in made
    if suffix == "rttm":
        assert made.count("SPEAKER ") == 2
    if suffix in {"txt", "md"}:
        assert "No text: 2 turns of 2 voices" in made
        assert "No engine knows Dutch." in made
    if suffix == "json":
        assert len(json.loads(made)["turns"]) == 2


@pytest.mark.parametrize("suffix", FORMATS)
def test_silence_makes_a_valid_file(suffix: str) -> None:
    made = export(suffix, replace(TALK, transcript=Transcript(()), turns=()))
    assert isinstance(made, str)
    assert "S1" not in made
