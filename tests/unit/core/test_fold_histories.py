"""Fold over random histories of edits and undos: the laws of the ledger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.deep import examples

from earwitness.core import edit
from earwitness.core.errors import UsageError
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.fold import Folding, find_undone, fold
from earwitness.core.override import STANCES, Field, Override, Stamp, Target
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance
from earwitness.core.wire import from_wire, to_wire

VOICES = st.sampled_from(["S1", "S2", None])
# Few words, so that they repeat; one with a comma, one without letters, one of a script that sets
# no spaces.
TEXTS = st.sampled_from(["no", "yes", "Yes,", "--", "we go", "今日", "は"])

Source = Callable[[st.DrawFn], str]


def repeating(draw: st.DrawFn) -> str:
    return draw(TEXTS)


def distinct() -> Source:
    """Words that never come twice."""
    numbers = count()
    return lambda _draw: f"word{next(numbers)}"


@st.composite
def utterances(draw: st.DrawFn, number: int, start_ms: int, source: Source) -> Utterance:
    spoken: list[Word] = []
    at_ms = start_ms
    for _ in range(draw(st.integers(1, 5))):
        end_ms = at_ms + draw(st.integers(1, 500))
        glued = bool(spoken) and draw(st.integers(0, 3)) == 0
        spoken.append(Word(source(draw), Span(at_ms, end_ms), 0.5, glued))
        at_ms = end_ms + draw(st.integers(0, 300))
    return Utterance(number, Span(start_ms, at_ms + 100), tuple(spoken), draw(VOICES))


@st.composite
def transcripts(draw: st.DrawFn, source: Source = repeating) -> Transcript:
    lines: list[Utterance] = []
    at_ms = 0
    for number in range(draw(st.integers(1, 4))):
        lines.append(draw(utterances(number, at_ms, source)))
        # Sometimes the next one begins while this one still speaks.
        earliest_ms = -600 if source is repeating else 0
        at_ms = max(at_ms, lines[-1].span.end_ms + draw(st.integers(earliest_ms, 900)))
    stances = draw(st.lists(st.sampled_from([None, *STANCES]), min_size=4, max_size=4))
    labels = [
        Label(line.id, "stance", stance, 0.5, "rules")
        for line, stance in zip(lines, stances, strict=False)
        if stance
    ]
    return Transcript(tuple(lines), tuple(labels))


def stamp(seq: int) -> Stamp:
    return Stamp(seq, "ann", datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seq))


def _texts(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    words = line.text.split()
    place = draw(st.integers(0, len(words) - 1))
    added = [source(draw) for _ in range(draw(st.integers(0, 2)))]
    words[place : place + draw(st.integers(0, 2))] = added
    return edit.set_text(line, " ".join(words) or "no", stamp)


def _voices(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    return edit.set_voice(line, draw(VOICES), stamp)


def _persons(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    return edit.set_person(line, draw(st.sampled_from(["Ann", "Bea", None])), stamp)


def _stances(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    now = draw(st.sampled_from([*STANCES, None]))
    return edit.set_stance(view, line.id, now, stamp)


def _doubts(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    return edit.set_uncertain(line, draw(st.booleans()), stamp)


def _splits(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    places = [n for n in range(1, len(line.words)) if not line.words[n].glued]
    if not places:
        return _doubts(draw, view, line, stamp, source)
    return edit.split(line, draw(st.sampled_from(places)), stamp)


def _merges(
    draw: st.DrawFn, view: Transcript, line: Utterance, stamp: Stamp, source: Source
) -> Override:
    later = view.utterances[view.utterances.index(line) + 1 :]
    same = [each for each in later if (each.voice, each.person) == (line.voice, line.person)]
    if not same:
        return _doubts(draw, view, line, stamp, source)
    return edit.merge(line, same[0], stamp)


Kind = Callable[[st.DrawFn, Transcript, Utterance, Stamp, Source], Override]

EDITS = (_texts, _texts, _voices, _persons, _stances, _doubts, _splits, _splits, _merges)
KEEPERS = (_voices, _persons, _stances, _doubts, _splits, _merges)


@st.composite
def histories(
    draw: st.DrawFn, kinds: tuple[Kind, ...] = EDITS, unique: bool = False
) -> tuple[Transcript, list[Override]]:
    """A machine's transcript, and a ledger of edits each made on what was seen at that time."""
    source = distinct() if unique else repeating
    machine = draw(transcripts(source))
    ledger: list[Override] = []
    for seq in range(1, draw(st.integers(1, 7)) + 1):
        if ledger and draw(st.integers(0, 4)) == 0:
            ledger.append(edit.undo(draw(st.sampled_from(ledger)), stamp(seq)))
            continue
        view = fold(machine, ledger).transcript
        line = draw(st.sampled_from(view.utterances))
        ledger.append(draw(st.sampled_from(kinds))(draw, view, line, stamp(seq), source))
    return machine, ledger


def numberless(transcript: Transcript) -> list[tuple[object, ...]]:
    """Utterances and their labels without ids, in an order that does not depend on these."""
    labels: dict[int, list[tuple[str, str]]] = {}
    for label in transcript.labels:
        labels.setdefault(label.utterance, []).append((label.scheme, label.value))
    lines = [
        (replace(line, id=0), sorted(labels.get(line.id, []))) for line in transcript.utterances
    ]
    return sorted(lines, key=repr)


def settled(machine: Transcript, ledger: list[Override]) -> bool:
    folded = fold(machine, ledger)
    return not folded.conflicts and not folded.orphans


@settings(max_examples=examples(60), deadline=None)
@given(histories())
def test_every_override_has_one_fate(story: tuple[Transcript, list[Override]]) -> None:
    machine, ledger = story
    assert [override for override, _ in fold(machine, ledger).history] == ledger


@settings(max_examples=examples(60), deadline=None)
@given(histories())
def test_undoing_everything_gives_the_machines_transcript(
    story: tuple[Transcript, list[Override]],
) -> None:
    machine, ledger = story
    undone = find_undone(ledger)
    for override in [each for each in ledger if each.field != Field.UNDO]:
        if override.seq not in undone:
            ledger.append(edit.undo(override, stamp(len(ledger) + 1)))
    assert fold(machine, ledger).transcript == machine


@settings(max_examples=examples(60), deadline=None)
@given(histories(), st.data())
def test_an_undo_is_as_if_the_edit_had_never_been(
    story: tuple[Transcript, list[Override]], data: st.DataObject
) -> None:
    machine, ledger = story
    edits = [each for each in ledger if each.field != Field.UNDO]
    gone = data.draw(st.sampled_from(edits))
    back = edit.undo(gone, stamp(len(ledger) + 1))
    without = [each for each in ledger if gone.seq not in (each.seq, each.undoes)]
    if any(each.undoes for each in without):
        return  # the undo of an undo would stand there alone
    assert fold(machine, [*ledger, back]).transcript == fold(machine, without).transcript
    again = edit.undo(back, stamp(len(ledger) + 2))
    assert fold(machine, [*ledger, back, again]).transcript == fold(machine, ledger).transcript


def spoken(transcript: Transcript) -> list[Word]:
    """Every word in order of time, whatever lines they stand in."""
    return sorted(
        (word for utterance in transcript.utterances for word in utterance.words),
        key=lambda word: (word.span.start_ms, word.span.end_ms, word.text),
    )


def redone(ledger: list[Override]) -> bool:
    """Whether an undo was undone: what it took out stands at its old place in the order again."""
    undos = {override.seq for override in ledger if override.field == Field.UNDO}
    return any(override.undoes in undos for override in ledger)


def retold(ledger: list[Override]) -> bool:
    """Whether a text was corrected, and the correction corrected."""
    texts = [override for override in ledger if override.field == Field.TEXT]
    return any(
        later.was == earlier.now
        for place, earlier in enumerate(texts)
        for later in texts[place + 1 :]
    )


@settings(max_examples=examples(80), deadline=None)
@given(histories(unique=True))
def test_folding_twice_is_folding_once(story: tuple[Transcript, list[Override]]) -> None:
    machine, ledger = story
    if settled(machine, ledger):
        once = fold(machine, ledger).transcript
        twice = fold(once, ledger).transcript
        fields = {override.field for override in ledger}
        if retold(ledger) and {Field.MERGE, Field.SPLIT} & fields:
            # The first correction may find its `was` in a piece that was cut off, and what it adds
            # already beside it.
            return
        if {Field.MERGE, Field.SPLIT} <= fields or (Field.MERGE in fields and redone(ledger)):
            # The second time a split may find its words corrected meanwhile, and be refused, while
            # the merge after it is not; and a merge that was redone comes before the label that was
            # given while it was undone: lines may be cut otherwise, but no word is touched.
            assert spoken(twice) == spoken(once)
        elif Field.MERGE in fields:
            # What is merged and split again may get another number on the way.
            assert numberless(twice) == numberless(once)
        else:
            assert twice == once


@settings(max_examples=examples(80), deadline=None)
@given(histories())
def test_an_edit_of_what_is_seen_is_applied_and_seen(
    story: tuple[Transcript, list[Override]],
) -> None:
    machine, ledger = story
    last = ledger[-1]
    if last.field == Field.UNDO:
        return
    folded = fold(machine, ledger)
    fate = folded.fate(last.seq)
    if last.field == Field.MERGE and isinstance(fate, Orphan | Conflict):
        return  # labels that differ, or a third one between
    assert isinstance(fate, Applied)
    assert isinstance(last.target, Target)
    after = {each.id: each for each in folded.transcript.utterances}[last.target.utterance]
    stance = folded.transcript.label(after.id, "stance")
    seen = {
        Field.VOICE: after.voice,
        Field.PERSON: after.person,
        Field.UNCERTAIN: after.uncertain,
        Field.STANCE: stance,
        Field.TEXT: after.text,
    }
    assert seen.get(last.field, last.now) == last.now


@settings(max_examples=examples(60), deadline=None)
@given(histories(kinds=KEEPERS))
def test_only_a_text_edit_changes_words(story: tuple[Transcript, list[Override]]) -> None:
    machine, ledger = story

    def heard(transcript: Transcript) -> list[tuple[int, int, str]]:
        spoken = [word for line in transcript.utterances for word in line.words]
        return sorted((word.span.start_ms, word.span.end_ms, word.text) for word in spoken)

    assert heard(fold(machine, ledger).transcript) == heard(machine)


@settings(max_examples=examples(60), deadline=None)
@given(histories())
def test_what_nobody_touched_is_the_same_object(
    story: tuple[Transcript, list[Override]],
) -> None:
    machine, ledger = story
    folded = fold(machine, ledger)
    touched = {each.target.utterance for each in ledger if isinstance(each.target, Target)}
    touched |= {
        i for _, fate in folded.history if isinstance(fate, Applied) for i in fate.utterances
    }
    merged = {each.now.utterance for each in ledger if each.field == Field.MERGE}  # type: ignore[union-attr]
    for line in machine.utterances:
        if line.id not in touched | merged:
            assert any(each is line for each in folded.transcript.utterances)


@settings(max_examples=examples(40), deadline=None)
@given(histories())
def test_the_wire_form_gives_the_ledger_back(story: tuple[Transcript, list[Override]]) -> None:
    for override in story[1]:
        assert from_wire(to_wire(override)) == override


@settings(max_examples=examples(40), deadline=None)
@given(histories(), transcripts())
def test_a_foreign_transcript_takes_no_harm(
    story: tuple[Transcript, list[Override]], other: Transcript
) -> None:
    _, ledger = story
    folded = fold(other, ledger)
    assert [override for override, _ in folded.history] == ledger
    applied = any(
        isinstance(fate, Applied) and override.field != Field.UNDO
        for override, fate in folded.history
    )
    assert applied or folded.transcript == other


def test_an_undone_undo_counts_only_while_it_stands() -> None:
    line = Utterance(0, Span(0, 100), (Word("no", Span(0, 100)),))
    first = edit.set_uncertain(line, True, stamp(1))
    back = edit.undo(first, stamp(2))
    again = edit.undo(back, stamp(3))
    third = edit.undo(again, stamp(4))
    assert find_undone([first, back]) == {1}
    assert find_undone([first, back, again]) == {2}
    assert find_undone([first, back, again, third]) == {3, 1}
    assert find_undone([replace(back, undoes=1), replace(back, seq=3, undoes=1)]) == {1}


@given(histories())
@settings(deadline=None)
def test_a_fold_that_goes_on_is_the_fold(history: tuple[Transcript, list[Override]]) -> None:
    machine, ledger = history
    folding = Folding(machine)
    for length, override in enumerate(ledger, start=1):
        folding.extend([override])
        assert folding.finish() == fold(machine, ledger[:length])
        with pytest.raises(UsageError):
            folding.extend([override])
    pieces = Folding(machine)
    pieces.extend(ledger[: len(ledger) // 2])
    pieces.extend(ledger[len(ledger) // 2 :])
    assert pieces.finish() == fold(machine, ledger)
