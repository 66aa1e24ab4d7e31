"""onnx-asr, for real: its library on tiny models laid out like Parakeet and Canary."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused
from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.onnx_asr import OnnxAsrFactory, OnnxAsrTranscriber

pytestmark = pytest.mark.engine("onnx_asr", "onnx")

Score = Any  # of conftest.py, which cannot be imported
Hums = Callable[[str], Score]
Model = Callable[..., Path]
KINDS = ("tdt", "rnnt", "ctc", "aed")
TALK = ".1 l2 .1 h2 .1 l1.5 .5"
STEP_MS = 80


@pytest.fixture
def model(tmp_path: Path) -> Model:
    tool = import_module("make_tiny_onnx_asr")

    def made(kind: str, name: str = "mine") -> Path:
        folder: Path = tool.make(tmp_path / kind / name, kind)
        return folder

    return made


def opened(folder: Path, kind: str | None = None, **own: str) -> OnnxAsrTranscriber:
    said = tuple(own.items()) + ((("kind", f"nemo-conformer-{kind}"),) if kind else ())
    return OnnxAsrFactory().open(
        EngineOptions(model=str(folder), device="cpu", offline=True, own=said)
    )


def chunk_of(score: Score, *, start_ms: int = 0) -> Chunk:
    end_ms = score.audio.duration_ms
    speech = tuple(sorted([*score.low, *score.high]))
    return Chunk(0, Span(start_ms, end_ms), None, speech)


@pytest.mark.parametrize("kind", ["tdt", "rnnt", "ctc"])
def test_words_come_from_tokens_at_the_time_they_begin(model: Model, hums: Hums, kind: str) -> None:
    score = hums(TALK)
    (segment,) = opened(model(kind), kind).transcribe(score.audio, chunk_of(score), None)
    wanted = ["low", "high", "low"] if kind == "ctc" else ["lower", "high", "lower"]
    assert [word.text for word in segment.words] == wanted
    begun = sorted(span.start_ms for span in [*score.low, *score.high])
    for word, at_ms in zip(segment.words, begun, strict=True):
        assert abs(word.span.start_ms - at_ms) <= STEP_MS
        assert word.span.duration_ms <= 400
        assert word.confidence is not None
        assert 0 < word.confidence <= 1
    assert segment.language is None


def test_times_are_the_sessions_not_the_chunks(model: Model, hums: Hums) -> None:
    score = hums(".5 " + TALK)
    (segment,) = opened(model("tdt"), "tdt").transcribe(
        score.audio, chunk_of(score, start_ms=5_000), None
    )
    assert abs(segment.words[0].span.start_ms - score.low[0].start_ms) <= STEP_MS


def test_where_a_model_gives_no_times_words_lie_along_the_speech(model: Model, hums: Hums) -> None:
    score = hums(TALK)
    engine = opened(model("aed"), "aed", languages="en,nl")
    (segment,) = engine.transcribe(score.audio, chunk_of(score), "nl")
    assert [word.text for word in segment.words] == ["lower", "high"]
    assert segment.language == "nl"
    first, last = segment.words
    assert first.span.start_ms == score.low[0].start_ms
    assert last.span.end_ms == score.low[-1].end_ms
    assert engine.chunking.target_ms < opened(model("tdt"), "tdt").chunking.target_ms


def test_one_that_must_be_told_the_language_does_not_guess(model: Model, hums: Hums) -> None:
    score = hums(TALK)
    with pytest.raises(LanguageRefused, match="must be told") as caught:
        opened(model("aed"), "aed").transcribe(score.audio, chunk_of(score), None)
    assert "--language" in caught.value.hint


def test_a_language_that_the_vocabulary_lacks_is_an_error_of_ours(model: Model, hums: Hums) -> None:
    score = hums(TALK)
    with pytest.raises(EngineError, match="failed"):
        opened(model("aed"), "aed").transcribe(score.audio, chunk_of(score), "fr")


def test_the_english_parakeet_refuses_other_languages(model: Model, hums: Hums) -> None:
    score = hums(TALK)
    folder = model("tdt", "parakeet-tdt-0.6b-v2")
    engine = opened(folder)
    options = EngineOptions(model=str(folder))
    assert OnnxAsrFactory().languages(options) == frozenset({"en"})
    with pytest.raises(LanguageRefused, match="does not know nl"):
        engine.transcribe(score.audio, chunk_of(score), "nl")
    (segment,) = engine.transcribe(score.audio, chunk_of(score), None)
    assert segment.language == "en"


@pytest.mark.parametrize("kind", KINDS)
def test_a_chunk_depends_on_itself_alone(model: Model, hums: Hums, kind: str) -> None:
    scores = [hums(TALK), hums(".1 h2 .1 l2 .1"), hums(".1 l1 .5")]
    engine = opened(model(kind), kind)
    language = "en" if kind == "aed" else None

    def heard(score: Score) -> object:
        return engine.transcribe(score.audio, chunk_of(score), language)

    forward = [heard(score) for score in scores]
    with ThreadPoolExecutor(3) as threads:
        backward = list(threads.map(heard, scores[::-1]))
    assert backward[::-1] == forward
    assert any(forward)


def test_silence_and_crumbs_hold_no_words(model: Model, hums: Hums) -> None:
    engine = opened(model("tdt"), "tdt")
    quiet = hums(".2")
    assert engine.transcribe(quiet.audio, Chunk(0, Span(0, 2_000), None, ()), None) == ()
    whole = Span(0, 2_000)
    assert engine.transcribe(quiet.audio, Chunk(0, whole, None, (whole,)), None) == ()
    crumb = Span(0, 40)
    assert engine.transcribe(quiet.audio, Chunk(0, crumb, None, (crumb,)), None) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_the_fingerprint_is_of_the_weights(model: Model, kind: str) -> None:
    folder = model(kind)
    one = opened(folder, kind)
    assert one.fingerprint == opened(folder, kind).fingerprint
    (folder / "vocab.txt").write_text((folder / "vocab.txt").read_text() + "more 99\n")
    assert opened(folder, kind).fingerprint != one.fingerprint
    assert "onnx-asr 0." in one.name
    assert "mine, cpu" in one.name


def test_the_kind_is_not_guessed_where_files_do_not_tell(model: Model) -> None:
    with pytest.raises(EngineUnavailable, match="what kind") as caught:
        opened(model("tdt"))
    assert "onnx-asr.kind=" in caught.value.hint
    assert opened(model("aed")).name  # only Canary has a decoder of its own


@pytest.mark.parametrize("lost", ["encoder-model.onnx", "decoder_joint-model.onnx", "vocab.txt"])
def test_a_folder_that_is_not_whole_is_refused_before_loading(model: Model, lost: str) -> None:
    folder = model("tdt")
    (folder / lost).unlink()
    with pytest.raises(EngineUnavailable, match="missing"):
        opened(folder, "tdt")


@pytest.mark.parametrize(
    ("file", "body"),
    [
        ("encoder-model.onnx", b"no model"),
        ("config.json", b"{"),
        ("vocab.txt", b"one two three\n"),
    ],
)
def test_broken_files_are_said_to_be_broken(model: Model, file: str, body: bytes) -> None:
    folder = model("tdt")
    (folder / file).write_bytes(body)
    with pytest.raises(EngineUnavailable, match="cannot be loaded") as caught:
        opened(folder, "tdt")
    assert caught.value.hint
    assert str(folder.parent) not in str(caught.value) + caught.value.hint


def test_eight_bits_are_other_files(model: Model) -> None:
    folder = model("tdt")
    with pytest.raises(EngineUnavailable, match="missing"):
        opened(folder, "tdt", quantization="int8")
    for name in ("encoder-model", "decoder_joint-model"):
        (folder / f"{name}.onnx").rename(folder / f"{name}.int8.onnx")
    assert opened(folder, "tdt", quantization="int8").name


def test_a_gpu_that_is_not_there_is_not_replaced_silently(model: Model) -> None:
    import onnxruntime

    if "CUDAExecutionProvider" in onnxruntime.get_available_providers():
        pytest.skip("this ONNX Runtime computes on GPUs")
    options = EngineOptions(
        model=str(model("tdt")), device="cuda", own=(("kind", "nemo-conformer-tdt"),)
    )
    with pytest.raises(EngineUnavailable, match="processor only") as caught:
        OnnxAsrFactory().open(options)
    assert "onnxruntime-gpu" in caught.value.hint


def test_closed_it_refuses_in_its_own_words(model: Model, hums: Hums) -> None:
    score = hums(TALK)
    engine = opened(model("tdt"), "tdt")
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.transcribe(score.audio, chunk_of(score), None)
