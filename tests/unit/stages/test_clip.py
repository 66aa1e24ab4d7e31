"""Clip: one per utterance, padded as far as there is sound, none twice where chunks overlap."""

from __future__ import annotations

from earwitness.core.clip import Clip
from earwitness.core.moment import Moment, MomentKind
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment, Turn, Word
from earwitness.core.transcript import Utterance
from earwitness.stages.clip import clips_of_chunk, clips_of_moments


def chunk(index: int, start_ms: int, end_ms: int, track: int | None = None) -> Chunk:
    return Chunk(index, Span(start_ms, end_ms), track, (Span(start_ms, end_ms),))


def heard(*starts_ms: int) -> Segment:
    words = tuple(Word("w", Span(at, at + 100)) for at in starts_ms)
    return Segment(Span(starts_ms[0], starts_ms[-1] + 100), words)


def test_each_speaker_has_clips_of_their_own() -> None:
    one = chunk(0, 0, 10_000)
    turns = (Turn(Span(0, 2_000), "S1"), Turn(Span(2_000, 4_000), "S2"))
    found = clips_of_chunk(
        one, [one], [heard(100, 1_000, 2_500, 3_000)], turns, padding_ms=150, end_ms=3_200
    )
    assert [(c.id, c.voice, c.said, c.span) for c in found] == [
        ("0000-000", "S1", Span(100, 1_100), Span(0, 1_250)),
        ("0000-001", "S2", Span(2_500, 3_100), Span(2_350, 3_200)),
    ]


def test_without_voices_there_are_clips_of_nobody() -> None:
    one = chunk(0, 0, 10_000)
    (found,) = clips_of_chunk(one, [one], [heard(100)], (), padding_ms=0, end_ms=10_000)
    assert found.voice is None


def test_nothing_said_is_nothing_cut() -> None:
    one = chunk(0, 0, 10_000)
    assert clips_of_chunk(one, [one], [], (), padding_ms=0, end_ms=10_000) == ()


def test_overlapping_chunks_share_what_both_heard() -> None:
    chunks = [chunk(0, 0, 6_000), chunk(1, 5_000, 9_000), chunk(2, 5_000, 9_000, track=1)]
    words = heard(4_900, 5_200, 5_700, 6_500)
    early, late, other = (
        clips_of_chunk(each, chunks, [words], (), padding_ms=0, end_ms=9_000) for each in chunks
    )
    assert [clip.said for clip in early] == [Span(4_900, 5_300)]
    assert [clip.said for clip in late] == [Span(5_700, 6_600)]
    assert [clip.said for clip in other] == [Span(5_200, 6_600)], "another track is another sound"
    assert other[0].track == 1


def line(id: int, start_ms: int, end_ms: int, voice: str) -> Utterance:
    span = Span(start_ms, end_ms)
    return Utterance(id, span, (Word("word", span),), voice)


SAID = (line(0, 0, 2_000, "S1"), line(1, 2_000, 3_000, "S2"), line(2, 3_000, 4_900, "S1"))


def moment(kind: MomentKind, *evidence: int) -> Moment:
    span = Span(SAID[evidence[0]].span.start_ms, SAID[evidence[-1]].span.end_ms)
    return Moment(kind, span, evidence, "word")


def of_moments(*moments: Moment) -> tuple[Clip, ...]:
    tracks = {"S1": 0, "S2": 1}
    return clips_of_moments(moments, SAID, tracks, padding_ms=1_000, end_ms=5_000)


def test_a_moment_s_clip_is_its_evidence_with_some_room() -> None:
    promise, question = of_moments(moment("question", 1, 2), moment("promise", 0))
    assert (promise.id, promise.said, promise.span) == ("0000-030", Span(0, 2_000), Span(0, 3_000))
    assert promise.file("m4a") == "0000-030_00-00-00.000_promise.m4a"
    assert (promise.voice, promise.track) == ("S1", 0), "one voice: its own track"
    assert (question.said, question.span) == (Span(2_000, 4_900), Span(1_000, 5_000))
    assert (question.voice, question.track) == ("S2", None), "two voices: the mix"


def test_a_moment_s_clip_stays_the_same_whatever_comes_and_goes_beside_it() -> None:
    (alone,) = of_moments(moment("quote", 2))
    among = of_moments(moment("promise", 0), moment("decision", 2), moment("quote", 2))
    assert alone in among
    assert len({clip.id for clip in among}) == 3


def test_moments_of_one_kind_on_the_same_lines_share_a_clip() -> None:
    one, more = moment("promise", 0), moment("promise", 0, 1)
    found = of_moments(one, one, more)
    assert [clip.id for clip in found] == ["0000-030", "0000-031"]
