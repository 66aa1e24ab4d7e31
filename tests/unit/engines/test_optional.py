"""Optional engines without their libraries: what they say is missing, before anything is loaded.

Where a library must seem to be there, a folder stands in for it that cannot be imported: `ready`
looks for a library, and never imports it.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from earwitness.core.errors import EngineUnavailable, LanguageRefused
from earwitness.core.ports import EngineFactory, EngineOptions
from earwitness.core.span import Span
from earwitness.core.speech import Chunk
from earwitness.engines.libraries import has, installed, missing, version_of
from earwitness.engines.mlx_whisper import (
    MlxWhisperFactory,
    MlxWhisperTranscriber,
    failed,
    languages_of,
    model_of,
    unfit,
)
from earwitness.engines.onnx_asr import OnnxAsrFactory, _unusable, _words
from earwitness.engines.onnx_asr_models import EUROPEAN, PUBLISHED, Published, choose
from earwitness.engines.pyannote import PyannoteFactory, _failed
from earwitness.engines.sherpa import SherpaFactory
from earwitness.engines.sherpa import _unusable as sherpa_unusable
from earwitness.engines.sherpa_child import alone, kind_of

Stands = Callable[[str], None]
LIBRARIES: dict[Callable[[], EngineFactory], tuple[str, str]] = {
    OnnxAsrFactory: ("onnx_asr", "onnx-asr"),
    PyannoteFactory: ("pyannote.audio", "pyannote"),
    SherpaFactory: ("sherpa_onnx", "sherpa"),
}


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stands:
    """`stand_in("a.b")`: a module that is found, and fails when it is imported."""

    def made(module: str) -> None:
        if installed(module):
            pytest.skip(f"{module} itself is installed: see tests/engines")
        folder = tmp_path / "libraries" / module.replace(".", "/")
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("raise ImportError('/home/anybody/secret.so')\n")
        monkeypatch.syspath_prepend(str(tmp_path / "libraries"))
        importlib.invalidate_caches()

    return made


def own(**said: str) -> tuple[tuple[str, str], ...]:
    return tuple(said.items())


def refused(factory: EngineFactory, options: EngineOptions) -> tuple[str, str]:
    """What `ready` says, which `open` must say, too."""
    ready = factory.ready(options)
    assert not ready.ok
    with pytest.raises(EngineUnavailable) as caught:
        factory.open(options)
    assert (str(caught.value), caught.value.hint) == (ready.why, ready.hint)
    return ready.why, ready.hint


@pytest.mark.parametrize("kind", list(LIBRARIES))
def test_not_installed_is_mended_by_the_extra(kind: Callable[[], EngineFactory]) -> None:
    module, extra = LIBRARIES[kind]
    if installed(module):
        pytest.skip(f"{module} is installed: see tests/engines")
    why, hint = refused(kind(), EngineOptions())
    assert why == f"{module} is not installed"
    assert hint == f"pip install 'earwitness[{extra}]'"


@pytest.mark.parametrize("kind", list(LIBRARIES))
def test_an_option_that_there_is_not_is_refused(
    kind: Callable[[], EngineFactory], stand_in: Stands
) -> None:
    stand_in(LIBRARIES[kind][0])
    why, _hint = refused(kind(), EngineOptions(own=own(volume="11")))
    assert "volume" in why


class TestOnnxAsr:
    def test_the_multilingual_parakeet_is_meant_when_nothing_is_named(self) -> None:
        assert OnnxAsrFactory().languages(EngineOptions()) == EUROPEAN
        assert len(EUROPEAN) == 25

    @pytest.mark.parametrize("item", PUBLISHED, ids=lambda item: item.name)
    def test_names_and_ids_lead_to_the_same_model(self, item: Published) -> None:
        for said in (item.name, item.repo, "nemo-" + item.name):
            chosen = choose(said, kind=None, languages=None, quantization=None)
            assert chosen.hub is not None
            assert chosen.hub.repo == item.repo

    def test_the_second_parakeet_knows_english_only(self) -> None:
        options = EngineOptions(model="parakeet-tdt-0.6b-v2")
        assert OnnxAsrFactory().languages(options) == frozenset({"en"})

    def test_absent_offline(self, stand_in: Stands) -> None:
        stand_in("onnx_asr")
        why, hint = refused(OnnxAsrFactory(), EngineOptions(offline=True))
        assert "nothing may be fetched" in why
        assert "--offline" in hint

    def test_it_would_be_fetched_and_how_much_that_is(self, stand_in: Stands) -> None:
        stand_in("onnx_asr")
        assert "2480 MB" in OnnxAsrFactory().ready(EngineOptions()).why
        eight = EngineOptions(own=own(quantization="int8"))
        assert "620 MB" in OnnxAsrFactory().ready(eight).why

    def test_wrong_device(self, stand_in: Stands) -> None:
        stand_in("onnx_asr")
        why, hint = refused(OnnxAsrFactory(), EngineOptions(device="cuda", offline=True))
        assert "processor only" in why
        assert "--device cpu" in hint

    @pytest.mark.parametrize("name", ["small", "./nowhere", "nobody/nothing-like-it"])
    def test_a_model_of_another_engine_is_refused(self, name: str, stand_in: Stands) -> None:
        stand_in("onnx_asr")
        refused(OnnxAsrFactory(), EngineOptions(model=name))

    def test_a_library_that_cannot_be_imported(self, stand_in: Stands, tmp_path: Path) -> None:
        stand_in("onnx_asr")
        for name in ("model.onnx", "vocab.txt"):
            (tmp_path / name).touch()
        options = EngineOptions(model=str(tmp_path), device="cpu")
        assert OnnxAsrFactory().ready(options).ok
        with pytest.raises(EngineUnavailable, match="cannot be loaded") as caught:
            OnnxAsrFactory().open(options)
        assert "secret" not in str(caught.value)
        assert "force-reinstall" in caught.value.hint

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (MemoryError(), "memory"),
            (RuntimeError("Failed to allocate memory for requested buffer"), "memory"),
            (RuntimeError("CUDA failure 35: driver version is insufficient"), "CUDA libraries"),
            (RuntimeError("Load model from /home/anybody/x.onnx failed"), "broken or of another"),
        ],
    )
    def test_what_the_library_says_is_told_in_our_words(self, error: Exception, says: str) -> None:
        ours = _unusable(error, "parakeet")
        assert says in str(ours)
        assert ours.hint
        assert "anybody" not in str(ours) + ours.hint

    def test_tokens_are_joined_to_words(self) -> None:
        tokens = [" Well", ",", " ", "d", "on't", " go", "."]
        times = [0.0, 0.4, 0.8, 0.88, 0.96, 1.04, 1.6]
        found = list(_words(tokens, times, [-0.1] * 7))
        assert [one.text.strip() for one in found] == ["Well,", "don't", "go."]
        assert [round(one.start_s, 2) for one in found] == [0.0, 0.88, 1.04]
        # a comma does not make a word longer; the next word's beginning makes it shorter
        assert [round(one.end_s, 2) for one in found] == [0.24, 1.04, 1.28]
        assert found[0].confidence == pytest.approx(0.905, abs=0.001)


class TestPyannote:
    def test_no_token(self, stand_in: Stands) -> None:
        stand_in("pyannote.audio")
        why, hint = refused(PyannoteFactory(), EngineOptions())
        assert "show a token" in why
        assert "hf.co/pyannote/speaker-diarization-community-1" in hint
        assert "EARWITNESS_HUB_TOKEN" in hint

    def test_with_a_token_it_would_be_fetched(self, stand_in: Stands) -> None:
        stand_in("pyannote.audio")
        ready = PyannoteFactory().ready(EngineOptions(hub_token="hf_x"))
        assert ready.ok
        assert "would be fetched once" in ready.why

    def test_absent_offline(self, stand_in: Stands) -> None:
        stand_in("pyannote.audio")
        options = EngineOptions(offline=True, hub_token="hf_x")
        assert "nothing may be fetched" in refused(PyannoteFactory(), options)[0]

    @pytest.mark.parametrize("model", ["./nowhere", "no id at all"])
    def test_a_pipeline_that_there_is_not(self, model: str, stand_in: Stands) -> None:
        stand_in("pyannote.audio")
        assert (
            "no pipeline folder"
            in refused(PyannoteFactory(), EngineOptions(own=own(model=model)))[0]
        )

    def test_a_folder_that_holds_none(self, stand_in: Stands, tmp_path: Path) -> None:
        stand_in("pyannote.audio")
        options = EngineOptions(own=own(model=str(tmp_path)))
        assert "config.yaml is missing" in refused(PyannoteFactory(), options)[0]

    def test_a_device_that_this_kind_of_machine_never_has(
        self, stand_in: Stands, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stand_in("pyannote.audio")
        for system, device in (("linux", "mps"), ("darwin", "cuda")):
            monkeypatch.setattr("sys.platform", system)
            options = EngineOptions(own=own(device=device))
            why, hint = refused(PyannoteFactory(), options)
            assert device in why
            assert "pyannote.device=cpu" in hint

    def test_parts_and_batches_have_at_least_one(self, stand_in: Stands) -> None:
        stand_in("pyannote.audio")
        for said in ({"part_minutes": "0"}, {"batch": "0"}):
            refused(PyannoteFactory(), EngineOptions(own=own(**said)))

    @pytest.mark.parametrize(
        ("error", "says"),
        [
            (MemoryError("batch_size is probably too large"), "out of memory"),
            (RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)"), "out of memory"),
            (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), "failed (RuntimeError)"),
        ],
    )
    def test_what_torch_says_is_told_in_our_words(self, error: Exception, says: str) -> None:
        ours = _failed(error)
        assert says in str(ours)
        assert "pyannote.batch=1" in ours.hint


class TestSherpa:
    def test_no_models_named(self, stand_in: Stands) -> None:
        stand_in("sherpa_onnx")
        why, hint = refused(SherpaFactory(), EngineOptions())
        assert "needs a segmentation model" in why
        assert "sherpa.segmentation=FILE" in hint

    def test_a_model_file_that_is_not_there(self, stand_in: Stands, tmp_path: Path) -> None:
        stand_in("sherpa_onnx")
        (tmp_path / "here.onnx").touch()
        said = own(segmentation=str(tmp_path / "here.onnx"), embedding=str(tmp_path / "gone.onnx"))
        why, _hint = refused(SherpaFactory(), EngineOptions(own=said))
        assert "no embedding model file 'gone.onnx'" in why

    @pytest.mark.parametrize(
        ("device", "says"), [("cuda", "processor only"), ("coreml", "Apple's machines")]
    )
    def test_wrong_device(
        self, device: str, says: str, stand_in: Stands, tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:  # fmt: skip
        stand_in("sherpa_onnx")
        monkeypatch.setattr("sys.platform", "linux")
        (tmp_path / "m.onnx").touch()
        model = str(tmp_path / "m.onnx")
        said = own(segmentation=model, embedding=model, device=device)
        why, hint = refused(SherpaFactory(), EngineOptions(own=said))
        assert says in why
        assert "sherpa.device=cpu" in hint

    def test_a_library_that_cannot_be_imported(self, stand_in: Stands, tmp_path: Path) -> None:
        """The child does not see the stand-in: there the library is not there at all."""
        stand_in("sherpa_onnx")
        (tmp_path / "m.onnx").touch()
        model = str(tmp_path / "m.onnx")
        options = EngineOptions(own=own(segmentation=model, embedding=model))
        assert SherpaFactory().ready(options).ok
        with pytest.raises(EngineUnavailable, match="cannot be loaded") as caught:
            SherpaFactory().open(options)
        assert "earwitness[sherpa]" in caught.value.hint

    def test_options_that_would_crash_it_are_refused(self, stand_in: Stands) -> None:
        stand_in("sherpa_onnx")
        for said in ({"step": "0"}, {"step": "1.5"}, {"part_minutes": "0"}):
            refused(SherpaFactory(), EngineOptions(own=own(**said)))

    @pytest.mark.parametrize(
        ("error", "kind"),
        [
            (MemoryError(), "memory"),
            (RuntimeError("std::bad_alloc"), "memory"),
            (ImportError("libonnxruntime.so"), "library"),
            (RuntimeError("Protobuf parsing failed."), "model"),
            (RuntimeError("Load model /x failed. File doesn't exist"), "model"),
            (RuntimeError("something else"), "failed"),
        ],
    )
    def test_what_it_says_is_told_in_our_words(self, error: Exception, kind: str) -> None:
        assert kind_of(error) == kind
        assert sherpa_unusable(kind).hint

    def test_a_print_is_made_where_nobody_else_speaks(self) -> None:
        turns = [(0.0, 10.0, 0), (4.0, 6.0, 1), (20.0, 21.0, 1), (5.9, 6.0, 2)]
        assert alone(turns, 0) == [(0.0, 4.0), (6.0, 10.0)]
        assert alone(turns, 1) == [(20.0, 21.0)]
        assert alone(turns, 2) == [(5.9, 6.0)]  # better a poor print than none
        assert alone([(0.0, 500.0, 0)], 0) == [(0.0, 120.0)]


class TestMlxWhisper:
    """Its pure parts; the library itself was never run where this was written."""

    def test_other_machines_are_told_so(self) -> None:
        gone = unfit("linux", "x86_64")
        assert gone is not None
        assert "Apple silicon" in gone.why
        assert unfit("darwin", "x86_64") is not None
        assert unfit("darwin", "arm64") is None

    @pytest.mark.parametrize("name", ["enormous", "./nowhere", "/no/such/folder"])
    def test_a_model_that_there_is_not(self, name: str) -> None:
        with pytest.raises(EngineUnavailable, match="no Whisper model for MLX"):
            model_of(name)

    def test_the_vocabulary_tells_the_languages(self, tmp_path: Path) -> None:
        config = tmp_path / "config.json"
        config.write_text('{"n_vocab": 51865}')
        assert "nl" in languages_of(tmp_path)
        config.write_text('{"n_vocab": 51864}')
        assert languages_of(tmp_path) == frozenset({"en"})
        config.write_text("{")
        with pytest.raises(EngineUnavailable, match="broken"):
            languages_of(tmp_path)

    def test_what_would_be_used_knows(self) -> None:
        factory = MlxWhisperFactory()
        assert factory.languages(EngineOptions(model="small.en")) == frozenset({"en"})
        assert "nl" in (factory.languages(EngineOptions()) or ())
        assert factory.languages(EngineOptions(model="./nowhere")) is None

    def test_of_a_broken_model_nobody_knows(self, tmp_path: Path) -> None:
        for name in ("config.json", "weights.npz"):
            (tmp_path / name).touch()
        assert MlxWhisperFactory().languages(EngineOptions(model=str(tmp_path))) is None

    def test_a_folder_without_weights_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text("{}")
        with pytest.raises(EngineUnavailable, match="it needs config"):
            model_of(str(tmp_path))

    def test_what_it_hears_becomes_words(self, tmp_path: Path) -> None:
        (tmp_path / "config.json").write_text('{"n_vocab": 51865}')
        asked: list[dict[str, object]] = []

        def hears(_samples: object, **said: object) -> object:
            asked.append(said)
            words = [
                {"word": " Good", "start": 0.1, "end": 0.4, "probability": 0.9},
                {"word": " day", "start": 0.4, "end": 0.8, "probability": 0.8},
            ]
            return {"segments": [{"words": words}], "language": "en"}

        engine = MlxWhisperTranscriber(hears, tmp_path, "m", "Vex", "f")  # type: ignore[arg-type]
        chunk = Chunk(0, Span(1_000, 3_000), None, (Span(1_000, 3_000),))
        (made,) = engine.transcribe(Quiet(), chunk, None)
        assert [(word.text, word.span) for word in made.words] == [
            ("Good", Span(1_100, 1_400)),
            ("day", Span(1_400, 1_800)),
        ]
        assert asked[0]["temperature"] == 0.0
        assert asked[0]["condition_on_previous_text"] is False
        assert asked[0]["initial_prompt"] == "Vex"
        with pytest.raises(LanguageRefused):
            engine.transcribe(Quiet(), chunk, "xx")

    def test_out_of_memory(self) -> None:
        chunk = Chunk(0, Span(1_000, 3_000), None, ())
        ours = failed(RuntimeError("[metal::malloc] Unable to allocate 9 bytes"), chunk)
        assert "out of memory" in str(ours)
        assert "--model small" in ours.hint


class Quiet:
    """Silence, as much as is asked for."""

    duration_ms = 60_000
    tracks: tuple[int, ...] = ()

    def read(self, span: Span, track: int | None = None) -> bytes:
        assert track is None
        return bytes(span.duration_ms * 32)


def test_libraries_are_looked_for_without_importing_them() -> None:
    assert missing("numpy", "none") is None
    assert not installed("no_such_package.part")
    assert has("numpy")
    assert not has("no-such-distribution")
    assert version_of("no-such-distribution") == "(unknown version)"
