"""Naming whole voices: the fold and the ledger alone tell the same, and nothing is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core import edit
from earwitness.core.errors import UsageError
from earwitness.core.fate import Applied, Conflict, Orphan
from earwitness.core.fold import Folding, fold
from earwitness.core.naming import (
    RECOGNISER,
    merge_voice,
    merged_in,
    name_voice,
    namings_in,
    recognised,
)
from earwitness.core.override import Field, Override, Stamp, VoiceTarget
from earwitness.core.span import Span
from earwitness.core.speech import Word
from earwitness.core.transcript import Transcript, Utterance
from earwitness.core.wire import from_wire, to_wire

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)


def stamp(seq: int, by: str = "ann", reason: str = "") -> Stamp:
    return Stamp(seq, by, AT, reason)


def say(number: int, voice: str | None) -> Utterance:
    span = Span(1_000 * number, 1_000 * number + 900)
    return Utterance(number, span, (Word(f"word{number}", span),), voice)


TALK = Transcript(tuple(say(n, f"S{n % 3 + 1}") for n in range(9)))


def people(folded: Transcript) -> list[str | None]:
    return [line.person for line in folded.utterances]


def test_a_name_holds_for_every_line_of_the_voice() -> None:
    named = fold(TALK, [name_voice("S1", None, "Ann", stamp(1))])
    assert people(named.transcript) == ["Ann", None, None] * 3
    assert named.people == (("S1", "Ann"),)
    assert named.fate(1) == Applied()


def test_a_line_keeps_its_own_person_whichever_came_first() -> None:
    own = edit.set_person(TALK.utterances[0], "Ben", stamp(1))
    named = name_voice("S1", None, "Ann", stamp(2))
    for ledger in ([own, named], [replace(named, seq=1), replace(own, seq=2)]):
        folded = fold(TALK, ledger)
        assert people(folded.transcript)[::3] == ["Ben", "Ann", "Ann"]
        assert not folded.conflicts


def test_a_line_that_is_given_to_a_voice_gets_its_name() -> None:
    named = name_voice("S1", None, "Ann", stamp(1))
    moved = edit.set_voice(TALK.utterances[1], "S1", stamp(2))
    assert people(fold(TALK, [named, moved]).transcript)[:3] == ["Ann", "Ann", None]


def test_a_second_name_undoes_back_to_the_first() -> None:
    one = name_voice("S1", None, "Ann", stamp(1))
    two = name_voice("S1", "Ann", "Anna", stamp(2))
    assert people(fold(TALK, [one, two]).transcript)[0] == "Anna"
    undone = [one, two, edit.undo(two, stamp(3))]
    assert people(fold(TALK, undone).transcript)[0] == "Ann"
    assert fold(TALK, [*undone, edit.undo(one, stamp(4))]).transcript == TALK


def test_a_name_made_for_another_name_is_a_conflict() -> None:
    ledger = [name_voice("S1", None, "Ann", stamp(1)), name_voice("S1", "Eve", "Bob", stamp(2))]
    folded = fold(TALK, ledger)
    assert folded.fate(2) == Conflict("Eve", "Ann")
    assert namings_in(ledger)["S1"].person == "Ann"


def test_a_voice_that_is_not_there_makes_an_orphan() -> None:
    assert isinstance(fold(TALK, [name_voice("S9", None, "Ann", stamp(1))]).fate(1), Orphan)
    assert isinstance(fold(TALK, [merge_voice("S9", "S1", stamp(1))]).fate(1), Orphan)


def test_a_merge_gives_all_lines_to_the_other_voice() -> None:
    ledger = [name_voice("S1", None, "Ann", stamp(1)), merge_voice("S2", "S1", stamp(2))]
    folded = fold(TALK, ledger)
    assert [line.voice for line in folded.transcript.utterances] == ["S1", "S1", "S3"] * 3
    assert people(folded.transcript) == ["Ann", "Ann", None] * 3
    assert dict(folded.merged) == {"S2": "S1"}
    assert fold(TALK, [*ledger, edit.undo(ledger[1], stamp(3))]).merged == ()


def test_what_is_merged_twice_ends_in_one_voice() -> None:
    ledger = [merge_voice("S3", "S2", stamp(1)), merge_voice("S2", "S1", stamp(2))]
    folded = fold(TALK, ledger)
    assert {line.voice for line in folded.transcript.utterances} == {"S1"}
    assert dict(folded.merged) == merged_in(ledger) == {"S2": "S1", "S3": "S1"}


def test_only_a_person_or_another_voice_is_said_of_a_whole_voice() -> None:
    with pytest.raises(UsageError, match="line by line"):
        Override(1, "ann", AT, "", VoiceTarget("S1"), field=Field.STANCE, was=None, now="IC")
    with pytest.raises(UsageError):
        merge_voice("S1", "S1", stamp(1))
    with pytest.raises(UsageError):
        VoiceTarget("")
    with pytest.raises(UsageError):
        Override(1, "ann", AT, "", VoiceTarget("S1"), field=Field.VOICE, was="S1", now=None)


def test_the_wire_form_names_the_voice() -> None:
    for said in (name_voice("S1", None, "Ann", stamp(1)), merge_voice("S2", "S1", stamp(1))):
        wire = to_wire(said)
        assert wire["target"] == {"voice": said.target.voice}  # type: ignore[union-attr]
        assert from_wire(wire) == said
        assert from_wire(to_wire(edit.undo(said, stamp(2)))).undoes == 1


def test_a_recognition_carries_its_score() -> None:
    sure = name_voice("S1", None, "Ann", stamp(1, RECOGNISER, recognised(0.871)))
    assert namings_in([sure])["S1"].score == 0.87
    typed = name_voice("S1", None, "Ann", stamp(1, "ann", recognised(0.871)))
    assert namings_in([typed])["S1"].score is None


VOICES = st.sampled_from(["S1", "S2", "S3"])
NAMES = st.none() | st.sampled_from(["Ann", "Ben"])
STEPS = st.lists(
    st.tuples(st.just("name"), VOICES, NAMES)
    | st.tuples(st.just("merge"), VOICES, VOICES)
    | st.tuples(st.just("undo"), st.integers(0, 20), st.none()),
    max_size=12,
)


@given(STEPS)
def test_the_ledger_alone_tells_what_the_fold_tells(
    steps: list[tuple[str, str | int, str | None]],
) -> None:
    ledger: list[Override] = []
    for kind, what, value in steps:
        seq = len(ledger) + 1
        if kind == "undo" and ledger:
            ledger.append(edit.undo(ledger[int(what) % len(ledger)], stamp(seq)))
        elif kind == "merge" and what != value:
            ledger.append(merge_voice(str(what), str(value), stamp(seq)))
        elif kind == "name":
            stands = namings_in(ledger).get(str(what))
            was = stands.person if stands else None
            if was != value:
                ledger.append(name_voice(str(what), was, value, stamp(seq)))
    folded = fold(TALK, ledger)
    told = {voice: naming.person for voice, naming in namings_in(ledger).items()}
    assert dict(folded.people) == {voice: name for voice, name in told.items() if name}
    assert dict(folded.merged) == merged_in(ledger)
    step_by_step = Folding(TALK)
    for said in ledger:
        step_by_step.extend([said])
    assert step_by_step.finish() == folded
    only = [said for said in ledger if said.undoes is None]
    again = [replace(said, seq=n + 1) for n, said in enumerate(only)]
    undos = [edit.undo(said, stamp(len(again) + n + 1)) for n, said in enumerate(again)]
    assert fold(TALK, [*again, *undos]).transcript == TALK
