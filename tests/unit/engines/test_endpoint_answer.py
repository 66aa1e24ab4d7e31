"""Answers of endpoints: the shapes that servers send, and the ones that nobody should."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.core.errors import ServiceError
from earwitness.core.language import KNOWN, code_of_name
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Word
from earwitness.core.text import join_words
from earwitness.engines.endpoint_answer import read_answer

CHUNK = Chunk(0, Span(10_000, 20_000), None, (Span(11_000, 13_000), Span(15_000, 19_000)))


def words(told: object, chunk: Chunk = CHUNK) -> tuple[Word, ...]:
    segments = read_answer(told, chunk, None).segments
    return segments[0].words if segments else ()


def shown(told: object) -> list[tuple[str, int, int]]:
    return [(word.text, word.span.start_ms, word.span.end_ms) for word in words(told)]


def timed(*rows: tuple[object, object, object]) -> list[dict[str, object]]:
    return [{"word": word, "start": start, "end": end} for word, start, end in rows]


def test_openai_words_get_the_punctuation_of_the_text() -> None:
    told = {
        "text": "Well, it's done. Go!",
        "language": "english",
        "words": timed(("Well", 1.0, 1.4), ("it's", 1.4, 1.8), ("done", 2, 2.5), ("Go", 5, 5.5)),
    }
    assert shown(told) == [
        ("Well,", 11_000, 11_400),
        ("it's", 11_400, 11_800),
        ("done.", 12_000, 12_500),
        ("Go!", 15_000, 15_500),
    ]
    reading = read_answer(told, CHUNK, None)
    assert not reading.estimated
    assert reading.segments[0].language == "en"
    assert reading.segments[0].words[0].confidence is None


def test_words_inside_segments_with_probabilities() -> None:
    told = {
        "text": " Go on.",
        "language": "nl",
        "segments": [
            {
                "text": " Go on.",
                "start": 1,
                "end": 3,
                "words": [
                    {"word": " Go", "start": 1.0, "end": 1.5, "probability": 0.91234},
                    {"word": " on.", "start": 1.5, "end": 2.0, "probability": 0.5},
                ],
            }
        ],
    }
    assert shown(told) == [("Go", 11_000, 11_500), ("on.", 11_500, 12_000)]
    assert [word.confidence for word in words(told)] == [0.912, 0.5]
    assert read_answer(told, CHUNK, None).segments[0].language == "nl"
    assert read_answer(told, CHUNK, "de").segments[0].language == "de", "what was asked holds"


def test_pieces_of_words_are_put_together() -> None:
    told = {
        "text": " Unbelievable, friend.",
        "words": timed(
            (" Un", 1, 1.2), ("belie", 1.2, 1.5), ("vable", 1.5, 2), (",", 2, 2), (" friend", 2, 3)
        ),
    }
    assert shown(told) == [("Unbelievable,", 11_000, 12_000), ("friend.", 12_000, 13_000)]


def test_without_text_the_space_before_a_word_tells_where_it_begins() -> None:
    told = {"words": timed((" ice", 1, 1.2), ("-cream", 1.2, 1.5), (" now", 1.5, 2))}
    assert join_words(words(told)) == "ice-cream now"
    plain = {"words": timed(("ice", 1, 1.2), ("now", 1.5, 2))}
    assert join_words(words(plain)) == "ice now"


def test_scripts_without_spaces() -> None:
    told = {"text": "今日は。", "words": timed(("今日", 1, 2), ("は", 2, 2.5))}
    assert shown(told) == [("今", 11_000, 11_500), ("日", 11_500, 12_000), ("は。", 12_000, 12_500)]
    assert join_words(words(told)) == "今日は。"
    assert join_words(words({"words": told["words"]})) == "今日は"


def test_words_the_service_forgot_to_time_are_kept_between_the_others() -> None:
    told = {
        "text": "one two three four",
        "words": timed(("one", 1, 2), ("four", 7, 8)),
    }
    found = words(told)
    assert [word.text for word in found] == ["one", "two", "three", "four"]
    assert found[0].span == Span(11_000, 12_000)
    assert found[3].span == Span(17_000, 18_000)
    assert 12_000 <= found[1].span.start_ms < found[2].span.start_ms < 17_000
    assert read_answer(told, CHUNK, None).estimated


def test_text_that_is_not_what_the_words_say_is_left_aside() -> None:
    told = {"text": "Subtitles by somebody", "words": timed(("real", 1, 2), ("words", 2, 3))}
    assert [word.text for word in words(told)] == ["real", "words"]


def test_segment_times_are_spread_over_the_speech_in_them() -> None:
    told = {
        "text": "aa bb cc dd",
        "segments": [
            {"text": " aa bb", "start": 0.5, "end": 4.0},
            {"text": " cc dd", "start": 4.0, "end": 10.0},
        ],
    }
    assert shown(told) == [
        ("aa", 11_000, 12_000),
        ("bb", 12_000, 13_000),
        ("cc", 15_000, 17_000),
        ("dd", 17_000, 19_000),
    ]
    assert read_answer(told, CHUNK, None).estimated
    assert all(word.confidence is None for word in words(told))


def test_text_alone_is_spread_over_all_speech() -> None:
    found = shown({"text": "aaaa bbbb cccc"})
    assert found == [("aaaa", 11_000, 13_000), ("bbbb", 15_000, 17_000), ("cccc", 17_000, 19_000)]


@pytest.mark.parametrize(
    "told",
    [
        {"text": ""},
        {"text": " \n "},
        {"text": "", "segments": [], "words": []},
        {"words": []},
        {"segments": []},
        {"text": "", "segments": [{"text": " ", "start": 0, "end": 1}]},
        {"text": "\x00\ud800\ufffd"},
    ],
)
def test_silence_is_an_answer(told: object) -> None:
    assert words(told) == ()


@pytest.mark.parametrize("told", [None, [], "words", 3, {}, {"error": "x"}, {"task": "transcribe"}])
def test_what_is_no_transcription_is_refused(told: object) -> None:
    with pytest.raises(ServiceError) as caught:
        read_answer(told, CHUNK, None)
    assert caught.value.fault == "answer"


@pytest.mark.parametrize(
    "bad",
    [math.nan, math.inf, -math.inf, -900, 10.6, 1e300, 10**4000, "1.0", None, True, [], {}],
    ids=lambda value: type(value).__name__,
)
def test_a_time_that_cannot_be_costs_no_word(bad: object) -> None:
    told = {
        "text": "one two three",
        "words": timed(("one", 1, 2), ("two", bad, bad), ("three", 6, 7)),
    }
    found = words(told)
    assert [word.text for word in found] == ["one", "two", "three"]
    assert found[0].span.end_ms <= found[1].span.start_ms <= found[2].span.start_ms
    assert (found[0].span, found[2].span) == (Span(11_000, 12_000), Span(16_000, 17_000))


def test_times_a_little_outside_are_the_edge() -> None:
    told = {"words": timed(("a", -0.3, 1), ("b", 9.5, 10.4), ("c", 10.2, 10.4))}
    assert shown(told) == [("a", 10_000, 11_000), ("b", 19_500, 20_000), ("c", 19_999, 20_000)]


def test_one_time_out_of_order_spoils_no_other() -> None:
    told = {"words": timed(("a", 9, 9.5), ("b", 1, 2), ("c", 2, 3), ("d", 3, 4), ("e", 1.5, 5))}
    found = {text: (start, end) for text, start, end in shown(told)}
    assert [found[text] for text in "bcd"] == [
        (11_000, 12_000),
        (12_000, 13_000),
        (13_000, 14_000),
    ]
    assert found["a"][0] <= 11_000
    assert found["e"][0] >= 13_000


def test_names_of_languages_are_known() -> None:
    assert {code_of_name(name) for name in ("dutch", "Haitian Creole", "chinese")} == {
        "nl",
        "ht",
        "zh",
    }
    named = {word for word in map(code_of_name, ("english", "german")) if word}
    assert named <= KNOWN
    for odd in ("", "klingon", "\x00"):
        told = {"text": "hi", "language": odd}
        assert read_answer(told, CHUNK, None).segments[0].language is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=8,
)
times = st.floats(-2, 12) | st.integers(-2, 12) | json_values
said = st.text(max_size=12) | st.sampled_from([" go", "go", "今日", "...", " ", "\ud800", "ß", "İ"])
rows = st.fixed_dictionaries(
    {}, optional={"word": said, "start": times, "end": times, "text": said}
)
answers = st.fixed_dictionaries(
    {},
    optional={
        "text": said | st.lists(said).map(" ".join) | json_values,
        "words": st.lists(rows | json_values, max_size=8) | json_values,
        "segments": st.lists(rows | json_values, max_size=4) | json_values,
        "language": json_values,
    },
)


@given(answers | json_values)
def test_whatever_is_answered_is_words_in_the_chunk_or_a_typed_error(told: object) -> None:
    try:
        found = words(told)
    except ServiceError:
        return
    starts = [word.span.start_ms for word in found]
    assert starts == sorted(starts)
    for word in found:
        assert word.span in CHUNK.span
        word.text.encode()


@given(st.lists(st.tuples(st.text("abcdef'", min_size=1, max_size=6), st.floats(0, 9)), min_size=1))
def test_no_word_of_the_text_is_lost(rows: list[tuple[str, float]]) -> None:
    told = {
        "text": ", ".join(word for word, _ in rows) + ".",
        "words": [{"word": word, "start": at, "end": at + 0.2} for word, at in rows],
    }
    found = join_words(words(json.loads(json.dumps(told))))
    assert found == told["text"] or found == " ".join(word for word, _ in rows)
