"""How long subtitles stand: into silence, never into the next one."""

from __future__ import annotations

from earwitness.core.ports import ExportOptions
from earwitness.core.span import Span
from earwitness.exporters.standing import Timed, stand

OPTIONS = ExportOptions()


def spans(*drafts: Timed, sound_ends_ms: int | None = None) -> list[tuple[int, int]]:
    found = stand(drafts, OPTIONS, sound_ends_ms)
    assert all(isinstance(span, Span) for span in found)
    return [(span.start_ms, span.end_ms) for span in found]


def test_silence_gives_a_reader_time() -> None:
    assert spans(Timed("S1", 100, 400, 1_500)) == [(100, 1_600)]
    assert spans(Timed("S1", 100, 3_000, 1_500)) == [(100, 3_000)]
    assert spans(Timed("S1", 100, 20_000, 1_500)) == [(100, 7_100)]


def test_the_next_subtitle_takes_it_away() -> None:
    later = Timed("S2", 1_000, 3_000, 1_000)
    assert spans(Timed("S1", 100, 400, 1_500), later)[0] == (100, 920)


def test_words_of_one_voice_that_touch_leave_the_gap() -> None:
    assert spans(Timed("S1", 0, 3_000, 1_000), Timed("S1", 3_000, 6_000, 1_000))[0] == (0, 2_920)


def test_one_voice_never_stands_twice_even_without_room_for_the_gap() -> None:
    assert spans(
        Timed("S1", 500, 900, 1_000), Timed("S1", 500, 900, 1_000), Timed("S1", 540, 900, 1_000)
    ) == [(500, 501), (501, 540), (540, 1_540)]


def test_two_voices_stand_together_only_while_both_speak() -> None:
    long = Timed("S1", 0, 5_000, 4_000)
    assert spans(long, Timed("S2", 2_000, 2_300, 1_000)) == [(0, 5_000), (2_000, 3_000)]
    read_by_then = Timed("S1", 0, 5_000, 1_500)
    assert spans(read_by_then, Timed("S2", 2_000, 2_300, 1_000))[0] == (0, 1_920)
    edge = Timed("S1", 0, 2_200, 4_000)
    assert spans(edge, Timed("S2", 2_000, 5_000, 1_000))[0] == (0, 1_920)


def test_voices_that_begin_together_both_show() -> None:
    assert spans(Timed("S1", 0, 300, 1_000), Timed("S2", 40, 2_000, 1_000))[0] == (0, 300)


def test_nothing_stands_beyond_the_sound() -> None:
    assert spans(Timed("S1", 0, 400, 1_500), sound_ends_ms=700) == [(0, 700)]
    assert spans(Timed("S1", 0, 900, 1_500), sound_ends_ms=700) == [(0, 900)]
