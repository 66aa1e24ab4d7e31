"""Subtitles: no word lost, no voice mixed, rules kept or counted."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.core.errors import UsageError
from earwitness.core.ports import ExportOptions
from earwitness.core.session import Recording, Session
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Record, Transcript, Utterance
from earwitness.exporters.atoms import width
from earwitness.exporters.cues import RULES, Cue, broken_rules, cues

TWO_LINES = ExportOptions()

LATIN = ["I", "the", "a", "dragon", "and", "of", "yes,", "no.", "What?", "de", "kroeg", "Mr.", "12"]
LONG = ["Donaudampfschifffahrtsgesellschaftskapitänsmützen", "https://example.org/" + "x" * 40]
JAPANESE = ["左に", "見える", "のは…", "首刈り機", "。", "データベースサーバー", "っ", "「", "ん"]


def record(*said: Utterance, duration_ms: int | None = None, language: str | None = None) -> Record:
    recording = Recording("0" * 64, "game.mp3", 1, duration_ms, 1, 16_000)
    session = Session("2026-11-20-abcdef", "Game", "tabletop", language, (recording,))
    return Record(session, Transcript(said), ())


def say(
    text: str, start_ms: int = 0, *, each_ms: int = 300, number: int = 0, **more: str
) -> Utterance:
    """Words of equal length, one after another."""
    words = tuple(
        Word(word, Span(start_ms + each_ms * at, start_ms + each_ms * (at + 1)))
        for at, word in enumerate(text.split())
    )
    span = Span(start_ms, words[-1].span.end_ms)
    return Utterance(number, span, words, more.get("voice", "S1"), more.get("person"))


def texts(found: tuple[Cue, ...]) -> list[str]:
    return [" | ".join(cue.lines) for cue in found]


@st.composite
def talks(draw: st.DrawFn, vocabulary: list[str], shortest_ms: int = 1) -> Record:
    """Voices that speak one word after another, over each other at will."""
    clock = Counter[str]()
    made: list[tuple[Span, tuple[Word, ...], str]] = []
    for _ in range(draw(st.integers(1, 12))):
        voice = draw(st.sampled_from(["S1", "S2", "S3", "nobody"]))
        at = clock[voice] + draw(st.sampled_from([0, 1, 40, 300, 2_500]))
        if draw(st.booleans()):
            at = max(at, *clock.values(), 0)
        words = []
        for text in draw(st.lists(st.sampled_from(vocabulary), min_size=1, max_size=40)):
            length_ms = draw(st.sampled_from([shortest_ms, 30, 90, 250, 400, 900, 9_000]))
            words.append(Word(text, Span(at, at + length_ms), glued=text in JAPANESE))
            at += length_ms + draw(st.sampled_from([0, 0, 0, 120, 800]))
        clock[voice] = words[-1].span.end_ms
        made.append((Span(words[0].span.start_ms, clock[voice]), tuple(words), voice))
    made.sort(key=lambda one: one[0].start_ms)
    return record(
        *(
            Utterance(number, span, words, None if voice == "nobody" else voice)
            for number, (span, words, voice) in enumerate(made)
        )
    )


choices = st.builds(
    ExportOptions,
    names=st.booleans(),
    line_chars=st.sampled_from([8, 20, 37, 42]),
    lines=st.integers(1, 3),
    chars_per_second=st.sampled_from([4.0, 12.5, 17.0, 20.0]),
    gap_ms=st.sampled_from([0, 80, 200]),
)


def squeezed(parts: list[str]) -> str:
    return "".join("".join(parts).split())


@given(talks(LATIN + LONG + JAPANESE), choices)
def test_every_word_is_shown_once_in_order_under_its_own_voice(
    spoken: Record, wanted: ExportOptions
) -> None:
    found = cues(spoken, ExportOptions(line_chars=wanted.line_chars, lines=wanted.lines)).cues
    said = spoken.transcript.utterances
    owner = {u.id: u.voice or u.id for u in said}
    for who in set(owner.values()):
        heard = [word.text for u in said if owner[u.id] == who for word in u.words]
        read = [line for cue in found if owner[cue.utterances[0]] == who for line in cue.lines]
        assert squeezed(read) == squeezed(heard)
    assert all(len({owner[each] for each in cue.utterances}) == 1 for cue in found)


@given(talks(LATIN + LONG + JAPANESE), choices)
def test_lines_fit_unless_one_word_alone_does_not(spoken: Record, wanted: ExportOptions) -> None:
    found = cues(spoken, wanted)
    for cue in found.cues:
        assert 1 <= len(cue.lines) <= wanted.lines or found.broken["lines"]
        assert all(width(line) <= wanted.line_chars or " " not in line for line in cue.lines)
        assert all(line == line.strip() and line for line in cue.lines)


@given(talks(LATIN + JAPANESE, shortest_ms=30), choices)
def test_a_cue_starts_inside_its_first_word_and_never_meets_its_own_voice(
    spoken: Record, wanted: ExportOptions
) -> None:
    found = cues(spoken, wanted).cues
    said = {u.id: u for u in spoken.transcript.utterances}
    assert [c.span.start_ms for c in found] == sorted(c.span.start_ms for c in found)
    last: dict[str, int] = {}
    for cue in found:
        assert any(cue.span.start_ms in word.span for word in said[cue.utterances[0]].words)
        if cue.voice is not None:
            assert cue.span.start_ms >= last.get(cue.voice, 0)
            last[cue.voice] = cue.span.end_ms


@given(talks(LATIN), choices)
def test_a_cue_is_lengthened_into_silence_only(spoken: Record, wanted: ExportOptions) -> None:
    plain = ExportOptions(line_chars=wanted.line_chars, gap_ms=wanted.gap_ms)
    found = cues(spoken, plain).cues
    queue: dict[str | int, list[Word]] = {}
    for u in spoken.transcript.utterances:
        queue.setdefault(u.voice or -u.id - 1, []).extend(u.words)
    for cue in found:
        own = queue[cue.voice or -cue.utterances[0] - 1]
        count = len(" ".join(cue.lines).split())
        assert cue.span.start_ms == own[0].span.start_ms
        spoken_ms = own[count - 1].span.end_ms
        del own[:count]
        for other in found:
            if other.span.start_ms > cue.span.start_ms and cue.span.end_ms > spoken_ms:
                assert other.span.start_ms >= cue.span.end_ms


@given(talks(LATIN + LONG + JAPANESE), choices)
@settings(max_examples=examples(60))
def test_the_counts_are_what_a_reader_would_count(spoken: Record, wanted: ExportOptions) -> None:
    found = cues(spoken, wanted)
    spans = [cue.span for cue in found.cues]
    counted = Counter[str]()
    for at, cue in enumerate(found.cues):
        seconds = cue.span.duration_ms / 1000
        counted["lines"] += len(cue.lines) > wanted.lines
        counted["line_chars"] += max(map(width, cue.lines)) > wanted.line_chars
        speed = width(" ".join(cue.lines)) / seconds
        counted["chars_per_second"] += speed > wanted.chars_per_second * (1 + 1e-12)
        counted["cue_min_ms"] += seconds < 1
        counted["cue_max_ms"] += seconds > 7
        counted["overlap"] += any(cue.span & other for other in spans[:at])
        waits = [s.start_ms - cue.span.end_ms for s in spans[at + 1 :]]
        counted["gap_ms"] += any(0 <= wait < wanted.gap_ms for wait in waits)
    assert found.broken == {rule: counted[rule] for rule in RULES}
    assert found.broken["cue_max_ms"] == 0
    assert broken_rules(spoken, wanted) == {r: n for r, n in found.broken.items() if n}
    assert (found.affected > 0) == any(found.broken.values())


def test_calm_speech_breaks_no_rule() -> None:
    text = (
        "You find yourselves at the edge of a wide and silent forest, and the road behind you is "
        "gone. What do you do? I draw my sword and look for the path that we came from."
    )
    found = cues(record(say(text, each_ms=420)), TWO_LINES)
    assert found.affected == 0
    assert all(left.span.end_ms + 80 <= right.span.start_ms for left, right in pairwise(found.cues))


def test_lines_break_at_the_joints_of_the_sentence() -> None:
    english = say("I want to walk across the bridge while I keep my eyes on the tower.")
    assert texts(cues(record(english), TWO_LINES).cues) == [
        "I want to walk across the bridge | while I keep my eyes on the tower."
    ]
    dutch = say("Ik loop heel langzaam over de brug omdat de draak mij anders ziet.")
    assert texts(cues(record(dutch, language="nl"), TWO_LINES).cues) == [
        "Ik loop heel langzaam over de brug | omdat de draak mij anders ziet."
    ]


def test_an_article_stays_with_its_noun() -> None:
    said = say("Then everybody at this table saw suddenly the enormous dragon flying over there.")
    lines = [line for cue in cues(record(said), TWO_LINES).cues for line in cue.lines]
    assert len(lines) > 1
    assert not any(line.endswith((" the", " this", " at", " over")) for line in lines)


def test_text_without_spaces_is_broken_by_its_own_rules() -> None:
    text = "左に見えるのは首刈り機で、右に見えるのはデータベースサーバーです。すべて安全だ。"
    words = tuple(
        Word(char, Span(200 * at, 200 * at + 200), glued=True) for at, char in enumerate(text)
    )
    said = Utterance(0, Span(0, 200 * len(text)), words, "S1", language="ja")
    lines = [line for cue in cues(record(said), TWO_LINES).cues for line in cue.lines]
    assert "".join(lines) == text
    assert all(width(line) <= 42 for line in lines)
    assert not any(line[0] in "、。ーっ" for line in lines)
    assert any("データベースサーバー" in line for line in lines)


def test_the_same_text_as_one_word_is_broken_too() -> None:
    text = "左に見えるのは首刈り機で右に見えるのは" * 5
    said = Utterance(0, Span(0, 30_000), (Word(text, Span(0, 30_000)),), "S1")
    found = cues(record(said), TWO_LINES)
    assert "".join(line for cue in found.cues for line in cue.lines) == text
    assert found.affected == 0


def test_a_word_longer_than_a_line_stays_whole_and_is_counted() -> None:
    found = cues(
        record(say("See https://example.org/" + "x" * 60 + " please.", each_ms=5_000)), TWO_LINES
    )
    assert any("https://example.org/" + "x" * 60 in cue.lines for cue in found.cues)
    assert found.broken["line_chars"] == 1


def test_speech_too_fast_to_read_is_counted() -> None:
    found = cues(record(say("unbelievably " * 60, each_ms=150)), TWO_LINES)
    assert found.broken["chars_per_second"] > 0
    assert squeezed([line for cue in found.cues for line in cue.lines]) == "unbelievably" * 60


def test_many_words_at_one_moment_are_all_shown() -> None:
    words = tuple(Word(f"word{n}", Span(1_000, 1_010)) for n in range(200))
    found = cues(record(Utterance(0, Span(1_000, 1_010), words, "S1")), TWO_LINES)
    shown = " ".join(line for cue in found.cues for line in cue.lines).split()
    assert shown == [word.text for word in words]
    starts = [cue.span.start_ms for cue in found.cues]
    assert len(set(starts)) == len(starts)
    assert found.broken["cue_min_ms"] > 0


def test_a_cue_does_not_tell_what_comes_after_a_silence() -> None:
    said = [say("Who is there?"), say("Nobody.", 6_000, number=1)]
    assert texts(cues(record(*said), TWO_LINES).cues) == ["Who is there?", "Nobody."]


def test_an_interjection_stands_beside_the_speech_it_interrupts() -> None:
    long = say("word " * 14, each_ms=350)
    found = cues(record(long, say("Mhm.", 2_000, number=1, voice="S2")), TWO_LINES)
    (first, second) = found.cues
    assert (first.voice, second.voice) == ("S1", "S2")
    assert first.span.end_ms > second.span.end_ms
    assert found.broken["overlap"] == 1


def test_turns_that_touch_do_not_overlap() -> None:
    found = cues(
        record(say("We go to the left now.", each_ms=300), say("No!", 1_700, number=1, voice="S2")),
        TWO_LINES,
    )
    assert found.cues[0].span.end_ms == 1_700 - TWO_LINES.gap_ms
    assert found.broken["overlap"] == 0


def test_two_unknown_voices_never_share_a_cue() -> None:
    nobody = [
        Utterance(n, Span(500 * n, 500 * n + 400), (Word("Yes.", Span(500 * n, 500 * n + 400)),))
        for n in range(2)
    ]
    found = cues(record(*nobody), TWO_LINES).cues
    assert [cue.speaker for cue in found] == ["Unknown", "Unknown"]


def test_names_stand_where_the_speaker_changes_and_count_for_the_rules() -> None:
    said = [
        say("What do you do now with the very large and very angry dragon that is over there?"),
        say("I run.", 9_000, number=1, voice="S2", person="Ann"),
        say("I hide.", 20_000, number=2, voice="S2", person="Ann"),
    ]
    plain = texts(cues(record(*said), TWO_LINES).cues)
    named = texts(cues(record(*said), ExportOptions(names=True)).cues)
    assert not any("Ann" in text or "S1" in text for text in plain)
    assert named[0].startswith("S1: What")
    assert named[-2:] == ["Ann: I run.", "I hide."]


def test_a_very_long_name_leaves_room_for_the_text() -> None:
    said = say("I attack the dragon with my sword.", person="Bartholomew the Third of Nowhere")
    found = cues(record(said), ExportOptions(names=True))
    assert found.cues[0].lines[0].startswith("Bartholomew the Thi…:")
    assert found.broken["line_chars"] == 0


def test_no_cue_is_lengthened_beyond_the_sound() -> None:
    assert cues(record(say("Yes."), duration_ms=500), TWO_LINES).cues[0].span == Span(0, 500)
    assert cues(record(say("Yes.")), TWO_LINES).cues[0].span == Span(0, 1_000)


def test_options_without_room_are_refused() -> None:
    for wrong in (
        ExportOptions(line_chars=0),
        ExportOptions(lines=0),
        ExportOptions(chars_per_second=0),
        ExportOptions(cue_min_ms=8_000),
        ExportOptions(gap_ms=-1),
        ExportOptions(cue_min_ms=0, cue_max_ms=0),
    ):
        with pytest.raises(UsageError):
            cues(record(say("Yes.")), wrong)
