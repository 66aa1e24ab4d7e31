"""What every importer promises, whoever wrote it: found through the registry, tested alike."""

from __future__ import annotations

import random

import pytest

from earwitness import plugins
from earwitness.app.sources.bring import choose
from earwitness.core.errors import EarwitnessError, UnsupportedSource, UsageError
from earwitness.core.imported import Imported, ImportOptions
from earwitness.core.ports import ExportOptions, Importer
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.transcript import Record, Transcript, Utterance

FORMATS = sorted(plugins.listed("import"))
PACED = ImportOptions(pace=13)

EXAMPLES = {
    "srt": "1\n00:00:01,000 --> 00:00:02,000\nhello there\n",
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>hello there\n",
    "sbv": "0:00:01.000,0:00:02.000\nhello there\n",
    "ass": "[Script Info]\n\n[Events]\nFormat: Start, End, Name, Text\n"
    "Dialogue: 0:00:01.00,0:00:02.00,Ann,hello there\n",
    "ttml": '<tt xmlns="http://www.w3.org/ns/ttml"><body><div>'
    '<p begin="1s" end="2s">hello there</p></div></body></tt>',
    "textgrid": 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n0\n2\n<exists>\n1\n'
    '"IntervalTier"\n"Ann"\n0\n2\n1\n1\n2\n"hello there"\n',
    "stm": "night 1 Ann 1.0 2.0 hello there\n",
    "ctm": "night 1 1.0 0.5 hello 0.9\nnight 1 1.5 0.5 there 0.8\n",
    "rttm": "SPEAKER night 1 1.0 1.0 <NA> <NA> Ann <NA> <NA>\n",
    "whisper": '{"segments": [{"start": 1.0, "end": 2.0, "text": " hello there"}]}',
    "turns": '[{"start": 1.0, "end": 2.0, "speaker": "Ann", "text": "hello there"}]',
    "nlp": "token|speaker|ts|endTs|punctuation\nhello|1|1.0|1.5|\nthere|1|1.5|2.0|\n",
    "txt": "Ann  0:01\nhello there\n\nBob  0:03\n",
    "json": "",
}
SPAN = Span(1_000, 2_000)
WORDS = (Word("hello", Span(1_000, 1_400), 0.9), Word("there", Span(1_400, 2_000)))
RECORD = Record(
    Session(
        "2026-11-20-abcdef",
        "Night",
        "meeting",
        "en",
        (Recording("0" * 64, "night.mp3", 10, 60_000, 1, 16_000),),
    ),
    Transcript((Utterance(0, SPAN, WORDS, "S1"),)),
    (Turn(SPAN, "S1"),),
)
EXAMPLES["json"] = plugins.exporter("json").export(RECORD, ExportOptions())

JUNK = (
    "",
    "\n\n",
    "{",
    "[" * 100_000,
    "<tt><p>",
    "WEBVTT\n\n-->\n",
    "1\n",
    '"ooTextFile" "TextGrid" 0 1 <exists> 999999 "IntervalTier"',
    "SPEAKER x\n",
    "[Events]\nDialogue: \n",
    '{"segments": [{"start": NaN, "end": "x", "text": 5, "words": 7}]}',
    '{"schema": "earwitness/transcript@9"}',
    "token|speaker|ts|endTs\n",
    "\x7f" * 50,
)


def importer(name: str) -> Importer:
    return plugins.importer(name)


def read(one: Importer, text: str) -> Imported | EarwitnessError:
    """What it reads, or how it refuses; anything else is a mistake."""
    try:
        return one.read(text, PACED)
    except (UnsupportedSource, UsageError) as refused:
        return refused


def said(found: Imported) -> str:
    if found.record is not None:
        return " ".join(u.text for u in found.record.transcript.utterances)
    return " ".join(passage.text for passage in found.passages)


def test_every_format_has_an_example() -> None:
    assert set(FORMATS) >= set(EXAMPLES)


@pytest.mark.parametrize("name", FORMATS)
def test_it_is_called_as_it_is_registered(name: str) -> None:
    assert importer(name).name == name
    assert all(s == s.lower() and not s.startswith(".") for s in importer(name).suffixes)


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_it_reads_its_example_whatever_the_file_is_called(name: str) -> None:
    suffix = ".vtt" if name == "vtt" else ".bin"
    assert choose(EXAMPLES[name], suffix).name == name
    found = importer(name).read(EXAMPLES[name], ImportOptions())
    assert said(found) == ("" if name == "rttm" else "hello there")
    assert not {flaw.kind for flaw in found.flaws} - {"no_text"}
    starts = [passage.start_ms for passage in found.passages]
    assert starts == [1_000] * len(starts)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_refused_with_a_hint_or_read_as_text(name: str, junk: str) -> None:
    one = importer(name)
    assert one.sniff(junk) in (0, 1, 2, 3)
    found = read(one, junk)
    assert found.hint if isinstance(found, EarwitnessError) else said(found).strip()


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_files_cut_short_or_with_lines_swapped_never_crash(name: str) -> None:
    chance = random.Random(name)
    text = EXAMPLES[name]
    for _ in range(60):
        broken = list(text)
        for _ in range(chance.randint(1, 6)):
            place = chance.randrange(len(broken))
            if chance.random() < 0.5:
                del broken[place]
            else:
                broken.insert(place, chance.choice('\n<>{}":-0,9 |é\u2028\ud7ff'))
        damaged = "".join(broken)[: chance.randint(1, len(broken))]
        found = read(importer(name), damaged)
        assert not isinstance(found, EarwitnessError) or found.hint


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_the_same_text_gives_the_same(name: str) -> None:
    one, other = importer(name), importer(name)
    assert one.read(EXAMPLES[name], PACED) == other.read(EXAMPLES[name], PACED)


def test_what_nobody_knows_is_refused_with_the_list() -> None:
    with pytest.raises(UnsupportedSource) as refused:
        choose("once upon a time", ".bin")
    assert "srt" in refused.value.hint
