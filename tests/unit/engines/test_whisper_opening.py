"""Opening faster-whisper: what is here, what is refused, and what a transcriber is called."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.toy_whisper import make, opened, options

from earwitness import plugins
from earwitness.core.errors import EngineUnavailable
from earwitness.core.language import KNOWN
from earwitness.core.ports import EngineOptions
from earwitness.engines.whisper import WhisperFactory, WhisperTranscriber, to_fetch

pytestmark = pytest.mark.usefixtures("nothing_fetched")


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
