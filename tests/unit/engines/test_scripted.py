"""scripted: hears its script, chunk by chunk; without one, a word per beat of speech."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from earwitness.core.errors import EngineError, EngineUnavailable
from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.scripted import ScriptedFactory, ScriptedTranscriber


class Counting:
    """Sound whose samples count up, so that no two moments are alike."""

    tracks = ()
    duration_ms = 60_000

    def read(self, span: Span, track: int | None = None) -> bytes:
        return b"".join(
            (at % 30_000 + (track or 0)).to_bytes(2, "little")
            for at in range(span.start_ms * 16, span.end_ms * 16, 16)
        )


def whole(start_ms: int, end_ms: int, *speech: tuple[int, int]) -> Chunk:
    span = Span(start_ms, end_ms)
    return Chunk(0, span, None, tuple(Span(a, b) for a, b in speech) or (span,))


def script(folder: Path, told: object) -> EngineOptions:
    path = folder / "script.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    return EngineOptions(model=str(path))


def opened(folder: Path, **more: object) -> ScriptedTranscriber:
    words = [
        {"text": "two", "start_ms": 900, "end_ms": 1_300, "confidence": 0.5},
        {"text": "one", "start_ms": 100, "end_ms": 500},
    ]
    return ScriptedFactory().open(script(folder, {"words": words, **more}))


def heard(engine: ScriptedTranscriber, chunk: Chunk) -> list[tuple[str, int, int]]:
    return [
        (word.text, word.span.start_ms, word.span.end_ms)
        for segment in engine.transcribe(Counting(), chunk, None)
        for word in segment.words
    ]


def test_a_chunk_hears_the_words_whose_middle_it_holds(tmp_path: Path) -> None:
    engine = opened(tmp_path, language="nl")
    assert heard(engine, whole(0, 5_000)) == [("one", 100, 500), ("two", 900, 1_300)]
    assert heard(engine, whole(0, 1_150)) == [("one", 100, 500), ("two", 900, 1_150)]
    assert heard(engine, whole(400, 5_000)) == [("two", 900, 1_300)]
    assert engine.transcribe(Counting(), whole(0, 2_000), "en")[0].language == "nl"
    assert heard(engine, whole(2_000, 3_000)) == []


def test_without_script_a_word_per_beat_of_speech_that_overlapping_chunks_agree_on() -> None:
    engine = ScriptedFactory().open(EngineOptions())
    one = heard(engine, whole(0, 4_000, (900, 2_400)))
    assert [(start, end) for _, start, end in one] == [
        (1_000, 1_500),
        (1_500, 2_000),
        (2_000, 2_500),
    ]
    assert heard(engine, whole(1_200, 4_000)) == [
        *one[1:],
        *heard(engine, whole(2_500, 4_000)),
    ]
    assert len({word for word, _, _ in one}) > 1


def test_closing_ends_the_waiting(tmp_path: Path) -> None:
    engine = opened(tmp_path, wait_ms=60_000)
    failures: list[Exception] = []

    def listen() -> None:
        try:
            heard(engine, whole(0, 5_000))
        except EngineError as error:
            failures.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    engine.close()
    thread.join(10)
    assert not thread.is_alive()
    assert len(failures) == 1


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        {"words": [{"text": "x"}]},
        {"words": [{"text": "x", "start_ms": 2, "end_ms": 1}]},
        {"words": [{"text": "x", "start_ms": 0.5, "end_ms": 1}]},
        {"words": [{"text": " ", "start_ms": 0, "end_ms": 1}]},
        {"words": [], "wait_ms": "long"},
    ],
)
def test_what_is_no_script_is_refused_with_a_hint(tmp_path: Path, told: object) -> None:
    with pytest.raises(EngineUnavailable) as caught:
        ScriptedFactory().open(script(tmp_path, told))
    assert caught.value.hint


def test_a_missing_script_is_found_before_work_starts(tmp_path: Path) -> None:
    options = EngineOptions(model=str(tmp_path / "none.json"))
    assert not ScriptedFactory().ready(options).ok
    with pytest.raises(EngineUnavailable):
        ScriptedFactory().open(options)


def test_another_script_is_another_fingerprint(tmp_path: Path) -> None:
    first = opened(tmp_path).fingerprint
    assert opened(tmp_path).fingerprint == first
    assert opened(tmp_path, wait_ms=1).fingerprint != first
    assert ScriptedFactory().open(EngineOptions()).fingerprint != first
