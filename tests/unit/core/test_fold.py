"""Fold, example by example: what each kind of correction does, and what becomes of it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from earwitness.core import edit
from earwitness.core.errors import UsageError
from earwitness.core.fate import Applied, Conflict, Orphan, Undone
from earwitness.core.fold import fold
from earwitness.core.override import Field, Override, Stamp, Target
from earwitness.core.patch import share_out
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Label, Transcript, Utterance

WORD_MS = 400


def words(text: str, start_ms: int) -> tuple[Word, ...]:
    """Words of 400 ms each, one after another, confidence 0.5."""
    spans = (start_ms + WORD_MS * place for place in range(len(text.split())))
    return tuple(
        Word(word, Span(at, at + WORD_MS), 0.5)
        for word, at in zip(text.split(), spans, strict=True)
    )


def said(number: int, start_ms: int, text: str, voice: str | None = "S1") -> Utterance:
    spoken = words(text, start_ms)
    return Utterance(number, Span(start_ms, spoken[-1].span.end_ms), spoken, voice)


def within(number: int, span: Span, text: str) -> Utterance:
    """As `said`, with the words shared out over a span."""
    spans = share_out(span, [1] * len(text.split()))
    spoken = tuple(Word(word, at, 0.5) for word, at in zip(text.split(), spans, strict=True))
    return Utterance(number, span, spoken, "S1")


def stamp(seq: int) -> Stamp:
    return Stamp(seq, "ann", datetime(2026, 11, 20, 18, tzinfo=UTC), "misheard")


def texts(transcript: Transcript) -> list[str]:
    return [utterance.text for utterance in transcript.utterances]


A = said(0, 0, "we go into the ham")
B = said(1, 3_000, "roll for it please", "S2")
C = said(2, 6_000, "nineteen that hits")
MACHINE = Transcript((A, B, C), (Label(0, "stance", "OOC", 0.7, "rules"),))


def test_nothing_to_correct_gives_the_machines_transcript() -> None:
    assert fold(MACHINE, []).transcript == MACHINE


def test_text_keeps_the_time_and_confidence_of_kept_words() -> None:
    folded = fold(MACHINE, [edit.set_text(A, "we walk into the tavern", stamp(1))])
    after = folded.transcript.utterances[0]
    assert after.text == "we walk into the tavern"
    assert after.span == A.span
    assert [after.words[n] for n in (0, 2, 3)] == [A.words[n] for n in (0, 2, 3)]
    assert after.words[1] == Word("walk", A.words[1].span, None)
    assert folded.fate(1) == Applied((0,))


def test_two_words_for_one_share_its_time_by_length() -> None:
    after = fold(MACHINE, [edit.set_text(A, "we go into the old tavern", stamp(1))])
    made = after.transcript.utterances[0].words[4:]
    assert [word.text for word in made] == ["old", "tavern"]
    assert (made[0].span.start_ms, made[1].span.end_ms) == (1_600, 2_000)
    assert made[0].span.end_ms == made[1].span.start_ms == 1_733


def test_added_words_share_a_neighbours_time_and_removed_ones_go() -> None:
    after = fold(MACHINE, [edit.set_text(B, "now roll it please", stamp(1))])
    line = after.transcript.utterances[1].words
    assert [word.text for word in line] == ["now", "roll", "it", "please"]
    assert line[0] == Word("now", B.words[0].span, None)
    assert line[1:] == (B.words[0], B.words[2], B.words[3])


def test_capitals_and_commas_are_edits_too() -> None:
    after = fold(MACHINE, [edit.set_text(A, "We go into the ham.", stamp(1))])
    assert after.transcript.utterances[0].text == "We go into the ham."


def test_unspaced_scripts_keep_the_words_that_stay() -> None:
    spoken = (
        Word("今日", Span(0, 400), 0.5),
        Word("は", Span(400, 500), 0.5, glued=True),
        Word("電気", Span(500, 900), 0.5, glued=True),
        Word("だ", Span(900, 1_000), 0.5, glued=True),
    )
    line = Utterance(0, Span(0, 1_000), spoken, "S1", language="ja")
    after = fold(Transcript((line,)), [edit.set_text(line, "今日は天気だ", stamp(1))])
    assert texts(after.transcript) == ["今日は天気だ"]
    kept = after.transcript.utterances[0].words
    assert (kept[0], kept[1], kept[3]) == (spoken[0], spoken[1], spoken[3])
    assert kept[2] == Word("天気", Span(500, 900), None, glued=True)


def test_glued_endings_are_one_piece_with_their_word() -> None:
    spoken = (Word("it", Span(0, 200)), Word("'s", Span(200, 300), glued=True))
    line = Utterance(0, Span(0, 700), (*spoken, Word("done", Span(300, 700))), "S1")
    after = fold(Transcript((line,)), [edit.set_text(line, "its done", stamp(1))])
    assert after.transcript.utterances[0].words[0] == Word("its", Span(0, 300))
    with pytest.raises(UsageError):
        edit.split(line, 1, stamp(1))


def test_voice_person_doubt_and_labels() -> None:
    ledger = [
        edit.set_voice(A, "S3", stamp(1)),
        edit.set_person(B, "Bea", stamp(2)),
        edit.set_uncertain(C, True, stamp(3)),
        edit.set_stance(MACHINE, 0, "IC", stamp(4)),
        edit.set_character(MACHINE, 1, "Mira", stamp(5)),
    ]
    after = fold(MACHINE, ledger).transcript
    assert after.utterances[0] == replace(A, voice="S3")
    assert after.utterances[1] == replace(B, person="Bea")
    assert after.utterances[2] == replace(C, uncertain=True)
    assert after.labels == (
        Label(0, "stance", "IC", None, "user:ann"),
        Label(1, "character", "Mira", None, "user:ann"),
    )


def test_a_label_is_taken_away_and_the_others_keep_their_order() -> None:
    extra = (Label(1, "topic", "dice", 0.9, "rules"), Label(0, "topic", "food", 0.9, "rules"))
    machine = replace(MACHINE, labels=(extra[0], *MACHINE.labels, extra[1]))
    after = fold(machine, [edit.set_stance(machine, 0, None, stamp(1))]).transcript
    assert after.labels == extra


def test_split_keeps_the_id_on_the_left_and_labels_on_both() -> None:
    after = fold(MACHINE, [edit.split(A, 2, stamp(1))])
    assert texts(after.transcript) == ["we go", "into the ham", B.text, C.text]
    assert [u.id for u in after.transcript.utterances] == [0, 3, 1, 2]
    assert after.transcript.utterances[1].span == Span(800, 2_000)
    assert after.transcript.label(3, "stance") == "OOC"
    assert after.fate(1) == Applied((0, 3))


def test_merge_gives_back_what_split_cut() -> None:
    cut = edit.split(A, 2, stamp(1))
    left, right = fold(MACHINE, [cut]).transcript.utterances[:2]
    assert fold(MACHINE, [cut, edit.merge(left, right, stamp(2))]).transcript == MACHINE


def test_merging_two_voices_is_refused_and_later_a_conflict() -> None:
    with pytest.raises(UsageError):
        edit.merge(A, B, stamp(1))
    same = replace(B, voice="S1")
    merge = edit.merge(A, same, stamp(1))
    folded = fold(MACHINE, [merge])
    assert folded.fate(1) == Conflict("S1", "S2")
    assert folded.transcript == MACHINE


def test_merging_over_another_line_of_the_same_voice_finds_no_neighbour() -> None:
    middle = said(3, 3_000, "wait", "S1")
    folded = fold(Transcript((A, middle, C)), [edit.merge(A, C, stamp(1))])
    assert isinstance(folded.fate(1), Orphan)


def test_merging_over_another_voices_aside() -> None:
    folded = fold(MACHINE, [edit.merge(A, C, stamp(1))])
    assert texts(folded.transcript) == [f"{A.text} {C.text}", B.text]


def test_undo_redo_and_undo_of_everything() -> None:
    change = edit.set_text(A, "we go into the hall", stamp(1))
    back = edit.undo(change, stamp(2))
    again = edit.undo(back, stamp(3))
    undone = fold(MACHINE, [change, back])
    assert undone.transcript == MACHINE
    assert (undone.fate(1), undone.fate(2)) == (Undone(), Applied())
    redone = fold(MACHINE, [change, back, again])
    assert redone.transcript == fold(MACHINE, [change]).transcript
    assert (redone.fate(1), redone.fate(2)) == (Applied((0,)), Undone())


def test_an_undo_takes_out_exactly_that_edit() -> None:
    first = edit.set_voice(A, "S2", stamp(1))
    second = edit.set_voice(replace(A, voice="S2"), "S3", stamp(2))
    person = edit.set_person(A, "Ann", stamp(3))
    folded = fold(MACHINE, [first, second, person, edit.undo(first, stamp(4))])
    assert folded.fate(2) == Conflict("S2", "S1")
    assert folded.conflicts == ((second, Conflict("S2", "S1")),)
    assert folded.transcript.utterances[0] == replace(A, person="Ann")


def test_an_edit_of_other_words_survives_the_undo_of_an_earlier_one() -> None:
    first = edit.set_text(A, "we walk into the ham", stamp(1))
    between = fold(MACHINE, [first]).transcript.utterances[0]
    second = edit.set_text(between, "we walk into the hall", stamp(2))
    folded = fold(MACHINE, [first, second, edit.undo(first, stamp(3))])
    assert folded.transcript.utterances[0].text == "we go into the hall"


def test_an_undo_of_an_orphan_is_harmless_and_of_nothing_an_orphan() -> None:
    lost = edit.set_voice(said(9, 60_000, "who is there"), "S2", stamp(1))
    assert isinstance(fold(MACHINE, [lost]).fate(1), Orphan)
    folded = fold(MACHINE, [lost, edit.undo(lost, stamp(2))])
    assert folded.transcript == MACHINE
    assert folded.fate(1) == Undone()
    stray = fold(MACHINE, [edit.undo(lost, stamp(2))])
    assert stray.orphans[0][0].seq == 2


def test_a_voice_that_is_another_now_is_a_visible_conflict() -> None:
    change = edit.set_voice(A, "S2", stamp(1))
    permuted = replace(MACHINE, utterances=(replace(A, voice="S3"), B, C))
    folded = fold(permuted, [change])
    assert folded.fate(1) == Conflict("S1", "S3")
    assert folded.transcript == permuted


def test_what_is_wanted_and_already_there_counts_as_applied() -> None:
    wanted = replace(MACHINE, utterances=(replace(A, voice="S2"), B, C))
    folded = fold(wanted, [edit.set_voice(A, "S2", stamp(1))])
    assert folded.fate(1) == Applied((0,))
    assert folded.transcript == wanted


def test_part_of_a_merged_utterance_is_cut_out() -> None:
    change = edit.set_voice(B, "S4", stamp(1))
    line = words(A.text, 0) + words(B.text, 3_000) + words(C.text, 6_000)
    merged = Transcript((Utterance(7, Span(0, 7_200), line, "S2"),))
    folded = fold(merged, [change])
    assert [(u.id, u.voice, u.text) for u in folded.transcript.utterances] == [
        (7, "S2", A.text),
        (8, "S4", B.text),
        (9, "S2", C.text),
    ]
    assert sum((u.words for u in folded.transcript.utterances), ()) == line


def test_all_parts_of_a_split_utterance_are_changed() -> None:
    change = edit.set_person(A, "Ann", stamp(1))
    parts = Transcript((said(0, 0, "we go"), said(1, 800, "into the ham")))
    folded = fold(parts, [change])
    assert {u.person for u in folded.transcript.utterances} == {"Ann"}
    assert folded.fate(1) == Applied((0, 1))


def test_a_text_edit_finds_its_words_in_the_parts() -> None:
    change = edit.set_text(A, "we go out of the ham", stamp(1))
    parts = Transcript((said(0, 0, "we go into"), said(1, 1_200, "the ham")))
    assert texts(fold(parts, [change]).transcript) == ["we go out of", "the ham"]


def test_words_over_a_cut_between_lines_of_one_voice_stay_in_their_lines() -> None:
    long = said(0, 0, "we go into the ham of")
    split = (said(0, 0, "we go"), within(1, Span(800, 2_400), "into the ham of"))
    for now, lines in [
        ("we walked out of the ham of", ["we walked out", "of the ham of"]),
        (
            "so here is something else altogether now",
            ["so here", "is something else altogether now"],
        ),
        ("fine", ["fine"]),
    ]:
        again = fold(Transcript(split), [edit.set_text(long, now, stamp(1))])
        assert isinstance(again.fate(1), Applied)
        assert texts(again.transcript) == lines


def test_an_edit_over_two_voices_is_a_conflict() -> None:
    change = edit.set_text(A, "we go in a ham", stamp(1))
    parts = Transcript((said(0, 0, "we go into"), said(1, 1_200, "the ham", "S2")))
    folded = fold(parts, [change])
    assert folded.fate(1) == Conflict(A.text, A.text)
    assert folded.transcript == parts


def test_text_changed_elsewhere_in_the_line_does_not_matter() -> None:
    change = edit.set_text(A, "we go into the hall", stamp(1))
    rerun = replace(MACHINE, utterances=(said(0, 0, "he goes into the ham"), B, C))
    assert texts(fold(rerun, [change]).transcript)[0] == "he goes into the hall"


def test_text_changed_at_the_place_is_a_conflict() -> None:
    change = edit.set_text(A, "we go into the hall", stamp(1))
    rerun = replace(MACHINE, utterances=(said(0, 0, "we go into the jam"), B, C))
    folded = fold(rerun, [change])
    assert folded.fate(1) == Conflict(A.text, "we go into the jam")
    assert folded.transcript == rerun


def test_an_edit_of_a_repeated_word_does_not_guess() -> None:
    line = said(0, 0, "no no i think")
    change = edit.set_text(line, "know no i think", stamp(1))
    assert isinstance(fold(Transcript((said(0, 0, "no i think"),)), [change]).fate(1), Conflict)


def test_who_speaks_at_once_is_told_apart_by_what_was_read() -> None:
    first, second = said(0, 0, "one two three four"), said(1, 200, "five six seven eight", "S2")
    change = edit.set_person(first, "Ann", stamp(1))
    moved = Transcript((said(4, 150, "five six seven eight", "S2"), said(5, 190, first.text)))
    assert [u.person for u in fold(moved, [change]).transcript.utterances] == [None, "Ann"]
    blind = replace(change, target=Target(0, first.span))
    assert isinstance(fold(moved, [blind]).fate(1), Orphan)
    assert fold(Transcript((first, second)), [change]).fate(1) == Applied((0,))


def test_one_who_spoke_at_once_does_not_inherit() -> None:
    first, second = said(0, 0, "one two three four"), said(1, 100, "five six seven eight", "S2")
    change = edit.set_person(first, "Ann", stamp(1))
    folded = fold(Transcript((replace(second, id=0),)), [change])
    assert isinstance(folded.fate(1), Orphan)


def test_the_order_of_the_ledger_is_its_numbers() -> None:
    first = edit.set_voice(A, "S2", stamp(1))
    second = edit.set_voice(replace(A, voice="S2"), "S3", stamp(2))
    assert fold(MACHINE, [second, first]) == fold(MACHINE, [first, second])
    with pytest.raises(UsageError):
        fold(MACHINE, [first, first])


def test_an_unknown_number_has_no_fate() -> None:
    with pytest.raises(LookupError):
        fold(MACHINE, []).fate(1)


def test_text_that_takes_all_words_of_a_part_takes_the_part() -> None:
    change = edit.set_text(A, "into the ham", stamp(1))
    parts = Transcript(
        (said(0, 0, "we go"), said(1, 800, "into the ham")), (Label(0, "topic", "food", 1, "x"),)
    )
    folded = fold(parts, [change])
    assert [u.id for u in folded.transcript.utterances] == [1]
    assert folded.transcript.labels == ()
    assert folded.fate(1) == Applied((1,))


def test_merge_keeps_labels_of_both_and_doubt() -> None:
    left, right = said(0, 0, "we go"), replace(said(1, 800, "into the ham"), uncertain=True)
    labels = (Label(0, "topic", "food", 1.0, "x"), Label(1, "stance", "IC", 1.0, "x"))
    merge = edit.merge(left, right, stamp(1))
    folded = fold(Transcript((left, right), labels), [merge])
    assert folded.transcript.utterances[0].uncertain
    assert folded.transcript.label(0, "stance") == "IC"
    differing = (*labels, Label(0, "stance", "OOC", 1.0, "x"))
    assert fold(Transcript((left, right), differing), [merge]).fate(1) == Conflict("OOC", "IC")


def test_an_override_made_by_hand_works_by_time_alone() -> None:
    override = Override(
        1, "ann", datetime(2026, 1, 1, tzinfo=UTC), "", Target(77, Span(3_050, 4_700)),
        Field.VOICE, "S2", "S1",
    )  # fmt: skip
    folded = fold(MACHINE, [override])
    assert folded.transcript.utterances[1] == replace(B, voice="S1")


def test_two_edits_inside_one_word_of_an_unspaced_script() -> None:
    spoken = (Word("今日は", Span(0, 900), 0.5), Word("ね", Span(900, 1_000), 0.5, glued=True))
    line = Utterance(0, Span(0, 1_000), spoken, "S1")
    for now in ("今の日がね", "今日はねね", "明日ね", "日は"):
        after = fold(Transcript((line,)), [edit.set_text(line, now, stamp(1))]).transcript
        assert texts(after) == [now]


def test_several_edits_of_one_line_at_once() -> None:
    now = "so we walk right into a dark ham"
    after = fold(MACHINE, [edit.set_text(A, now, stamp(1))]).transcript.utterances[0]
    assert after.text == now
    assert [word for word in after.words if word.confidence is not None] == [
        A.words[n] for n in (0, 2, 4)
    ]


def test_a_line_that_a_re_run_mended_itself_counts_as_applied() -> None:
    change = edit.set_text(A, "we go back into the hall", stamp(1))
    rerun = replace(MACHINE, utterances=(within(0, A.span, "we go back into the hall"), B, C))
    folded = fold(rerun, [change])
    assert (folded.fate(1), folded.transcript) == (Applied((0,)), rerun)
    half = replace(MACHINE, utterances=(within(0, A.span, "we go back into the ham"), B, C))
    assert texts(fold(half, [change]).transcript)[0] == "we go back into the hall"


def test_an_addition_to_repeated_words_is_made_once() -> None:
    line = said(0, 0, "no no")
    change = edit.set_text(line, "no no no", stamp(1))
    once = fold(Transcript((line,)), [change]).transcript
    assert texts(once) == ["no no no"]
    longer = Transcript((within(0, line.span, "well no no no"),))
    assert fold(longer, [change]).transcript == longer
    cut_by_time = Transcript((said(0, 0, "well no no no"),))
    assert isinstance(fold(cut_by_time, [change]).fate(1), Conflict)
