"""faster-whisper on a model of random weights: shapes, order, routing and errors, never text."""

import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from huggingface_hub import constants
from hypothesis import given
from hypothesis import strategies as st

from earwitness import plugins
from earwitness.core.errors import EngineError, EngineUnavailable, LanguageRefused
from earwitness.core.language import KNOWN
from earwitness.core.ports import RATE_HZ, EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk, Segment
from earwitness.engines.whisper import WhisperFactory, WhisperTranscriber, to_fetch
from earwitness.engines.whisper_decoding import (
    ASTRAY_MS,
    CHUNKING,
    LOOPING,
    _Placed,
    _repetition,
    _words,
)
from earwitness.engines.whisper_hub import hub_answers
from earwitness.media.sound import PcmFile, Sound

ROOT = Path(__file__).parents[3]
TAVERN = ROOT / "src/earwitness/examples/tavern.flac"


def make(folder: Path, *flags: str) -> Path:
    tool = ROOT / "tools/make_tiny_whisper.py"
    subprocess.run([sys.executable, str(tool), str(folder), *flags], check=True)
    return folder


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whisper") / "toy")


@pytest.fixture(scope="session")
def toy_english(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("whisper") / "toy.en", "--english-only")


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Sound:
    """The shipped example."""
    with av.open(str(TAVERN)) as file:
        samples = np.concatenate([frame.to_ndarray()[0] for frame in file.decode(audio=0)])
    path = tmp_path_factory.mktemp("sound") / "tavern.pcm"
    path.write_bytes(samples.astype("<i2").tobytes())
    return Sound([PcmFile(path, 1, len(samples))])


@pytest.fixture(scope="session")
def whisper(toy: Path) -> Iterator[WhisperTranscriber]:
    opened = WhisperFactory().open(options(toy))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def empty_cache_and_no_hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What this machine has fetched before, and whether it is connected, changes no test."""
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub_answers.cache_clear()


def options(model: Path | str | None, *, offline: bool = True) -> EngineOptions:
    return EngineOptions(model=str(model) if model else None, device="cpu", offline=offline)


def chunk(start_ms: int, end_ms: int, *, index: int = 0, track: int | None = None) -> Chunk:
    span = Span(start_ms, end_ms)
    return Chunk(index, span, track, (span,))


CHUNKS = [
    chunk(13_500, 17_500),
    chunk(24_500, 34_500),
    chunk(41_000, 69_500),
    chunk(81_000, 91_000),
]


def test_words_are_in_order_inside_the_chunk(whisper: WhisperTranscriber, sound: Sound) -> None:
    for part in CHUNKS:
        segments = whisper.transcribe(sound, part, "en")
        words = [word for segment in segments for word in segment.words]
        starts = [word.span.start_ms for word in words]
        assert words
        assert starts == sorted(starts)
        assert all(word.span in part.span for word in words)
        assert all(0 <= (word.confidence or 0) <= 1 for word in words)
        assert all(word.span in segment.span for segment in segments for word in segment.words)
        assert {segment.track for segment in segments} == {None}


def test_a_chunk_says_the_same_alone_in_any_order_and_in_threads(
    whisper: WhisperTranscriber, sound: Sound, toy: Path
) -> None:
    heard = [whisper.transcribe(sound, part, None) for part in CHUNKS]
    assert len(set(heard)) == len(CHUNKS)
    backwards = [whisper.transcribe(sound, part, None) for part in reversed(CHUNKS)]
    assert backwards[::-1] == heard
    with ThreadPoolExecutor(len(CHUNKS)) as pool:
        together = list(pool.map(lambda part: whisper.transcribe(sound, part, None), CHUNKS))
    assert together == heard
    again = WhisperFactory().open(options(toy))
    assert [again.transcribe(sound, part, None) for part in CHUNKS] == heard
    assert again.fingerprint == whisper.fingerprint
    again.close()


@pytest.mark.parametrize("language", ["nl", "en", "ja"])
def test_a_given_language_is_kept_and_heard(
    whisper: WhisperTranscriber, sound: Sound, language: str
) -> None:
    assert languages(whisper.transcribe(sound, CHUNKS[2], language)) == {language}
    other = "de" if language != "de" else "fr"
    heard = [whisper.transcribe(sound, CHUNKS[2], asked) for asked in (language, other)]
    assert texts(heard[0]) != texts(heard[1])


def test_without_a_language_the_chunk_is_given_one(
    whisper: WhisperTranscriber, sound: Sound
) -> None:
    (unsure,) = languages(whisper.transcribe(sound, CHUNKS[2], None))
    assert unsure is None, "random weights are sure of nothing: unknown, not a guess"


def test_a_language_is_named_when_the_model_is_sure_enough(
    toy: Path, sound: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy, language_confidence="0") as sure:
        heard = sure.transcribe(sound, CHUNKS[2], None)
        (found,) = languages(heard)
        assert found in KNOWN
        assert sure.transcribe(sound, CHUNKS[2], found) == heard
        assert texts(heard) == texts(whisper.transcribe(sound, CHUNKS[2], None))


def test_only_the_languages_that_are_spoken_are_found(toy: Path, sound: Sound) -> None:
    with opened(toy, among="nl+en") as table:
        heard = [table.transcribe(sound, part, None) for part in CHUNKS]
    found = {code for segments in heard for code in languages(segments)}
    assert found
    assert found <= {"nl", "en"}, "two candidates share the whole, so one is at least half"


def test_a_chunk_that_is_plainly_another_language_is_told_and_not_rewritten(
    toy: Path, sound: Sound, whisper: WhisperTranscriber
) -> None:
    assert whisper.hear(sound, CHUNKS[2], "nl").remarks == ()
    with opened(toy, other_language="0") as suspicious:
        heard = suspicious.hear(sound, CHUNKS[2], "nl")
        (remark,) = heard.remarks
        assert (remark.kind, remark.span) == ("language", CHUNKS[2].span)
        assert remark.told in KNOWN - {"nl"}
        assert languages(heard.segments) == {"nl"}
        assert heard.segments == whisper.transcribe(sound, CHUNKS[2], "nl")
        assert suspicious.hear(sound, CHUNKS[2], remark.told).remarks == ()
        short = Chunk(0, CHUNKS[2].span, None, (Span(41_000, 42_000),))
        assert suspicious.hear(sound, short, "nl").remarks == (), "too little to tell by"


def texts(segments: tuple[Segment, ...]) -> list[str]:
    return [word.text for segment in segments for word in segment.words]


@contextmanager
def opened(
    model: Path, vocabulary: tuple[str, ...] = (), **own: str
) -> Iterator[WhisperTranscriber]:
    asked = replace(options(model), vocabulary=vocabulary, own=tuple(own.items()))
    transcriber = WhisperFactory().open(asked)
    yield transcriber
    transcriber.close()


def test_the_vocabulary_is_told_to_the_model_and_is_in_its_key(
    toy: Path, sound: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy, ("Mira", "Count Strahd")) as told:
        assert told.fingerprint != whisper.fingerprint
        assert "2 names and terms" in told.name
        assert texts(told.transcribe(sound, CHUNKS[2], "en")) != texts(
            whisper.transcribe(sound, CHUNKS[2], "en")
        )
        again = [told.transcribe(sound, part, "en") for part in reversed(CHUNKS)]
        assert again[::-1] == [told.transcribe(sound, part, "en") for part in CHUNKS]
    with opened(toy, ("Mira", "Count Strahd"), hotwords="no") as off:
        assert off.fingerprint == whisper.fingerprint


def test_more_vocabulary_than_the_model_reads_is_counted(toy: Path, sound: Sound) -> None:
    names = tuple(f"name{number:04}" for number in range(200))
    with opened(toy, names) as told:
        assert "22 of 200 names and terms fit its prompt" in told.name
        assert told.transcribe(sound, CHUNKS[2], "en")
    with opened(toy, names[:22]) as fewer:
        assert fewer.fingerprint == told.fingerprint, "what was never told changes nothing"


def test_options_are_in_the_key_and_a_beam_of_one_works(
    toy: Path, sound: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy, beam_size="1") as narrow, opened(toy, allow_smaller="yes") as lenient:
        assert narrow.fingerprint != whisper.fingerprint
        assert narrow.transcribe(sound, CHUNKS[2], "en")
        assert lenient.fingerprint == whisper.fingerprint, "what was not needed changes nothing"
    with opened(toy, compute_type="float32") as exact:
        assert exact.fingerprint != whisper.fingerprint
        assert "float32 on cpu" in exact.name


def test_a_way_to_compute_that_is_not_there_is_refused_with_those_that_are(toy: Path) -> None:
    import ctranslate2

    if "float16" in ctranslate2.get_supported_compute_types("cpu"):
        pytest.skip("this processor computes in half precision")
    with (
        pytest.raises(EngineUnavailable, match="float16") as caught,
        opened(toy, compute_type="float16"),
    ):
        pass
    assert "int8" in caught.value.hint


class Crowded:
    """CTranslate2's model on a device whose memory holds a beam of so many, so often at once."""

    def __init__(self, model: object, *, beam: int = 20, at_once: int = 99) -> None:
        self._model = model
        self._beam = beam
        self._at_once = at_once
        self._inside = 0
        self._lock = threading.Lock()
        self.refused = threading.Event()

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)

    def generate(self, *given: object, beam_size: int, **options: object) -> object:
        with self._lock:
            self._inside += 1
            crowded = self._inside > self._at_once
        try:
            if crowded or beam_size > self._beam:
                self.refused.set()
                raise RuntimeError("CUDA failed with error out of memory")
            if self._at_once == 1:
                self.refused.wait(5)
            return self._model.generate(*given, beam_size=beam_size, **options)  # type: ignore[attr-defined]
        finally:
            with self._lock:
                self._inside -= 1


def crowd(transcriber: WhisperTranscriber, *, beam: int = 20, at_once: int = 99) -> None:
    assert transcriber._decoder is not None
    whole = transcriber._decoder._model
    whole.model = Crowded(whole.model, beam=beam, at_once=at_once)


def test_memory_for_one_at_a_time_changes_nothing_but_the_pace(
    toy: Path, sound: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy) as tight:
        crowd(tight, at_once=1)
        with ThreadPoolExecutor(4) as pool:
            heard = list(pool.map(lambda part: tight.hear(sound, part, "en"), CHUNKS))
    assert [each.segments for each in heard] == [
        whisper.transcribe(sound, part, "en") for part in CHUNKS
    ]
    assert all(each.remarks == () for each in heard)


def test_memory_for_a_beam_of_one_is_told(toy: Path, sound: Sound) -> None:
    with opened(toy) as tight, opened(toy, beam_size="1") as narrow:
        crowd(tight, beam=1)
        heard = tight.hear(sound, CHUNKS[2], "en")
        assert heard.segments == narrow.transcribe(sound, CHUNKS[2], "en")
        (remark,) = heard.remarks
        assert (remark.kind, remark.told) == ("fallback", "a beam of 1")


def test_a_smaller_model_is_used_only_when_that_is_allowed(
    toy: Path, sound: Sound, tmp_path: Path
) -> None:
    repo = tmp_path / "hub" / "models--Systran--faster-whisper-tiny" / "snapshots" / ("a" * 40)
    make(repo, "--seed", "9")
    big = Path(shutil.copytree(toy, tmp_path / "big"))
    with (big / "model.bin").open("ab") as file:
        file.truncate(90_000_000)
    with opened(big) as strict:
        crowd(strict, beam=0)
        with pytest.raises(EngineError, match="memory ran out") as caught:
            strict.hear(sound, CHUNKS[2], "en")
        assert "allow_smaller=yes" in caught.value.hint
    with opened(big, allow_smaller="yes") as lenient, opened(repo) as small:
        crowd(lenient, beam=0)
        heard = [lenient.hear(sound, part, "en") for part in CHUNKS]
        assert [each.segments for each in heard] == [
            small.transcribe(sound, part, "en") for part in CHUNKS
        ]
        assert {each.told for one in heard for each in one.remarks} == {"the model tiny"}


def languages(segments: tuple[Segment, ...]) -> set[str | None]:
    return {segment.language for segment in segments}


def test_an_unknown_language_is_refused(whisper: WhisperTranscriber, sound: Sound) -> None:
    with pytest.raises(LanguageRefused):
        whisper.transcribe(sound, CHUNKS[0], "xx")


def test_an_english_model_hears_english_and_refuses_the_rest(
    toy_english: Path, sound: Sound
) -> None:
    factory = WhisperFactory()
    assert factory.languages(options(toy_english)) == frozenset({"en"})
    opened = factory.open(options(toy_english))
    assert languages(opened.transcribe(sound, CHUNKS[1], None)) == {"en"}
    assert languages(opened.transcribe(sound, CHUNKS[1], "en")) == {"en"}
    with pytest.raises(LanguageRefused) as caught:
        opened.transcribe(sound, CHUNKS[1], "nl")
    assert "multilingual" in caught.value.hint
    opened.close()


@pytest.mark.parametrize("length_ms", [1, 20, 50, 60, 500])
def test_very_short_chunks_are_no_trouble(
    whisper: WhisperTranscriber, sound: Sound, length_ms: int
) -> None:
    part = chunk(14_000, 14_000 + length_ms)
    words = [word for segment in whisper.transcribe(sound, part, "en") for word in segment.words]
    assert all(word.span in part.span for word in words)


def test_the_end_of_the_sound_cuts_the_chunk(whisper: WhisperTranscriber, sound: Sound) -> None:
    end_ms = sound.duration_ms
    assert whisper.transcribe(sound, chunk(end_ms, end_ms + 5_000), "en") == ()
    assert whisper.transcribe(sound, chunk(end_ms - 8_000, end_ms + 5_000), "en")


def test_a_chunk_without_speech_says_nothing(whisper: WhisperTranscriber, sound: Sound) -> None:
    assert whisper.transcribe(sound, Chunk(0, Span(0, 20_000), None, ()), "en") == ()


def test_words_far_from_speech_were_not_said(whisper: WhisperTranscriber, sound: Sound) -> None:
    speech = Span(43_000, 46_000)
    part = Chunk(0, Span(41_000, 69_500), None, (speech,))
    words = [word for segment in whisper.transcribe(sound, part, "en") for word in segment.words]
    assert words
    assert all(word.span.gap_ms(speech) < ASTRAY_MS for word in words)


def test_a_closed_model_says_so(toy: Path, sound: Sound) -> None:
    opened = WhisperFactory().open(options(toy))
    opened.close()
    opened.close()
    with pytest.raises(EngineError, match="closed"):
        opened.transcribe(sound, CHUNKS[0], "en")


def test_a_model_that_fails_is_an_error_of_ours(toy: Path, sound: Sound) -> None:
    opened = WhisperFactory().open(options(toy))
    assert opened._decoder is not None
    opened._decoder.close()
    with pytest.raises(EngineError, match="chunk at 13500 ms"):
        opened.transcribe(sound, CHUNKS[0], "en")
    opened.close()


def test_text_that_repeats_itself_packs_well() -> None:
    assert _repetition("we go to the river " * 30) > LOOPING
    assert _repetition("We go to the old river, and there the dragon sleeps on its gold.") < LOOPING
    assert _repetition("") == 0


def test_chunks_fill_the_window_and_never_pass_it() -> None:
    assert CHUNKING.target_ms <= CHUNKING.limit_ms
    assert CHUNKING.limit_ms <= 30_000


def test_the_name_tells_model_device_and_compute_type(whisper: WhisperTranscriber) -> None:
    assert whisper.name.startswith("faster-whisper 1.")
    assert whisper.name.endswith("(toy, int8 on cpu)")


def test_other_weights_have_another_fingerprint(
    whisper: WhisperTranscriber, tmp_path: Path
) -> None:
    other = WhisperFactory().open(options(make(tmp_path / "toy", "--seed", "8")))
    assert other.fingerprint != whisper.fingerprint
    other.close()


def test_listing_and_asking_import_no_model_library(toy: Path) -> None:
    asked = (
        "import sys; from earwitness import plugins; "
        "from earwitness.core.ports import EngineOptions; "
        "plugins.listed('transcribe'); factory = plugins.engine('transcribe', 'faster-whisper'); "
        f"options = EngineOptions(model={str(toy)!r}, device='cpu'); "
        "assert factory.ready(options).ok; assert 'nl' in factory.languages(options); "
        "sys.exit(sum(name in sys.modules for name in ('faster_whisper', 'ctranslate2')))"
    )
    assert subprocess.run([sys.executable, "-c", asked], check=False).returncode == 0


def test_the_registry_opens_it(toy: Path) -> None:
    factory = plugins.engine("transcribe", "faster-whisper")
    assert (factory.name, factory.ability, factory.local) == ("faster-whisper", "transcribe", True)
    assert factory.languages(options(toy)) == KNOWN
    factory.open(options(toy)).close()


def test_ready_tells_what_is_here_and_what_is_not(toy: Path) -> None:
    factory = WhisperFactory()
    assert factory.ready(options(toy)).ok
    for offline in (True, False):
        missing = factory.ready(options("small", offline=offline))
        assert not missing.ok
        assert "small" in missing.why
        assert "earwitness models pull small" in missing.hint
    assert "earwitness models pull" in factory.ready(options(None)).hint
    assert not factory.ready(options("no-such-model")).ok
    assert factory.languages(options("no-such-model")) is None


def test_opening_what_is_not_here_fails_before_any_work() -> None:
    for offline in (True, False):
        with pytest.raises(EngineUnavailable) as caught:
            WhisperFactory().open(options("base", offline=offline))
        assert "earwitness models pull base" in caught.value.hint


def test_what_would_be_fetched_is_known_with_its_size(toy: Path) -> None:
    assert to_fetch(options(toy)) is None
    wanted = to_fetch(options("small"))
    assert wanted is not None
    assert (wanted.name, wanted.size_mb) == ("small", 486)
    suiting = to_fetch(options(None))
    assert suiting is not None
    assert suiting.size_mb


def test_a_gpu_that_is_not_there_is_refused(toy: Path) -> None:
    import ctranslate2

    if ctranslate2.get_cuda_device_count():
        pytest.skip("this machine has a GPU")
    asked = EngineOptions(model=str(toy), device="cuda", offline=True)
    assert not WhisperFactory().ready(asked).ok
    with pytest.raises(EngineUnavailable) as caught:
        WhisperFactory().open(asked)
    assert "--device cpu" in caught.value.hint


@pytest.mark.parametrize("keep_bytes", [0, 1_000, 200_000])
def test_a_cut_model_is_refused(toy: Path, tmp_path: Path, keep_bytes: int) -> None:
    broken = Path(shutil.copytree(toy, tmp_path / "broken"))
    weights = (broken / "model.bin").read_bytes()
    (broken / "model.bin").write_bytes(weights[:keep_bytes])
    with pytest.raises(EngineUnavailable, match="cannot be loaded"):
        WhisperFactory().open(options(broken))


def test_the_tokenizer_of_another_kind_of_model_is_refused(toy: Path, tmp_path: Path) -> None:
    broken = Path(shutil.copytree(toy, tmp_path / "broken"))
    words = (broken / "tokenizer.json").read_text(encoding="utf-8")
    words = words.replace("<|startoftranscript|>", "<|something else|>")
    (broken / "tokenizer.json").write_text(words, encoding="utf-8")
    with pytest.raises(EngineUnavailable, match=r"tokenizer\.json"):
        WhisperFactory().open(options(broken))


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


LOADED_IN_LITTLE_MEMORY = """
import resource, sys
import psutil
from huggingface_hub import constants
from earwitness.core.errors import EarwitnessError
from earwitness.core.ports import EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.whisper import WhisperFactory

class Hum:
    duration_ms, tracks = 5_000, ()
    def read(self, span, track=None):
        return bytes(range(250)) * (span.duration_ms * 32 // 250 + 1)

constants.HF_HUB_CACHE, big, toy, *own = sys.argv[1:]
WhisperFactory().open(EngineOptions(model=toy, device="cpu", offline=True)).close()
_, most = resource.getrlimit(resource.RLIMIT_AS)
little = psutil.Process().memory_info().vms + 90_000_000
resource.setrlimit(resource.RLIMIT_AS, (little, most))
said = tuple(tuple(each.split("=")) for each in own)
try:
    opened = WhisperFactory().open(EngineOptions(model=big, device="cpu", offline=True, own=said))
except EarwitnessError as error:
    sys.exit(f"{type(error).__name__}: {error}; {error.hint}")
resource.setrlimit(resource.RLIMIT_AS, (most, most))
span = Span(0, 5_000)
heard = opened.hear(Hum(), Chunk(0, span, None, (span,)), "en")
sys.exit(f"{opened.name}: {[(each.kind, each.told) for each in heard.remarks]}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is limited on Linux")
@pytest.mark.parametrize(
    ("own", "says"),
    [
        ((), "NotEnoughMemory: there is not enough memory for the Whisper model big; --model"),
        (("allow_smaller=yes",), "[('fallback', 'the model tiny')]"),
    ],
)
def test_a_model_that_does_not_fit_is_refused_or_a_smaller_one_is_told(
    toy: Path, tmp_path: Path, own: tuple[str, ...], says: str
) -> None:
    big = make(tmp_path / "big", "--shape", "tiny")
    cache = tmp_path / "cache"
    shutil.copytree(toy, cache / "models--Systran--faster-whisper-tiny/snapshots" / ("a" * 40))
    command = [sys.executable, "-c", LOADED_IN_LITTLE_MEMORY, str(cache), str(big), str(toy), *own]
    told = subprocess.run(command, check=False, capture_output=True, text=True).stderr
    assert says in told
    if own:
        assert "tiny, int8 on cpu; big found no memory" in told


def test_the_model_that_was_chosen_says_why(toy: Path, tmp_path: Path) -> None:
    shutil.copytree(
        toy, tmp_path / "hub/models--Systran--faster-whisper-tiny/snapshots" / ("a" * 40)
    )
    chosen = WhisperFactory().open(options(None))
    assert "(tiny, int8 on cpu; the best of those on this machine for " in chosen.name
    named = WhisperFactory().open(options("tiny"))
    assert named.name.endswith("(tiny, int8 on cpu)")
    assert named.fingerprint == chosen.fingerprint
    chosen.close()
    named.close()
