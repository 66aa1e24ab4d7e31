"""Fold after a re-run: edits find their words again, or become visible; never a wrong place.

Every word of the machine's version is one of a kind, so that a test can follow it by name through
whatever a re-run does to it: `w7` is heard as `x7` when the re-run changes its text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from hypothesis import event, given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.core import edit
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.fold import fold
from earwitness.core.override import Field, Override, Stamp
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance

JITTER_MS = 200
VOICES = ("S1", "S2", "S3")


def stamp(seq: int) -> Stamp:
    return Stamp(seq, "ann", datetime(2026, 1, 1, tzinfo=UTC))


def utterance(number: int, words: list[Word], voice: str | None) -> Utterance:
    span = Span(words[0].span.start_ms, max(word.span.end_ms for word in words))
    return Utterance(number, span, tuple(words), voice)


@st.composite
def machines(draw: st.DrawFn) -> Transcript:
    """Some utterances of two words or more, some of them while another still speaks."""
    lines: list[Utterance] = []
    at_ms, named = 1_000, 0
    for number in range(draw(st.integers(1, 6))):
        words = []
        for _ in range(draw(st.integers(2, 6))):
            end_ms = at_ms + draw(st.integers(300, 500))
            words.append(Word(f"w{named}", Span(at_ms, end_ms), 0.5))
            at_ms, named = end_ms, named + 1
        # Nobody speaks over himself.
        during = [each.voice for each in lines if each.span.end_ms > words[0].span.start_ms]
        free = [voice for voice in VOICES if voice not in during]
        if not free:
            break
        lines.append(utterance(number, words, draw(st.sampled_from(free))))
        at_ms = max(lines[-1].span.start_ms, at_ms + draw(st.integers(-1_500, 800)))
    return Transcript(tuple(sorted(lines, key=lambda line: (line.span.start_ms, line.id))))


class Rerun(NamedTuple):
    """What a re-run does; every list is used round and round."""

    jitters_ms: list[int]
    cuts: list[bool]
    joins: list[bool]
    first_id: int
    renamed: list[bool]
    gone: list[bool]
    voices: tuple[str, ...]


def flags(share: int) -> st.SearchStrategy[list[bool]]:
    return st.lists(st.integers(0, share).map(lambda n: n == 1), min_size=7, max_size=7)


GENTLE = st.builds(
    Rerun,
    st.lists(st.integers(-JITTER_MS, JITTER_MS), min_size=5, max_size=5),
    flags(2),
    flags(1),
    st.integers(0, 9),
    st.just([False]),
    st.just([False]),
    st.just(VOICES),
)
ROUGH = st.builds(
    Rerun,
    st.lists(st.integers(-JITTER_MS, JITTER_MS), min_size=5, max_size=5),
    flags(2),
    flags(1),
    st.integers(0, 9),
    flags(3),
    flags(3),
    st.permutations(VOICES).map(tuple),
)


def heard_again(machine: Transcript, rerun: Rerun) -> Transcript:
    """The machine's version after a re-run."""
    lines: list[Utterance] = []
    for words, voice in _recut(machine, rerun):
        lines.append(utterance(0, list(words), voice))
    lines.sort(key=lambda line: line.span)
    return Transcript(
        tuple(replace(line, id=rerun.first_id + place) for place, line in enumerate(lines))
    )


def _recut(machine: Transcript, rerun: Rerun) -> Iterator[tuple[list[Word], str]]:
    swapped = dict(zip(VOICES, rerun.voices, strict=True))
    clock = _moved_times(machine, rerun)
    waiting: list[Word] = []
    speaks = ""
    for place, line in enumerate(machine.utterances):
        if rerun.gone[place % len(rerun.gone)]:
            continue
        words = [_heard_again(word, clock, rerun) for word in line.words]
        voice = swapped[line.voice or ""]
        joins = rerun.joins[place % len(rerun.joins)] and voice == speaks
        if waiting and not (joins and words[0].span.start_ms >= waiting[-1].span.end_ms):
            yield waiting, speaks
            waiting = []
        speaks = voice
        for number, word in enumerate(words):
            cut = rerun.cuts[(place + number) % len(rerun.cuts)]
            if waiting and number and cut:
                yield waiting, speaks
                waiting = []
            waiting.append(word)
    if waiting:
        yield waiting, speaks


def _moved_times(machine: Transcript, rerun: Rerun) -> dict[int, int]:
    """Where each boundary moves to; their order stays."""
    spans = [word.span for line in machine.utterances for word in line.words]
    clock: dict[int, int] = {}
    last_ms = 0
    for place, ms in enumerate(
        sorted({ms for span in spans for ms in (span.start_ms, span.end_ms)})
    ):
        last_ms = max(last_ms + 1, ms + rerun.jitters_ms[place % len(rerun.jitters_ms)])
        clock[ms] = last_ms
    return clock


def _heard_again(word: Word, clock: dict[int, int], rerun: Rerun) -> Word:
    other = rerun.renamed[name(word.text) % len(rerun.renamed)]
    text = f"x{name(word.text)}" if other else word.text
    return Word(text, Span(clock[word.span.start_ms], clock[word.span.end_ms]), 0.5)


def name(text: str) -> int:
    return int(text[1:])


def names(words: tuple[Word, ...]) -> set[int]:
    return {name(word.text) for word in words}


def by_name(transcript: Transcript) -> dict[int, Utterance]:
    return {name(word.text): line for line in transcript.utterances for word in line.words}


KINDS = st.sampled_from(["voice", "person", "doubt"])


def change(line: Utterance, kind: str, seq: int) -> Override:
    if kind == "voice":
        return edit.set_voice(line, "S9", stamp(seq))
    if kind == "person":
        return edit.set_person(line, "Ann", stamp(seq))
    return edit.set_uncertain(line, True, stamp(seq))


def holds(line: Utterance, kind: str) -> bool:
    return {"voice": line.voice == "S9", "person": line.person == "Ann", "doubt": line.uncertain}[
        kind
    ]


@settings(max_examples=examples(120), deadline=None)
@given(machines(), GENTLE, KINDS, st.data())
def test_an_edit_survives_moved_bounds_cuts_joins_and_new_ids(
    machine: Transcript, rerun: Rerun, kind: str, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    again = heard_again(machine, rerun)
    folded = fold(again, [change(line, kind, 1)])
    assert isinstance(folded.fate(1), Applied)
    changed = {number for number, each in by_name(folded.transcript).items() if holds(each, kind)}
    assert changed == names(line.words)


@settings(max_examples=examples(120), deadline=None)
@given(machines(), ROUGH, KINDS, st.data())
def test_an_edit_is_applied_to_its_own_words_or_visibly_not_at_all(
    machine: Transcript, rerun: Rerun, kind: str, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    again = heard_again(machine, rerun)
    folded = fold(again, [change(line, kind, 1)])
    fate = folded.fate(1)
    event(type(fate).__name__)
    if isinstance(fate, Orphan | Conflict):
        assert folded.transcript == again
        return
    changed = {number for number, each in by_name(folded.transcript).items() if holds(each, kind)}
    assert changed & names(line.words)
    strangers = changed - names(line.words)
    # Where no word for word match is left, time alone sets the bounds: a neighbour that a re-run
    # joined to the line may lose the word at its edge, as far as a bound may have moved.
    first, last = min(names(line.words)), max(names(line.words))
    assert strangers <= {first - 1, last + 1}
    untouched = sorted(word.text for each in again.utterances for word in each.words)
    assert untouched == sorted(
        word.text for each in folded.transcript.utterances for word in each.words
    )


@settings(max_examples=examples(120), deadline=None)
@given(machines(), ROUGH, st.data())
def test_a_voice_is_never_given_to_words_of_another(
    machine: Transcript, rerun: Rerun, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    again = heard_again(machine, rerun)
    folded = fold(again, [change(line, "voice", 1)])
    before = by_name(again)
    for number, after in by_name(folded.transcript).items():
        if after.voice == "S9":
            assert before[number].voice == line.voice
        else:
            assert after.voice == before[number].voice


@settings(max_examples=examples(120), deadline=None)
@given(machines(), ROUGH, st.data())
def test_a_text_edit_finds_its_words_or_is_visible(
    machine: Transcript, rerun: Rerun, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    place = data.draw(st.integers(0, len(line.words) - 1))
    texts = [word.text for word in line.words]
    texts[place] = "new"
    again = heard_again(machine, rerun)
    folded = fold(again, [edit.set_text(line, " ".join(texts), stamp(1))])
    before = [word.text for each in again.utterances for word in each.words]
    after = [word.text for each in folded.transcript.utterances for word in each.words]
    event(type(folded.fate(1)).__name__)
    if isinstance(folded.fate(1), Applied):
        mended = ["new" if text == line.words[place].text else text for text in before]
        assert after == mended != before
        old = {word.text: word for each in again.utterances for word in each.words}
        kept = [word for each in folded.transcript.utterances for word in each.words]
        assert all(word is old[word.text] for word in kept if word.text != "new")
    else:
        assert folded.transcript == again


@settings(max_examples=examples(80), deadline=None)
@given(machines(), GENTLE, st.data())
def test_text_edits_survive_moved_bounds_cuts_joins_and_new_ids(
    machine: Transcript, rerun: Rerun, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    place = data.draw(st.integers(0, len(line.words) - 1))
    texts = [word.text for word in line.words]
    texts[place] = "new"
    folded = fold(heard_again(machine, rerun), [edit.set_text(line, " ".join(texts), stamp(1))])
    assert isinstance(folded.fate(1), Applied)


@settings(max_examples=examples(60), deadline=None)
@given(machines(), GENTLE, st.data())
def test_a_split_is_found_again_between_the_same_words(
    machine: Transcript, rerun: Rerun, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    word = data.draw(st.integers(1, len(line.words) - 1))
    again = heard_again(machine, rerun)
    folded = fold(again, [edit.split(line, word, stamp(1))])
    assert isinstance(folded.fate(1), Applied)
    lines = by_name(folded.transcript)
    assert lines[name(line.words[word - 1].text)] is not lines[name(line.words[word].text)]
    extra = len(folded.transcript.utterances) - len(again.utterances)
    assert extra in (0, 1)


@settings(max_examples=examples(80), deadline=None)
@given(machines(), st.one_of(GENTLE, ROUGH), st.lists(KINDS, min_size=1, max_size=5), st.data())
def test_a_whole_ledger_after_a_re_run(
    machine: Transcript, rerun: Rerun, kinds: list[str], data: st.DataObject
) -> None:
    ledger: list[Override] = []
    for seq, kind in enumerate(kinds, start=1):
        view = fold(machine, ledger).transcript
        line = data.draw(st.sampled_from(view.utterances))
        ledger.append(change(line, kind, seq))
    again = heard_again(machine, rerun)
    folded = fold(again, ledger)
    assert [each for each, _ in folded.history] == ledger
    undone = [edit.undo(each, stamp(len(ledger) + each.seq)) for each in ledger]
    assert fold(again, [*ledger, *undone]).transcript == again
    for each, fate in folded.history:
        if each.field == Field.VOICE and isinstance(fate, Conflict):
            assert fate.found not in (each.was, each.now)


@settings(max_examples=examples(120), deadline=None)
@given(machines(), st.one_of(GENTLE, ROUGH), st.data())
def test_a_text_of_any_length_stays_inside_the_lines_it_falls_on(
    machine: Transcript, rerun: Rerun, data: st.DataObject
) -> None:
    line = data.draw(st.sampled_from(machine.utterances))
    start = data.draw(st.integers(0, len(line.words) - 1))
    end = data.draw(st.integers(start, len(line.words)))
    made = [f"new{number}" for number in range(data.draw(st.integers(end == start, 8)))]
    texts = [word.text for word in line.words]
    texts[start:end] = made
    if not texts:
        return  # taking all words away is no text
    again = heard_again(machine, rerun)
    folded = fold(again, [edit.set_text(line, " ".join(texts), stamp(1))])
    event(type(folded.fate(1)).__name__)
    words = [word.text for each in folded.transcript.utterances for word in each.words]
    assert [word for word in words if word in made] == (
        made if isinstance(folded.fate(1), Applied) else []
    )
