"""Suggest: a cut is proposed where the voice changes inside a line, and nowhere else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span
from earwitness.core.speech import Turn, Word
from earwitness.core.suggest import LEAST_MS, LEAST_SHARE, suggest_splits
from earwitness.core.transcript import Transcript, Utterance


def line(
    number: int, count: int, start_ms: int = 0, voice: str | None = "S1", each_ms: int = 300
) -> Utterance:
    words = tuple(
        Word(f"w{n}", Span(start_ms + n * each_ms, start_ms + (n + 1) * each_ms))
        for n in range(count)
    )
    return Utterance(number, words[0].span | words[-1].span, words, voice)


def turn(voice: str, start_ms: int, end_ms: int) -> Turn:
    return Turn(Span(start_ms, end_ms), voice)


def test_words_in_two_voices_turns_are_cut_where_the_voice_changes() -> None:
    said = Transcript((line(7, 8),))
    (found,) = suggest_splits(said, (turn("S2", 1_500, 4_000), turn("S1", 0, 1_500)))
    assert (found.utterance, found.words, found.behind, found.at_ms) == (7, 5, 3, 1_500)
    assert (found.voice, found.left, found.right) == ("S1", "S1", "S2")
    assert (found.left_share, found.right_share, found.overlap_share) == (1.0, 1.0, 0.0)


def test_how_much_both_speak_is_said() -> None:
    said = Transcript((line(0, 10),))
    (found,) = suggest_splits(said, (turn("S1", 0, 1_800), turn("S2", 1_200, 3_000)))
    assert found.overlap_share == 0.2
    assert 4 <= found.words <= 6


def test_the_edge_of_a_turn_is_no_reason_to_cut() -> None:
    said = Transcript((line(0, 8),))
    for other in (turn("S2", 2_400 - LEAST_MS + 1, 9_000), turn("S2", 0, LEAST_MS - 1)):
        alone = turn("S1", 0, 2_400)
        assert suggest_splits(said, (alone, other)) == ()


def test_one_voice_under_another_is_no_reason_to_cut() -> None:
    said = Transcript((line(0, 8),))
    assert suggest_splits(said, (turn("S1", 0, 2_400), turn("S2", 900, 1_500))) == ()
    assert suggest_splits(said, (turn("S1", 0, 2_400),)) == ()
    assert suggest_splits(said, ()) == ()


def test_a_line_given_to_a_third_voice_is_left_alone() -> None:
    turns = (turn("S1", 0, 1_200), turn("S2", 1_200, 2_400))
    assert suggest_splits(Transcript((line(0, 8, voice="S3"),)), turns) == ()
    assert len(suggest_splits(Transcript((line(0, 8, voice=None),)), turns)) == 1


def test_a_turn_of_hours_hides_no_later_one() -> None:
    lines = tuple(line(n, 6, n * 10_000) for n in range(50))
    turns = [turn("S1", 0, 500_000)]
    assert suggest_splits(Transcript(lines), turns) == ()
    turns = [turn("S1", 0, 400_000), turn("S1", 401_000, 410_900), turn("S2", 410_900, 420_000)]
    (found,) = suggest_splits(Transcript(lines), turns)
    assert (found.utterance, found.words) == (41, 3)


spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(0, 9_000), st.integers(1, 4_000)
)
voices = st.sampled_from(["S1", "S2", "S3"])


@given(
    st.lists(st.tuples(st.integers(1, 12), voices), min_size=1, max_size=4),
    st.lists(st.builds(Turn, spans, voices), max_size=8),
)
def test_what_is_suggested_is_a_possible_cut_with_true_evidence(
    said: list[tuple[int, str]], turns: list[Turn]
) -> None:
    lines = tuple(
        line(n, count, n * 2_500, voice, each_ms=200) for n, (count, voice) in enumerate(said)
    )
    found = suggest_splits(Transcript(lines), turns)
    assert len({each.utterance for each in found}) == len(found)
    for each in found:
        about = lines[each.utterance]
        assert 0 < each.words < len(about.words)
        assert each.words + each.behind == len(about.words)
        assert each.left != each.right
        assert about.voice in (each.left, each.right)
        assert min(each.left_share, each.right_share) >= LEAST_SHARE - 0.001
        for voice, words in (
            (each.left, about.words[: each.words]),
            (each.right, about.words[each.words :]),
        ):
            mine = [t for t in turns if t.voice == voice]
            assert any(t.span.overlap_ms(word.span) for t in mine for word in words)
