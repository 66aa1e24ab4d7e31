"""faster-whisper where memory runs out: the pace first, then the beam, then a smaller model."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.toy_whisper import CHUNKS, make, opened

from earwitness.core.errors import EngineError
from earwitness.engines.whisper import WhisperTranscriber
from earwitness.media.sound import Sound

pytestmark = pytest.mark.usefixtures("nothing_fetched")


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
    toy: Path, scene: Sound, whisper: WhisperTranscriber
) -> None:
    with opened(toy) as tight:
        crowd(tight, at_once=1)
        with ThreadPoolExecutor(4) as pool:
            heard = list(pool.map(lambda part: tight.hear(scene, part, "en"), CHUNKS))
    assert [each.segments for each in heard] == [
        whisper.transcribe(scene, part, "en") for part in CHUNKS
    ]
    assert all(each.remarks == () for each in heard)


def test_memory_for_a_beam_of_one_is_told(toy: Path, scene: Sound) -> None:
    with opened(toy) as tight, opened(toy, beam_size="1") as narrow:
        crowd(tight, beam=1)
        heard = tight.hear(scene, CHUNKS[2], "en")
        assert heard.segments == narrow.transcribe(scene, CHUNKS[2], "en")
        (remark,) = heard.remarks
        assert (remark.kind, remark.told) == ("fallback", "a beam of 1")


def test_a_smaller_model_is_used_only_when_that_is_allowed(
    toy: Path, scene: Sound, tmp_path: Path
) -> None:
    repo = tmp_path / "hub" / "models--Systran--faster-whisper-tiny" / "snapshots" / ("a" * 40)
    make(repo, "--seed", "9")
    big = Path(shutil.copytree(toy, tmp_path / "big"))
    with (big / "model.bin").open("ab") as file:
        file.truncate(90_000_000)
    with opened(big) as strict:
        crowd(strict, beam=0)
        with pytest.raises(EngineError, match="memory ran out") as caught:
            strict.hear(scene, CHUNKS[2], "en")
        assert "allow_smaller=yes" in caught.value.hint
    with opened(big, allow_smaller="yes") as lenient, opened(repo) as small:
        crowd(lenient, beam=0)
        heard = [lenient.hear(scene, part, "en") for part in CHUNKS]
        assert [each.segments for each in heard] == [
            small.transcribe(scene, part, "en") for part in CHUNKS
        ]
        assert {each.told for one in heard for each in one.remarks} == {"the model tiny"}


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
