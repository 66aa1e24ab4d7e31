"""Chunks: limits kept, all speech covered, cuts at pauses, and no change far from a change."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.ports import Chunking
from earwitness.core.span import Span, union
from earwitness.core.speech import Chunk, Speech
from earwitness.stages.chunks import chunks

CHUNKING = Chunking(
    target_ms=20_000, limit_ms=30_000, join_gap_ms=1_500, pad_ms=300, overlap_ms=2_000
)
chunkings = st.builds(
    Chunking,
    target_ms=st.integers(500, 30_000),
    limit_ms=st.integers(500, 40_000),
    join_gap_ms=st.integers(0, 3_000),
    pad_ms=st.integers(0, 200),
    overlap_ms=st.integers(0, 5_000),
)


def spans(*bounds: tuple[int, int]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in bounds)


@st.composite
def speeches(draw: st.DrawFn, track: int | None = None) -> Speech:
    made, at = [], draw(st.integers(0, 5_000))
    for length, pause in draw(
        st.lists(st.tuples(st.integers(1, 50_000), st.integers(1, 4_000)), max_size=25)
    ):
        made.append(Span(at, at + length))
        at += length + pause
    return Speech(track, tuple(made))


def cut(speech: tuple[Span, ...], chunking: Chunking = CHUNKING) -> list[tuple[int, int]]:
    made = chunks([Speech(None, speech)], chunking, 1_000_000)
    return [(chunk.span.start_ms, chunk.span.end_ms) for chunk in made]


def length_ms(speech: Speech) -> int:
    return speech.spans[-1].end_ms + 100 if speech.spans else 0


@given(speeches(), chunkings)
def test_all_speech_is_in_chunks_and_no_chunk_is_longer_than_the_limit(
    speech: Speech, chunking: Chunking
) -> None:
    made = chunks([speech], chunking, length_ms(speech))
    assert union([part for chunk in made for part in chunk.speech]) == union(list(speech.spans))
    for chunk in made:
        assert chunk.span.duration_ms <= chunking.limit_ms
        assert chunk.span.end_ms <= length_ms(speech)
        assert all(part in chunk.span for part in chunk.speech)


@given(speeches(), chunkings)
def test_chunks_overlap_only_inside_unbroken_speech_and_only_with_the_next(
    speech: Speech, chunking: Chunking
) -> None:
    made = chunks([speech], chunking, length_ms(speech))
    for left, right in pairwise(made):
        assert left.span < right.span
        shared = left.span & right.span
        if shared:
            assert shared.duration_ms <= chunking.overlap_ms
            assert any(shared in span for span in speech.spans)
    for left, right in zip(made, made[2:], strict=False):
        assert not left.span & right.span


@given(st.lists(speeches(), min_size=2, max_size=3), chunkings)
def test_tracks_are_cut_each_by_itself_and_numbered_together(
    found: list[Speech], chunking: Chunking
) -> None:
    tracks = [Speech(number, one.spans) for number, one in enumerate(found)]
    duration_ms = max(length_ms(one) for one in tracks)
    made = chunks(tracks, chunking, duration_ms)
    assert [chunk.index for chunk in made] == list(range(len(made)))
    assert [c.span.start_ms for c in made] == sorted(c.span.start_ms for c in made)
    for one in tracks:
        alone = chunks([one], chunking, duration_ms)
        together = [chunk for chunk in made if chunk.track == one.track]
        assert [(c.span, c.speech) for c in together] == [(c.span, c.speech) for c in alone]


@given(speeches(), st.integers(0, 60_000))
def test_what_comes_after_a_long_pause_does_not_change_what_was_before(
    speech: Speech, more_ms: int
) -> None:
    end_ms = length_ms(speech) + CHUNKING.join_gap_ms + 2 * CHUNKING.pad_ms
    after = Span(end_ms, end_ms + 1 + more_ms)
    before = chunks([speech], CHUNKING, 10_000_000)
    longer = chunks([Speech(None, (*speech.spans, after))], CHUNKING, 10_000_000)
    assert longer[: len(before)] == before


def test_short_pauses_are_bridged_and_long_ones_end_a_chunk() -> None:
    assert cut(spans((1_000, 2_000), (3_000, 4_000), (6_000, 7_000))) == [
        (700, 4_300),
        (5_700, 7_300),
    ]


def test_padding_stops_halfway_to_the_neighbour_and_at_the_ends() -> None:
    made = chunks([Speech(None, spans((100, 19_000), (19_200, 36_000)))], CHUNKING, 36_100)
    assert [chunk.span for chunk in made] == [Span(0, 19_100), Span(19_100, 36_100)]


def test_a_long_run_is_cut_at_its_longest_late_pause() -> None:
    run = spans((0, 2_000), (3_400, 14_000), (14_900, 17_000), (17_300, 19_000), (19_100, 30_000))
    assert [end for _, end in cut(run)] == [14_300, 30_300]


def test_a_run_whose_only_pause_comes_after_the_target_is_cut_there() -> None:
    assert [end for _, end in cut(spans((0, 25_000), (25_400, 40_000)))] == [25_200, 40_300]


def test_speech_without_pause_is_cut_at_the_limit_with_overlap() -> None:
    made = chunks([Speech(None, spans((1_000, 61_000)))], CHUNKING, 100_000)
    assert [(c.span.start_ms, c.span.end_ms) for c in made] == [
        (700, 30_400),
        (28_400, 57_800),
        (55_800, 61_300),
    ]


def test_a_changed_word_at_the_start_leaves_later_chunks_of_the_same_run_alone() -> None:
    sentences = [(i * 3_000 + (i * 7919) % 400, i * 3_000 + 2_300) for i in range(60)]
    whole = set(_identities(spans(*sentences)))
    changed = set(_identities(spans((700, 2_300), *sentences[1:])))
    assert len(changed - whole) <= 2


def _identities(speech: tuple[Span, ...]) -> list[tuple[Span, tuple[Span, ...]]]:
    made: tuple[Chunk, ...] = chunks([Speech(None, speech)], CHUNKING, 1_000_000)
    return [(chunk.span, chunk.speech) for chunk in made]


def test_no_speech_and_no_sound_make_no_chunk() -> None:
    assert chunks([Speech(None, ())], CHUNKING, 1_000) == ()
    assert chunks([Speech(None, spans((0, 10)))], CHUNKING, 0) == ()
    assert chunks([], CHUNKING, 1_000) == ()
