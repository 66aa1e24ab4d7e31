"""Guard: what is doubted and why; text, times and order are never touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.span import Span, union
from earwitness.core.speech import Crosstalk, Detection, Doubt, Segment, Speech, Word
from earwitness.core.text import fold_text
from earwitness.stages.guard import ANSWERS, ASTRAY_MS, guard

EVERYWHERE = Detection((Speech(None, (Span(0, 600_000),)),))
NO_LEAKS = Crosstalk(())


def say(
    text: str,
    start_ms: int = 0,
    *,
    each_ms: int = 300,
    confidence: float | None = 0.9,
    track: int | None = None,
) -> Segment:
    words = tuple(
        Word(word, Span(start_ms + n * each_ms, start_ms + (n + 1) * each_ms), confidence)
        for n, word in enumerate(text.split())
    )
    return Segment(Span(start_ms, words[-1].span.end_ms), words, "en", track)


def doubts(segment: Segment) -> list[Doubt | None]:
    return [word.doubt for word in segment.words]


def speech(*spans: Span, track: int | None = None) -> Detection:
    return Detection((Speech(track, spans),))


def test_words_far_from_speech_are_doubted() -> None:
    heard = say("thank you so much", 3_000)
    near = speech(Span(1_000, 3_000 - ASTRAY_MS + 1))
    far = speech(Span(1_000, 3_000 - ASTRAY_MS))
    assert doubts(guard((heard,), near, NO_LEAKS)[0]) == [None, "silence", "silence", "silence"]
    assert doubts(guard((heard,), far, NO_LEAKS)[0]) == ["silence"] * 4


def test_speech_on_another_track_is_no_speech_of_this_one() -> None:
    heard = say("thank you so much", 3_000, track=1)
    other = Detection((Speech(0, (Span(0, 9_000),)), Speech(1, (Span(0, 1_000),))))
    assert doubts(guard((heard,), other, NO_LEAKS)[0]) == ["silence"] * 4
    mixed = replace(heard, track=None)
    assert doubts(guard((mixed,), other, NO_LEAKS)[0]) == [None] * 4


def test_short_answers_stay_wherever_they_stand() -> None:
    for text in ("Ja", "OK.", "Hm", "Nee, nee!", "Oh wow"):
        heard = say(text, 20_000, confidence=0.1)
        assert doubts(guard((heard,), speech(Span(0, 1_000)), NO_LEAKS)[0]) == [None] * len(
            heard.words
        )


def test_a_stock_phrase_needs_a_second_reason() -> None:
    text = "and that was it. Thanks for watching!"
    sure, unsure = say(text), say(text, confidence=0.3)
    assert doubts(guard((sure,), EVERYWHERE, NO_LEAKS)[0]) == [None] * 7
    assert doubts(guard((unsure,), EVERYWHERE, NO_LEAKS)[0]) == [None] * 4 + ["stock"] * 3
    silent = speech(Span(0, 1_250))
    assert doubts(guard((sure,), silent, NO_LEAKS)[0])[4:] == ["stock", "stock", "silence"]


def test_a_loop_is_seen_over_segments_and_keeps_its_first_saying() -> None:
    parts = tuple(say("we go on and on", n * 2_000) for n in range(12))
    found = [doubt for part in guard(parts, EVERYWHERE, NO_LEAKS) for doubt in doubts(part)]
    assert found == [None] * 5 + ["loop"] * 55


def test_words_in_leaks_are_doubted_on_the_wrong_track_alone() -> None:
    both = (say("shall we go", track=0), say("shall we go", track=1))
    heard = Detection((Speech(0, (Span(0, 2_000),)), Speech(1, (Span(0, 2_000),))))
    leaked = Crosstalk((Speech(0, ()), Speech(1, (Span(0, 500),))))
    right, wrong = guard(both, heard, leaked)
    assert doubts(right) == [None] * 3
    assert doubts(wrong) == ["leak", "leak", None]


def test_a_word_that_another_track_says_too_needs_less_of_a_leak() -> None:
    heard = Detection((Speech(0, (Span(0, 2_000),)), Speech(1, (Span(0, 2_000),))))
    leaked = Crosstalk((Speech(0, ()), Speech(1, (Span(0, 90),))))
    same = guard((say("go", track=0), say("Go!", 30, track=1)), heard, leaked)
    assert doubts(same[1]) == ["leak"]
    other = guard((say("stay", track=0), say("Go!", 30, track=1)), heard, leaked)
    assert doubts(other[1]) == [None]


def test_an_echo_by_another_person_stays() -> None:
    both = (say("Yes.", 0, track=0), say("Yes.", 450, track=1))
    heard = Detection((Speech(0, (Span(0, 2_000),)), Speech(1, (Span(0, 2_000),))))
    leaked = Crosstalk((Speech(0, ()), Speech(1, (Span(0, 300),))))
    assert [doubts(each) for each in guard(both, heard, leaked)] == [[None], [None]]


def test_what_is_not_doubted_any_more_loses_its_doubt() -> None:
    heard = say("so we go")
    marked = replace(heard, words=tuple(replace(w, doubt="loop") for w in heard.words))
    assert guard((marked,), EVERYWHERE, NO_LEAKS) == (heard,)


texts = st.sampled_from(
    ["no", "Ja", "we", "go", "on", "thanks", "for", "watching", "Amara.org", "…", "今日"]
)
tracks = st.sampled_from([None, 0, 1])


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    start_ms = draw(st.integers(0, 60_000))
    words = []
    for text in draw(st.lists(texts, min_size=1, max_size=40)):
        start_ms += draw(st.integers(0, 900))
        span = Span(start_ms, start_ms + draw(st.integers(1, 900)))
        words.append(Word(text, span, draw(st.none() | st.floats(0, 1)), draw(st.booleans())))
    end_ms = max(word.span.end_ms for word in words)
    return Segment(Span(words[0].span.start_ms, end_ms), tuple(words), "en", draw(tracks))


spans = st.builds(
    lambda start, length: Span(start, start + length), st.integers(0, 90_000), st.integers(1, 9_000)
)
covers = st.lists(spans, max_size=8).map(lambda found: tuple(union(found)))
detections = st.builds(
    lambda mix, left, right: Detection((Speech(None, mix), Speech(0, left), Speech(1, right))),
    *(covers,) * 3,
)
crosstalks = st.builds(
    lambda left, right: Crosstalk((Speech(0, left), Speech(1, right))), covers, covers
)


def bare(found: Sequence[Segment]) -> list[Segment]:
    return [
        replace(each, words=tuple(replace(word, doubt=None) for word in each.words))
        for each in found
    ]


@given(st.lists(segments(), max_size=4), detections, crosstalks)
def test_no_word_time_or_order_is_ever_changed(
    heard: list[Segment], detection: Detection, crosstalk: Crosstalk
) -> None:
    found = guard(tuple(heard), detection, crosstalk)
    assert bare(found) == heard
    assert guard(found, detection, crosstalk) == found


@given(
    st.lists(segments(), max_size=4, unique_by=lambda each: (each.track, each.words[0].span)),
    detections,
    crosstalks,
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_segments_come_changes_nothing(
    heard: list[Segment], detection: Detection, crosstalk: Crosstalk, random: Random
) -> None:
    shuffled = list(range(len(heard)))
    random.shuffle(shuffled)
    found = guard(tuple(heard), detection, crosstalk)
    again = guard(tuple(heard[place] for place in shuffled), detection, crosstalk)
    assert tuple(found[place] for place in shuffled) == again


@given(st.sampled_from(sorted(ANSWERS)), st.integers(0, 90_000), st.floats(0, 1), detections)
def test_an_answer_on_its_own_is_never_doubted(
    text: str, start_ms: int, confidence: float, detection: Detection
) -> None:
    assert fold_text(text) == text
    found = guard((say(text, start_ms, confidence=confidence),), detection, NO_LEAKS)
    assert doubts(found[0]) == [None]
