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
DOUBTED = replace(
    TALK,
    transcript=Transcript(
        (
            replace(
                TALK.transcript.utterances[0],
                words=(
                    replace(TALK.transcript.utterances[0].words[0], text="Real"),
                    replace(TALK.transcript.utterances[0].words[1], text="Loopy", doubt="loop"),
                ),
                uncertain=True,
            ),
            replace(
                TALK.transcript.utterances[1],
                words=(
                    replace(TALK.transcript.utterances[1].words[0], text="Stock", doubt="stock"),
                ),
                uncertain=True,
            ),
            replace(
                TALK.transcript.utterances[2],
                words=tuple(
                    replace(word, text="Vouched", doubt="silence")
                    for word in TALK.transcript.utterances[2].words
                ),
            ),
        ),
        (Label(1, "stance", "OOC", 0.5, "rules"),),
    ),
)
HIDES_DOUBTED = sorted(set(TELLS_EVERY_WORD) - {"json"})
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


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("suffix", HIDES_DOUBTED)
def test_doubted_words_are_hidden_until_somebody_asks(suffix: str, options: ExportOptions) -> None:
    hidden = export(suffix, DOUBTED, options)
    assert "Real" in hidden
    assert "Vouched" in hidden, "a person said that the line is certain"
    assert "Loopy" not in hidden
    assert "Stock" not in hidden
    assert "OOC" not in hidden
    shown = export(suffix, DOUBTED, replace(options, doubted=True))
    places = [shown.index(word) for word in ("Real", "Loopy", "Stock", "Vouched")]
    assert places == sorted(places)


def test_json_always_tells_doubted_words_and_why() -> None:
    for options in (ExportOptions(), ExportOptions(doubted=True)):
        lines = json.loads(export("json", DOUBTED, options))["utterances"]
        words = [(word["text"], word["doubt"]) for line in lines for word in line["words"]]
        assert words == [
            ("Real", None),
            ("Loopy", "loop"),
            ("Stock", "stock"),
            ("Vouched", "silence"),
            ("Vouched", "silence"),
        ]


@pytest.mark.parametrize("suffix", HIDES_DOUBTED)
def test_doubted_words_alone_leave_a_valid_file(suffix: str) -> None:
    gone = replace(DOUBTED, transcript=Transcript(DOUBTED.transcript.utterances[1:2]))
    made = export(suffix, gone)
    assert "Stock" not in made
    if suffix in {"txt", "md"}:
        assert "No text" in made
