"""faster-whisper on a model of random weights: shapes, order and languages, never text."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.toy_whisper import CHUNKS, chunk, opened, options

from earwitness.core.errors import EngineError, LanguageRefused
from earwitness.core.language import KNOWN
from earwitness.core.ports import RATE_HZ
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment
from earwitness.engines.whisper import WhisperFactory, WhisperTranscriber
from earwitness.engines.whisper_decoding import (
    CHUNKING,
    LOOPING,
    _Placed,
    _repetition,
    _words,
)
from earwitness.media.sound import Sound

pytestmark = pytest.mark.usefixtures("nothing_fetched")


def test_words_are_in_order_inside_the_chunk(whisper: WhisperTranscriber, scene: Sound) -> None:
    for part in CHUNKS:
        segments = whisper.transcribe(scene, part, "en")
        words = [word for segment in segments for word in segment.words]
        starts = [word.span.start_ms for word in words]
        assert words
        assert starts == sorted(starts)
        assert all(word.span in part.span for word in words)
        assert all(0 <= (word.confidence or 0) <= 1 for word in words)
        assert all(word.span in segment.span for segment in segments for word in segment.words)
        assert {segment.track for segment in segments} == {None}


def test_a_chunk_says_the_same_alone_in_any_order_and_in_threads(
    whisper: WhisperTranscriber, scene: Sound, toy: Path
) -> None:
    heard = [whisper.transcribe(scene, part, None) for part in CHUNKS]
    assert len(set(heard)) == len(CHUNKS)
    backwards = [whisper.transcribe(scene, part, None) for part in reversed(CHUNKS)]
    assert backwards[::-1] == heard
    with ThreadPoolExecutor(len(CHUNKS)) as pool:
        together = list(pool.map(lambda part: whisper.transcribe(scene, part, None), CHUNKS))
    assert together == heard
    again = WhisperFactory().open(options(toy))
    assert [again.transcribe(scene, part, None) for part in CHUNKS] == heard
    assert again.fingerprint == whisper.fingerprint
    again.close()


@pytest.mark.parametrize("language", ["nl", "en", "ja"])
def test_a_given_language_is_kept_and_heard(
    whisper: WhisperTranscriber, scene: Sound, language: str
) -> None:
    assert languages(whisper.transcribe(scene, CHUNKS[2], language)) == {language}
    other = "de" if language != "de" else "fr"
    heard = [whisper.transcribe(scene, CHUNKS[2], asked) for asked in (language, other)]
    assert texts(heard[0]) != texts(heard[1])


def test_without_a_language_the_chunk_is_given_one(
    whisper: WhisperTranscriber, scene: Sound
) -> None:
    (unsure,) = languages(whisper.transcribe(scene, CHUNKS[2], None))
    assert unsure is None, "random weights are sure of nothing: unknown, not a guess"


def test_a_language_is_named_when_the_model_is_sure_enough(
    toy: Path, scene: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy, language_confidence="0") as sure:
        heard = sure.transcribe(scene, CHUNKS[2], None)
        (found,) = languages(heard)
        assert found in KNOWN
        assert sure.transcribe(scene, CHUNKS[2], found) == heard
        assert texts(heard) == texts(whisper.transcribe(scene, CHUNKS[2], None))


def test_only_the_languages_that_are_spoken_are_found(toy: Path, scene: Sound) -> None:
    with opened(toy, among="nl+en") as table:
        heard = [table.transcribe(scene, part, None) for part in CHUNKS]
    found = {code for segments in heard for code in languages(segments)}
    assert found
    assert found <= {"nl", "en"}, "two candidates share the whole, so one is at least half"


def test_a_chunk_that_is_plainly_another_language_is_told_and_not_rewritten(
    toy: Path, scene: Sound, whisper: WhisperTranscriber
) -> None:
    assert whisper.hear(scene, CHUNKS[2], "nl").remarks == ()
    with opened(toy, other_language="0") as suspicious:
        heard = suspicious.hear(scene, CHUNKS[2], "nl")
        (remark,) = heard.remarks
        assert (remark.kind, remark.span) == ("language", CHUNKS[2].span)
        assert remark.told in KNOWN - {"nl"}
        assert languages(heard.segments) == {"nl"}
        assert heard.segments == whisper.transcribe(scene, CHUNKS[2], "nl")
        assert suspicious.hear(scene, CHUNKS[2], remark.told).remarks == ()
        short = Chunk(0, CHUNKS[2].span, None, (Span(41_000, 42_000),))
        assert suspicious.hear(scene, short, "nl").remarks == (), "too little to tell by"


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [word.text for segment in segments for word in segment.words]


def test_the_vocabulary_is_told_to_the_model_and_is_in_its_key(
    toy: Path, scene: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy, ("Mira", "Count Strahd")) as told:
        assert told.fingerprint != whisper.fingerprint
        assert "2 names and terms" in told.name
        assert texts(told.transcribe(scene, CHUNKS[2], "en")) != texts(
            whisper.transcribe(scene, CHUNKS[2], "en")
        )
        again = [told.transcribe(scene, part, "en") for part in reversed(CHUNKS)]
        assert again[::-1] == [told.transcribe(scene, part, "en") for part in CHUNKS]
    with opened(toy, ("Mira", "Count Strahd"), hotwords="no") as off:
        assert off.fingerprint == whisper.fingerprint


def test_more_vocabulary_than_the_model_reads_is_counted(toy: Path, scene: Sound) -> None:
    names = tuple(f"name{number:04}" for number in range(200))
    with opened(toy, names) as told:
        assert "22 of 200 names and terms fit its prompt" in told.name
        assert told.transcribe(scene, CHUNKS[2], "en")
    with opened(toy, names[:22]) as fewer:
        assert fewer.fingerprint == told.fingerprint, "what was never told changes nothing"


def test_options_are_in_the_key_and_a_beam_of_one_works(
    toy: Path, scene: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy, beam_size="1") as narrow, opened(toy, allow_smaller="yes") as lenient:
        assert narrow.fingerprint != whisper.fingerprint
        assert narrow.transcribe(scene, CHUNKS[2], "en")
        assert lenient.fingerprint == whisper.fingerprint, "what was not needed changes nothing"
    with opened(toy, compute_type="float32") as exact:
        assert exact.fingerprint != whisper.fingerprint
        assert "float32 on cpu" in exact.name


def languages(segments: tuple[Segment, ...]) -> set[str | None]:
    return {segment.language for segment in segments}


def test_an_unknown_language_is_refused(whisper: WhisperTranscriber, scene: Sound) -> None:
    with pytest.raises(LanguageRefused):
        whisper.transcribe(scene, CHUNKS[0], "xx")


def test_an_english_model_hears_english_and_refuses_the_rest(
    toy_english: Path, scene: Sound
) -> None:
    factory = WhisperFactory()
    assert factory.languages(options(toy_english)) == frozenset({"en"})
    opened = factory.open(options(toy_english))
    assert languages(opened.transcribe(scene, CHUNKS[1], None)) == {"en"}
    assert languages(opened.transcribe(scene, CHUNKS[1], "en")) == {"en"}
    with pytest.raises(LanguageRefused) as caught:
        opened.transcribe(scene, CHUNKS[1], "nl")
    assert "multilingual" in caught.value.hint
    opened.close()


@pytest.mark.parametrize("length_ms", [1, 20, 50, 60, 500])
def test_very_short_chunks_are_no_trouble(
    whisper: WhisperTranscriber, scene: Sound, length_ms: int
) -> None:
    part = chunk(14_000, 14_000 + length_ms)
    words = [word for segment in whisper.transcribe(scene, part, "en") for word in segment.words]
    assert all(word.span in part.span for word in words)


def test_the_end_of_the_sound_cuts_the_chunk(whisper: WhisperTranscriber, scene: Sound) -> None:
    end_ms = scene.duration_ms
    assert whisper.transcribe(scene, chunk(end_ms, end_ms + 5_000), "en") == ()
    assert whisper.transcribe(scene, chunk(end_ms - 8_000, end_ms + 5_000), "en")


def test_a_chunk_without_speech_says_nothing(whisper: WhisperTranscriber, scene: Sound) -> None:
    assert whisper.transcribe(scene, Chunk(0, Span(0, 20_000), None, ()), "en") == ()


def test_words_far_from_speech_are_kept_for_the_guard(
    whisper: WhisperTranscriber, scene: Sound
) -> None:
    speech = Span(43_000, 46_000)
    part = Chunk(0, Span(41_000, 69_500), None, (speech,))
    words = [word for segment in whisper.transcribe(scene, part, "en") for word in segment.words]
    assert any(word.span.gap_ms(speech) > 500 for word in words)
    assert all(word.span in part.span for word in words)


def test_a_closed_model_says_so(toy: Path, scene: Sound) -> None:
    opened = WhisperFactory().open(options(toy))
    opened.close()
    opened.close()
    with pytest.raises(EngineError, match="closed"):
        opened.transcribe(scene, CHUNKS[0], "en")


def test_a_model_that_fails_is_an_error_of_ours(toy: Path, scene: Sound) -> None:
    opened = WhisperFactory().open(options(toy))
    assert opened._decoder is not None
    opened._decoder.close()
    with pytest.raises(EngineError, match="chunk at 13500 ms"):
        opened.transcribe(scene, CHUNKS[0], "en")
    opened.close()


def test_text_that_repeats_itself_packs_well() -> None:
    assert _repetition("we go to the river " * 30) > LOOPING
    assert _repetition("We go to the old river, and there the dragon sleeps on its gold.") < LOOPING
    assert _repetition("") == 0


def test_chunks_fill_the_window_and_never_pass_it() -> None:
    assert CHUNKING.target_ms <= CHUNKING.limit_ms
    assert CHUNKING.limit_ms <= 30_000


@given(
    st.lists(
        st.tuples(st.text(max_size=4), st.floats(-1, 40), st.floats(-1, 40), st.floats(-0.5, 1.5))
    ),
    st.booleans(),
)
def test_whatever_the_alignment_gives_becomes_words(
    found: list[tuple[str, float, float, float]], spaced: bool
) -> None:
    placed = [_Placed(word=w, start=a, end=b, probability=p) for w, a, b, p in found]
    part = chunk(5_000, 33_000)
    words = _words(placed, 5_000, part, spaced=spaced)
    assert [word.text for word in words] == [
        text for w, *_ in found if (text := " ".join(w.replace("\ufffd", "").split()))
    ]
    starts = [word.span.start_ms for word in words]
    assert starts == sorted(starts)
    assert all(word.span in part.span for word in words)


@pytest.mark.parametrize(
    ("spaced", "said", "glued"),
    [
        (True, [" it", "'s", " so"], [False, True, False]),
        (True, ["it", " is"], [False, False]),
        (False, ["今", "日"], [True, True]),
    ],
)
def test_a_word_without_a_space_before_it_is_glued(
    spaced: bool, said: list[str], glued: list[bool]
) -> None:
    placed = [_Placed(word=w, start=i, end=i + 1, probability=1) for i, w in enumerate(said)]
    words = _words(placed, 0, chunk(0, 10 * RATE_HZ), spaced=spaced)
    assert [word.glued for word in words] == glued
